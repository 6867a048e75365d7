"""Two texts of one answer: what was typed on a page, and what was saved since it was opened."""

from collections.abc import Iterable
from dataclasses import dataclass

from tracker.domain.documents import Commitment
from tracker.domain.responses import ResponseContent
from tracker.forms.base import Origin, VersionedForm
from tracker.forms.response import ResponseForm, filled_form
from tracker.queries.reports import ReportRow
from tracker.queries.responses import ResponseRow, responses_of, savers_since
from tracker.queries.strikes import is_strikes_work, struck_of
from tracker.queries.struck_texts import (
    SinceStrike,
    StruckWords,
    Typed,
    answer_since_strike,
    last_strike,
    struck_of_subjects,
)
from tracker.web.session import current_actor
from tracker.web.transaction import session


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two texts of one answer: what was typed here, and what was saved meanwhile, if anything.

    ``own``: by the same person and nobody else, in another window; without ``saved_since`` it stood
    before. ``struck``: the secretariat struck out a text since, ``by_strike``: nothing was saved
    after that; ``apart``: what was typed in its place is shown and does not stand in the form.
    """

    commitment: Commitment
    form: ResponseForm
    mine: ResponseContent
    theirs: ResponseRow | None
    own: bool
    saved_since: bool
    struck: bool
    by_strike: bool
    apart: bool


def since_strike(
    struck: Iterable[StruckWords],
    report: ReportRow,
    form: ResponseForm,
    typed: ResponseContent,
    stands: ResponseRow | None,
) -> SinceStrike[ResponseContent]:
    """What was typed, and what of it may be saved unasked beside strikes since the page."""
    standing = stands.content if stands else ResponseContent(audience=typed.audience)
    return answer_since_strike(struck, typed_over(report.id, form), typed, standing)


def typed_over(report_id: int, form: VersionedForm) -> Typed:
    """What the texts of a form were made from; its version has been read before."""
    version = int(form.version.data or 0)
    origin = form.origin_of(version)
    return Typed(report_id, version, origin.base, origin.seen, origin.copied)


def conflict_of(
    report: ReportRow, commitment: Commitment, form: ResponseForm, typed: ResponseContent
) -> Conflict:
    """Both texts; the form says what was typed, but for places in which a text was struck out."""
    session().expire_all()
    over = typed_over(report.id, form)
    seen = last_strike(session(), report.id, of_state=over.copied)
    theirs = responses_of(session(), report.id).get(commitment.key)
    struck = struck_of_subjects(session(), report.id, [commitment.key])[commitment.key]
    mine = since_strike(struck, report, form, typed, theirs)
    gone = struck_of(session(), report.id)
    by_strike = theirs is not None and is_strikes_work(gone, commitment.key, theirs.saved_at)
    savers = savers_since(session(), report.id, commitment.key, over.version)
    version = theirs.version if theirs else 0
    origin = Origin(min(over.base, version), seen, over.copied)
    return Conflict(
        commitment=commitment,
        form=filled_form(commitment.paragraph, version, mine.left, origin),
        mine=mine.shown,
        theirs=theirs,
        own=savers == {current_actor().user_id},
        saved_since=bool(savers),
        struck=by_strike or mine.left != typed,
        by_strike=by_strike,
        apart=mine.apart,
    )
