"""Sentences about reports and their steps: what may not be done with one now, and why."""

from typing import Final

from tracker.domain.marking import N_

REPORT_MESSAGES: Final[dict[str, str]] = {
    "not-permitted": N_("Your role does not allow this."),
    "not-found": N_("There is no such page, or it is not yours to see."),
    "record-only": N_(
        "This demonstration holds the official record of this State only. Choose one of the "
        "demonstration States."
    ),
    "report-locked": N_(
        "This report is not open for changes: it was submitted. Nothing was changed. Keep a copy "
        "of what you have; withdraw the report, or ask for its return, before you try again."
    ),
    "report-locked-accepted": N_(
        "This report is not open for changes: it was accepted. Nothing was changed. Keep a copy of "
        "what you have, and ask the secretariat to return the report before you try again."
    ),
    "report-locked-published": N_(
        "This report is not open for changes: it was published. Nothing was changed. Keep a copy "
        "of what you have; to correct the report, a national focal point of your State presses "
        "“Reopen” on its page, then try again."
    ),
    "wrong-status": N_("This cannot be done while the report is “%(status)s”."),
    "words-not-there": N_("The text that you chose does not hold these words. Check them."),
    "words-too-short": N_("Name at least %(least)s signs, so that no other text is taken for it."),
    "reason-repeats": N_(
        "The reason repeats what is struck out, and everybody could read it there. Say it in other "
        "words."
    ),
    "struck-since": N_(
        "The secretariat struck out a text after the page was opened: it is not saved again. "
        "Press “Save” to see what is left of yours."
    ),
    "stale-edit": N_(
        "This answer was changed after you opened it, in another window or by somebody else. Press "
        "“Save” to compare both texts."
    ),
    "report-changed": N_(
        "The report was not submitted: it was changed after you opened this page. Look at what it "
        "says now, then submit it."
    ),
    "cycle-not-open": N_("This reporting cycle is not open for reports."),
    "reason-needed": N_("Give a reason; it is shown to the other side."),
    "nothing-asked": N_("This paragraph asks nothing of States, so there is nothing to save."),
    "save-key-reused": N_("This save was sent twice with different text. Reload and save again."),
    "missing-not-confirmed": N_(
        "The report still has gaps. Confirm that it is submitted with them, or fill them first."
    ),
    "authority-needed": N_("Confirm that you are authorised to submit this report."),
    "acceptor-publishes": N_(
        "You accepted this report. Here a second person publishes: ask another administrator."
    ),
    "newer-submission": N_("A newer submission of this report exists; work on that one."),
    "already-replied": N_("This question has already been answered."),
    "question-withdrawn": N_("The secretariat has withdrawn this question; it needs no reply."),
}
