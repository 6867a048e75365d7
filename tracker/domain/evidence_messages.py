"""Sentences about files that are attached to an answer."""

from typing import Final

from tracker.domain.marking import N_

EVIDENCE_MESSAGES: Final[dict[str, str]] = {
    "evidence-needed": N_("Choose a file on your computer, then press the button."),
    "evidence-empty": N_("This file is empty."),
    "evidence-too-large": N_(
        "This file is larger than %(limit)s MB. Nothing was attached. Send a smaller one, or only "
        "the pages that matter."
    ),
    "evidence-unknown": N_(
        "This is no PDF, no Word, Excel or PowerPoint file (.docx, .xlsx, .pptx) and no PNG or "
        "JPEG picture. What counts is what the file holds, not its name."
    ),
    "evidence-damaged": N_(
        "This file is damaged or was cut short. Save it anew in the program that made it, then "
        "attach it again."
    ),
    "evidence-old-office": N_(
        "This is an old Office file (.doc, .xls, .ppt) or one with a password. Save it as .docx, "
        ".xlsx, .pptx or PDF, without a password."
    ),
    "evidence-encrypted": N_(
        "This file is protected by a password or encrypted. Save it without, then attach it again."
    ),
    "evidence-active": N_(
        "This file holds macros, scripts or embedded programs. Save it without them, or as a PDF, "
        "then attach it again."
    ),
    "evidence-odd": N_(
        "This file is packed in a way that no Office program uses, so it is not taken. Save it "
        "anew, or as a PDF, then attach it again."
    ),
    "evidence-picture-too-large": N_(
        "This picture has more than %(limit)s million points. Make it smaller, then attach it "
        "again."
    ),
    "evidence-infected": N_(
        "The virus scanner of this site found something in this file: %(found)s. It was not kept. "
        "Check the computer that it comes from."
    ),
    "evidence-not-scanned": N_(
        "The virus scanner of this site does not answer, so nothing was attached. Your answers are "
        "kept. Try again in a few minutes."
    ),
    "evidence-busy": N_(
        "Other files are being checked at this moment. Wait half a minute, then attach yours again."
    ),
    "evidence-removed": N_(
        "The secretariat removed this very file from the reports of your State, so it cannot be "
        "attached again."
    ),
    "evidence-same": N_("This very file is attached to this answer already."),
    "evidence-needs-answer": N_(
        "Save an answer to this paragraph first: a file is attached to an answer."
    ),
    "evidence-too-many": N_(
        "An answer holds at most %(limit)s files. Take one out, or put several into one PDF."
    ),
    "evidence-quota": N_(
        "The files of a report may take %(limit)s MB in all, older versions among them; %(left)s "
        "MB are left. Nothing was attached."
    ),
    "evidence-too-many-versions": N_(
        "Files of this report were saved %(limit)s times already. Nothing was attached. Ask the "
        "secretariat."
    ),
    "evidence-not-current": N_(
        "Somebody replaced this file or took it out since you opened the page. Nothing was "
        "changed. Look at the list again."
    ),
    "evidence-not-stored": N_(
        "The file could not be stored: the server may have no space left. Nothing was attached. "
        "Tell whoever operates this site."
    ),
    "evidence-struck": N_(
        "The secretariat removed this file. Its checksum stays in the history of the report."
    ),
    "evidence-lost": N_(
        "This file is not what was attached: it is missing from the server, or was altered there. "
        "It is not sent. Tell whoever operates this site."
    ),
}
