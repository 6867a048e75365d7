"""The beginnings of texts, where what several States said stands side by side."""

from dataclasses import replace

from tracker.domain.comparison import Report, Said, StateColumn

EXCERPT = 240


def brief(column: StateColumn) -> StateColumn:
    """The column with no more of each text than shows beside others: see ``excerpt``."""
    reports = [_brief_report(report) for report in column.earlier]
    report, before = (r and _brief_report(r) for r in (column.report, column.before))
    return replace(column, report=report, before=before, earlier=reports)


def _brief_report(report: Report) -> Report:
    answers = {paragraph: _brief_answer(said) for paragraph, said in report.answers.items()}
    return replace(report, answers=answers)


def _brief_answer(said: Said) -> Said:
    """One letter more than shows stays, so that it is still known to go on."""
    content, most = said.content, EXCERPT + 1
    if content is None or max(len(content.narrative), len(content.reason)) <= most:
        return said
    narrative, reason = content.narrative[:most], content.reason[:most]
    return replace(said, content=replace(content, narrative=narrative, reason=reason))


def excerpt(text: str, limit: int = EXCERPT) -> str:
    """The text, or its beginning up to the end of a word, followed by an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[:limit]
    words = cut.rsplit(None, 1)[0] if any(letter.isspace() for letter in cut) else cut
    return f"{words.rstrip()}…"
