"""Indicators: figures with a definition, loaded from data files."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base


class Indicator(Base):
    """One indicator; ``definition`` is the validated content of its seed file."""

    __tablename__ = "indicator"

    slug: Mapped[str] = mapped_column(String(32), primary_key=True)
    position: Mapped[int]
    definition: Mapped[dict[str, Any]]
