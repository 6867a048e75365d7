"""The installation itself: one row that says what kind of database this is."""

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from tracker.models.base import Base
from tracker.models.ids import Key


class Installation(Base):
    """Whether the database holds demonstration data, decided once, when it is made."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[Key]
    demonstration: Mapped[bool]
    data_version: Mapped[int]
