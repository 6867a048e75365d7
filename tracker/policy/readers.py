"""The second wall: which rows PostgreSQL itself lets an actor reach, wider than the rules.

It holds State from State, and the secretariat from working copies. What a person may do within
its State, and who reads an answer of which audience, is decided by ``rules`` and ``scopes``.
"""

from tracker.domain.progress import Audience
from tracker.domain.roles import Actor
from tracker.models.readers import EVERYTHING, PUBLISHED

SUBMITTED = "secretariat"  # every submission and question, and no working copy


def reader_of(actor: Actor) -> str:
    """``public``, ``secretariat``, ``states:3,17``, ``secretariat states:3``, or ``all``."""
    if actor.operator:
        return EVERYTHING
    parts = [SUBMITTED] if actor.in_secretariat else []
    if actor.state_ids:
        parts.append(f"states:{','.join(map(str, actor.state_ids))}")
    return " ".join(parts) or PUBLISHED


def reader_of_level(audience: Audience) -> str:
    """Of a file that is made for readers of this level, whoever asked for it."""
    return SUBMITTED if audience is Audience.SECRETARIAT else PUBLISHED
