"""the database itself refuses to change what is history"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

REFUSAL = "history is only added to"
STRUCK = (
    "EXISTS (SELECT 1 FROM chain_text t WHERE t.entry_id = OLD.revision_id"
    " AND t.field = '{column}' AND t.struck_at IS NOT NULL)"
)
STRUCK_LAW = (
    "EXISTS (SELECT 1 FROM chain_text t WHERE t.entry_id = OLD.revision_id"
    " AND t.field LIKE 'measures.%' AND t.struck_at IS NOT NULL)"
)
STRUCK_EVENT = (
    "EXISTS (SELECT 1 FROM chain_text t JOIN chain_entry e ON e.id = t.entry_id"
    " WHERE e.report_id = OLD.report_id AND e.kind = '{kind}'"
    " AND t.field = '{column}' AND t.struck_at IS NOT NULL)"
)


@dataclass(frozen=True)
class Kept:
    """A table whose rows stay. What may still happen to a row, by column; no row ever goes.

    ``fixed`` never change, ``once`` go from NULL to a value, ``emptied`` are texts that become ''
    where the condition holds, ``other`` are further conditions that forbid an update. ``keys``
    are the columns of the unique constraints: SQLite replaces rows without calling it a delete.
    """

    table: str
    keys: tuple[tuple[str, ...], ...]
    fixed: tuple[str, ...]
    fixed_json: tuple[str, ...] = ()
    once: tuple[str, ...] = ()
    emptied: dict[str, str] = field(default_factory=dict)
    other: tuple[str, ...] = ()

    def forbidden(self, differs: str) -> str:
        """When an update is refused; ``differs`` is the operator that also compares NULL."""
        return "\n OR ".join(f"({condition})" for condition in self._conditions(differs))

    def _conditions(self, differs: str) -> Iterator[str]:
        for name in self.fixed:
            yield f"NEW.{name} {differs} OLD.{name}"
        for name in self.fixed_json:
            yield f"{as_text('NEW', name)} {differs} {as_text('OLD', name)}"
        for name in self.once:
            yield f"OLD.{name} IS NOT NULL AND NEW.{name} {differs} OLD.{name}"
        for name, condition in self.emptied.items():
            struck = condition.format(column=name)
            yield f"NEW.{name} {differs} OLD.{name} AND NOT (NEW.{name} = '' AND {struck})"
        for condition in self.other:
            yield condition.format(differs=differs)


def as_text(row: str, column: str) -> str:
    """A JSON column as it can be compared on both engines."""
    return f"CAST({row}.{column} AS TEXT)"


def submitted_item(table: str, fixed: str, texts: str, fixed_json: str = "") -> Kept:
    """A frozen copy of a contact, a need, an offer or a target."""
    return Kept(
        table=table,
        keys=(("id",), ("submission_id", "item_id")),
        fixed=("id", "item_id", "audience", "submission_id", "revision_id", *fixed.split()),
        fixed_json=tuple(fixed_json.split()),
        emptied=dict.fromkeys(texts.split(), STRUCK),
    )


KEPT = (
    Kept(
        table="chain_entry",
        keys=(("id",), ("report_id", "seq")),
        fixed=(
            "id",
            "report_id",
            "seq",
            "kind",
            "subject",
            "version",
            "at",
            "actor_id",
            "actor_public_id",
            "prev_hash",
            "hash",
        ),
        fixed_json=("facts", "digests"),
    ),
    Kept(
        table="chain_text",
        keys=(("id",), ("entry_id", "field")),
        fixed=("id", "entry_id", "field", "salt"),
        once=("struck_at", "struck_by_id", "struck_reason"),
        other=(
            "NEW.value {differs} OLD.value AND NOT"
            " (NEW.value IS NULL AND OLD.struck_at IS NULL AND NEW.struck_at IS NOT NULL)",
            "OLD.struck_at IS NULL AND NEW.struck_at IS NOT NULL AND NEW.value IS NOT NULL",
            "OLD.struck_at IS NULL AND NEW.struck_at IS NULL"
            " AND (NEW.struck_by_id IS NOT NULL OR NEW.struck_reason IS NOT NULL)",
            "OLD.struck_at IS NOT NULL AND NEW.struck_by_id {differs} OLD.struck_by_id",
        ),
    ),
    Kept(
        table="chain_head",
        keys=(("report_id",),),
        fixed=("report_id",),
        other=("NEW.seq <> OLD.seq + 1 AND (NEW.seq <> OLD.seq OR NEW.hash <> OLD.hash)",),
    ),
    Kept(
        table="submission",
        keys=(("id",), ("public_id",), ("report_id", "number")),
        fixed=(
            "id",
            "public_id",
            "report_id",
            "number",
            "submitted_at",
            "submitted_by_id",
            "on_time",
        ),
        once=(
            "withdrawn_at",
            "returned_at",
            "accepted_at",
            "published_at",
            "superseded_at",
            "superseded_by_id",
        ),
        emptied=dict.fromkeys(
            ("submitter_name", "submitter_title"), STRUCK_EVENT.replace("{kind}", "step-submit")
        ),
        other=(
            "OLD.content_hash <> '' AND NEW.content_hash <> OLD.content_hash",
            f"{as_text('OLD', 'receipt')} <> '{{{{}}}}'"
            f" AND {as_text('NEW', 'receipt')} <> {as_text('OLD', 'receipt')}",
        ),
    ),
    Kept(
        table="submission_response",
        keys=(("id",), ("submission_id", "commitment_id")),
        fixed=(
            "id",
            "submission_id",
            "commitment_id",
            "revision_id",
            "progress",
            "narrative_language",
            "good_practice",
            "audience",
        ),
        emptied=dict.fromkeys(("reason", "narrative", "lead_agency"), STRUCK),
        other=(
            f"{as_text('NEW', 'measures')} <> {as_text('OLD', 'measures')} AND NOT {STRUCK_LAW}",
        ),
    ),
    Kept(
        table="submission_figure",
        keys=(("id",), ("submission_id", "indicator", "year", "category", "input")),
        fixed=(
            "id",
            "submission_id",
            "indicator",
            "audience",
            "year",
            "category",
            "input",
            "value",
        ),
    ),
    submitted_item(
        "submission_contact",
        "kind women men confirmed_on",
        "name position organisation address phone email",
    ),
    submitted_item(
        "submission_assistance",
        "direction theme kind amount currency status",
        "description partner",
        "paragraphs",
    ),
    submitted_item(
        "submission_target", "level baseline value year", "statement unit", "paragraphs"
    ),
    Kept(
        table="clarification",
        keys=(("id",), ("public_id",)),
        fixed=(
            "id",
            "public_id",
            "report_id",
            "submission_id",
            "commitment_id",
            "asked_at",
            "asked_by_id",
        ),
        once=("replied_at", "replied_by_id"),
        emptied={"question": STRUCK_EVENT.replace("{kind}", "clarification-asked")},
        other=(
            "NEW.reply <> OLD.reply AND OLD.replied_at IS NOT NULL AND NOT (NEW.reply = '' AND "
            + STRUCK_EVENT.format(kind="clarification-replied", column="reply")
            + ")",
            "NEW.reply <> OLD.reply AND NEW.replied_at IS NULL",
        ),
    ),
)


def upgrade() -> None:
    make = sqlite_triggers if op.get_bind().dialect.name == "sqlite" else postgres_triggers
    for kept in KEPT:
        for statement in make(kept):
            op.execute(sa.text(statement.replace(":", "\\:")))


def sqlite_triggers(kept: Kept) -> Iterator[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{kept.table}: {REFUSAL}'); END"
    same = "\n OR ".join(
        "(" + " AND ".join(f"{name} = NEW.{name}" for name in key) + ")" for key in kept.keys
    )
    yield (
        f"CREATE TRIGGER keep_{kept.table}_update BEFORE UPDATE ON {kept.table}\n"
        f"WHEN {kept.forbidden('IS NOT')}\n{refuse}"
    )
    yield f"CREATE TRIGGER keep_{kept.table}_delete BEFORE DELETE ON {kept.table}\n{refuse}"
    yield (
        f"CREATE TRIGGER keep_{kept.table}_replace BEFORE INSERT ON {kept.table}\n"  # noqa: S608  # nosec B608  # our own names
        f"WHEN EXISTS (SELECT 1 FROM {kept.table} WHERE {same})\n{refuse}"
    )


def postgres_triggers(kept: Kept) -> Iterator[str]:
    refuse = f"RAISE EXCEPTION '{kept.table}: {REFUSAL}' USING ERRCODE = 'restrict_violation';"
    name = f"keep_{kept.table}"
    yield (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n"
        "IF TG_OP = 'UPDATE' THEN\n"
        f"IF NOT COALESCE({kept.forbidden('IS DISTINCT FROM')}, false) THEN RETURN NEW; END IF;\n"
        f"END IF;\n{refuse}\nEND $$"
    )
    yield (
        f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {kept.table}"
        f" FOR EACH ROW EXECUTE FUNCTION {name}()"
    )
    yield (
        f"CREATE TRIGGER {name}_whole BEFORE TRUNCATE ON {kept.table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
    )


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for kept in KEPT:
        name = f"keep_{kept.table}"
        if sqlite:
            for event in ("update", "delete", "replace"):
                op.execute(f"DROP TRIGGER {name}_{event}")
        else:
            op.execute(f"DROP TRIGGER {name} ON {kept.table}")
            op.execute(f"DROP TRIGGER {name}_whole ON {kept.table}")
            op.execute(f"DROP FUNCTION {name}()")
