"""Signing in at a provider, and linking an account there: leaving for it and coming back.

What it answers is fetched while no transaction is open. The modules that ask it are loaded with
the first person who leaves: they are slow to load, and most sites name no provider.
"""

import secrets
from typing import TYPE_CHECKING, Any

import structlog
from flask import Blueprint, flash, redirect, request, url_for
from flask import session as form_session
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tracker.domain.clock import system_clock
from tracker.domain.errors import NotFound, Problem, WrongStatus
from tracker.domain.provider_identity import ProviderIdentity
from tracker.policy.actions import Action
from tracker.provider_settings import ProviderSettings
from tracker.queries.provider_links import linked_since
from tracker.services import provider_links, provider_visits
from tracker.services.provider_visits import Visit
from tracker.web import signing_in
from tracker.web.access import requires
from tracker.web.confirming import sensitive
from tracker.web.provider_refusals import (
    ProviderRefused,
    browser_key,
    count,
    refuse_too_many,
    refused_page,
    wrong_sign_in_page,
)
from tracker.web.render import page
from tracker.web.session import current_actor, forget_actor
from tracker.web.transaction import commit_apart, release, session, write_although_read

if TYPE_CHECKING:
    from tracker.delivery.provider import Leaving, Provider

blueprint = Blueprint("provider", __name__)
log = structlog.get_logger("provider")
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
BROWSER = "provider_browser"  # in the cookie of forms: what ties a visit to this browser
BACK = "/sign-in/provider/back"
LONGEST = 4096  # of what the provider sends back


def configured() -> ProviderSettings:
    """The provider of this site; ``NotFound`` where it has none."""
    provider = signing_in.settings().provider
    if provider is None:
        raise NotFound(Problem("not-found"))
    return provider


@blueprint.app_context_processor
def provider_name() -> dict[str, str]:
    """For the button on the sign-in page; empty where there is no provider."""
    provider = signing_in.settings().provider
    return {"provider_name": provider.name if provider else ""}


def provider_shown() -> dict[str, Any]:
    """What the page of one's account shows of it."""
    provider, user_id = signing_in.settings().provider, current_actor().user_id
    if provider is None or user_id is None:
        return {"linked_at": None}
    return {"linked_at": linked_since(session(), user_id, provider.issuer)}


@blueprint.post("/sign-in/provider")
@requires(Action.PUBLIC_READ)
def leave() -> ResponseReturnValue:
    """Send somebody who wants to sign in to the provider."""
    return _leave(None, signing_in.wanted())


@blueprint.post("/account/provider/link")
@requires(Action.SESSION_USE)
@sensitive
def link() -> ResponseReturnValue:
    """Send somebody who wants to link an account to the provider."""
    return _leave(current_actor().user_id, "")


def _leave(user_id: int | None, target: str) -> ResponseReturnValue:
    settings = configured()
    linking = user_id is not None
    browser = form_session.setdefault(BROWSER, secrets.token_urlsafe(32))
    try:
        refuse_too_many(browser_key(browser))
        leaving = _asked_where(settings)
    except ProviderRefused as refused:
        return refused_page(refused, linking=linking)
    provider_visits.begin_visit(
        session(),
        state=leaving.state,
        browser=browser,
        nonce=leaving.nonce,
        verifier=leaving.verifier,
        user_id=user_id,
        target=target,
        clock=system_clock,
    )
    onward = {"Refresh": f"0; url={leaving.address}"}
    return page("auth/provider_onward.html", address=leaving.address), 200, PRIVATE | onward


def _provider(settings: ProviderSettings) -> "Provider":
    from tracker.delivery.provider import provider_of

    return provider_of(settings)


def _asked_where(settings: ProviderSettings) -> "Leaving":
    release()
    from tracker.delivery.provider_http import ProviderTrouble

    try:
        return _provider(settings).leave(_return_to())
    except ProviderTrouble as trouble:
        raise ProviderRefused.by(trouble.code, trouble.detail) from None


def _return_to() -> str:
    """Where the provider sends browsers back to: the base URL and this path, to the letter.

    ``url_for`` would add the language of the page, and providers compare the whole address.
    """
    return signing_in.settings().base_url + BACK


@blueprint.get(BACK)
@requires(Action.PUBLIC_READ)
def come_back() -> ResponseReturnValue:
    """Take what the provider sent along, once, and sign in or link."""
    settings = configured()
    browser = str(form_session.get(BROWSER, ""))
    linking = False
    write_although_read()
    try:
        refuse_too_many(browser_key(browser))
        visit = _visit(browser)
        linking = visit.user_id is not None
        identity = _identity(settings, visit)
        if linking:
            return _link(settings, identity, visit)
        return _sign_in(settings, identity, visit)
    except ProviderRefused as refused:
        if browser and refused.counts:
            count(browser_key(browser))
        return refused_page(refused, linking=linking)


def _visit(browser: str) -> Visit:
    """The visit that this browser began, used up whatever becomes of the rest."""
    state = _sent("state")
    visit = provider_visits.end_visit(session(), state=state, browser=browser, clock=system_clock)
    commit_apart()
    if visit is None or not browser:
        raise ProviderRefused.by("provider-visit-over")
    return visit


def _sent(name: str) -> str:
    return request.args.get(name, "")[:LONGEST]


def _identity(settings: ProviderSettings, visit: Visit) -> ProviderIdentity:
    """Who signed in there; fetched from the provider with no transaction open."""
    from tracker.delivery.provider_http import ProviderTrouble

    provider = _provider(settings)
    try:
        provider.check_sender(request.args.get("iss"))
        _refuse_errors()
        return provider.identity(
            code=_sent("code"),
            verifier=visit.verifier,
            nonce=visit.nonce,
            return_to=_return_to(),
            now=int(system_clock().timestamp()),
        )
    except ProviderTrouble as trouble:
        raise ProviderRefused.by(trouble.code, trouble.detail) from None


def _refuse_errors() -> None:
    """What the provider sends instead of a code, each with our own words for it."""
    error = request.args.get("error")
    if error == "access_denied":
        raise ProviderRefused.by("provider-denied")
    if error in ("temporarily_unavailable", "server_error"):
        raise ProviderRefused.by("provider-unreachable", error)
    if error is not None:
        raise ProviderRefused.by("provider-unusable", f"error {error[:40]!r}")
    if not _sent("code"):
        raise ProviderRefused.by("provider-visit-over")


def _link(
    settings: ProviderSettings, identity: ProviderIdentity, visit: Visit
) -> ResponseReturnValue:
    forget_actor()  # seconds have passed: the session may have ended
    actor = current_actor()
    if actor.user_id != visit.user_id:
        raise ProviderRefused.by("provider-link-signed-out")
    try:
        provider_links.link(
            session(),
            actor=actor,
            identity=identity,
            provider=settings.name,
            clock=system_clock,
        )
    except WrongStatus as refused:
        raise ProviderRefused.by(refused.problem.code) from None
    commit_apart()
    flash(gettext("Your account at %(provider)s is linked.", provider=settings.name))
    return redirect(url_for("auth.account") + "#provider", 303)


def _sign_in(
    settings: ProviderSettings, identity: ProviderIdentity, visit: Visit
) -> ResponseReturnValue:
    key = provider_links.counted_as(identity)
    refuse_too_many(key)
    try:
        token = provider_links.sign_in_linked(
            session(),
            identity=identity,
            provider=settings.name,
            counts_as_second=settings.second_step and identity.shows_second_factor(),
            clock=system_clock,
            agent=signing_in.agent(),
        )
    except NotFound as refused:
        count(key)
        raise ProviderRefused.by(refused.problem.code) from None
    if token is None:
        count(key)
        return wrong_sign_in_page(visit.target)
    signing_in.begin(token)
    step = signing_in.onward(visit.target)
    commit_apart()
    log.info("signed-in-by-provider")
    return redirect(step, 303)


@blueprint.post("/account/provider/unlink")
@requires(Action.SESSION_USE)
@sensitive
def unlink() -> ResponseReturnValue:
    """Let the account at the provider open one's own no more."""
    settings = configured()
    provider_links.unlink(
        session(),
        actor=current_actor(),
        issuer=settings.issuer,
        provider=settings.name,
        clock=system_clock,
    )
    flash(gettext("Your account at %(provider)s is no longer linked.", provider=settings.name))
    return redirect(url_for("auth.account") + "#provider", 303)
