"""The look of workbooks: a few styles, and the colours of progress as the site has them."""

from typing import Any

from tracker.domain.documents import LocalisedText
from tracker.domain.progress import Absence, Progress
from tracker.exchange.words import Words

INK, SOFT, DARK = "#1A1F26", "#4A5462", "#0F3D66"
TINT, LINE, ALERT = "#E8F0F8", "#C9CFD6", "#9C2F10"
SIZE = 10

_BODY: dict[str, Any] = {
    "font_size": SIZE,
    "font_color": INK,
    "valign": "top",
    "text_wrap": True,
}
_BOXED = _BODY | {"border": 1, "border_color": LINE}
_ENTRY = _BOXED | {"locked": False, "num_format": "@", "quote_prefix": True}
_CENTRED = {"align": "center", "valign": "vcenter"}

STYLES: dict[str, dict[str, Any]] = {
    "title": {"font_size": 16, "bold": True, "font_color": DARK, "valign": "top"},
    "heading": {"font_size": 12, "bold": True, "font_color": DARK, "valign": "top"},
    "alert": _BODY | {"bold": True, "font_color": ALERT},
    "note": _BODY | {"font_color": SOFT},
    "soft": {"font_size": SIZE, "font_color": SOFT, "valign": "top"},
    "link": {"font_size": SIZE, "font_color": "#0B5394", "underline": 1, "valign": "top"},
    "name": _BODY | {"bold": True, "bg_color": TINT, "bottom": 1, "bottom_color": LINE},
    "fact": _BODY | {"bottom": 1, "bottom_color": LINE, "align": "left"},
    "fact_typed": _BODY
    | {"bottom": 1, "bottom_color": LINE, "align": "left", "quote_prefix": True},
    "header": _BODY
    | {"bold": True, "font_color": "#FFFFFF", "bg_color": DARK, "border": 1, "border_color": LINE},
    "header_up": {
        "font_size": SIZE,
        "font_color": INK,
        "bg_color": TINT,
        "rotation": 90,
        "text_wrap": True,
        "align": "center",
        "valign": "bottom",
        "border": 1,
        "border_color": LINE,
    },
    "band": _BODY | {"bold": True, "bg_color": TINT, "border": 1, "border_color": LINE},
    "band_note": _BODY | {"italic": True, "bg_color": TINT, "border": 1, "border_color": LINE},
    "plain": _BODY,
    "ruled": {"bottom": 1, "bottom_color": LINE},
    "typed": _BODY | {"quote_prefix": True},
    "whole": _BODY | {"num_format": "0", "text_wrap": False, "align": "center"},
    "percent": _BODY | {"num_format": "0.00%", "text_wrap": False, "align": "center"},
    "day": _BODY | {"num_format": "yyyy-mm-dd", "text_wrap": False, "align": "left"},
    "instant": _BODY | {"num_format": "yyyy-mm-dd hh:mm", "text_wrap": False, "align": "left"},
    "boxed": _BOXED,
    "boxed_middle": _BOXED | {"align": "left", "valign": "vcenter"},
    "boxed_bold": _BOXED | {"bold": True},
    "boxed_link": _BOXED
    | {"font_color": "#0B5394", "underline": 1, "text_wrap": False, "align": "left"},
    "boxed_value": _BOXED | {"quote_prefix": True, "align": "left"},
    "boxed_typed": _BOXED | {"quote_prefix": True},
    "boxed_typed_rtl": _BOXED | {"quote_prefix": True, "reading_order": 2, "align": "right"},
    "boxed_number": _BOXED | {"num_format": "#,##0", "align": "center"},
    "boxed_soft": _BOXED | {"font_color": SOFT, "italic": True},
    "boxed_share": _BOXED | {"align": "center"},
    "fixed": _BOXED | {"bg_color": "#F4F6F8", "align": "left"},
    "entry": _ENTRY,
    "entry_rtl": _ENTRY | {"reading_order": 2, "align": "right"},
    "entry_choice": _BOXED | {"locked": False},
    "entry_number": _BOXED | {"locked": False, "num_format": "0", "align": "center"},
    "entry_error": _ENTRY | {"bg_color": "#F8D0C4"},
    "entry_conflict": _ENTRY | {"bg_color": "#FFEFB8"},
    "mark": _BOXED | {"align": "center", "bold": True},
    "bold": {"font_size": SIZE, "bold": True, "font_color": INK},
    "run": {"font_size": SIZE, "font_color": INK},
    "run_soft": {"font_size": SIZE, "font_color": SOFT, "italic": True},
}

FILLS: dict[str, tuple[str, str]] = {
    Progress.IMPLEMENTED: ("#173F5F", "#FFFFFF"),
    Progress.PARTLY_IMPLEMENTED: ("#2E7F86", "#FFFFFF"),
    Progress.IN_DEVELOPMENT: ("#8CC084", INK),
    Progress.NOT_STARTED: ("#F6DC85", INK),
    Progress.NOT_APPLICABLE: ("#C3C8CE", INK),
    Absence.NOT_ANSWERED: ("#FFFFFF", INK),
    Absence.WITHHELD: ("#E9E4EF", INK),
    Absence.NOT_REPORTED: ("#F1F2F4", SOFT),
    Absence.NOT_ASKED: ("#FFFFFF", SOFT),
    Absence.NOT_COMPUTABLE: ("#FFFFFF", SOFT),
}
# Absence in charts, told apart in grey too: nothing, stripes or dots over the fill, as on the site.
HATCHES: dict[str, tuple[str, str]] = {
    Absence.WITHHELD: ("light_horizontal", "#8F80A8"),
    Absence.NOT_REPORTED: ("percent_20", "#828B95"),
}


def style(name: str) -> dict[str, Any]:
    """The properties of a style: one of ``STYLES``, or for a kind of progress a cell of its
    colours with a word (``is-<value>``) or a mark (``mark-<value>``).
    """
    if name in STYLES:
        return STYLES[name]
    kind, value = name.split("-", 1)
    fill, ink = FILLS[value]
    colours = {"bg_color": fill, "font_color": ink}
    if kind == "mark":
        return STYLES["mark"] | colours
    return _BOXED | _CENTRED | colours | {"font_size": 9}


def mirrored(properties: dict[str, Any]) -> dict[str, Any]:
    """The same for a sheet that runs from right to left; typed texts keep their own direction.

    So do links, which LibreOffice tears apart otherwise. Where these have a side, it changes.
    """
    if properties.get("quote_prefix") or properties.get("underline"):
        return properties | {"align": "right"} if "align" in properties else properties
    align = properties.get("align", "left")
    return properties | {"align": "right" if align == "left" else align, "reading_order": 2}


def sheet_name(text: str, taken: set[str]) -> str:
    """A name that a sheet can have, different from those ``taken``, to which it is added."""
    clean = "".join("-" if character in r"[]:*?/\'" else character for character in text)
    name, number = clean[:31].strip(), 2
    while name.casefold() in taken:
        end = f" {number}"
        name, number = clean[: 31 - len(end)].strip() + end, number + 1
    taken.add(name.casefold())
    return name


def state_and_code(words: Words, name: LocalisedText, iso3: str) -> str:
    """``Kenya (KEN)``."""
    return f"{words.text(name)} ({iso3})"
