"""LibreOffice opens a compiled workbook and shows the same, colours and charts included."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

from sqlalchemy.orm import Session

from tests.exchange.conftest import CYCLE, MADE
from tests.exchange.libreoffice import libreoffice
from tests.exchange.test_report_printing import texts
from tests.exchange.test_report_workbook import TRAPS, said
from tests.exchange.workbooks import Written
from tests.submitted import make_submission
from tracker.domain.progress import Audience
from tracker.exchange.compiled import write_compiled
from tracker.models import ReportingCycle
from tracker.queries.compiled import compiled_export
from tracker.queries.exports import state_answers


def test_libreoffice_opens_a_compiled_workbook_of_a_few_states(
    session: Session, cycle: ReportingCycle, tmp_path: Path
) -> None:
    kept = [trap for trap in TRAPS if "_x" not in trap]  # LibreOffice saves those changed
    answers = {number: said(narrative=trap) for number, trap in enumerate(kept, start=25)}
    make_submission(session, cycle, "AGO", answers | {60: said(None, narrative="Words only.")})
    data = compiled_export(session, cycle_slugs=[CYCLE], audience=Audience.SECRETARIAT)
    few = tuple(replace(one, states=one.states[:4]) for one in data.cycles)
    target = BytesIO()
    write_compiled(
        target,
        replace(data, cycles=few),
        lambda submission_id: state_answers(session, submission_id, Audience.SECRETARIAT),
        translate=str,
        language="ar",
        made=MADE,
    )
    written = Written(target.getvalue())
    file = tmp_path / "compiled.xlsx"
    file.write_bytes(written.content)
    folder = tmp_path / "saved"
    folder.mkdir()
    saved = Written(libreoffice([file], "xlsx", folder)[0].read_bytes())
    assert saved.names == written.names
    for name in written.names:
        assert texts(saved, name) == texts(written, name)
        one, other = saved.sheet(name), written.sheet(name)
        assert bool(one.sheet_view.rightToLeft) == bool(other.sheet_view.rightToLeft)
        assert bool(one.auto_filter.ref) == bool(other.auto_filter.ref)
        assert one.print_title_rows == other.print_title_rows
    assert len([part for part in saved.xml() if part.startswith("xl/charts/chart")]) == 2
    drawings = [part for name, part in written.xml().items() if "drawings/drawing" in name]
    assert "".join(drawings).count('descr="Stacked bars') == 2
