"""The sentences about uploaded workbooks, by code: what is wrong, where, what to do."""

from typing import Final

from tracker.domain.marking import N_

WORKBOOK_MESSAGES: Final[dict[str, str]] = {
    "workbook-empty": N_("This file is empty. Save the workbook again, then upload it once more."),
    "workbook-too-large": N_(
        "This file is larger than %(limit)s MB. Remove pictures and sheets that are not ours, save "
        "it and upload it again."
    ),
    "workbook-old-xls": N_(
        "This is a workbook of the old kind (.xls). Open it in Excel or LibreOffice, save it as "
        "“Excel Workbook (.xlsx)” and upload that file."
    ),
    "workbook-encrypted": N_(
        "This workbook is protected with a password for opening it. Remove that password (File, "
        "Info, Protect Workbook, Encrypt with Password), save it and upload it again."
    ),
    "workbook-ods": N_(
        "This is an OpenDocument file (.ods). In LibreOffice choose “Save as”, “Excel 2007–365 "
        "(.xlsx)” and upload that file."
    ),
    "workbook-pdf": N_("This is a PDF. Upload the workbook (.xlsx) from which it was printed."),
    "workbook-is-text": N_(
        "This is a text file, such as CSV, and no workbook. Fill in the template and upload it as "
        "“Excel Workbook (.xlsx)”."
    ),
    "workbook-is-binary": N_(
        "This is a binary workbook (.xlsb). Save it as “Excel Workbook (.xlsx)” and upload that "
        "file."
    ),
    "workbook-strict": N_(
        "This workbook was saved as “Strict Open XML”. Save it as “Excel Workbook (.xlsx)” and "
        "upload that file."
    ),
    "workbook-not-one": N_(
        "This file is no Excel workbook. Fill in the template and upload it as “Excel Workbook "
        "(.xlsx)”."
    ),
    "workbook-cut-short": N_(
        "This file is damaged: it is cut short or something was put before or after it. Download "
        "or copy it again, or open it in Excel and save it under another name."
    ),
    "workbook-damaged": N_(
        "This workbook is damaged in its part “%(part)s”. Open it in Excel, let it be repaired, "
        "save it under another name and upload that file."
    ),
    "workbook-odd-part": N_(
        "This workbook is packed as no spreadsheet program does it, in its part “%(part)s”. Open "
        "it in Excel, save it under another name and upload that file."
    ),
    "workbook-doubled-part": N_(
        "This workbook holds its part “%(part)s” twice. Open it in Excel, save it under another "
        "name and upload that file."
    ),
    "workbook-too-many-parts": N_(
        "This workbook consists of more than %(limit)s parts. Remove pictures and sheets that are "
        "not ours, save it and upload it again."
    ),
    "workbook-part-too-large": N_(
        "Unpacked, the part “%(part)s” of this workbook is larger than %(limit)s MB. Remove what "
        "was added to the template, save it and upload it again."
    ),
    "workbook-unpacks-too-large": N_(
        "Unpacked, this workbook is larger than %(limit)s MB. Remove what was added to the "
        "template, save it and upload it again."
    ),
    "workbook-bomb": N_(
        "The part “%(part)s” of this workbook unpacks to far more than it should. Copy your "
        "answers into a new template and upload that."
    ),
    "workbook-doctype": N_(
        "The part “%(part)s” of this workbook declares a document type, which no spreadsheet "
        "program writes. Open it in Excel, save it under another name and upload that file."
    ),
    "workbook-markup": N_(
        "The part “%(part)s” of this workbook is longer or deeper than a reader can follow. Copy "
        "your answers into a new template and upload that."
    ),
    "workbook-macros": N_(
        "This workbook holds macros (%(part)s). Save it as “Excel Workbook (.xlsx)”, which leaves "
        "them out, and upload that file."
    ),
    "workbook-external-links": N_(
        "This workbook is linked to another file (%(part)s). Break the links (Data, Edit Links or "
        "Workbook Links), save it and upload it again."
    ),
    "workbook-objects": N_(
        "Another file, a control or an object is embedded in this workbook (%(part)s). Delete it, "
        "save the workbook and upload it again."
    ),
    "workbook-connections": N_(
        "This workbook fetches data from elsewhere (%(part)s). Delete its queries and connections "
        "(Data, Queries & Connections), save it and upload it again."
    ),
    "workbook-data-model": N_(
        "This workbook holds a data model (%(part)s). Copy your answers into a new template and "
        "upload that."
    ),
    "workbook-1904": N_(
        "This workbook counts its days from 1904, so that every date would be four years off. "
        "Switch that off (File, Options, Advanced, “Use 1904 date system”), check the dates, save "
        "it and upload it again."
    ),
    "workbook-twin-sheets": N_(
        "This workbook has two sheets called “%(sheet)s”. Rename or delete the one that is not "
        "ours, save it and upload it again."
    ),
    "workbook-too-many-sheets": N_(
        "This workbook has more than %(limit)s sheets. Delete those that are not ours, save it and "
        "upload it again."
    ),
    "workbook-too-many-cells": N_(
        "This workbook has more than %(limit)s cells with something in them. Delete what was added "
        "to the template, save it and upload it again."
    ),
    "workbook-far-cell": N_(
        "Sheet “%(sheet)s”, cell %(cell)s lies outside what is read (A1 to %(last)s). Delete its "
        "row or column, save the workbook and upload it again."
    ),
    "workbook-bad-value": N_(
        "Sheet “%(sheet)s”, cell %(cell)s holds a number or date that is none. Type it again, save "
        "the workbook and upload it again."
    ),
    "workbook-cell-twice": N_(
        "Sheet “%(sheet)s” holds the cell %(cell)s twice. Open the workbook in Excel, save it "
        "under another name and upload that file."
    ),
    "workbook-readers-differ": N_(
        "Sheet “%(sheet)s”, cell %(cell)s cannot be read without doubt. Open the workbook in "
        "Excel, save it under another name and upload that file."
    ),
    "workbook-unreadable": N_(
        "This workbook cannot be read. Open it in Excel or LibreOffice, save it as “Excel Workbook "
        "(.xlsx)” under another name and upload that file; or copy your answers into a new "
        "template."
    ),
    "workbook-too-heavy": N_(
        "Reading this workbook takes too much time or memory. Delete what was added to the "
        "template, or copy your answers into a new one, and upload that."
    ),
    "reader-busy": N_(
        "Other workbooks are being read at this moment. Wait half a minute, then upload yours "
        "again."
    ),
    "reader-busy-with-yours": N_(
        "Your last workbook is still being read. Wait until it is done, then upload this one."
    ),
}
