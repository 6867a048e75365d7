"""Sentences about exports and other files that are downloaded."""

from typing import Final

from tracker.domain.marking import N_

EXPORT_MESSAGES: Final[dict[str, str]] = {
    "no-earlier-export": N_(
        "You have no earlier export of these cycles for the same readers to compare with. "
        "Untick this."
    ),
    "exports-waiting": N_(
        "%(limit)s exports of yours are waiting already. Wait until one is ready, then ask again."
    ),
    "exports-kept": N_(
        "You have %(limit)s files already. Each is deleted a day after it was made; then ask again."
    ),
    "exports-full": N_(
        "Too many exports have been asked for at the moment. Nothing was added; try again later."
    ),
    "export-gone": N_(
        "This file was deleted: files are kept for one day. Ask for the export again."
    ),
    "export-interrupted": N_(
        "Making this file was interrupted twice, by a restart of the server or for want of memory. "
        "Ask for it again; if it happens again, tell whoever operates the site."
    ),
    "export-withdrawn": N_(
        "This file was withdrawn: after it was made, a text was struck out of a report that it "
        "shows. Ask for the export again."
    ),
    "export-stopped": N_(
        "Making this file was interrupted: meanwhile a text was struck out of a report that it "
        "may show. Ask for the export again."
    ),
    "export-not-written": N_(
        "This file could not be written: the server may have no space left. Tell whoever operates "
        "the site, then ask for it again."
    ),
    "export-failed": N_(
        "This file could not be made, because of an error in the tracker. It has been noted; tell "
        "whoever operates the site."
    ),
    "too-many-found": N_(
        "%(found)s answers were found, and a file holds at most %(limit)s. Narrow the search: with "
        "a further word fewer are found, and these can be downloaded."
    ),
}
