"""The numbers of a served site outlive the process that counted them."""

import os
import signal
import time
import urllib.error
import urllib.request
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.browser.site import RunningSite

TOKEN = "a-token-for-tests-" * 2


def counted(site: RunningSite, rule: str) -> float:
    """How many answers of 200 there were to a rule."""
    wanted = {"method": "GET", "rule": rule, "status": "200"}
    asked = urllib.request.Request(  # noqa: S310  # our own site
        f"{site.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310
        families = list(text_string_to_metric_families(answer.read().decode()))
    samples = (sample for family in families for sample in family.samples)
    found = (s for s in samples if s.name == "tracker_http_requests_total" and s.labels == wanted)
    return next((sample.value for sample in found), 0)


def test_requests_stay_counted_when_their_process_is_killed(tmp_path: Path) -> None:
    site = RunningSite(tmp_path)
    site.more["TRACKER_METRICS_TOKEN"] = TOKEN
    site.tracker("init")
    site.start()
    try:
        before = counted(site, "/healthz")
        for _ in range(3):
            urllib.request.urlopen(f"{site.url}/healthz", timeout=30).close()  # noqa: S310
        (serving,) = site.serving
        os.kill(serving, signal.SIGKILL)
        assert when_answered(site, "/healthz") >= before + 3
    finally:
        site.stop()


def when_answered(site: RunningSite, rule: str) -> float:
    """The number, once another process serves."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return counted(site, rule)
        except (urllib.error.URLError, ConnectionError):
            assert time.monotonic() < deadline, "nobody answers"
            time.sleep(0.1)
