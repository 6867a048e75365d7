"""What looks like a secret in the checkout must be known here, with the reason why it is none.

A plain script, called by ``make check``. Exit status 1 with each place that nobody has judged, and
with each judgement on what is no longer there. The value is not printed: it may be a secret.
"""

import os
import subprocess
import sys
from pathlib import Path

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import default_settings

ROOT = Path(__file__).parents[1]
# Pictures; words of translators; data with hashes and official texts; the lock, all hashes.
NOT_READ = (".png", ".po", ".lock", ".yaml", ".json", ".csv", ".tsv", ".xlsx")
HERE = "tests/secret_scan.py"

JUDGED = {
    "Canary of a working copy": "a text that no page may show, in a test",
    "PASSWORD": "stands for the operator's own in a sentence",
    "password": "stands for the operator's own in an example, or names a kind or level",
    "password-changed": "names a kind of event or letter",
    "password-reset": "names a kind of letter",
    "password-set": "names a kind of event",
    "secretariat` (reviewers and administrators; others may), `all`, or `off": "a rule, in a table",
    "secretariat": "an audience, an addressee, a rule",
    "set": "shown in place of the key",
    "abcdefghijkmnpqrstuvwxyz23456789": "the letters of recovery codes",
    "0123456789ABCDEFGHJKMNPQRSTVWXYZ": "the signs of codes sent by mail",
    "demonstration-only-2026": "the public sign-in of the demonstration",
    "for-the-bench-only-": "signs the cookies of a measurement",
    "for-tests-only-": "signs the cookies of tests",
    "lantern orbit quilt 27": "password of made-up people in tests",
    "correct-horse": "password of the tests' own mail server",
    "sesame": "in an address whose masking is tested",
    "p%2Fw%40d": "in an address whose reading is tested",
    "can": "in an address that is refused",
    "canary": "in an address that is refused",
    "newer": "no hash, on purpose",
    "kept": "no hash, on purpose",
    "tracker & co": "a name, beside the secret of the tests' own provider",
    "of-the-provider": "in settings that are tested",
    "short": "too short on purpose",
    "short-one-1": "refused on purpose",
    "new@example.org": "refused on purpose",
    "Password123456": "refused on purpose",
    "vandermeer2026": "refused on purpose",
    "SmallArms-2026": "refused on purpose",
    "qwertyuiop123": "refused on purpose",
    "a wrong one": "wrong on purpose",
    "wrong": "wrong on purpose",
}


def texts() -> list[str]:
    """Every text that is or may be committed, by its path."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
    paths = {path for path in listed.split("\0") if path and not path.endswith(NOT_READ)}
    return sorted(path for path in paths - {HERE} if Path(path).is_file())


def main() -> int:
    """1 where something was found."""
    os.chdir(ROOT)
    found = SecretsCollection()
    with default_settings():
        found.scan_files(*texts(), num_processors=os.cpu_count())
    seen = [(path, one.line_number, one.type, str(one.secret_value)) for path, one in found]
    told = [
        f"{path}:{line}: {kind}, not judged in {HERE}"
        for path, line, kind, value in sorted(seen)
        if value not in JUDGED
    ]
    gone = JUDGED.keys() - {value for *_, value in seen}
    told += [f"{HERE}: {value!r} stands nowhere any more" for value in sorted(gone)]
    print("\n".join(told) if told else f"{len(seen)} places that look like secrets, all judged")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
