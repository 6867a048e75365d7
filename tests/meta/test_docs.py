"""The documentation says what is there: settings, commands, sign-ins, links."""

import re
from pathlib import Path

import click
import pytest
import yaml
from babel.messages.pofile import read_po

from tracker.cli.demo import SIGN_INS
from tracker.cli.group import SUBCOMMANDS, cli
from tracker.settings import KNOWN

ROOT = Path(__file__).parents[2]
DECISIONS = sorted((ROOT / "docs" / "adr").glob("0*.md"))
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands(group: click.Group, path: str = "tracker") -> list[str]:
    """Every command that can be called, by its whole name."""
    found = []
    with click.Context(group) as context:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            full = f"{path} {name}"
            found += commands(command, full) if isinstance(command, click.Group) else [full]
    return found


def anchor(heading: str) -> str:
    """The anchor that a heading gets where Markdown is shown."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("name", KNOWN)
def test_the_operator_finds_every_setting(name: str) -> None:
    assert re.search(rf"^\| `TRACKER_{name}` \|", read("docs/operator.md"), re.MULTILINE)


def test_no_setting_is_documented_that_is_not_there() -> None:
    named = {n for page in PAGES for n in re.findall(r"TRACKER_([A-Z_]+)", page.read_text("utf-8"))}
    assert named - {""} <= set(KNOWN)


def test_the_readme_names_every_command() -> None:
    readme, found = read("README.md"), commands(cli)
    assert {name.split()[1] for name in found} == set(SUBCOMMANDS)
    assert not [name for name in found if f"`{name}" not in readme]


@each_page
def test_no_command_is_documented_that_is_not_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    shell = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    used = re.findall(r"^(?:\S*/)?tracker ([a-z]+)", shell, re.MULTILINE)
    assert {*used, *re.findall(r"`tracker ([a-z]+)", text)} <= set(SUBCOMMANDS)


def test_the_readme_tells_the_public_sign_ins() -> None:
    readme = read("README.md")
    for sign_in in SIGN_INS:
        assert f"| `{sign_in.email}` | {sign_in.who} |" in readme
        assert f"`{sign_in.password}`" in readme


def test_the_sections_of_a_contributor_are_told_with_the_sign_in() -> None:
    people = yaml.safe_load(read("seed/demo/people.yaml"))["people"]
    given = {person["email"]: person.get("sections") for person in people}
    told = {sign_in.email: sign_in.who for sign_in in SIGN_INS if "contributor" in sign_in.who}
    assert told
    for email, who in told.items():
        sections = given[email]
        words = f"{', '.join(sections[:-1])} and {sections[-1]}"
        assert who.endswith(f"sections {words}")


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    for link in links:
        if link.startswith("https://"):
            continue
        name, _, place = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if place:
            headings = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.MULTILINE)
            assert place in map(anchor, headings), link


@each_page
def test_pages_name_no_place_on_somebodys_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.findall(r"(?:^|[\s`(\"'=])(?:/(?:home|Users|root|tmp|work|mnt)/|[A-Z]:\\)", text)


@each_page
def test_pages_hold_nothing_unfinished(page: Path) -> None:
    assert not re.findall(r"\b(?:TODO|FIXME|XXX|TBD|lorem ipsum)\b|@@", page.read_text("utf-8"))


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name)
def test_a_decision_has_its_number_its_parts_and_its_entry(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    number, title = re.match(r"# (\d+)\. (.+)", text).groups()  # type: ignore[union-attr]
    assert int(number) == int(page.name[:4])
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    assert f"- [{number}. {title}]({page.name})" in read("docs/adr/README.md")


@pytest.mark.parametrize("page", ["docs/focal-point.md", "docs/focal-point.fr.md"])
def test_both_guides_have_the_same_parts(page: str) -> None:
    other = read("docs/focal-point.md")
    assert read(page).count("\n## ") == other.count("\n## ")
    assert read(page).count("\n|") == other.count("\n|")


@pytest.mark.parametrize(
    ("page", "language"),
    [
        ("docs/focal-point.md", "en"),
        ("docs/focal-point.fr.md", "fr"),
        ("docs/secretariat.md", "en"),
    ],
)
def test_guides_quote_the_pages_as_they_are(page: str, language: str) -> None:
    with (ROOT / "tracker/translations/fr/LC_MESSAGES/messages.po").open("rb") as file:
        messages = [m for m in read_po(file, locale="fr") if m.id and isinstance(m.id, str)]
    words = (str(m.id if language == "en" else m.string) for m in messages)
    shown = {re.sub(r"\s+", " ", re.sub(r"%\(\w+\)s", "…", word)) for word in words}
    text = re.sub(r"\s+", " ", read(page))
    quoted = re.findall(r"(?<![*\w])\*([^*|]+)\*(?!\*)", text)
    assert len(quoted) > 5
    labels = {part for quotation in quoted for part in quotation.split(" → ")}
    assert labels - shown <= {"in italics", "en italique"}
