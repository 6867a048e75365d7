"""LibreOffice without a window, with a profile of its own so that tests may run side by side."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

MINUTES_AT_MOST = 3


def libreoffice(files: Sequence[Path], to: str, folder: Path) -> list[Path]:
    """Convert files and return the new ones, in order.

    Skips where there is no LibreOffice, and fails there if ``CI`` is set.

    Args:
        files: any number; they share one start, which takes the most time.
        to: ``xlsx``, ``ods``, ``pdf`` or another format that it knows.
        folder: where the new files and the profile go; must not be the folder of ``files``.
    """
    program = shutil.which("soffice")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("LibreOffice must be installed where CI is set")
        pytest.skip("LibreOffice is not installed")
    profile = (folder / "libreoffice-profile").resolve().as_uri()
    options = [f"-env:UserInstallation={profile}", "--headless", "--convert-to", to]
    done = subprocess.run(  # noqa: S603  what was found under that name
        [program, *options, "--outdir", str(folder), *map(str, files)],
        capture_output=True,
        text=True,
        timeout=60 * MINUTES_AT_MOST,
    )
    made = [folder / f"{file.stem}.{to}" for file in files]
    assert all(file.exists() for file in made), done.stdout + done.stderr
    return made
