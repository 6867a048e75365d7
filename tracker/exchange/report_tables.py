"""One State's report as plain tables, and these as one JSON or as CSV files in an archive."""

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any, BinaryIO

from tracker.domain.chain import instant
from tracker.domain.item_fields import Part
from tracker.domain.responses import Measure
from tracker.exchange.answers import ANSWER_COLUMNS, AnswerLine
from tracker.exchange.columns import Columns, adapted
from tracker.exchange.content_columns import MEASURE_COLUMNS
from tracker.exchange.entries import Entry
from tracker.exchange.indicator_tables import FIGURE_COLUMNS, figure_lines
from tracker.exchange.item_tables import item_columns, item_lines
from tracker.exchange.legend import CODEBOOK_COLUMNS, codebook_entries
from tracker.exchange.report_cover import readers
from tracker.exchange.tabular import objects, with_codes, write_csv
from tracker.exchange.words import Made, Words
from tracker.queries.compiled import ListedState
from tracker.queries.report_exports import ReportExport

FORMAT = "tracker-report-tables/1"


@dataclass(frozen=True, slots=True)
class ReportTable:
    """One table: its name in every format, its columns and its rows."""

    name: str
    columns: Columns[Any]
    rows: Sequence[Any]


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """A law or instrument with the answer that names it."""

    answer: AnswerLine
    measure: Measure


MEASURE_LINE_COLUMNS: Columns[MeasureLine] = (
    *(
        adapted(column, lambda line: line.answer)
        for column in ANSWER_COLUMNS
        if column.key in ("iso3", "state", "cycle", "submission", "paragraph", "key")
    ),
    *(adapted(column, lambda line: line.measure) for column in MEASURE_COLUMNS),
)


def report_tables(data: ReportExport) -> tuple[ReportTable, ...]:
    """Answers (each commitment once), measures, contacts, assistance, targets, figures."""
    document, answers = data.frame.document, data.contents.answers
    listed = ListedState(data.state, data.group, data.submission)
    entry = Entry(document, data.frame.cycle.slug, listed, data.contents)
    lines = [AnswerLine(entry, one, answers.get(one.key)) for one in document.commitments]
    measures = [MeasureLine(line, measure) for line in lines for measure in line.content.measures]
    figures = list(figure_lines(entry, data.frame.indicators))
    return (
        ReportTable("answers", ANSWER_COLUMNS, lines),
        ReportTable("measures", MEASURE_LINE_COLUMNS, measures),
        *(
            ReportTable(part.value, item_columns(part), list(item_lines(part)(entry)))
            for part in Part
        ),
        ReportTable("figures", FIGURE_COLUMNS, figures),
    )


def write_report_json(target: BinaryIO, data: ReportExport, *, words: Words, made: Made) -> None:
    """One object: what the file is, then each table as a list of objects."""
    content = _about(data, words, made) | {
        table.name: list(objects(table.columns, table.rows, words)) for table in report_tables(data)
    }
    target.write(json.dumps(content, ensure_ascii=False, indent=1).encode())


def _about(data: ReportExport, words: Words, made: Made) -> dict[str, Any]:
    frame, submission = data.frame, data.submission
    return {
        "format": FORMAT,
        "state": data.state.iso3,
        "cycle": frame.cycle.slug,
        "document": frame.document.symbol,
        "submission": submission.number,
        "submitted_at": instant(submission.submitted_at),
        "content_hash": submission.content_hash,
        "audience": frame.audience.value,
        "made_for": readers(words, data),
        "demonstration": frame.demonstration,
        "language": words.language,
        "made_at": instant(made.at),
        "made_by": made.by,
    }


def write_report_archive(target: BinaryIO, data: ReportExport, *, words: Words, made: Made) -> None:
    """A zip with each table as a CSV file, and a codebook that explains them."""
    tables = [replace(one, columns=with_codes(one.columns)) for one in report_tables(data)]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in tables:
            _add(archive, made, table, words)
        described = [(table.name, table.columns) for table in tables]
        entries = list(codebook_entries(words, described))
        _add(archive, made, ReportTable("codebook", CODEBOOK_COLUMNS, entries), words)


def _add(archive: zipfile.ZipFile, made: Made, table: ReportTable, words: Words) -> None:
    content = BytesIO()
    write_csv(content, table.columns, table.rows, words)
    name = zipfile.ZipInfo(f"{table.name}.csv", made.at.timetuple()[:6])
    archive.writestr(name, content.getvalue(), zipfile.ZIP_DEFLATED)
