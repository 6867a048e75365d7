"""Reading seed files strictly: a mistake names the file, the row and the field."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

LANGUAGES = ("en", "fr")
# The same loader in C where there is one: several times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class SeedError(ValueError):
    """A seed file that cannot be used; the text says where in it and why."""


class StrictRow(BaseModel):
    """A mapping in a seed file: unknown fields and loose types are refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


Row = TypeVar("Row", bound=BaseModel)


def _in_every_language(text: Mapping[str, str]) -> Mapping[str, str]:
    missing = [language for language in LANGUAGES if not text.get(language, "").strip()]
    if missing:
        raise ValueError(f"no text in: {', '.join(missing)}")
    return text


InEveryLanguage = Annotated[dict[str, str], AfterValidator(_in_every_language)]
"""A text in each language of the interface, at least."""


def read_yaml(path: Path) -> object:
    """What the YAML file holds; ``SeedError`` where it cannot be read."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506  # nosec B506  # it is safe
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SeedError(f"{path}: {error}") from error


def read_rows(path: Path, key: str, model: type[Row]) -> list[Row]:
    """The list that the file holds under ``key``, each row validated; all mistakes in one error."""
    content = read_yaml(path)
    if not isinstance(content, dict) or not isinstance(content.get(key), list) or len(content) > 1:
        raise SeedError(f"{path}: must hold one list, named {key!r}")
    read: list[Row] = []
    mistakes: list[str] = []
    for number, row in enumerate(content[key], start=1):
        try:
            read.append(model.model_validate(row))
        except ValidationError as error:
            mistakes.append(_describe(error, f"row {number}{_label(row)}"))
    if mistakes:
        raise SeedError("\n".join(f"{path}: {mistake}" for mistake in mistakes))
    return read


def read_whole(path: Path, model: type[Row]) -> Row:
    """The file as one validated mapping."""
    try:
        return model.model_validate(read_yaml(path))
    except ValidationError as error:
        raise SeedError(f"{path}: {_describe(error, 'file')}") from error


def _label(row: object) -> str:
    """The first value of the row, by which a reader finds it."""
    return f" ({next(iter(row.values()))})" if isinstance(row, dict) and row else ""


def _describe(error: ValidationError, place: str) -> str:
    problems = (
        f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}".removeprefix(": ")
        for problem in error.errors(include_url=False)
    )
    return f"{place}: {'; '.join(problems)}"
