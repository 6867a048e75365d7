"""How large an uploaded workbook may be: one number for form, server, reader and sentence."""

from typing import Final

MEGABYTE: Final = 1_000_000
LARGEST_FILE: Final = 15 * MEGABYTE
FREE_NEEDED: Final = 100 * MEGABYTE  # of the disk of the instance folder
