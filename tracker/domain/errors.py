"""What can go wrong, as types. The sentences stand in ``messages``."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: a code of ``messages.MESSAGES``, its values, and the field it is about."""

    code: str
    place: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


class TrackerError(Exception):
    """Base of every refusal; ``problem`` tells the user why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class Invalid(TrackerError):
    """Bad input: ``problems`` are all of them."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems[0])
        self.problems = problems


class NotPermitted(TrackerError):
    """The actor may see the thing but not do this to it."""


class NotFound(TrackerError):
    """There is none, or the actor may not learn that there is one."""


class WrongStatus(TrackerError):
    """The report is not in a status that allows this."""


class ChangedSince(TrackerError):
    """The report no longer says what the person who acts on it saw."""


class Gone(TrackerError):
    """There was one, and its time is over."""


class Lost(TrackerError):
    """What must be there is missing or was altered; the operator finds it in the log."""


class TooMany(TrackerError):
    """A limit is reached; it may be asked again later."""


class Busy(TrackerError):
    """Too much is asked of the server at the moment; ``retry_after`` is in seconds."""

    def __init__(self, problem: Problem, retry_after: int) -> None:
        super().__init__(problem)
        self.retry_after = retry_after


class StaleEdit(TrackerError):
    """Somebody saved the same response since; ``current_version`` is what stands now."""

    def __init__(self, problem: Problem, current_version: int) -> None:
        super().__init__(problem)
        self.current_version = current_version
