"""How headers are folded that hold more than ASCII.

The folding of ``email.policy`` in Python 3.11 loses blanks between words such as "l’échéance
était", and may never end. ``email.header.Header``, which is older, does neither.
"""

from email.header import Header
from email.policy import EmailPolicy
from typing import Any

LONGEST_WORD = 75  # RFC 2047, of one encoded word


class MailPolicy(EmailPolicy):
    """Writes subjects and names of senders in encoded words, each line within its limit."""

    def fold(self, name: str, value: Any) -> str:
        """One header as lines of text, ended by a line end."""
        return self._encoded(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The same in bytes."""
        written = self._encoded(name, value)
        return written.encode("ascii") if written else super().fold_binary(name, value)

    def _encoded(self, name: str, value: Any) -> str:
        """The header, or nothing where the library does it well."""
        key = name.lower()
        if key == "subject" and not str(value).isascii():
            return f"{name}: {self._words(name, str(value))}{self.linesep}"
        if key == "from" and not str(value).isascii():
            written = f",{self.linesep} ".join(
                f"{self._words(name, one.display_name)} <{one.addr_spec}>"
                for one in value.addresses
            )
            return f"{name}: {written}{self.linesep}"
        return ""

    def _words(self, name: str, text: str) -> str:
        header = Header(text, "utf-8", header_name=name, maxlinelen=LONGEST_WORD)
        return header.encode(linesep=self.linesep)


BY_SMTP = MailPolicy(linesep="\r\n")
BY_SMTPUTF8 = MailPolicy(linesep="\r\n", utf8=True)
