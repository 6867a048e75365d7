"""A share as a whole percentage that never says none of what there is, nor all of what is not."""

from decimal import Decimal

from babel import Locale
from babel.numbers import format_percent

LEFT_TO_RIGHT_MARK = "\u200e"  # keeps the sign before its number in a text from right to left
ONE, NEARLY_ALL = Decimal("0.01"), Decimal("0.99")


def percent_of(n: float, total: float, locale: Locale) -> str:
    """``6%`` as the language writes it; ``<1%`` where it would round to none, ``>99%`` to all.

    ``total`` is not 0.
    """
    rounded = format_percent(n / total, locale=locale)
    if n > 0 and rounded == format_percent(0, locale=locale):
        return _mark("<", locale) + format_percent(ONE, locale=locale)
    if n < total and rounded == format_percent(1, locale=locale):
        return _mark(">", locale) + format_percent(NEARLY_ALL, locale=locale)
    return rounded


def _mark(sign: str, locale: Locale) -> str:
    return f"{LEFT_TO_RIGHT_MARK}{sign}" if locale.text_direction == "rtl" else sign
