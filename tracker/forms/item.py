"""The form of one contact, need, offer or target, made from the part's own parsers."""

from collections.abc import Collection, Iterable
from typing import Any, ClassVar, Protocol

from flask_babel import gettext, lazy_gettext
from wtforms import Field, SelectField, StringField, TextAreaField

from tracker.domain.item_fields import Part
from tracker.domain.items import ENUM_FIELDS, KINDS, Item, parse_item, typed_texts
from tracker.domain.labels import label
from tracker.domain.progress import Audience
from tracker.forms.base import Needed, Origin, VersionedForm, over_version

HINTS = {
    (Part.CONTACTS, "women"): lazy_gettext(
        "Women among the members of the coordination body. Leave it empty if unknown."
    ),
    (Part.CONTACTS, "men"): lazy_gettext(
        "Men among the members of the coordination body. Leave it empty if unknown."
    ),
    (Part.CONTACTS, "confirmed_on"): lazy_gettext(
        "The day on which your State last confirmed this entry: 2024-06-30."
    ),
    (Part.CONTACTS, "audience"): lazy_gettext(
        "Who may read it: the secretariat alone, unless you choose otherwise."
    ),
    (Part.ASSISTANCE, "direction"): lazy_gettext(
        "Whether your State needs the assistance or offers it."
    ),
    (Part.ASSISTANCE, "kind"): lazy_gettext(
        "Funds, equipment, training and so on. You may leave it open."
    ),
    (Part.ASSISTANCE, "description"): lazy_gettext("What your State needs or offers."),
    (Part.ASSISTANCE, "amount"): lazy_gettext(
        "Whole units of the currency, at most 15 digits. Leave it empty if unknown."
    ),
    (Part.ASSISTANCE, "partner"): lazy_gettext(
        "Whom you ask for it, or to whom you offer it, if you want to name somebody."
    ),
    (Part.TARGETS, "statement"): lazy_gettext("What your State wants to reach."),
    (Part.TARGETS, "level"): lazy_gettext("National, regional or global. You may leave it open."),
}
"""What is said to the State that fills it in, where a column speaks of the State to others."""
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


class ItemForm(VersionedForm):
    """What every part shares; ``item_form`` adds the fields."""

    PART: ClassVar[Part]

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

    def read(self, default_audience: Audience, may_lack: Collection[str] = ()) -> Item:
        """The item as typed; ``Invalid`` lists every problem."""
        raw = {name: self.typed(name) for name in KINDS[self.PART].PARSERS}
        return parse_item(self.PART, raw, default_audience=default_audience, may_lack=may_lack)


def item_form(part: Part, fields: Iterable[Described]) -> type[ItemForm]:
    """The form of a part; labels, and hints but for ``HINTS``, are those of its columns."""
    made: dict[str, Any] = {field.key: _field(part, field) for field in fields}
    return type(f"{part.value.title()}Form", (ItemForm,), {"PART": part, **made})


def _field(part: Part, field: Described) -> Any:
    kind: type[Field] = StringField
    if field.key in ENUM_FIELDS[part]:
        kind = SelectField
    elif field.key in KINDS[part].TEXTS and field.key != "email":
        kind = TextAreaField  # a file may have brought line breaks, which a single line would lose
    hint = lazy_gettext(field.help) if field.help != f"{field.header}." else ""
    return kind(
        lazy_gettext(field.header),
        [Needed()] if field.key in KINDS[part].NEEDED else [],
        description=HINTS.get((part, field.key), hint),
    )


def filled_item_form(form: type[ItemForm], version: int, item: Item, origin: Origin) -> ItemForm:
    """The form showing an item over what stands; ``version`` 0 for a new one."""
    return form(data={**typed_texts(item), **over_version(version, origin)})
