"""The overview of a compiled workbook: who reported, and progress by section and commitment."""

from collections.abc import Sequence

from tracker.domain.messages import N_
from tracker.domain.progress import SHOWN_ORDER, Base, Distribution, Progress, total
from tracker.exchange.cells import lines
from tracker.exchange.commitments import heading
from tracker.exchange.styles import FILLS
from tracker.exchange.words import Words
from tracker.exchange.workbook import Book, Sheet
from tracker.queries.exports import CompiledExport, ListedState

WIDTHS = (11, 50, *[12] * len(SHOWN_ORDER), 12, *[19] * len(Base))
CHART_ROWS = 22
ROW_PIXELS = 20  # pixels of a row that nobody set
ABOUT = N_("Who reported, and progress by section and by commitment, with a chart.")
CHART_WORDS = N_("Stacked bars: the counts of the table below it, section by section.")
IMPLEMENTED_OF = {
    Base.MEMBERS: N_("Implemented, of all Member States"),
    Base.REPORTING: N_("Implemented, of reporting States"),
    Base.ANSWERED: N_("Implemented, of States that answered"),
    Base.APPLICABLE: N_("Implemented, of States to which it applies"),
}


def write_overview(book: Book, data: CompiledExport) -> Sheet:
    """Reports by group, then the distribution by section with its chart, then by commitment."""
    words = book.words
    sheet = book.sheet(words(N_("Overview")), WIDTHS, words(ABOUT))
    sheet.line(words(N_("Overview")), "title")
    shares = words(N_("Shares are printed as n/N; the head of the column names the base N."))
    sheet.line(shares, "soft")
    sheet.gap()
    _write_groups(sheet, data)
    sheet.gap()
    _write_sections(sheet, data)
    sheet.gap()
    _write_commitments(sheet, data)
    return sheet


def _write_groups(sheet: Sheet, data: CompiledExport) -> None:
    words = sheet.book.words
    sheet.line(words(N_("Reports by group")), "heading")
    heads = [N_("Member States"), N_("Reports, of Member States"), N_("On time, of reports")]
    sheet.row_of(["", words(N_("Group")), *(words(head) for head in heads)], "header")
    members = [listed for listed in data.states if listed.is_member]
    for group in data.groups:
        own = [listed for listed in members if listed.state.group == group.code]
        _group_row(sheet, words.text(group.name), own)
    _group_row(sheet, words(N_("All Member States")), members)


def _group_row(sheet: Sheet, name: str, states: Sequence[ListedState]) -> None:
    share = sheet.book.words.share
    found = [listed.submission for listed in states if listed.submission]
    sheet.cell(0, "", "boxed")
    sheet.cell(1, name, "boxed_bold")
    sheet.raw.write_number(sheet.row, 2, len(states), sheet.book.style("boxed_number"))
    sheet.cell(3, share(len(found), len(states)), "boxed_share")
    sheet.cell(4, share(sum(s.on_time for s in found), len(found)), "boxed_share")
    sheet.row += 1


def _write_sections(sheet: Sheet, data: CompiledExport) -> None:
    """The chart, and below it the table that it is drawn from."""
    words, document = sheet.book.words, data.frame.document
    found = [
        (section, [f.distribution for f in data.figures.commitments if f.section == section.code])
        for section in document.blocks()
    ]
    found = [(section, own) for section, own in found if own]
    sheet.line(words(N_("Progress by section, in pairs State × commitment")), "heading")
    chart_row = sheet.row
    sheet.row += CHART_ROWS
    _heads(sheet, words(N_("Section")), words(N_("Heading")), words(N_("Pairs")))
    if found:
        _chart(sheet, chart_row, sheet.row, sheet.row + len(found) - 1)
    for section, own in found:
        _counts(sheet, section.code, heading(document, section.code, words), total(own))
    _counts(sheet, "", words(N_("All sections")), data.figures.whole)


def _write_commitments(sheet: Sheet, data: CompiledExport) -> None:
    words = sheet.book.words
    sheet.line(words(N_("Progress by commitment, in Member States")), "heading")
    sheet.line(words(N_("Those for the secretariat alone ask no State and are left out.")), "soft")
    titles = {c.key: words.text(c.title) for c in data.frame.document.commitments}
    title = words(N_("Short title (ours)"))
    _heads(sheet, words(N_("Paragraph")), title, words(N_("Member States")))
    for found in data.figures.commitments:
        _counts(sheet, str(found.paragraph), titles[found.key], found.distribution)


def _heads(sheet: Sheet, first: str, second: str, whole: str) -> None:
    words = sheet.book.words
    values = [words.label(value) for value in SHOWN_ORDER]
    shares = [words(text) for text in IMPLEMENTED_OF.values()]
    sheet.row_of([first, second, *values, whole, *shares], "header")


def _counts(sheet: Sheet, code: str, name: str, found: Distribution) -> None:
    number = sheet.book.style("boxed_number")
    sheet.cell(0, code, "boxed")
    sheet.cell(1, name, "boxed")
    for at, value in enumerate((*SHOWN_ORDER, None), start=2):
        amount = found[value] if value else found.members
        sheet.raw.write_number(sheet.row, at, amount, number)
    for at, text in enumerate(_shares(sheet.book.words, found), start=len(SHOWN_ORDER) + 3):
        sheet.cell(at, text, "boxed_share")
    sheet.fit(lines(name, WIDTHS[1]))
    sheet.row += 1


def _shares(words: Words, found: Distribution) -> list[str]:
    return [words.share(found[Progress.IMPLEMENTED], found.size(base)) for base in IMPLEMENTED_OF]


def _chart(sheet: Sheet, row: int, first: int, last: int) -> None:
    """Stacked bars at ``row``, of the sections in the rows ``first`` to ``last``."""
    book = sheet.book
    chart = book.raw.add_chart({"type": "bar", "subtype": "percent_stacked"})
    for at, value in enumerate(SHOWN_ORDER, start=2):
        chart.add_series(
            {
                "name": book.words.label(value),
                "categories": [sheet.name, first, 0, last, 0],
                "values": [sheet.name, first, at, last, at],
                "fill": {"color": FILLS[value][0]},
                "border": {"color": "#6B7683", "width": 0.5},
                "gap": 40,
            }
        )
    chart.set_title(
        {
            "name": book.words(N_("Progress by section, of all Member States")),
            "name_font": {"size": 12},
        }
    )
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis({"num_format": "0%", "major_gridlines": {"visible": True}})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 1180, "height": CHART_ROWS * ROW_PIXELS - 10})
    sheet.raw.insert_chart(row, 0, chart, {"description": book.words(CHART_WORDS)})
