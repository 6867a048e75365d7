"""One State's report in every format there is."""

from typing import BinaryIO

from tracker.domain.exports import ExportFormat
from tracker.exchange.report import Order, write_report
from tracker.exchange.report_tables import write_report_archive, write_report_json
from tracker.exchange.translations import Translate
from tracker.exchange.words import Made, Words
from tracker.queries.report_exports import ReportExport


def write_report_file(
    target: BinaryIO,
    data: ReportExport,
    form: ExportFormat,
    *,
    translate: Translate,
    language: str,
    made: Made,
    order: Order = Order.SECTION,
) -> None:
    """Write the report; the order of commitments concerns the workbook alone."""
    words = Words(language, translate)
    if form is ExportFormat.JSON:
        write_report_json(target, data, words=words, made=made)
    elif form is ExportFormat.CSV:
        write_report_archive(target, data, words=words, made=made)
    else:
        write_report(target, data, translate=translate, language=language, made=made, order=order)
