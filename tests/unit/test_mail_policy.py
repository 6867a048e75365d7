"""Subjects and names of senders in any script: folded within the limits, and read back whole."""

import email
import re
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.delivery.mail_policy import BY_SMTP, BY_SMTPUTF8
from tracker.domain.mail import one_line

FRENCH = (
    "République démocratique populaire lao, cycle de rapports bms7-2027\u00a0: l’échéance était "
    "le 31 mars 2027"
)
WORDS = ["l’échéance", "était", "à", "Côte d’Ivoire", "\u00a0: été", "São-Tomé", "bms7-2027", "31"]
LONGEST_LINE, LONGEST_WORD = 78, 75


def header_lines(written: bytes, name: str) -> list[str]:
    """One header as it goes over the line."""
    head = written.split(b"\r\n\r\n")[0].decode("ascii").split("\r\n")
    first = next(n for n, line in enumerate(head) if line.startswith(f"{name}: "))
    rest = [n for n in range(first + 1, len(head)) if not head[n].startswith(" ")]
    return head[first : min(rest, default=len(head))]


def read_back(lines: list[str]) -> str:
    """By a reader other than the one that ``email.policy`` is."""
    value = " ".join(lines).partition(": ")[2]
    return str(make_header(decode_header(value)))


def check_subject(subject: str) -> None:
    message = EmailMessage()
    message["Subject"] = subject
    message.set_content("x")
    for policy in (BY_SMTP, BY_SMTPUTF8):
        written = message.as_bytes(policy=policy)
        if subject.isascii():
            continue
        lines = header_lines(written, "Subject")
        assert all(len(line) <= LONGEST_LINE for line in lines)
        assert all(len(word) <= LONGEST_WORD for line in lines for word in line.split())
        assert read_back(lines) == subject
        assert email.message_from_bytes(written, policy=default)["Subject"] == subject


@pytest.mark.parametrize("cut", range(20, len(FRENCH) + 1, 3))
def test_a_french_subject_of_any_length_is_read_back_whole(cut: int) -> None:
    check_subject(FRENCH[:cut].strip())


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=40).map(" ".join))
def test_words_with_accents_keep_the_blanks_between_them(text: str) -> None:
    check_subject(one_line(text))


@given(st.text(max_size=400))
def test_any_subject_is_written(text: str) -> None:
    check_subject(one_line(text))


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join))
def test_the_name_of_the_sender_is_read_back_whole(name: str) -> None:
    message = EmailMessage()
    message["From"] = Address(name, addr_spec="tracker@example.org")
    message.set_content("x")
    written = message.as_bytes(policy=BY_SMTP)
    (sender,) = email.message_from_bytes(written, policy=default)["From"].addresses
    assert sender.addr_spec == "tracker@example.org"
    # Where a line is folded right before the address two blanks stand, which readers take for one.
    shown = re.sub("  +", " ", read_back(header_lines(written, "From")))
    assert shown == f"{name} <tracker@example.org>"


def test_one_line_keeps_blanks_that_may_not_break_and_nothing_else_unseen() -> None:
    assert (
        one_line("a\u00a0: b\u202f;\r\nc\u2028\u0085 \td\x00\u200be") == "a\u00a0: b\u202f; c d e"
    )
    assert one_line(" é" * 400, 11) == "é é é é é …"
