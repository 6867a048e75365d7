"""The kinds of absence stay apart in charts, on paper without colours too."""

import re
from pathlib import Path

from tracker.domain.progress import Absence
from tracker.exchange.styles import FILLS, HATCHES
from tracker.resources import resource_dir

CSS = (Path(__file__).parents[2] / "tracker/static/css/components.css").read_text("utf-8")
PATTERNS = (resource_dir("templates") / "_macros/progress.html").read_text("utf-8")
INK = "#1a1f26"
APART = 3.0  # what WCAG asks of parts of a drawing; 4.5 of a sign on them
HATCHED = (Absence.WITHHELD, Absence.NOT_REPORTED)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def colours(text: str) -> list[str]:
    return re.findall(r"#[0-9a-f]{6}", text)


def test_stripes_and_dots_are_seen_in_grey_and_signs_on_them_are_read() -> None:
    lines = set()
    for value in HATCHED:
        (pattern,) = re.findall(f'<pattern id="fill-{value}".*?</pattern>', PATTERNS)
        ground, line = colours(pattern)
        assert contrast(line, ground) >= APART
        assert contrast(INK, line) >= 4.5
        rule = re.search(rf"\.is-{value} {{[^}}]*--pattern:[^;]*;", CSS)
        assert rule and line in colours(rule[0])  # the legend has what the bar has
        assert HATCHES[value][1].lower() == line
        lines.add(HATCHES[value][0])
    assert len(lines) == len(HATCHED)
    assert FILLS[Absence.NOT_ANSWERED][0] == "#FFFFFF" and Absence.NOT_ANSWERED not in HATCHES
    assert 'id="fill-not_answered"' not in PATTERNS  # it alone is blank
