"""Writing a mail: plain text in the reader's language, links from the configured address only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from babel.dates import format_date
from babel.dates import format_datetime as format_instant

from tracker.delivery.mail import Refused
from tracker.delivery.mail_texts import FOOTER, NOT_BEGUN, SITE, text_of
from tracker.domain.account_events import AccountEventKind
from tracker.domain.labels import label
from tracker.domain.mail import AttachedFile, MailKind, one_line
from tracker.domain.roles import Role
from tracker.domain.struck import say
from tracker.domain.workflow import ReportStatus

DAY, INSTANT = "d MMMM y", "d MMMM y, HH:mm"


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail is written from. ``language`` is one in which the sentences exist."""

    message_id: str
    address: str
    language: str
    kind: MailKind
    data: Mapping[str, Any]
    files: Sequence[AttachedFile]
    token: str
    created_at: datetime


def write_message(
    letter: Letter, *, sender: Address, base_url: str, translate: Callable[[str], str]
) -> EmailMessage:
    """The whole message; ``Refused`` for an address that no header can hold."""
    text = text_of(letter.kind, letter.data)
    site = translate(SITE)
    values = _values(letter, translate) | {"site": site, "base_url": base_url}
    parts = [translate(sentence) % values for sentence in text.before]
    parts.append(base_url + text.path % values)
    parts += [translate(sentence) % values for sentence in text.after]
    parts.append("-- \n" + translate(FOOTER) % values)
    message = EmailMessage()
    message["From"] = sender
    message["To"] = _address(letter.address)
    message["Subject"] = one_line(translate(text.subject) % values)
    message["Date"] = format_datetime(letter.created_at)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n\n".join(parts) + "\n", cte="quoted-printable")
    for file in letter.files:
        main, sub = file.media_type.split("/")
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    # Last: whoever adds content moves every Content- header into the first part.
    message["Content-Language"] = letter.language
    return message


def _address(text: str) -> Address:
    try:
        return Address(addr_spec=text)
    except (ValueError, IndexError, MessageError):
        raise Refused("address-unusable") from None


def _values(letter: Letter, translate: Callable[[str], str]) -> dict[str, str]:
    """Every value as one line of text, whatever was typed."""
    data, language = letter.data, letter.language
    given: dict[str, Any] = {**data, "address": letter.address, "token": letter.token}
    names = data.get("state", {})
    given["state"] = names.get(language) or names.get("en") or next(iter(names.values()), "")
    due = data.get("due")
    given["due"] = format_date(date.fromisoformat(due), DAY, locale=language) if due else "–"
    at = datetime.fromisoformat(data["at"]) if "at" in data else letter.created_at
    given["at"] = format_instant(at, INSTANT, locale=language)
    status = data.get("status")
    word = label(ReportStatus(status)) if status else NOT_BEGUN
    given["status"] = translate(word)
    given["event"] = translate(label(AccountEventKind(data["event"]))) if "event" in data else ""
    role = translate(label(Role(data["role"]))) if "role" in data else ""
    given["role"] = f"{role}, {given['state']}" if given["state"] else role
    if "place" in data:
        given["place"], given["field"] = (
            say(data["place"], translate),
            say(data.get("fields") or [data["field"]], translate),  # one, in older letters
        )
        given["cycles"] = ", ".join(data["cycles"])
    return {name: one_line(str(value)) for name, value in given.items()}
