"""Comparing submissions, receipts and questions with the chain of their report."""

from collections.abc import Iterator
from typing import Any

from tracker.domain.chain import CONTENT_TAG, instant, tagged_hash
from tracker.domain.signed import (
    PRINTED_TAG,
    RECEIPT_TAG,
    UNSIGNED_RECEIPT_FORMAT,
    printed_statement,
)
from tracker.models import ChainEntry, Submission
from tracker.queries.evidence import submitted_file_facts
from tracker.queries.items import content_of_item, item_of_link, named_by
from tracker.queries.recorded import Broken, Recorded, content_of_link
from tracker.queries.signing import is_signed
from tracker.queries.submissions import submitted_content

NOT_SIGNED = "it was not signed by a key of this site"
NO_REPLY = ("", None, None)
MARKS = ("withdraw", "return", "accept", "publish")


def submissions(recorded: Recorded) -> Iterator[Broken]:
    """Each submission is what was frozen, and carries the marks that its events gave it."""
    made = {entry.facts["number"]: entry for entry in recorded.events("step-submit")}
    rows = {row.number: row for row in recorded.submissions}
    for number in sorted(set(made) | set(rows)):
        row, entry = rows.get(number), made.get(number)
        if row is None or entry is None:
            yield Broken(f"submission {number}", "it was removed or added beside the history")
            continue
        yield from _facts(row, entry)
        yield from _answers(recorded, row)
        yield from _items(recorded, row)
        yield from _content(recorded, row)
        yield from _receipt(recorded, row, entry)
        yield from _marks(recorded, row)


def _facts(row: Submission, entry: ChainEntry) -> Iterator[Broken]:
    signed = {text.field: text.value or "" for text in entry.texts}
    stands = {"submitter_name": row.submitter_name, "submitter_title": row.submitter_title}
    if stands != signed or row.submitted_by_id != entry.actor_id:
        yield Broken(f"submission {row.number}", "it names another submitter than the history")
    if row.submitted_at != entry.at:
        yield Broken(f"submission {row.number}", "it was not submitted when the history says")
    if row.content_hash != entry.facts["content_hash"]:
        yield Broken(f"submission {row.number}", "its content hash is not the one in the history")


def _answers(recorded: Recorded, row: Submission) -> Iterator[Broken]:
    links = {entry.id: entry for entry in recorded.entries}
    for answer in recorded.answers[row.id]:
        place = f"submission {row.number}, answer to {answer.commitment.key}"
        entry = links.get(answer.revision_id)
        if entry is None or entry.subject != answer.commitment.key:
            yield Broken(place, "it is a copy of no revision of this report")
        elif submitted_content(answer) != content_of_link(entry):
            yield Broken(place, "it does not say what its revision says")


def _items(recorded: Recorded, row: Submission) -> Iterator[Broken]:
    links = {entry.id: entry for entry in recorded.entries}
    for subject, copy in sorted(recorded.submitted_items[row.id].items()):
        place = f"submission {row.number}, {subject}"
        entry = links.get(copy.revision_id)
        if entry is None or entry.subject != subject:
            yield Broken(place, "it is a copy of no revision of this report")
        elif content_of_item(named_by(subject)[0], copy) != item_of_link(entry):
            yield Broken(place, "it does not say what its revision says")


def hashed_content(recorded: Recorded, row: Submission) -> dict[str, Any]:
    """What the content hash of a submission is taken over, from the copies that stand."""
    links = {entry.id: entry for entry in recorded.entries}
    copied = [
        (answer.commitment.key, links[answer.revision_id]) for answer in recorded.answers[row.id]
    ]
    content: dict[str, Any] = {
        "number": row.number,
        "responses": [
            {"key": key, "version": link.version, "revision": link.hash} for key, link in copied
        ],
        "figures": [
            {
                "indicator": figure.indicator,
                "audience": figure.audience.value,
                "year": figure.year,
                "category": figure.category,
                "input": figure.input,
                "value": figure.value,
            }
            for figure in recorded.figures[row.id]
        ],
    }
    items = recorded.submitted_items[row.id]
    if items:
        content["items"] = [
            {"key": subject, "version": link.version, "revision": link.hash}
            for subject, copy in sorted(items.items())
            for link in (links[copy.revision_id],)
        ]
    files = recorded.submitted_files[row.id]
    if files:
        content["files"] = submitted_file_facts(files)
    return content


def _content(recorded: Recorded, row: Submission) -> Iterator[Broken]:
    if tagged_hash(CONTENT_TAG, hashed_content(recorded, row)) != row.content_hash:
        yield Broken(
            f"submission {row.number}",
            "answers, figures, items or files were changed, removed or added",
        )


def _receipt(recorded: Recorded, row: Submission, entry: ChainEntry) -> Iterator[Broken]:
    expected: dict[str, Any] = {
        "state": recorded.report.state.iso3,
        "cycle": recorded.report.cycle.slug,
        "document": recorded.document,
        "report": recorded.report.public_id,
        "submission": row.public_id,
        "number": row.number,
        "submitted_at": instant(row.submitted_at),
        "on_time": row.on_time,
        "content_hash": row.content_hash,
        "chain": {"seq": entry.seq, "hash": entry.hash},
    }
    for name, value in expected.items():
        if row.receipt.get(name) != value:
            yield Broken(f"submission {row.number}, receipt", f"“{name}” is not what stands here")
    if not _may_be_unsigned(recorded, row) and not _signed(recorded, RECEIPT_TAG, row.receipt):
        yield Broken(f"submission {row.number}, receipt", NOT_SIGNED)
    for page in recorded.printed[row.id]:
        place = f"submission {row.number}, printed receipt ({page.language})"
        said = printed_statement(submission=row.public_id, language=page.language, pdf=page.pdf)
        if said.items() - page.statement.items():
            yield Broken(place, "it was altered after it was signed")
        if not _signed(recorded, PRINTED_TAG, page.statement):
            yield Broken(place, NOT_SIGNED)


def _may_be_unsigned(recorded: Recorded, row: Submission) -> bool:
    """Only what is older than every key."""
    old = row.receipt.get("format") == UNSIGNED_RECEIPT_FORMAT
    return old and not any(key.made_at <= row.submitted_at for key in recorded.keys)


def _signed(recorded: Recorded, tag: str, statement: dict[str, Any]) -> bool:
    return any(is_signed(tag, statement, key.public_key) for key in recorded.keys)


def _marks(recorded: Recorded, row: Submission) -> Iterator[Broken]:
    times = {step: _last(recorded, f"step-{step}", row.number) for step in MARKS}
    stands = {
        "withdraw": row.withdrawn_at,
        "return": row.returned_at,
        "accept": row.accepted_at,
        "publish": row.published_at,
    }
    for step in MARKS:
        event = times[step]
        if stands[step] != (event.at if event else None):
            yield Broken(f"submission {row.number}", f"its time of “{step}” is not the history's")
    publication = times["publish"]
    later = [
        entry
        for entry in recorded.events("step-publish")
        if publication is not None and entry.seq > publication.seq
    ]
    numbers = {made.id: made.number for made in recorded.submissions}
    mark = (row.superseded_at, numbers.get(row.superseded_by_id or 0))
    if mark != ((later[0].at, later[0].facts["number"]) if later else (None, None)):
        yield Broken(f"submission {row.number}", "its mark “superseded” is not the history's")


def _last(recorded: Recorded, kind: str, number: int) -> ChainEntry | None:
    found = [e for e in recorded.events(kind) if e.facts.get("number") == number]
    return found[-1] if found else None


def clarifications(recorded: Recorded) -> Iterator[Broken]:
    """Each question and reply is the one that the history holds, and withdrawn if it says so."""
    asked = {e.facts["clarification"]: e for e in recorded.events("clarification-asked")}
    replied = {e.facts["clarification"]: e for e in recorded.events("clarification-replied")}
    withdrawn = {e.facts["clarification"]: e for e in recorded.events("clarification-withdrawn")}
    rows = {row.public_id: row for row in recorded.clarifications}
    numbers = {row.id: row.number for row in recorded.submissions}
    for public_id in sorted(set(asked) | set(rows)):
        row, question, answer = rows.get(public_id), asked.get(public_id), replied.get(public_id)
        if row is None or question is None:
            yield Broken(f"question {public_id}", "it was removed or added beside the history")
            continue
        place = f"question {public_id} on {question.subject}"
        about = (question.subject, question.facts["number"])
        if (row.commitment.key, numbers.get(row.submission_id)) != about:
            yield Broken(place, "it was moved to another paragraph or submission")
        asked_then = (_text(question, "question"), question.at, question.actor_id)
        if (row.question, row.asked_at, row.asked_by_id) != asked_then:
            yield Broken(place, "it is not the question that was asked")
        expected = (_text(answer, "reply"), answer.at, answer.actor_id) if answer else NO_REPLY
        if (row.reply, row.replied_at, row.replied_by_id) != expected:
            yield Broken(place, "its reply is not the one that was given")
        taken_back = withdrawn.get(public_id)
        mark = (taken_back.at, taken_back.actor_id) if taken_back else (None, None)
        if (row.withdrawn_at, row.withdrawn_by_id) != mark:
            yield Broken(place, "it is marked as withdrawn otherwise than in the history")


def _text(entry: ChainEntry, field: str) -> str:
    return next((text.value or "" for text in entry.texts if text.field == field), "")
