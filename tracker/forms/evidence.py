"""Attaching a file to an answer."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import FileField, SelectField, StringField

from tracker.domain.evidence import LARGEST_EVIDENCE, EvidenceKind
from tracker.domain.labels import label
from tracker.domain.uploads import MEGABYTE
from tracker.domain.values import NARRATIVE_LANGUAGES
from tracker.forms.base import BaseForm, Needed


class EvidenceForm(BaseForm):
    """One file, what it is, and which older one it takes the place of."""

    file = FileField(
        lazy_gettext("File"),
        description=lazy_gettext(
            "PDF, .docx, .xlsx, .pptx, PNG or JPEG, at most %(limit)s MB, without password and "
            "macros. A photograph may tell where it was taken: remove that first if it must not "
            "be known.",
            limit=LARGEST_EVIDENCE // MEGABYTE,
        ),
        validators=[Needed()],
        render_kw={"accept": ",".join(f".{kind.value}" for kind in EvidenceKind) + ",.jpeg"},
    )
    title = StringField(
        lazy_gettext("Title"),
        description=lazy_gettext("What the file is, such as the name of a law."),
        validators=[Needed()],
    )
    language = SelectField(lazy_gettext("Language of the file"))
    replaces = SelectField(lazy_gettext("New file or new version"))

    def __init__(self, *args: Any, standing: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        """``standing``: public id and title of each file that may get a new version."""
        super().__init__(*args, **kwargs)
        self.language.choices = [("", "–")]
        self.language.choices += [(code, gettext(label(code))) for code in NARRATIVE_LANGUAGES]
        self.replaces.choices = [("", gettext("A further file"))]
        self.replaces.choices += [
            (public_id, gettext("A new version of “%(title)s”", title=title))
            for public_id, title in standing
        ]
