"""Builds the wheel, installs it into an empty environment and uses it outside the checkout.

Plain script, called by ``make package``. To be quick, the wheel itself is installed without
its dependencies, which are found in the environment that runs this script; with
``--with-dependencies`` pip installs what the wheel declares and nothing is shared.
"""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.error
import urllib.request
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMITMENTS = 95
START_WITHIN = 60.0


class Failed(Exception):
    """A step did not do what it should; the text says which and how."""


def run(*command: str | Path, cwd: Path, environment: dict[str, str] | None = None) -> str:
    """Run a command; its standard output. ``Failed`` where it fails."""
    done = subprocess.run(  # noqa: S603  # our own commands
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Failed(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def check(holds: bool, what: str) -> None:
    """Print a step that holds; ``Failed`` for one that does not."""
    if not holds:
        raise Failed(what)
    print(f"ok  {what}", flush=True)


def build(folder: Path) -> Path:
    """Build the wheel from the checkout."""
    command = ("-m", "build", "--wheel", "--no-isolation", "--outdir", folder)
    run(sys.executable, *command, cwd=ROOT)
    (wheel,) = folder.glob("*.whl")
    check(wheel.stat().st_size > 0, f"built {wheel.name}, {wheel.stat().st_size // 1024} kB")
    return wheel


def install(wheel: Path, folder: Path, *, with_dependencies: bool) -> Path:
    """Install the wheel into a new environment; the folder of its commands."""
    venv.create(folder, with_pip=with_dependencies, symlinks=True)
    python = folder / "bin" / "python"
    if with_dependencies:
        run(python, "-m", "pip", "install", "--quiet", wheel, cwd=folder)
    else:
        pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet")
        run(*pip, "--no-index", "--no-deps", wheel, cwd=folder)
        ours = run(
            python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder
        )
        shared = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
        Path(ours.strip(), "shared.pth").write_text("\n".join(sorted(shared)), encoding="utf-8")
    found = run(python, "-c", "import tracker; print(tracker.__file__)", cwd=folder).strip()
    check(Path(found).is_relative_to(folder), "installed; imported from there, not from here")
    return folder / "bin"


def use(commands: Path, folder: Path) -> None:
    """Set up and ask, as an operator does after installing."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if name[:8] != "TRACKER_"}
    environment = kept | {
        "TRACKER_ENV": "development",
        "TRACKER_INSTANCE_PATH": str(folder / "instance"),
        "TRACKER_BASE_URL": f"http://127.0.0.1:{port}",
    }

    def tracker(*arguments: str) -> str:
        return run(commands / "tracker", *arguments, cwd=folder, environment=environment)

    version = tracker("--version").strip()
    check("version" in version, f"tracker --version: {version}")
    tracker("init")
    tracker("init")
    check((folder / "instance" / "tracker.sqlite3").is_file(), "tracker init, twice")
    shown = json.loads(tracker("document", "show", "bms7", "--format", "json"))
    count = len(shown["commitments"])
    check(count == COMMITMENTS, f"tracker document show bms7: {count} commitments")
    check(json.loads(tracker("check", "--format", "json"))["ok"], "tracker check")
    serve(commands, folder, environment, port)


def serve(commands: Path, folder: Path, environment: dict[str, str], port: int) -> None:
    """Serve, and read a page with what it needs."""
    command = [str(commands / "tracker"), "serve", "--port", str(port)]
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(  # noqa: S603  # our own command
            command,
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        base = f"http://127.0.0.1:{port}"
        check(wait_for(f"{base}/readyz", server), "tracker serve answers /readyz")
        home = read(f"{base}/").decode()
        check("<main" in home, "the home page is there")
        sheet = re.search(r'href="(/static/[^"]+\.css[^"]*)"', home)
        check(sheet is not None and b"{" in read(base + sheet[1]), "its style sheet too")
        french = read(f"{base}/documents/bms7?lang=fr").decode()
        check('lang="fr"' in french and "Engagements" in french, "pages in French")
    except Failed:
        print(log.read_text(encoding="utf-8", errors="replace"), file=sys.stderr)
        raise
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)


def wait_for(address: str, server: subprocess.Popen[bytes]) -> bool:
    """Whether the address answers before time is up."""
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline and server.poll() is None:
        try:
            read(address)
            return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False


def read(address: str) -> bytes:
    """What the site answers."""
    with urllib.request.urlopen(address, timeout=20) as answer:  # noqa: S310  # our own server
        return bytes(answer.read())


def free_port() -> int:
    """A port that nobody listens on."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    """Every step; 1 with the reason where one fails."""
    with tempfile.TemporaryDirectory(prefix="tracker-wheel-") as name:
        folder = Path(name)
        try:
            wheel = build(folder / "dist")
            share = "--with-dependencies" not in sys.argv
            commands = install(wheel, folder / "environment", with_dependencies=not share)
            use(commands, folder)
        except Failed as failure:
            print(f"FAILED  {failure}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
