"""Roles, and the person who acts."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person may be to a State, or in the secretariat."""

    CONTRIBUTOR = "contributor"
    FOCAL_POINT = "focal-point"
    OBSERVER = "observer"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"

    @property
    def of_a_state(self) -> bool:
        """Whether the role is held for one State."""
        return self in (Role.CONTRIBUTOR, Role.FOCAL_POINT, Role.OBSERVER)


@dataclass(frozen=True, slots=True)
class Grant:
    """One role held now: for a State (``state_id``) or in the secretariat (``None``)."""

    role: Role
    state_id: int | None = None
    sections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a signed-in person, the signed-out public, or the operator at the command line."""

    user_id: int | None = None
    name: str = ""
    language: str = "en"
    grants: tuple[Grant, ...] = ()
    operator: bool = False

    @property
    def signed_in(self) -> bool:
        """Whether somebody is known to be there."""
        return self.user_id is not None

    def holds(self, *roles: Role, state_id: int | None = None) -> bool:
        """Whether one of ``roles`` is held, for ``state_id`` where the role is a State's."""
        return any(
            grant.role in roles and (not grant.role.of_a_state or grant.state_id == state_id)
            for grant in self.grants
        )

    @property
    def in_secretariat(self) -> bool:
        """Reviewer or administrator."""
        return self.holds(Role.REVIEWER, Role.ADMINISTRATOR)

    @property
    def state_ids(self) -> tuple[int, ...]:
        """The States for which a role is held, in order."""
        held = {grant.state_id for grant in self.grants if grant.role.of_a_state}
        return tuple(sorted(state_id for state_id in held if state_id is not None))


PUBLIC = Actor()
OPERATOR = Actor(name="operator", operator=True)
