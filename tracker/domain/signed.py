"""Signed statements: receipts, checkpoints and the keys that sign them. What is signed, exactly.

A statement is a JSON object. What is signed is its tag, a zero byte and the canonical form
(``chain.canonical``) of the object without its member ``signature``; so the name of the key is
signed too. Each kind has its own tag: a receipt can never pass for a checkpoint. Signatures are
Ed25519; keys and signatures are written as URL-safe base64 without padding.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from tracker.domain.chain import canonical, tagged_hash

RECEIPT_TAG = "tracker/receipt/2"
CHECKPOINT_TAG = "tracker/checkpoint/1"
KEY_TAG = "tracker/signing-key/1"
PRINTED_TAG = "tracker/printed-receipt/1"
CHECKPOINT_HASH_TAG = "tracker/checkpoint-hash/1"
HEAD_TAG = "tracker/chain-head/1"
RECEIPT_FORMAT = "tracker-receipt/2"
UNSIGNED_RECEIPT_FORMAT = "tracker-receipt/1"  # made before there were signatures
CHECKPOINT_FORMAT = "tracker-checkpoint/1"
KEY_FORMAT = "tracker-signing-key/1"
PRINTED_FORMAT = "tracker-printed-receipt/1"


class KeyUnusable(Exception):
    """The file of the private key cannot be used; the text says which file and why."""


class KeySpoilt(KeyUnusable):
    """It was read, and holds no key."""


class Signer(Protocol):
    """Somebody who holds a private key."""

    @property
    def public_key(self) -> str:
        """The public half, 32 bytes in base64."""

    def sign(self, message: bytes) -> str:
        """The signature of the message, in base64."""


def in_base64(raw: bytes) -> str:
    """Bytes as they stand in statements."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def from_base64(text: str) -> bytes:
    """Back to bytes; ``ValueError`` where it is none."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def key_id(public_key: str) -> str:
    """The name of a key: the first half of the SHA-256 of its public half, in hexadecimal."""
    return hashlib.sha256(from_base64(public_key)).hexdigest()[:32]


def signed_message(tag: str, statement: Mapping[str, Any]) -> bytes:
    """What is signed of a statement; ``TypeError`` where it holds what canonical JSON may not."""
    unsigned = {name: value for name, value in statement.items() if name != "signature"}
    return tag.encode() + b"\0" + canonical(unsigned)


def signed(tag: str, statement: Mapping[str, Any], signer: Signer) -> dict[str, Any]:
    """The statement with the name of the key and the signature."""
    named = {**statement, "key_id": key_id(signer.public_key)}
    return {**named, "signature": signer.sign(signed_message(tag, named))}


def printed_statement(*, submission: str, language: str, pdf: bytes) -> dict[str, Any]:
    """What is signed of a printed receipt: of which submission, in which language, which file."""
    return {
        "format": PRINTED_FORMAT,
        "submission": submission,
        "language": language,
        "sha256": hashlib.sha256(pdf).hexdigest(),
    }


def head_hash(report: str, seq: int, link: str) -> str:
    """How a checkpoint lists the head of a chain: nobody can tell from it whose it is."""
    return tagged_hash(HEAD_TAG, {"report": report, "seq": seq, "hash": link})


def checkpoint_hash(statement: Mapping[str, Any]) -> str:
    """The hash, over all of it, by which the next checkpoint and later receipts name this one."""
    return tagged_hash(CHECKPOINT_HASH_TAG, dict(statement))


def checkpoint_statement(
    *, number: int, day: str, made_at: str, previous: str, heads: Iterable[str]
) -> dict[str, Any]:
    """What a checkpoint says; ``heads`` in an order that tells nothing."""
    return {
        "format": CHECKPOINT_FORMAT,
        "number": number,
        "day": day,
        "made_at": made_at,
        "previous": previous,
        "heads": sorted(heads),
    }
