"""Marking sentences that are translated where they are shown."""


def N_(text: str) -> str:
    """Mark a sentence for translation."""
    return text
