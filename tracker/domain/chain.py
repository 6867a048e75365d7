"""The hash chain of a report: canonical form, digests and links.

Canonical JSON here is UTF-8 with sorted keys, no spaces and no floats. Every hash begins
with a tag that says what is hashed, so that one kind can never pass for another.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

ENTRY_TAG = "tracker/chain-entry/1"
TEXT_TAG = "tracker/text/1"
CONTENT_TAG = "tracker/submission-content/1"
BODY_TAG = "tracker/request-body/1"
GENESIS = "0" * 64
OPERATOR_ID = "operator"  # stands for a person where the command line acted


def canonical(value: Any) -> bytes:
    """The one byte form of a JSON value; ``TypeError`` for a float or a foreign type."""
    _refuse_floats(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("canonical JSON holds no floats")
    if isinstance(value, Mapping):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            _refuse_floats(item)


def tagged_hash(tag: str, value: Any) -> str:
    """SHA-256 (hex) over the tag, a zero byte and the canonical form."""
    return hashlib.sha256(tag.encode() + b"\0" + canonical(value)).hexdigest()


def text_digest(salt: str, text: str) -> str:
    """Digest of a text that stands beside the chain; the salt keeps short texts from guessing."""
    return tagged_hash(TEXT_TAG, [salt, text])


def entry_hash(
    *,
    report: str,
    seq: int,
    kind: str,
    at: datetime,
    actor: str,
    facts: Mapping[str, Any],
    digests: Mapping[str, str],
    prev_hash: str,
) -> str:
    """Hash of one revision or event; ``report`` and ``actor`` are public ids."""
    return tagged_hash(
        ENTRY_TAG,
        {
            "report": report,
            "seq": seq,
            "kind": kind,
            "at": instant(at),
            "actor": actor,
            "facts": facts,
            "digests": digests,
            "prev_hash": prev_hash,
        },
    )


def instant(at: datetime) -> str:
    """An instant as it stands in hashed records: UTC, microseconds, ``Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
