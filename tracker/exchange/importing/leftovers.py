"""Cells of an uploaded template that no row is read from: kept for its marked copy."""

from collections.abc import Collection, Iterator

from xlsxwriter.utility import xl_col_to_name

from tracker.domain.errors import Problem
from tracker.domain.filled import Leftover, PlacedProblem, SheetRole
from tracker.exchange.importing.cells import SheetReader
from tracker.exchange.marks import MARK_SHEET
from tracker.exchange.raw import RawSheet, RawWorkbook
from tracker.exchange.template_columns import CHECK_SLOTS, SLOTS
from tracker.exchange.template_identity import Identity
from tracker.exchange.template_leftovers import COLUMNS, LEFTOVERS, WRONG, column_key
from tracker.exchange.template_sheet import LISTS_SHEET, key_of

KEYS = {key_of(role, slot): role for role in SheetRole for slot in (*SLOTS[role], *CHECK_SLOTS)}


def beside_rows(reader: SheetReader) -> Iterator[Leftover]:
    """The cells of a sheet that were not read: columns of one's own, texts outside the rows."""
    headers = {*reader.columns.values(), *reader.unsure}
    notes = set(reader.beside.values())
    for number, row in reader.raw.rows.items():
        names_columns = number == reader.first or reader.is_header(row)
        for at, cell in row.items():
            if at in notes or (number, at) in reader.taken or cell.text in KEYS:
                continue
            if not (names_columns and at in headers):
                address = f"{xl_col_to_name(at - 1)}{number}"
                yield Leftover(reader.raw.name, address, cell.text, at in reader.unsure)


def whole_sheet(sheet: RawSheet, *, wrong: bool) -> Iterator[Leftover]:
    """Every cell of a sheet that was not read."""
    for number, row in sheet.rows.items():
        for at, cell in row.items():
            if cell.text not in KEYS:
                address = f"{xl_col_to_name(at - 1)}{number}"
                yield Leftover(sheet.name, address, cell.text, wrong)


def other_sheets(
    raw: RawWorkbook, identity: Identity, guide: str, missing: Collection[SheetRole]
) -> Iterator[Leftover]:
    """The cells of sheets that are not of the template, such as one of ours that was renamed."""
    ours = {MARK_SHEET, LISTS_SHEET, guide, *identity.sheets.values()}
    for sheet in raw.sheets:
        if sheet.name not in ours:
            of = {KEYS.get(cell.text) for row in sheet.rows.values() for cell in row.values()}
            yield from whole_sheet(sheet, wrong=bool(of & {*missing}))


def left_before(raw: RawWorkbook, identity: Identity) -> Iterator[Leftover]:
    """What still stands in the list of an earlier check, by the places that it names."""
    sheet = raw.sheet(identity.sheets.get(LEFTOVERS, ""))
    rows = sheet.rows if sheet is not None else {}
    keys = {column_key(name): name for name in COLUMNS}
    places: dict[str, int] = {}
    header = 0
    for number in sorted(rows):
        row = rows[number]
        if not places:
            places = {keys[cell.text]: at for at, cell in row.items() if cell.text in keys}
            header = number + 1
        elif number != header:
            said = {name: row[at].text for name, at in places.items() if at in row}
            if "text" in said:
                yield Leftover(
                    said.get("sheet", ""),
                    said.get("cell", ""),
                    said["text"],
                    said.get("kind") == WRONG,
                )


def left_problems(identity: Identity, left: Collection[Leftover]) -> Iterator[PlacedProblem]:
    """One problem for each sheet of which something still stands in the list, though it was meant
    to be read.
    """
    name = identity.sheets.get(LEFTOVERS, "")
    for sheet in dict.fromkeys(part.sheet for part in left if part.wrong):
        yield PlacedProblem(Problem("left-over", "", {"sheet": sheet[:60]}), name)
