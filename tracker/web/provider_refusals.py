"""What somebody is told whom a provider did not sign in: a sentence, its status, what to do."""

import structlog
from flask.typing import ResponseReturnValue

from tracker.domain.clock import system_clock
from tracker.domain.errors import Problem
from tracker.forms.account import SignInForm
from tracker.queries.accounts import count_failures
from tracker.services import sessions
from tracker.services.tokens import token_hash
from tracker.web import signing_in
from tracker.web.render import page, problem_text
from tracker.web.transaction import commit_apart, release, session

log = structlog.get_logger("provider")
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
STATUS = {
    "provider-visit-over": 400,
    "provider-mixed-up": 400,
    "provider-untrusted": 401,
    "provider-code-refused": 401,
    "provider-link-signed-out": 401,
    "provider-denied": 403,
    "provider-not-linked": 403,
    "provider-linked-elsewhere": 409,
    "provider-linked-already": 409,
    "provider-too-many": 429,
    "provider-unusable": 502,
    "provider-unreachable": 503,
}
RETRY_AFTER = {"provider-unreachable": 30}
# What says nothing against this browser: the provider does not work, or its user thought again.
NOT_COUNTED = frozenset(
    {"provider-denied", "provider-too-many", "provider-unusable", "provider-unreachable"}
)


class ProviderRefused(Exception):
    """Not signed in, or nothing linked; nothing was changed."""

    def __init__(self, problem: Problem, retry_after: int = 0) -> None:
        super().__init__(problem.code)
        self.problem, self.retry_after = problem, retry_after

    @classmethod
    def by(cls, code: str, detail: str = "") -> "ProviderRefused":
        """With one of the codes above; ``detail`` is for the log alone."""
        log.warning("provider-refused", code=code, detail=detail)
        return cls(Problem(code), RETRY_AFTER.get(code, 0))

    @property
    def counts(self) -> bool:
        """Whether it counts against the browser."""
        return self.problem.code not in NOT_COUNTED


def browser_key(browser: str) -> str:
    """Under what failures of a browser are counted."""
    return f"provider browser {token_hash(browser)}"


def count(key: str) -> None:
    """Count a failure, although the answer will be a refusal."""
    sessions.record_failure(session(), email=key, clock=system_clock)
    commit_apart()


def refuse_too_many(key: str) -> None:
    """``ProviderRefused`` while there were too many failures, as for those of an address."""
    hashed, within = sessions.address_key(key), sessions.FAILURES_COUNT_FOR
    lately = count_failures(session(), hashed, now=system_clock(), within=within)
    if lately < sessions.FAILURES_ALLOWED:
        return
    log.warning("sign-in-slowed", address=sessions.address_key(key)[:12])
    seconds = int(sessions.FAILURES_COUNT_FOR.total_seconds())
    raise ProviderRefused(Problem("provider-too-many", "", {"minutes": seconds // 60}), seconds)


def refused_page(refused: ProviderRefused, *, linking: bool) -> ResponseReturnValue:
    """The page that says why, and where to begin again."""
    release()
    code, provider = refused.problem.code, signing_in.settings().provider
    named = {"provider": provider.name if provider else "", **refused.problem.values}
    name = "not_linked" if code == "provider-not-linked" else "refused"
    message = problem_text(Problem(code, "", named))
    body = page(f"auth/provider_{name}.html", message=message, linking=linking)
    headers = {"Retry-After": str(refused.retry_after)} if refused.retry_after else {}
    return body, STATUS[code], PRIVATE | headers


def wrong_sign_in_page(target: str) -> ResponseReturnValue:
    """What a wrong password gets, for an account that is closed."""
    release()
    form = SignInForm(None)
    form.show(Problem("sign-in-refused"))
    return page("auth/sign_in.html", form=form, next=target), 401, PRIVATE
