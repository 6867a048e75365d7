"""The form of one contact, need, offer or target, made from the part's own parsers."""

from collections.abc import Iterable
from typing import Any, ClassVar, Protocol

from flask_babel import gettext, lazy_gettext
from wtforms import Field, HiddenField, SelectField, StringField, TextAreaField

from tracker.domain.item_fields import Part
from tracker.domain.items import ENUM_FIELDS, KINDS, Item, parse_item, typed_texts
from tracker.domain.labels import label
from tracker.domain.progress import Audience
from tracker.forms.base import BaseForm, Needed

LONG_TEXTS = ("address", "description", "statement")
"""The free texts that take more than a line."""


class Described(Protocol):
    """A field with its words: a column of the part's tables."""

    @property
    def key(self) -> str: ...
    @property
    def header(self) -> str: ...
    @property
    def help(self) -> str: ...


class ItemForm(BaseForm):
    """What every part shares; ``item_form`` adds the fields. ``choice`` settles a conflict."""

    PART: ClassVar[Part]
    version = HiddenField()
    choice = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        empty = KINDS[self.PART]()
        for name, kind in ENUM_FIELDS[self.PART].items():
            nothing = [("", "–")] if getattr(empty, name) is None else []
            field: Any = self[name]
            field.choices = nothing + [(v.value, gettext(label(v))) for v in kind]

    @property
    def item_fields(self) -> tuple[Field, ...]:
        """The fields of the item itself, in the order of its columns."""
        return tuple(field for field in self if field.name in KINDS[self.PART].PARSERS)

    def rows(self, name: str) -> int:
        """How many lines a free text is given."""
        return 4 if name in LONG_TEXTS else 1

    def read(self, default_audience: Audience) -> Item:
        """The item as typed; ``Invalid`` lists every problem."""
        raw = {name: self.typed(name) for name in KINDS[self.PART].PARSERS}
        return parse_item(self.PART, raw, default_audience=default_audience)


def item_form(part: Part, fields: Iterable[Described]) -> type[ItemForm]:
    """The form of a part; labels and hints are those of its columns."""
    made: dict[str, Any] = {field.key: _field(part, field) for field in fields}
    return type(f"{part.value.title()}Form", (ItemForm,), {"PART": part, **made})


def _field(part: Part, field: Described) -> Any:
    kind: type[Field] = StringField
    if field.key in ENUM_FIELDS[part]:
        kind = SelectField
    elif field.key in KINDS[part].TEXTS and field.key != "email":
        kind = TextAreaField  # a file may have brought line breaks, which a single line would lose
    return kind(
        lazy_gettext(field.header),
        [Needed()] if field.key in KINDS[part].NEEDED else [],
        description=lazy_gettext(field.help) if field.help != f"{field.header}." else "",
    )


def filled_item_form(form: type[ItemForm], version: int, item: Item) -> ItemForm:
    """The form showing an item as it stands; ``version`` 0 for a new one."""
    return form(data={**typed_texts(item), "version": str(version)})
