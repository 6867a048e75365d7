"""The lock, the bill of materials and the list of licences say the same as ``pyproject.toml``."""

import json
import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PINNED = re.compile(
    r"^(\S+)==(\S+?)(?: ; (.+?))? \\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.M
)
ADVICE = "run `make supply`"


def locked() -> dict[str, tuple[str, bool]]:
    """Version of each package of the lock, and whether every system needs it."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    found: dict[str, tuple[str, bool]] = {
        canonicalize_name(name): (version, not marker)
        for name, version, marker, _ in PINNED.findall(text)
    }
    assert len(found) == len(re.findall(r"^\S+==", text, re.M)), "a package without hashes"
    return found


def asked_for() -> list[Requirement]:
    """What ``pyproject.toml`` asks for at run time."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    texts = [*project["dependencies"], *project["optional-dependencies"]["postgres"]]
    return [Requirement(text) for text in texts]


def test_the_lock_holds_what_is_asked_for_in_a_version_that_is_allowed() -> None:
    pins = locked()
    for wanted in asked_for():
        version, _ = pins.get(canonicalize_name(wanted.name), ("", False))
        assert version and wanted.specifier.contains(version), f"{wanted}: {ADVICE}"


def test_the_lock_names_no_registry() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    told = {line.split("==")[0].split()[0] for line in lines if not line.startswith(" ")}
    assert not [word for word in told if word.startswith("-")]
    assert not [line for line in lines if "://" in line]


def test_the_bill_of_materials_and_the_licences_list_what_is_locked() -> None:
    bill = json.loads((ROOT / "sbom.cdx.json").read_text(encoding="utf-8"))
    billed = {canonicalize_name(one["name"]): one["version"] for one in bill["components"]}
    table = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8").splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table if line]
    listed = {canonicalize_name(name): version for name, version, *_ in rows}
    everywhere = {name: version for name, (version, everywhere) in locked().items() if everywhere}
    assert everywhere.items() <= billed.items() and billed == listed, ADVICE
    assert {name: version for name, (version, _) in locked().items()}.items() >= billed.items()
    assert not [name for name, _, licence, _ in rows if licence in ("", "UNKNOWN")]
