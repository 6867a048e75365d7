"""A cycle with reports of every kind, and the two exports of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from sqlalchemy.orm import Session

from tests.exchange.workbooks import Written
from tests.submitted import make_cycle
from tracker.domain.progress import Audience
from tracker.exchange.compiled import write_compiled
from tracker.exchange.report import Order, write_report
from tracker.exchange.translations import translator
from tracker.exchange.words import Made
from tracker.models import ReportingCycle
from tracker.queries.compiled import compiled_export
from tracker.queries.exports import state_answers
from tracker.queries.report_exports import report_export

MADE = Made(datetime(2026, 11, 23, 18, 30, tzinfo=UTC), "A. Reader")
CYCLE = "bms7-2026"


def make_due_cycle(session: Session) -> ReportingCycle:
    """A cycle with a due date and a period."""
    cycle = make_cycle(session, CYCLE, due=date(2026, 5, 15))
    cycle.period_from, cycle.period_to = date(2024, 1, 1), date(2025, 12, 31)
    session.flush()
    return cycle


@pytest.fixture
def cycle(session: Session) -> ReportingCycle:
    """A cycle with a due date and a period."""
    return make_due_cycle(session)


@pytest.fixture
def report_of(session: Session) -> Callable[..., Written]:
    """Write the report of a State and open it again."""

    def write(
        iso3: str,
        audience: Audience = Audience.PUBLIC,
        language: str = "en",
        order: Order = Order.SECTION,
    ) -> Written:
        data = report_export(session, cycle_slug=CYCLE, iso3=iso3, audience=audience)
        target, translate = BytesIO(), translator(language)
        write_report(target, data, translate=translate, language=language, made=MADE, order=order)
        return Written(target.getvalue())

    return write


@pytest.fixture
def compiled_for(session: Session) -> Callable[..., Written]:
    """Write the compiled workbook and open it again."""

    def write(audience: Audience = Audience.PUBLIC, language: str = "en") -> Written:
        data = compiled_export(session, cycle_slugs=[CYCLE], audience=audience)
        target = BytesIO()
        write_compiled(
            target,
            data,
            lambda submission_id: state_answers(session, submission_id, audience),
            translate=translator(language),
            language=language,
            made=MADE,
        )
        return Written(target.getvalue())

    return write
