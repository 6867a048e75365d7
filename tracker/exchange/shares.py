"""A share as a percentage that never says none of what there is, nor all of what is not."""

from decimal import ROUND_HALF_UP, Decimal

from babel import Locale
from babel.numbers import format_percent

VALUE_PLACES = 2
"""Decimals of the percentage of an indicator's value, wherever it stands."""
LEFT_TO_RIGHT_MARK = "\u200e"  # keeps the sign before its number in a text from right to left


def percent_of(n: float, total: float, locale: Locale, *, places: int = 0) -> str:
    """``6%`` as the language writes it; ``<1%`` where it would round to none, ``>99%`` to all.

    With two ``places`` ``6.25%``, ``<0.01%``, ``>99.99%``. Halves go up, as in spreadsheets.
    ``total`` is not 0.
    """
    pattern = locale.percent_formats[None].pattern
    if places:
        pattern = pattern.replace("0", f"0.{'0' * places}")

    def written(share: Decimal) -> str:
        return str(format_percent(share, pattern, locale=locale))

    least = Decimal(10) ** -(places + 2)
    rounded = written((Decimal(n) / Decimal(total)).quantize(least, ROUND_HALF_UP))
    if n > 0 and rounded == written(Decimal(0)):
        return _mark("<", locale) + written(least)
    if n < total and rounded == written(Decimal(1)):
        return _mark(">", locale) + written(1 - least)
    return rounded


def _mark(sign: str, locale: Locale) -> str:
    return f"{LEFT_TO_RIGHT_MARK}{sign}" if locale.text_direction == "rtl" else sign
