"""Which account at a provider opens an account here."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import ProviderLink


def linked_since(session: Session, user_id: int, issuer: str) -> datetime | None:
    """Since when an account at this provider opens the person's; ``None`` if none does."""
    return session.scalar(
        select(ProviderLink.linked_at).where(
            ProviderLink.user_id == user_id, ProviderLink.issuer == issuer
        )
    )
