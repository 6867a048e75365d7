"""Everything that can be done, named ``resource:verb``, in alphabetical order."""

from enum import StrEnum


class Action(StrEnum):
    """One thing that somebody may or may not do."""

    ACCOUNT_MANAGE = "account:manage"
    CLARIFICATION_ASK = "clarification:ask"
    CLARIFICATION_REPLY = "clarification:reply"
    COVERAGE_WATCH = "coverage:watch"
    CYCLE_MANAGE = "cycle:manage"
    EXPORT_MAKE = "export:make"
    INDICATOR_MANAGE = "indicator:manage"
    MAIL_MANAGE = "mail:manage"
    PUBLIC_READ = "public:read"
    REPORT_EDIT = "report:edit"
    REPORT_OPEN = "report:open"
    REPORT_READ = "report:read"
    REPORT_REOPEN = "report:reopen"
    REPORT_SUBMIT = "report:submit"
    REPORT_WITHDRAW = "report:withdraw"
    SESSION_USE = "session:use"
    SUBMISSION_ACCEPT = "submission:accept"
    SUBMISSION_PUBLISH = "submission:publish"
    SUBMISSION_READ = "submission:read"
    SUBMISSION_RETURN = "submission:return"
    TEXT_STRIKE = "text:strike"
