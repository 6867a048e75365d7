"""House rules about the code itself."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "tracker"
MODULES = sorted(PACKAGE.rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
BANNED = {"utils", "util", "helpers", "common", "misc", "manager"}


def test_modules_stay_under_300_lines() -> None:
    long = {str(m.relative_to(ROOT)): n for m in MODULES if (n := _lines(m)) >= 300}
    assert not long


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_drawers() -> None:
    assert not [m for m in MODULES if m.stem in BANNED]


def test_packages_do_nothing_in_their_init() -> None:
    inits = [m for m in MODULES if m.name == "__init__.py"]
    assert not [m for m in inits if re.search(r"^(def|class) ", m.read_text("utf-8"), re.M)]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_hold_no_inline_code_and_ask_nothing_outside(template: Path) -> None:
    source = template.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=\s*[\"']|javascript:", source)
    assert not re.search(r"<script(?![^>]*\bsrc=)", source)
    assert not re.search(r"(src|href)\s*=\s*[\"']https?://", source)
    assert "|safe" not in source.replace(" ", "")


@pytest.mark.parametrize(
    "sheet", sorted((PACKAGE / "static").rglob("*.css")), ids=lambda path: path.name
)
def test_styles_use_logical_properties(sheet: Path) -> None:
    source = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    physical = re.findall(
        r"(?<![\w-])(?:margin|padding|border)-(?:left|right)|(?<![\w-])(?:left|right)\s*:"
        r"|(?:float|text-align)\s*:\s*(?:left|right)",
        source,
    )
    assert not physical
    assert "@import" not in source and "url(http" not in source


@pytest.mark.parametrize(
    "template",
    [t for t in TEMPLATES if t.parent.name != "auth" and t.name != "other_account.html"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_going_back_fills_in_no_form_but_those_of_signing_in_and_of_the_account(
    template: Path,
) -> None:
    """A browser would put what was typed before over the newer text, for whoever is there now.

    Password managers need theirs, so the forms for signing in are let be.
    """
    source = template.read_text(encoding="utf-8")
    forms = re.findall(r'<form method="post"((?:\{.*?\}+|[^>])*)>(.*?)</form>', source, re.S)
    asks = re.compile(r"field\(|_form\(|<textarea|<select|<input (?!type=\"hidden\")")
    filled = [tag for tag, body in forms if asks.search(body) or "data-ask-to-leave" in tag]
    assert all(' autocomplete="off"' in tag for tag in filled)


ANSWERED_ELSEWHERE = {"review/submission.html"}  # refused, its text stands on review/ask.html


def test_what_was_refused_counts_as_unsaved_where_it_is_shown_again() -> None:
    asking, told = set(), set()
    for path in TEMPLATES:
        name = path.relative_to(ROOT / "templates").as_posix()
        for tag in re.findall(
            r"<form method=\"post\"((?:\{.*?\}+|[^>])*)>", path.read_text("utf-8")
        ):
            asking |= {name} if "data-ask-to-leave" in tag else set()
            told |= {name} if "data-unsaved" in tag else set()
    assert asking - told == ANSWERED_ELSEWHERE
