"""Which cells of a marked copy held a formula or an error: in the copy they are texts.

A hidden cell of the row says so. As long as the text of such a cell is the same, it is refused as
it was before; whoever writes something else has corrected it.
"""

import json
from collections.abc import Mapping

from tracker.domain.chain import tagged_hash
from tracker.exchange.raw import CellKind

UNREAD_TAG = "tracker/unread-cell/1"
DIGITS = 16
KINDS = {"=": CellKind.FORMULA, "#": CellKind.ERROR}  # by their first sign


def unread_cell(unread: Mapping[str, str]) -> str:
    """The hidden cell of a row, for what stands in its cells that cannot be read, by column."""
    held = {name: _digest(text) for name, text in unread.items() if text[:1] in KINDS}
    return json.dumps(held) if held else ""


def is_still(hidden: str, name: str, text: str) -> CellKind | None:
    """What the cell of a column held before it became this text; ``None`` if nothing or changed."""
    try:
        return KINDS[text[:1]] if json.loads(hidden)[name] == _digest(text) else None
    except (ValueError, TypeError, LookupError, RecursionError):
        return None


def _digest(text: str) -> str:
    return tagged_hash(UNREAD_TAG, text)[:DIGITS]
