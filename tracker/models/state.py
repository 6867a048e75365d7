"""States and the areas they are grouped by."""

from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.domain.states import StateStatus
from tracker.models.base import Base, enum_type
from tracker.models.ids import Key


class Area(Base):
    """A UN regional group, an M49 region or sub-region."""

    __tablename__ = "area"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    parent_code: Mapped[str | None] = mapped_column(String(32))
    name: Mapped[dict[str, str]]
    position: Mapped[int]


class State(Base):
    """One State; a demonstration State exists only in a demonstration database."""

    __tablename__ = "state"

    id: Mapped[Key]
    iso3: Mapped[str] = mapped_column(String(3), unique=True)
    m49: Mapped[str] = mapped_column(String(3), unique=True)
    name: Mapped[dict[str, str]]
    former_names: Mapped[list[dict[str, Any]]]
    note: Mapped[dict[str, str]]
    group_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    also_listed_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    region_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    subregion_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    status: Mapped[StateStatus] = mapped_column(enum_type(StateStatus, "status_known"))
    demonstration: Mapped[bool]
