"""One State's report as plain tables, and these as one JSON or as CSV files in an archive."""

import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from tracker import __version__
from tracker.domain.chain import instant
from tracker.domain.item_fields import Part
from tracker.domain.messages import N_
from tracker.domain.responses import Measure
from tracker.exchange.answers import ANSWER_COLUMNS, AnswerLine
from tracker.exchange.columns import Columns, adapted
from tracker.exchange.content_columns import MEASURE_COLUMNS
from tracker.exchange.entries import Entry
from tracker.exchange.indicator_tables import FIGURE_COLUMNS, figure_lines
from tracker.exchange.item_tables import item_columns, item_lines
from tracker.exchange.legend import CODEBOOK_COLUMNS, codebook_entries
from tracker.exchange.page_files import FACT_COLUMNS, about, add_csv
from tracker.exchange.report_cover import cover_facts, readers
from tracker.exchange.tabular import objects, with_codes
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
        "data_version": frame.data_version,
        "language": words.language,
        "made_at": instant(made.at),
        "made_by": made.by,
    }


def write_report_archive(target: BinaryIO, data: ReportExport, *, words: Words, made: Made) -> None:
    """A zip with each table as a CSV file, a codebook that explains them, and what it is."""
    tables = [replace(one, columns=with_codes(one.columns)) for one in report_tables(data)]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in tables:
            add_csv(archive, made, table.name, table.columns, table.rows, words)
        described = [(table.name, table.columns) for table in tables]
        entries = list(codebook_entries(words, described))
        add_csv(archive, made, "codebook", CODEBOOK_COLUMNS, entries, words)
        facts = about(
            words,
            [readers(words, data)],
            _facts(data, words),
            made,
            demonstration=data.frame.demonstration,
        )
        add_csv(archive, made, "read_me", FACT_COLUMNS, facts, words)


def _facts(data: ReportExport, words: Words) -> Iterator[tuple[str, str]]:
    submission = data.submission
    yield from cover_facts(words, data)
    yield words(N_("Submission")), str(submission.number)
    yield words(N_("Submitted")), words.instant(submission.submitted_at)
    yield words(N_("Content hash")), submission.content_hash
    yield words(N_("Language")), words.label(words.language)
    yield words(N_("Version of the data")), str(data.frame.data_version)
    yield words(N_("Version of the tracker")), __version__
