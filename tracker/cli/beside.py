"""The worker process that ``tracker serve`` keeps beside the site."""

import os
import subprocess
import sys
import time

import structlog

from tracker.settings import Settings

log = structlog.get_logger("serve")
RESTART_AFTER = 2.0  # seconds: one that cannot start must not be started all the time
ENDS_WITHIN = 10.0


class WorkerBeside:
    """One ``tracker work``, started again whenever it dies, ended with the server.

    It also watches its parent by itself, for a server that is killed can end nobody.
    """

    def __init__(self, settings: Settings) -> None:
        self._environment = {**os.environ, "TRACKER_ENV": settings.environment}
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._ending = False

    def keep(self) -> None:
        """Start it, unless it runs or has only just died."""
        if self._ending or self._runs():
            return
        if self._process is not None:
            if time.monotonic() - self._started < RESTART_AFTER:
                return
            log.warning("worker-died", process=self._process.pid)
        self._started = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603  # nosec B603  # our own command
            [sys.executable, "-m", "tracker", "work", "--parent", str(os.getpid())],
            env=self._environment,
        )

    def ask_to_end(self) -> None:
        """Let it put down what it does; nothing is started any more."""
        self._ending = True
        if self._process is not None and self._runs():
            self._process.terminate()

    def end(self) -> None:
        """See that it has ended."""
        self.ask_to_end()
        if self._process is None:
            return
        try:
            self._process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _runs(self) -> bool:
        return self._process is not None and self._process.poll() is None
