"""What people type about themselves: addresses, names, passwords."""

import pytest

from tracker.domain.errors import Invalid, Problem
from tracker.domain.people import (
    check_password,
    check_place,
    parse_email,
    parse_name,
    parse_role,
)
from tracker.domain.roles import Role


def code_of(refused: pytest.ExceptionInfo[Invalid]) -> str:
    return refused.value.problem.code


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ann@Example.ORG ", "ann@example.org"),
        ("first.last+x@sub.interior.gouv.fr", "first.last+x@sub.interior.gouv.fr"),
        ("o'brien@example.ie", "o'brien@example.ie"),
        ("用户@例子.测试", "用户@例子.测试"),
    ],
)
def test_addresses_are_kept_in_lower_case(typed: str, kept: str) -> None:
    assert parse_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "ann",
        "ann@example",
        "@example.org",
        "ann@.org@x.org",
        "a b@example.org",
        "ann@example.org\nBcc: x@example.org",
        "Ann <ann@example.org>",
        "ann@example.org,bob@example.org",
        "ann@example.org.",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_email(typed)
    assert code_of(refused) == "not-an-email"


@pytest.mark.parametrize(
    ("typed", "code"),
    [("", "required"), ("a\0@example.org", "refused-characters"), ("a" * 260, "text-too-long")],
)
def test_empty_and_odd_addresses_say_why(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_email(typed)
    assert code_of(refused) == code


def test_a_name_stands_on_one_line() -> None:
    assert parse_name("  Élise \n  Martin ") == "Élise Martin"
    for typed in ("", " \n ", "x" * 201):
        with pytest.raises(Invalid):
            parse_name(typed)


def test_roles_are_known_by_their_code() -> None:
    assert parse_role(" focal-point") is Role.FOCAL_POINT
    with pytest.raises(Invalid):
        parse_role("king")


@pytest.mark.parametrize("role", list(Role))
def test_a_role_fits_its_place_and_no_other(role: Role) -> None:
    check_place(role, for_a_state=role.of_a_state)
    with pytest.raises(Invalid):
        check_place(role, for_a_state=not role.of_a_state)


@pytest.mark.parametrize(
    "password",
    [
        "yellow-canal-78-fog",
        "correct horse battery staple",
        "martin sings to old tin boats",  # a name in a longer phrase does no harm
        "كلمة طويلة لا يعرفها أحد",
        "четыре слона под дождём",
        "x7!kQ2#pLm9z",
        "ab" * 3 + "Zq9-Tm4.Lw2" * 11 + "-",  # 128 characters
    ],
)
def test_good_passwords(password: str) -> None:
    refused: tuple[Problem, ...] = ()
    try:
        check_password(password, email="elise.martin@interior.example", name="Élise Martin")
    except Invalid as error:
        refused = error.problems
    assert refused == ()


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("x7!kQ2#pLm9", "password-too-short"),
        ("Zq9-Tm4.Lw2" * 11 + "12345678", "password-too-long"),
        ("elise.martin@interior.example", "password-easy"),
        ("Élisemartin2026", "password-easy"),
        ("MARTIN-interior1", "password-easy"),
        ("Password123456", "password-easy"),
        ("qwertyuiop123", "password-easy"),
        ("motdepasse2026", "password-easy"),
        ("smallarms-tracker", "password-easy"),
        ("bms7-unoda-2026", "password-easy"),
        ("123456789012", "password-easy"),
        ("aaaaaaaaaaaa", "password-easy"),
        ("abcdefghijklmnop", "password-easy"),
        ("121212121212", "password-easy"),
        ("            ", "password-easy"),
    ],
)
def test_bad_passwords(password: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_password(password, email="elise.martin@interior.example", name="Élise Martin")
    assert code_of(refused) == code
