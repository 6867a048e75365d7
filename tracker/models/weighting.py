"""Weightings of reports, loaded from data files."""

from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base


class Weighting(Base):
    """That of one document; ``definition`` is the validated content of its seed file."""

    __tablename__ = "weighting"

    document_id: Mapped[int] = mapped_column(ForeignKey("outcome_document.id"), primary_key=True)
    definition: Mapped[dict[str, Any]]
