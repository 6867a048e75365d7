"""Receipts and checkpoints that come back as files: are they what they say, by their form."""

import json
from collections.abc import Mapping
from typing import Any

from tracker.domain.signed import CHECKPOINT_FORMAT, RECEIPT_FORMAT, UNSIGNED_RECEIPT_FORMAT

SHAPES: dict[str, tuple[str, dict[str, type]]] = {
    "receipt": (
        RECEIPT_FORMAT,
        {
            "state": str,
            "cycle": str,
            "report": str,
            "submission": str,
            "number": int,
            "content_hash": str,
            "chain": dict,
            "key_id": str,
            "signature": str,
        },
    ),
    "checkpoint": (
        CHECKPOINT_FORMAT,
        {
            "number": int,
            "day": str,
            "made_at": str,
            "previous": str,
            "heads": list,
            "key_id": str,
            "signature": str,
        },
    ),
}


class NotACopy(Exception):
    """The file is no receipt or checkpoint; the text says why."""


def read_copy(raw: bytes, kind: str) -> dict[str, Any]:
    """The statement in a file; ``kind`` is ``receipt`` or ``checkpoint``. ``NotACopy`` if none."""
    expected, members = SHAPES[kind]
    try:
        value = json.loads(raw.decode("utf-8"), parse_float=_refuse, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise NotACopy(f"it is not the JSON file of a {kind}") from None
    if isinstance(value, dict) and value.get("format") == UNSIGNED_RECEIPT_FORMAT:
        raise NotACopy("it was made before receipts were signed, and proves nothing")
    if not isinstance(value, dict) or value.get("format") != expected:
        raise NotACopy(f"it is not the JSON file of a {kind}")
    if not _fits(value, members):
        raise NotACopy(f"it lacks what a {kind} says, or says it in another form")
    return value


def _refuse(text: str) -> float:
    raise ValueError(text)


def _fits(value: Mapping[str, Any], members: Mapping[str, type]) -> bool:
    if any(type(value.get(name)) is not kind for name, kind in members.items()):
        return False
    chain, checkpoint = value.get("chain"), value.get("checkpoint")
    if chain is not None and not _is_place(chain, "seq"):
        return False
    if checkpoint is not None and not _is_place(checkpoint, "number"):
        return False
    return all(isinstance(head, str) for head in value.get("heads", ()))


def _is_place(value: Any, number: str) -> bool:
    return (
        isinstance(value, dict)
        and type(value.get(number)) is int
        and 0 < value[number] < 2**31
        and type(value.get("hash")) is str
    )
