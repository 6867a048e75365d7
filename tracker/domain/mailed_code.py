"""A code sent by mail as the second step: 64 bits in signs that are easy to read out and type."""

from datetime import timedelta

from tracker.domain.errors import Invalid, Problem

CODE_LASTS = timedelta(minutes=10)  # from asking for it
BITS = 64
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's 32: no I, L, O and U
LENGTH = -(-BITS // 5)
_MEANT = str.maketrans("ILO", "110")
_LONGEST = 100


def code_from(random: bytes) -> str:
    """The code that the first 64 bits of ``random`` make."""
    number = int.from_bytes(random[: BITS // 8], "big")
    return "".join(SIGNS[number >> 5 * place & 31] for place in reversed(range(LENGTH)))


def parse_mailed_code(raw: str | None, *, place: str = "code") -> str:
    """A code as it was made, whatever the case and the grouping; I and L are 1, O is 0.

    ``Invalid`` for anything that cannot be one.
    """
    typed = "".join(sign for sign in (raw or "")[:_LONGEST] if sign.isalnum()).upper()
    if not typed:
        raise Invalid(Problem("required", place))
    code = typed.translate(_MEANT)
    if len(code) != LENGTH or not set(code) <= set(SIGNS):
        raise Invalid(Problem("mailed-code-of-no-kind", place, {"signs": LENGTH}))
    return code
