"""Who may do what, pinned as a table. A change here is a change of somebody's rights."""

from collections.abc import Callable

import pytest

from tracker.domain.roles import OPERATOR, PUBLIC, Actor, Grant, Role
from tracker.policy.actions import Action
from tracker.policy.authorise import may
from tracker.policy.rules import RULES, Subject

HOME, ABROAD = 1, 2
SECTION, OTHER_SECTION = "I.1.a", "II.A"


def person(role: Role, sections: tuple[str, ...] = ()) -> Actor:
    return Actor(user_id=7, grants=(Grant(role, HOME if role.of_a_state else None, sections),))


ACTORS = {
    "public": PUBLIC,
    "no-role": Actor(user_id=7),
    "contributor": person(Role.CONTRIBUTOR, (SECTION,)),
    "focal-point": person(Role.FOCAL_POINT),
    "observer": person(Role.OBSERVER),
    "reviewer": person(Role.REVIEWER),
    "administrator": person(Role.ADMINISTRATOR),
    "operator": OPERATOR,
}
# y: for anything; h: for the home State's, whole or by section; s: for the home State's, only the
# section assigned; p: any published, and the home State's own; P: only published; -: never.
# Columns: public, no-role, contributor, focal-point, observer, reviewer, administrator, operator.
TABLE = """
account:manage         - - - h - - y y
clarification:ask      - - - - - y y -
clarification:reply    - - - h - - - -
coverage:watch         - - - - - y y -
cycle:manage           - - - - - - y y
export:make            y y y y y y y y
indicator:manage       - - - - - - y y
mail:manage            - - - - - - y y
public:read            y y y y y y y y
report:edit            - - s h - - - -
report:open            - - - h - - - -
report:read            - - s h h - - -
report:reopen          - - - h - - - -
report:submit          - - - h - - - -
report:withdraw        - - - h - - - -
session:use            - y y y y y y -
submission:accept      - - - - - y y -
submission:publish     - - - - - - y -
submission:read        P P P p p y y P
submission:return      - - - - - y y -
text:strike            - - - - - - y -
"""
SUBJECTS = [
    Subject(state_id=state, section=section, published=published)
    for state in (HOME, ABROAD)
    for section in (None, SECTION, OTHER_SECTION)
    for published in (False, True)
]
MEANING: dict[str, Callable[[Subject], bool]] = {
    "y": lambda subject: True,
    "-": lambda subject: False,
    "h": lambda subject: subject.state_id == HOME,
    "s": lambda subject: subject.state_id == HOME and subject.section == SECTION,
    "p": lambda subject: subject.state_id == HOME or subject.published,
    "P": lambda subject: subject.published,
}
ROWS = [line.split() for line in TABLE.strip().splitlines()]


def test_every_action_has_a_rule_and_a_row() -> None:
    assert set(RULES) == set(Action)
    assert [row[0] for row in ROWS] == sorted(action.value for action in Action)
    assert {len(row) for row in ROWS} == {1 + len(ACTORS)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_rules_say_what_the_table_says(row: list[str]) -> None:
    action = Action(row[0])
    for (name, actor), sign in zip(ACTORS.items(), row[1:], strict=True):
        for subject in SUBJECTS:
            assert may(actor, action, subject) is MEANING[sign](subject), (name, subject)


@pytest.mark.parametrize("action", Action)
def test_without_a_state_no_state_role_gives_a_right(action: Action) -> None:
    """A subject whose State was forgotten must not open a door to people of States."""
    general = {Action.EXPORT_MAKE, Action.PUBLIC_READ, Action.SESSION_USE}
    for name in ("contributor", "focal-point", "observer"):
        assert may(ACTORS[name], action) is (action in general), name


def test_rights_for_one_state_are_none_for_another() -> None:
    both = Actor(
        user_id=7,
        grants=(Grant(Role.FOCAL_POINT, HOME), Grant(Role.OBSERVER, ABROAD)),
    )
    assert may(both, Action.REPORT_EDIT, Subject(state_id=HOME))
    assert may(both, Action.REPORT_READ, Subject(state_id=ABROAD))
    assert not may(both, Action.REPORT_EDIT, Subject(state_id=ABROAD))
