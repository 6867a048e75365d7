"""Numbers for Prometheus: requests of all processes, and what waits in the database.

``/metrics`` is there where ``TRACKER_METRICS_TOKEN`` is set, for who sends that token. ``tracker
serve`` names the folder in which its processes add up, ``PROMETHEUS_MULTIPROC_DIR``.
"""

import hmac
import os
from collections.abc import Iterator
from pathlib import Path

import structlog
from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from tracker.domain.clock import system_clock
from tracker.domain.errors import NotFound, Problem
from tracker.policy.actions import Action
from tracker.queries.waiting import Waiting, waiting_work
from tracker.web.access import requires
from tracker.web.transaction import session

COUNTED_IN = "PROMETHEUS_MULTIPROC_DIR"
RESERVED = 2 << 20  # bytes of each file; all rules, methods and statuses take less than half
log = structlog.get_logger("metrics")
_reserved: set[int] = set()
_told: set[int] = set()
blueprint = Blueprint("metrics", __name__)
REQUESTS = Counter("tracker_http_requests", "Requests answered", ("method", "rule", "status"))
SECONDS = Histogram(
    "tracker_http_request_seconds",
    "Time to answer a request, without the body being sent",
    ("method", "rule"),
    buckets=(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)


def count_request(method: str, rule: str, status: int, seconds: float) -> None:
    """Note one request that was answered; never a reason why it is not."""
    if not _has_room(os.getpid()):
        return
    REQUESTS.labels(method, rule, str(status)).inc()
    SECONDS.labels(method, rule).observe(seconds)


def _has_room(process: int) -> bool:
    """Whether the files in which this process counts are whole on their disk.

    They are mapped into memory: the system ends who writes to a part for which there is no room.
    """
    folder = os.environ.get(COUNTED_IN)
    if folder is None or process in _reserved:
        return True
    files = [Path(folder, f"{kind}_{process}.db") for kind in ("counter", "histogram")]
    try:
        for path in files:
            with path.open("ab") as file:
                os.posix_fallocate(file.fileno(), 0, RESERVED)
    except OSError as error:
        for path in files:
            path.unlink(missing_ok=True)  # an empty one could not be read
        if process not in _told:  # once, not at each request
            _told.add(process)
            log.warning("not-counted", error=str(error))
        return False
    _reserved.add(process)
    return True


class WaitingCollector(Collector):
    """What stands in the database at this moment."""

    def __init__(self, waiting: Waiting) -> None:
        self._waiting = waiting

    def collect(self) -> Iterator[Metric]:
        """One gauge each."""
        number = GaugeMetricFamily("tracker_queue", "Rows by state", labels=["queue", "state"])
        age = GaugeMetricFamily(
            "tracker_queue_age_seconds", "How long the oldest has waited", labels=["queue"]
        )
        for queue in self._waiting.queues:
            for state, count in queue.states.items():
                number.add_metric([queue.name, state], count)
            age.add_metric([queue.name], queue.age)
        yield number
        yield age
        at = self._waiting.checkpoint_at
        if at is not None:
            yield GaugeMetricFamily(
                "tracker_checkpoint_timestamp_seconds", "The last checkpoint", value=at.timestamp()
            )


@blueprint.get("/metrics")
@requires(Action.PUBLIC_READ)
def metrics() -> ResponseReturnValue:
    """In the text format of Prometheus; 404 without the token, as where there is none."""
    expected = current_app.config["SETTINGS"].metrics_token
    given = request.headers.get("Authorization", "")
    if not expected or not hmac.compare_digest(given.encode(), f"Bearer {expected}".encode()):
        raise NotFound(Problem("not-found"))
    registry = REGISTRY
    if COUNTED_IN in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    stored = CollectorRegistry()
    stored.register(WaitingCollector(waiting_work(session(), system_clock())))
    body = generate_latest(registry) + generate_latest(stored)
    return Response(body, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
