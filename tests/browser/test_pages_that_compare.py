"""The pages that compare States, in a browser: light, open to all, on a phone, from the right."""

import re

import pytest

from tests.browser.site import RunningSite
from tests.browser.test_pages import Findings
from tests.browser.visits import Visits

pytestmark = pytest.mark.browser
PART = "section=III"  # the same page, with fewer of the commitments
ADDRESSES = (
    "/about/scoring",
    "/compare",
    f"/compare?states=XAA,XAB,XAC,XAX&groups=demo_coast,demo_north&cycles=bms7-2024&{PART}",
    f"/cycles/bms7-2024/figures?base=reporting&{PART}",
    f"/cycles/bms7-2024/matrix?{PART}",
    "/cycles/bms7-2024/states?value=back",
    "/documents/bms7/70?cycle=bms7-2024&q=arm&first=good-practice",
    "/indicators/sdg-16-4-2",
    "/indicators/sdg-16-4-2?state=XAD&category=found",
    "/needs",
    "/search?q=police",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_holds_either_way(address: str, visits: Visits, demonstration: RunningSite) -> None:
    findings = Findings(visits.open(demonstration))
    whole = re.sub(f"[?&]{PART}", "", address)
    findings.check_page(whole, part=address if address != whole else "")
    findings.check_mirrored(address)
    assert not findings.found, "\n".join(findings.found)
