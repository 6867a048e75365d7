"""PostgreSQL keeps the rows of one State's report from the people of another"""

from collections.abc import Iterator

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# Who reads stands in the setting ``tracker.reader`` of the transaction; unset it is NULL or empty.
# Each is asked in a sub-select, so once a statement and not once a row.
ALL = "(SELECT tracker_reads_all())"
SUBMITTED = "(SELECT tracker_reads_submitted())"
PUBLISHED = "(SELECT tracker_reads_published())"
OWN_STATE = "state_id = ANY ((SELECT tracker_states())::integer[])"
OWN_REPORT = "report_id = ANY ((SELECT tracker_reports())::integer[])"

# The function of the reports turns the wall aside for its one SELECT: the policy of
# ``national_report`` asks ``submission``, whose policy asks for the reports.
FUNCTIONS = {
    "tracker_reads_all": (
        "boolean",
        "sql",
        "SELECT coalesce(current_setting('tracker.reader', true) = 'all', false)",
    ),
    "tracker_reads_submitted": (
        "boolean",
        "sql",
        "SELECT coalesce(current_setting('tracker.reader', true) ~ '^(all$|secretariat)', false)",
    ),
    "tracker_reads_published": (
        "boolean",
        "sql",
        "SELECT coalesce(current_setting('tracker.reader', true) <> '', false)",
    ),
    "tracker_states": (
        "integer[]",
        "sql",
        "SELECT string_to_array(substring("
        "current_setting('tracker.reader', true) FROM 'states:([0-9,]+)$'), ',')::integer[]",
    ),
    "tracker_reports": (
        "integer[]",
        "plpgsql",
        """
DECLARE
  reader text := current_setting('tracker.reader', true);
  states integer[] := tracker_states();
  ids integer[];
BEGIN
  IF states IS NULL THEN RETURN '{}'; END IF;
  PERFORM set_config('tracker.reader', 'all', true);
  SELECT coalesce(array_agg(id), '{}') INTO ids FROM national_report WHERE state_id = ANY (states);
  PERFORM set_config('tracker.reader', reader, true);
  RETURN ids;
END""",
    ),
}


def above(table: str, where: str) -> str:
    """Where a row of ``table`` can be read that this row hangs on."""
    return f"EXISTS (SELECT FROM {table} above WHERE {where})"  # noqa: S608  # nosec B608  # our own names


OF_SUBMISSION = "above.id = submission_id"
WORKING = f"{ALL} OR {OWN_REPORT}"
REVIEWED = f"{SUBMITTED} OR {OWN_REPORT}"
# Of the history the secretariat reads and adds what was done, not what was saved.
HISTORY = f"{WORKING} OR (version IS NULL AND {SUBMITTED})"
LINK = f"{ALL} OR {above('chain_entry', 'above.id = entry_id')}"
# What a file is called stands beside its revision alone, and is read with the file.
OF_FILE = above("evidence", "above.revision_id = entry_id")
FROZEN = (
    f"{SUBMITTED} OR {above('submission', OF_SUBMISSION)}",
    f"{ALL} OR {above('submission', f'{OF_SUBMISSION} AND above.{OWN_REPORT}')}",
)

# By table: which rows can be read; which can be added, changed and removed, where these are others.
POLICIES: dict[str, tuple[str, ...]] = {
    "assistance": (WORKING,),
    "chain_entry": (HISTORY,),
    "chain_head": (REVIEWED,),
    "chain_text": (f"{LINK} OR (struck_at IS NOT NULL AND {PUBLISHED}) OR {OF_FILE}", LINK),
    "clarification": (REVIEWED,),
    "contact": (WORKING,),
    "evidence": (
        f"{WORKING} OR " + above("submission_evidence", "above.evidence_id = evidence.id"),
        WORKING,
    ),
    "import_plan": (f"{ALL} OR {OWN_STATE}",),
    "indicator_figure": (f"{ALL} OR {above('indicator_return', 'above.id = return_id')}",),
    "indicator_return": (WORKING,),
    "measure": (f"{ALL} OR {above('response', 'above.id = response_id')}",),
    "national_report": (
        f"{SUBMITTED} OR {OWN_STATE} OR "
        + above("submission", "above.report_id = national_report.id AND published_at IS NOT NULL"),
        f"{SUBMITTED} OR {OWN_STATE}",
    ),
    "receipt_document": (
        f"{SUBMITTED} OR {above('submission', f'{OF_SUBMISSION} AND above.{OWN_REPORT}')}",
    ),
    "response": (WORKING,),
    "submission": (
        f"{SUBMITTED} OR (published_at IS NOT NULL AND {PUBLISHED}) OR {OWN_REPORT}",
        REVIEWED,
    ),
    "submission_assistance": FROZEN,
    "submission_contact": FROZEN,
    "submission_evidence": FROZEN,
    "submission_figure": FROZEN,
    "submission_response": FROZEN,
    "submission_target": FROZEN,
    "target": (WORKING,),
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in walls():
            op.execute(statement)


def walls() -> Iterator[str]:
    for name, (gives, language, body) in FUNCTIONS.items():
        yield (
            f"CREATE FUNCTION {name}() RETURNS {gives} LANGUAGE {language} STABLE"
            f" AS $body${body}$body$"
        )
    for table, conditions in POLICIES.items():
        yield from policies(table, *conditions)
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"


def policies(table: str, read: str, write: str | None = None) -> Iterator[str]:
    """One each for adding, changing and removing: one for all would be asked at reading too."""
    if write is None:
        yield f"CREATE POLICY {table}_all ON {table} USING ({read}) WITH CHECK ({read})"
        return
    yield f"CREATE POLICY {table}_read ON {table} FOR SELECT USING ({read})"
    yield f"CREATE POLICY {table}_add ON {table} FOR INSERT WITH CHECK ({write})"
    yield f"CREATE POLICY {table}_change ON {table} FOR UPDATE USING ({write}) WITH CHECK ({write})"
    yield f"CREATE POLICY {table}_remove ON {table} FOR DELETE USING ({write})"


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, conditions in POLICIES.items():
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        for kind in ("all",) if len(conditions) == 1 else ("read", "add", "change", "remove"):
            op.execute(f"DROP POLICY {table}_{kind} ON {table}")
    for name in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {name}()")
