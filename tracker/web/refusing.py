"""The answer to a refused request: a page with a way on, or JSON for a script."""

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tracker.domain.errors import Problem
from tracker.web.render import Link, page, problem_text, with_query
from tracker.web.request_log import request_reference
from tracker.web.telling import untell
from tracker.web.transaction import SAFE_METHODS, release

PAGE_OF = {  # a file of what a page shows, and that page
    "exports.compared": "public.comparison",
    "page_downloads.indicator": "indicators.show",
    "page_downloads.commitment": "public.commitment",
    "page_downloads.search": "public.search",
    "cycle_downloads.figures": "public.figures",
    "cycle_downloads.matrix": "public.matrix",
    "cycle_downloads.behind": "public.cycle_states",
}
TOGETHER = ("of", "value")  # in the address of an indicator neither says anything alone
TYPED = ("reason", "question", "reply")  # what somebody wrote for one step


def wants_json() -> bool:
    """Whether a script asks, which shows the sentence itself."""
    return request.accept_mimetypes.best == "application/json"


def refusal(problem: Problem, status: int) -> ResponseReturnValue:
    """The answer to a refused request, as JSON for scripts and as a page for people.

    Where somebody was faster, the page leads to how things stand and holds what was typed.
    """
    release()
    untell()
    message = problem_text(problem)
    if wants_json():
        return jsonify({"ok": False, "code": problem.code, "message": message}), status
    return page(
        f"errors/{status}.html",
        message=message,
        why=problem.code,
        without=_address_without(problem),
        onward=_how_things_stand() if status == 409 else None,
        typed=[request.form[name] for name in TYPED if request.form.get(name, "").strip()],
        reference=request_reference() if status >= 500 else "",
    ), status


def _address_without(problem: Problem) -> str:
    """Where a page that was only read stands without the filter that is wrong; else empty."""
    if request.method not in SAFE_METHODS or problem.place not in request.args:
        return ""
    kept = request.args.to_dict(flat=False)
    for name in TOGETHER if problem.place in TOGETHER and "of" in kept else (problem.place,):
        kept.pop(name, None)
    endpoint, place = str(request.endpoint), dict(request.view_args or {})
    if endpoint in PAGE_OF:
        del place["form"]
    return with_query(url_for(PAGE_OF.get(endpoint, endpoint), **place), kept)


def _how_things_stand() -> Link | None:
    """Where the submission or the report that was acted on is read; none for anything else."""
    named = request.view_args or {}
    if "submission_id" in named:
        address = url_for("reviewing.show", submission_id=named["submission_id"])
        return Link(gettext("See how the submission stands now"), address)
    if "report_id" in named:
        address = url_for("reporting.show", report_id=named["report_id"])
        return Link(gettext("See how the report stands now"), address)
    return None
