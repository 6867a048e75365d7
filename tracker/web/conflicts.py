"""Two texts of one answer: what was typed on a page, and what was saved since it was opened."""

from dataclasses import dataclass

from tracker.domain.documents import Commitment
from tracker.domain.responses import ResponseContent
from tracker.forms.response import ResponseForm, filled_form
from tracker.queries.reports import ReportRow
from tracker.queries.responses import ResponseRow, responses_of, savers_since
from tracker.queries.strikes import is_strikes_work, struck_of
from tracker.queries.struck_texts import SinceStrike, answer_since_strike
from tracker.web.session import current_actor
from tracker.web.transaction import session


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two texts of one answer: what was typed here, and what was saved meanwhile, if anything.

    ``own``: by the same person and nobody else, in another window. ``struck``: the secretariat
    struck out a text since, ``by_strike``: nothing was saved after that; ``apart``: what was typed
    in its place is shown and does not stand in the form.
    """

    commitment: Commitment
    form: ResponseForm
    mine: ResponseContent
    theirs: ResponseRow | None
    own: bool
    struck: bool
    by_strike: bool
    apart: bool


def since_strike(
    report: ReportRow,
    commitment: Commitment,
    form: ResponseForm,
    typed: ResponseContent,
    stands: ResponseRow | None,
) -> SinceStrike[ResponseContent]:
    """What was typed, and what of it may be saved unasked beside strikes since the page."""
    return answer_since_strike(
        session(),
        report.id,
        commitment.key,
        int(form.version.data or 0),
        form.opened_at(),
        typed,
        stands.content if stands else ResponseContent(audience=typed.audience),
    )


def conflict_of(
    report: ReportRow, commitment: Commitment, form: ResponseForm, typed: ResponseContent
) -> Conflict:
    """Both texts; the form says what was typed, but for places in which a text was struck out."""
    session().expire_all()
    theirs = responses_of(session(), report.id).get(commitment.key)
    since = int(form.version.data or 0)
    mine = since_strike(report, commitment, form, typed, theirs)
    gone = struck_of(session(), report.id)
    by_strike = theirs is not None and is_strikes_work(gone, commitment.key, theirs.saved_at)
    savers = savers_since(session(), report.id, commitment.key, since)
    return Conflict(
        commitment=commitment,
        form=filled_form(commitment.paragraph, theirs.version if theirs else 0, mine.left),
        mine=mine.shown,
        theirs=theirs,
        own=savers == {current_actor().user_id},
        struck=by_strike or mine.left != typed,
        by_strike=by_strike,
        apart=mine.apart,
    )
