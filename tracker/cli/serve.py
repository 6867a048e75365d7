"""``tracker serve``: the site under gunicorn."""

import dataclasses
import errno
import socket
from typing import Any

import click
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.util import import_app

from tracker.cli.beside import WorkerBeside
from tracker.cli.counting import CountingFolder, counting_folder
from tracker.cli.database import reading, wall_problem
from tracker.cli.keys import key_problem
from tracker.logs import configure_logging
from tracker.settings import BadSettings, Settings, load_settings

THREADS = 8
APPLICATION = "tracker.app:create_app"  # by name, as servers do: the app stands above us


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with settings from here instead of a file."""

    def __init__(
        self, settings: Settings, numbers: CountingFolder | None, options: dict[str, Any]
    ) -> None:
        self.settings = settings
        self.numbers = numbers
        self.options = options
        self.worker = WorkerBeside(settings)
        super().__init__()

    def load_config(self) -> None:
        """Hand over the options."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, made in each worker."""
        return import_app(APPLICATION)(self.settings)

    def run(self) -> None:
        """Serve until a signal comes."""
        WatchfulArbiter(self).run()


class WatchfulArbiter(Arbiter):  # type: ignore[misc]
    """Gunicorn's master process, which also looks after the worker and the place of numbers."""

    def manage_workers(self) -> None:
        """Called every second."""
        if self.app.numbers:
            self.app.numbers.keep()
        super().manage_workers()
        self.app.worker.keep()

    def stop(self, graceful: bool = True) -> None:
        """No worker outlives its server."""
        self.app.worker.ask_to_end()
        super().stop(graceful)
        self.app.worker.end()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option("--demo", is_flag=True, help="Serve invented demonstration data, made at first use.")
def serve(host: str, port: int, workers: int, demo: bool) -> None:
    """Serve the site: one process of 8 threads on SQLite, several processes on PostgreSQL."""
    configure_logging()  # of a worker that died the server itself tells
    settings = load_settings(environment="demonstration" if demo else None)
    if settings.database_url.startswith("sqlite") and workers > 1:
        raise BadSettings(["SQLite takes one worker; use PostgreSQL for more."])
    _check_port(host, port)
    if demo:
        settings = dataclasses.replace(settings, base_url=f"http://{host}:{port}")
        _prepare_demonstration(settings)
    _check_database(settings)
    numbers = counting_folder(settings)
    Server(
        settings,
        numbers,
        {
            "bind": f"{host}:{port}",
            "workers": workers,
            "threads": THREADS,
            "worker_class": "gthread",
            "control_socket_disable": True,
            "limit_request_line": 8190,  # the most there is: our own page refuses long addresses
            **(_hooks(numbers) if numbers else {}),
        },
    ).run()


def _check_port(host: str, port: int) -> None:
    """Refuse a taken port in one sentence: gunicorn would try five times, then write a page."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
            probe.bind((host, port))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            return  # gunicorn names every other trouble itself
        another = port + 1 if port < 65535 else 5000
        click.echo(
            f"Port {port} on {host} is in use: choose another with --port {another}, "
            f"or with make run PORT={another}.",
            err=True,
        )
        raise SystemExit(1) from None


def _prepare_demonstration(settings: Settings) -> None:
    from tracker.cli.demo import SIGN_INS, make_demonstration

    made = make_demonstration(settings)
    click.echo("Demonstration data was made." if made else "Demonstration data is there.")
    click.echo(f"\nOpen {settings.base_url} and sign in as one of:")
    for sign_in in SIGN_INS:
        click.echo(f"  {sign_in.email:38} {sign_in.password:30} {sign_in.who}")
    if settings.second_factor == "off":
        click.echo("\nNo second step is asked for here, since these sign-ins are public.")
    click.echo("")


def _hooks(numbers: CountingFolder) -> dict[str, Any]:
    """What a worker counted stays counted after it; the folder goes with the server."""
    return {
        "child_exit": lambda server, worker: numbers.shrink(worker.pid),
        "on_exit": lambda server: numbers.remove(),
    }


def _check_database(settings: Settings) -> None:
    """Stop where its tables are not ours; say what is weak."""
    with reading(settings) as session:
        weak = (wall_problem(session.connection().engine), key_problem(session, settings))
    for warning in filter(None, weak):
        click.echo(warning, err=True)
