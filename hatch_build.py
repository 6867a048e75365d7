"""Build hook: compiles the message catalogues, so that the wheel carries them."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def compile_catalogues(root: Path) -> None:
    """Write ``messages.mo`` beside every ``messages.po`` under ``tracker/translations``."""
    for source in sorted((root / "tracker" / "translations").glob("*/LC_MESSAGES/messages.po")):
        draft = source.with_suffix(".mo.draft")  # whoever reads meanwhile finds a whole one
        with source.open("rb") as po, draft.open("wb") as mo:
            write_mo(mo, read_po(po, locale=source.parts[-3]))
        draft.replace(source.with_suffix(".mo"))


class CatalogueHook(BuildHookInterface[Any]):
    """Runs for wheels and for editable installs."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before the files are collected."""
        compile_catalogues(Path(self.root))


if __name__ == "__main__":
    compile_catalogues(Path(__file__).parent)
