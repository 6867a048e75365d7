"""Two texts of one answer: what was typed on a page, and what was saved since it was opened."""

from dataclasses import dataclass

from tracker.domain.documents import Commitment
from tracker.domain.responses import ResponseContent
from tracker.forms.response import ResponseForm, filled_form
from tracker.queries.reports import ReportRow
from tracker.queries.responses import ResponseRow, responses_of, savers_since
from tracker.queries.strikes import struck_at
from tracker.queries.struck_texts import answer_without_struck
from tracker.web.session import current_actor
from tracker.web.transaction import session


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two texts of one answer: what was typed here, and what was saved meanwhile.

    ``own``: by the same person and nobody else, in another window. ``struck``: the secretariat
    struck out a text since, ``by_strike``: nothing was saved after that.
    """

    commitment: Commitment
    form: ResponseForm
    mine: ResponseContent
    theirs: ResponseRow
    own: bool
    struck: bool
    by_strike: bool


def without_struck(
    report: ReportRow, commitment: Commitment, form: ResponseForm, typed: ResponseContent
) -> ResponseContent:
    """What was typed, without what was struck out since the page of the form was made."""
    version, opened = int(form.version.data or 0), form.opened_at()
    return answer_without_struck(session(), report.id, commitment.key, version, opened, typed)


def conflict_of(
    report: ReportRow, commitment: Commitment, form: ResponseForm, typed: ResponseContent
) -> Conflict:
    """What was typed loses what was struck out since the page was opened."""
    session().expire_all()
    theirs = responses_of(session(), report.id)[commitment.key]
    since = int(form.version.data or 0)
    mine = without_struck(report, commitment, form, typed)
    by_strike = (commitment.key, theirs.saved_at) in struck_at(session(), report.id)
    settle = filled_form(commitment.paragraph, theirs.version, mine)
    savers = savers_since(session(), report.id, commitment.key, since)
    return Conflict(
        commitment=commitment,
        form=settle,
        mine=mine,
        theirs=theirs,
        own=savers == {current_actor().user_id},
        struck=by_strike or mine != typed,
        by_strike=by_strike,
    )
