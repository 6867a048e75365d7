"""Random public ids: what stands in an address tells nothing and cannot be guessed."""

import secrets
from typing import Annotated

from sqlalchemy import String
from sqlalchemy.orm import mapped_column


def new_public_id() -> str:
    """128 random bits in 22 URL-safe characters."""
    return secrets.token_urlsafe(16)


PublicId = Annotated[str, mapped_column(String(22), unique=True, default=new_public_id)]
Key = Annotated[int, mapped_column(primary_key=True)]
