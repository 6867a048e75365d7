"""Sentences about files of values that others published."""

from typing import Final

from tracker.domain.marking import N_

PUBLISHED_MESSAGES: Final[dict[str, str]] = {
    "published-not-utf8": N_(
        "This file is not UTF-8 text. Save it as CSV in UTF-8, then try again."
    ),
    "published-not-csv": N_(
        "This line cannot be read as CSV. Look for a quotation mark that is not closed."
    ),
    "published-column-missing": N_(
        "The column “%(column)s” is missing. The first line names the columns: %(columns)s."
    ),
    "published-column-unknown": N_(
        "“%(column)s” is not a column of this file, or stands twice. The first line names the "
        "columns: %(columns)s."
    ),
    "published-cells": N_(
        "This line has %(cells)s cells and the first line %(columns)s. Put texts that hold the "
        "separator in quotation marks."
    ),
    "published-empty": N_("This file holds no values below its first line."),
    "published-no-place": N_(
        "Give the three letters of a State, or the M49 code of a State or region."
    ),
    "published-unknown-m49": N_("There is no State or region with the M49 code “%(code)s”."),
    "published-codes-disagree": N_(
        "“%(iso3)s” and “%(m49)s” are not codes of the same State. Correct one or delete it."
    ),
    "published-years": N_(
        "“%(value)s” is neither a year nor two years in a row. Write 2018 or 2018-2019."
    ),
    "not-a-percentage": N_(
        "“%(value)s” is not a number from 0 to 100. Write it as 87.5, without a per cent sign."
    ),
    "published-twice": N_(
        "Line %(line)s has a value for the same place, years and source. Keep one of the two."
    ),
    "published-real": N_(
        "“%(code)s” is a real State or region. This database holds demonstration data, so only "
        "values of invented ones are taken."
    ),
    "published-invented": N_(
        "“%(code)s” is the code of an invented State or region. Such values are taken in a "
        "demonstration only."
    ),
}
