"""Sentences about what the address of a page asks for."""

from typing import Final

from tracker.domain.marking import N_

ADDRESS_MESSAGES: Final[dict[str, str]] = {
    "one-only": N_("“%(name)s” stands in the address more than once. Leave one of them."),
    "needs-another": N_(
        "“%(given)s” stands in the address without “%(missing)s”. Add it, or leave both out."
    ),
    "nothing-looked-for": N_(
        "There is nothing to look for. Write words as “%(name)s” in the address, or search on the "
        "page."
    ),
    "null-in-address": N_(
        "A null character (%(code)s) stands in this address. Take it out, or type what you look "
        "for again."
    ),
    "no-such-page": N_("There is no page “%(value)s” of this list; its last is page %(last)s."),
    "unknown-assistance": N_(
        "“%(value)s” is no need or offer of this cycle that you may read. Choose one from the list."
    ),
    "compare-so-many": N_(
        "Choose from %(least)s to %(most)s States or groups to compare; you chose %(given)s."
    ),
    "compare-one-or-two-cycles": N_(
        "Choose one reporting cycle, or two to be compared; you chose %(given)s."
    ),
    "cycles-not-comparable": N_(
        "The cycles “%(first)s” and “%(second)s” are on different outcome documents, so their "
        "answers cannot be compared."
    ),
    "movement-since-itself": N_(
        "“%(slug)s” is chosen twice: choose an earlier cycle to tell the movement since."
    ),
    "movement-since-a-later-cycle": N_(
        "Movement is told since an earlier cycle, and “%(second)s” is later than “%(first)s”: "
        "choose them the other way round."
    ),
    "unknown-area": N_("There is no group or region with the code “%(code)s”."),
}
