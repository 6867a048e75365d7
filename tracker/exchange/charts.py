"""Stacked bars of a workbook, each drawn from the table that it stands beside."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tracker.exchange.workbook import Sheet

ROW_PIXELS = 20  # pixels of a row that nobody set
EDGE = "#6B7683"


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of the bars: its name, and the column of the table that holds its numbers.

    ``hatch`` is a pattern of Excel and its colour, over that of the bar.
    """

    name: str
    column: int
    colour: str
    hatch: tuple[str, str] | None = None

    @property
    def filling(self) -> dict[str, Any]:
        """How XlsxWriter wants it."""
        if self.hatch is None:
            return {"fill": {"color": self.colour}}
        pattern, line = self.hatch
        return {"pattern": {"pattern": pattern, "fg_color": line, "bg_color": self.colour}}


@dataclass(frozen=True, slots=True)
class Source:
    """The rows of a table from ``first`` to ``last``; ``categories``: the column of names."""

    first: int
    last: int
    categories: int
    series: Sequence[Series]


def stacked_bars(
    sheet: Sheet,
    source: Source,
    *,
    at: tuple[int, int],
    size: tuple[int, int],
    title: str,
    description: str,
) -> None:
    """Bars of 100 % at row and column ``at``, ``size`` in pixels; ``description``: for who cannot
    see them.
    """
    chart = sheet.book.raw.add_chart({"type": "bar", "subtype": "percent_stacked"})
    rows = (source.first, source.last)
    for one in source.series:
        chart.add_series(
            {
                "name": one.name,
                "categories": [
                    sheet.name, rows[0], source.categories, rows[1], source.categories,
                ],
                "values": [sheet.name, rows[0], one.column, rows[1], one.column],
                **one.filling,
                "border": {"color": EDGE, "width": 0.5},
                "gap": 40,
            }
        )  # fmt: skip
    mirrored = sheet.book.words.right_to_left
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis(
        {"num_format": "0%", "major_gridlines": {"visible": True}, "reverse": mirrored}
    )
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": size[0], "height": size[1]})
    sheet.raw.insert_chart(*at, chart, {"description": description})
