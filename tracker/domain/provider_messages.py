"""Why a provider did not sign somebody in, or why its account was not linked."""

from typing import Final

from tracker.domain.marking import N_ as N_

PROVIDER_MESSAGES: Final[dict[str, str]] = {
    "provider-visit-over": N_(
        "What came back from %(provider)s belongs to no sign-in that was begun in this browser "
        "within the last ten minutes, or was used already. Begin again."
    ),
    "provider-mixed-up": N_(
        "The answer came from somewhere else than %(provider)s, so it was not used. Begin again; "
        "if it happens once more, tell whoever runs this site."
    ),
    "provider-untrusted": N_(
        "What %(provider)s said of you could not be verified, so it was not used. Begin again; if "
        "it happens once more, sign in with your password and tell whoever runs this site."
    ),
    "provider-code-refused": N_(
        "%(provider)s says that this sign-in is over or was used already. Begin again."
    ),
    "provider-denied": N_(
        "The sign-in was cancelled at %(provider)s, or you may not sign in there. Begin again, or "
        "sign in with your password."
    ),
    "provider-not-linked": N_(
        "%(provider)s knows you, but your account there is not linked to an account here."
    ),
    "provider-link-signed-out": N_(
        "You were signed out meanwhile, or somebody else signed in here, so no account was "
        "linked. Sign in and link it from the page of your account."
    ),
    "provider-linked-elsewhere": N_(
        "This account at %(provider)s opens another account here already, so it was not linked. "
        "Unlink it there first."
    ),
    "provider-linked-already": N_(
        "An account at %(provider)s is linked to yours already. Unlink it before you link one."
    ),
    "provider-too-many": N_(
        "Too many attempts through %(provider)s. Wait %(minutes)s minutes, then try again, or "
        "sign in with your password."
    ),
    "provider-unusable": N_(
        "%(provider)s gave an answer that this site cannot use. Sign in with your password, and "
        "tell whoever runs this site."
    ),
    "provider-unreachable": N_(
        "%(provider)s does not answer at the moment. Wait a little and try again, or sign in with "
        "your password."
    ),
}
