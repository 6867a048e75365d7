"""Rendering: the read transaction ends first, then the template runs on frozen rows."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urlsplit

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from flask import Flask, current_app, render_template, request, url_for
from flask_babel import get_locale, gettext
from markupsafe import Markup, escape

from tracker import __version__
from tracker.domain import labels
from tracker.domain.clock import system_clock
from tracker.domain.errors import Problem
from tracker.domain.excerpts import excerpt
from tracker.domain.messages import sentence
from tracker.domain.progress import SHOWN_ORDER
from tracker.domain.workflow import ReportStatus
from tracker.exchange.shares import VALUE_PLACES, percent_of
from tracker.extensions import DAY
from tracker.policy.actions import Action
from tracker.web import access, locale
from tracker.web.session import current_actor, current_browser
from tracker.web.transaction import SAFE_METHODS, release

UNDER = {"public.comparison": "public.cycles", "public.search": "public.cycles"}
"""Pages whose breadcrumbs begin at another item of the navigation than their address."""
TYPED_DAY = re.compile(r"\b\d{4}-\d{2}(?:-\d{2})?\b", re.ASCII)
PLAIN = "!$'()*,/:;?@"  # signs that stand in addresses as they are

NUMBERS = re.compile(r"(?<![\w&#;/.-])\d+(?:-\d+)+")  # 2024-06-30 or 28-32
"""What a page that runs from the right would turn round."""


@dataclass(frozen=True, slots=True)
class Link:
    """One item of the navigation or of the language switch."""

    label: str
    href: str
    current: bool = False
    code: str = ""


def page(template: str, **values: Any) -> str:
    """Render a page after the transaction of a safe request has ended."""
    if request.method in ("GET", "HEAD"):
        actor = current_actor()
        assert actor is not None  # noqa: S101  # nosec B101  # read before the transaction ends
        release()
    return render_template(template, **values)


def problem_text(problem: Problem) -> str:
    """The sentence of a problem in the page's language, the status of a report in words."""
    values = {k: label(v) if isinstance(v, ReportStatus) else v for k, v in problem.values.items()}
    return sentence(replace(problem, values=values), gettext)


def label(value: Any) -> str:
    """The word for an enum member or a code, in the page's language."""
    return str(locale.catalogue().ugettext(labels.label(value)))


def navigation() -> list[Link]:
    """The main navigation, by what the reader may do."""
    actor = current_actor()
    items = [("public.home", gettext("Overview"))]
    items += [("public.documents", gettext("Commitments")), ("public.states", gettext("States"))]
    items += [("public.cycles", gettext("Progress")), ("indicators.index", gettext("Indicators"))]
    items.append(("public.needs", gettext("Needs and offers")))
    if actor.state_ids:
        items.append(("reporting.home", gettext("My reports")))
    if access.can(Action.COVERAGE_WATCH):
        items.append(("review.home", gettext("Review")))
    if access.can(Action.CYCLE_MANAGE) or _keeps_accounts():
        items.append(("admin.home", gettext("Administration")))
    here = request.path
    links = [(text, url_for(endpoint)) for endpoint, text in items if _known(endpoint)]
    under = urlsplit(url_for(UNDER[request.endpoint])).path if request.endpoint in UNDER else here
    return [Link(text, href, _is_here(urlsplit(href).path, under)) for text, href in links]


def _is_here(path: str, here: str) -> bool:
    return path == here or (path != "/" and here.startswith(path + "/"))


def footer_links() -> list[Link]:
    """What stands at the foot of every page."""
    items = [("public.method", gettext("How the numbers are made"))]
    items += [("receipts.keys", gettext("Signatures and keys"))]
    items += [("checkpoints.index", gettext("Checkpoints"))]
    return [Link(text, url_for(endpoint)) for endpoint, text in items if _known(endpoint)]


def _known(endpoint: str) -> bool:
    return endpoint in current_app.view_functions


def _keeps_accounts() -> bool:
    return any(access.can(Action.ACCOUNT_MANAGE, state) for state in current_actor().state_ids)


def language_links() -> list[Link]:
    """The same page in each loaded language; none on an answer to a form.

    There a link would lead away from the page and lose what was typed.
    """
    if request.method not in SAFE_METHODS:
        return []
    arguments = request.args.to_dict(flat=False)
    return [
        Link(
            locale.LANGUAGE_NAMES.get(code, code),
            _with_language(arguments, code),
            code == locale.chosen_language(),
            code,
        )
        for code in current_app.config["SETTINGS"].languages
    ]


def _with_language(arguments: dict[str, list[str]], code: str) -> str:
    if request.endpoint is None:
        return f"/?lang={code}"
    path = url_for(request.endpoint, **(request.view_args or {}))
    return with_query(path, {**arguments, "lang": [code]})


def with_query(address: str, arguments: Mapping[str, Sequence[str]]) -> str:
    """The address with these arguments and no others.

    ``url_for`` takes some names that anybody may write into an address for its own.
    """
    path, query = address.partition("?")[0], urlencode(arguments, doseq=True, safe=PLAIN)
    return f"{path}?{query}" if query else path


@lru_cache(maxsize=20_000)
def _written(write: Callable[..., str], value: float, locale_name: str) -> str:
    """A table holds the same numbers a thousand times; writing one the first time is slow."""
    return write(value, locale=locale_name)


def write_number(value: float) -> str:
    """A number as the page's language writes it."""
    return _written(format_decimal, value, locale.locale_name())


def write_percent(share: float) -> str:
    """A share as a whole percentage, as the page's language writes it."""
    return _written(format_percent, share, locale.locale_name())


def write_percent2(share: Fraction) -> str:
    """The value of an indicator as a percentage, see ``percent_of``."""
    return _percent2(share, locale.locale_name())


@lru_cache(maxsize=20_000)
def _percent2(share: Fraction, language: str) -> str:
    return percent_of(
        share.numerator, share.denominator, Locale.parse(language), places=VALUE_PLACES
    )


def write_share(n: int, total: int) -> Markup:
    """``12/193 (6%)`` as markup, see ``percent_of``; never a percentage alone, none of nothing."""
    return _share(n, total, locale.locale_name())


@lru_cache(maxsize=20_000)
def _share(n: int, total: int, language: str) -> Markup:
    pair = f"{format_decimal(n, locale=language)}/{format_decimal(total, locale=language)}"
    percent = f" ({percent_of(n, total, Locale.parse(language))})" if total else ""
    return Markup('<span class="share"><bdi>{}</bdi>{}</span>').format(pair, percent)


def write_date(value: date) -> Markup:
    """A day, or the day of a moment in UTC, as markup."""
    return _date(value, value.isoformat(), locale.locale_name())


@lru_cache(maxsize=5_000)
def _date(value: date, iso: str, language: str) -> Markup:
    words = format_date(value, DAY, locale=language)
    return Markup('<time datetime="{}" class="nowrap">{}</time>').format(iso, words)


@lru_cache(maxsize=100)
def write_language(code: str) -> Markup:
    """The attributes of an element that holds somebody's words in this language."""
    if not code or code == "other":
        return Markup(' dir="auto"')
    direction = "rtl" if code[:2] in ("ar", "fa", "he", "ur") else "ltr"
    return Markup(' lang="{}" dir="{}"').format(code, direction)


def write_exact_percentage(value: Decimal) -> str:
    """A value in per cent with the very digits that it has, as the page's language writes it."""
    language = get_locale() or Locale("en")
    decimals = max(0, -int(value.as_tuple().exponent))
    digits = f"0.{'0' * decimals}" if decimals else "0"
    pattern = language.percent_formats[None].pattern.replace("0", digits)
    return str(format_percent(value / 100, pattern, locale=language))


def keep_numbers_whole(text: str) -> Markup:
    """A hint whose days and numbers read from the left, also where words run from the right."""
    return Markup(NUMBERS.sub(r'<bdi dir="ltr">\g<0></bdi>', str(escape(text))))  # noqa: S704  # nosec B704  # escaped before


def write_size(size: int) -> str:
    """The size of a file, given in bytes, as the page's language writes it."""
    unit, count = ("megabyte", size / 1e6) if size >= 1e6 else ("kilobyte", max(size / 1e3, 0.1))
    return format_unit(count, unit, "short", "#,##0.0", locale=locale.locale_name())


def with_days_apart(text: str) -> Markup:
    """A text with days such as 2007-05 set apart: beside Arabic letters they read backwards."""
    told = TYPED_DAY.sub(lambda day: f"<bdi>{day[0]}</bdi>", str(escape(text)))
    return Markup(told)  # noqa: S704  # nosec B704  # escaped above


def init_app(app: Flask) -> None:
    """Names that every template may use."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["SHOWN_KEYS"] = tuple(value.value for value in SHOWN_ORDER)
    app.jinja_env.filters["numberformat"] = write_number
    app.jinja_env.filters["percentformat"] = write_percent
    app.jinja_env.filters["percent2"] = write_percent2
    app.jinja_env.filters["shareof"] = write_share
    app.jinja_env.filters["dateof"] = write_date
    app.jinja_env.filters["inlanguage"] = write_language
    app.jinja_env.filters["exactpercent"] = write_exact_percentage
    app.jinja_env.filters["numberswhole"] = keep_numbers_whole
    app.jinja_env.filters["sizeformat"] = write_size
    app.jinja_env.filters["label"] = label
    app.jinja_env.filters["daysapart"] = with_days_apart
    app.jinja_env.filters["ours"] = locale.in_language
    app.jinja_env.filters["problem"] = problem_text
    app.jinja_env.filters["excerpt"] = excerpt

    @app.context_processor
    def shared() -> dict[str, Any]:
        browser = current_browser()
        return {
            "current_actor": current_actor(),
            "person_here": browser.person.user_id if browser else None,  # also halfway in
            "locale": locale.locale_name().replace("_", "-"),
            "text_direction": locale.text_direction(),
            "language_not_loaded": locale.language_not_loaded(),
            "demonstration": app.config["SETTINGS"].demonstration,
            "version": __version__,
            "today": system_clock().date(),
            "printed_from": app.config["SETTINGS"].base_url + request.full_path.rstrip("?"),
            "navigation": navigation(),
            "footer_links": footer_links(),
            "language_links": language_links(),
            "can": access.can,
            "Action": Action,
        }
