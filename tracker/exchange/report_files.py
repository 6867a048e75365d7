"""One State's report in every format there is."""

from enum import StrEnum
from typing import BinaryIO

from tracker.exchange.report import Order, write_report
from tracker.exchange.report_tables import write_report_archive, write_report_json
from tracker.exchange.translations import Translate
from tracker.exchange.words import Made, Words
from tracker.queries.report_exports import ReportExport


class ReportFormat(StrEnum):
    """The formats, by what the name of the file ends with."""

    XLSX = "xlsx"
    JSON = "json"
    CSV = "zip"
    """One CSV file for each table, in an archive."""


MEDIA_TYPES = {
    ReportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ReportFormat.JSON: "application/json",
    ReportFormat.CSV: "application/zip",
}


def write_report_file(
    target: BinaryIO,
    data: ReportExport,
    form: ReportFormat,
    *,
    translate: Translate,
    language: str,
    made: Made,
    order: Order = Order.SECTION,
) -> None:
    """Write the report; the order of commitments concerns the workbook alone."""
    words = Words(language, translate)
    if form is ReportFormat.JSON:
        write_report_json(target, data, words=words, made=made)
    elif form is ReportFormat.CSV:
        write_report_archive(target, data, words=words, made=made)
    else:
        write_report(target, data, translate=translate, language=language, made=made, order=order)
