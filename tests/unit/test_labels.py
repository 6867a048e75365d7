"""Every code that a user can meet has a word of its own kind."""

from enum import StrEnum

import pytest

from tracker.domain import documents, evidence, labels, progress, roles, states, workflow
from tracker.domain.values import NARRATIVE_LANGUAGES

ENUMS: list[type[StrEnum]] = [
    documents.Addressee,
    documents.Level,
    documents.ParticipationKind,
    documents.Qualifier,
    documents.ReportSection,
    documents.Strength,
    documents.Theme,
    evidence.EvidenceKind,
    progress.Absence,
    progress.Audience,
    progress.Base,
    progress.Progress,
    roles.Role,
    states.StateStatus,
    workflow.ReportStatus,
    workflow.Step,
]


@pytest.mark.parametrize("kind", ENUMS, ids=lambda kind: kind.__name__)
def test_every_member_has_a_word(kind: type[StrEnum]) -> None:
    words = [labels.label(member) for member in kind]
    assert all(words) and len(set(words)) == len(words)


def test_equal_codes_of_different_kinds_keep_their_own_words() -> None:
    assert labels.label(progress.Audience.STATES) == "Signed-in States"
    assert labels.label(documents.Addressee.STATES) == "States"


def test_every_language_has_a_name() -> None:
    assert all(labels.label(code) != code for code in NARRATIVE_LANGUAGES)
