"""The command and its subcommands, each imported only when it is called."""

import gc
import importlib
import sys

import click

from tracker import __version__

NOT_ALLOWED = "42501"  # of PostgreSQL: insufficient_privilege
SUBCOMMANDS = {
    "init": ("tracker.cli.setup:init", "Create or upgrade the database and load the seed."),
    "serve": ("tracker.cli.serve:serve", "Serve the site."),
    "work": ("tracker.cli.work:work", "Send mail, make the exports that wait; serve starts it."),
    "check": (
        "tracker.cli.setup:check",
        "Show the settings and what is wrong with them.",
    ),
    "user": ("tracker.cli.users:user", "Add people."),
    "cycle": ("tracker.cli.cycles:cycle", "List, open and delete reporting cycles."),
    "document": ("tracker.cli.documents:document", "List and show outcome documents."),
    "state": ("tracker.cli.states:state", "List States."),
    "export": ("tracker.cli.exports:export", "Export workbooks."),
    "import": ("tracker.cli.imports:import_", "Import filled-in templates."),
    "indicator": ("tracker.cli.indicators:indicator", "Import published values."),
    "figures": ("tracker.cli.figures:figures", "Print the figures of a cycle."),
    "key": ("tracker.cli.keys:key", "List and replace the keys that sign."),
    "checkpoint": (
        "tracker.cli.checkpoints:checkpoint",
        "Sign where every history stands today.",
    ),
    "verify": ("tracker.cli.verify:verify", "Check the history of every report."),
    "strikes": ("tracker.cli.strikes:strikes", "List the texts that were struck out."),
    "backup": ("tracker.cli.backup:backup", "Copy the site into one file, while it runs."),
    "restore": ("tracker.cli.restore:restore", "Put a backup into an empty place."),
}


class LazyGroup(click.Group):
    """A group that imports a subcommand when it is called, not to list it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of a first use."""
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The subcommand itself."""
        if cmd_name not in SUBCOMMANDS:
            return None
        module, attribute = SUBCOMMANDS[cmd_name][0].split(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)  # noqa: S101  # nosec B101  # our own table
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in SUBCOMMANDS.items()])


@click.group(cls=LazyGroup)
@click.version_option(__version__, prog_name="tracker")
def cli() -> None:
    """Track what States do about the commitments of adopted outcome documents."""


def collect_seldom() -> None:
    """Look less often for memory that may be freed.

    What a command imports stays until it ends: looking through it again and again takes a third of
    the time in which a command starts.
    """
    gc.set_threshold(50_000, 20, 50)


def main() -> None:
    """Run; every refusal is one sentence on standard error and an exit code."""
    collect_seldom()
    from tracker.domain.errors import Invalid, TrackerError
    from tracker.domain.messages import sentence
    from tracker.domain.signed import KeyUnusable
    from tracker.settings import BadSettings

    try:
        cli(prog_name="tracker")
    except BadSettings as error:
        _stop(error.problems, 2)
    except KeyUnusable as error:
        _stop([f"The signing key cannot be used: {error}"], 2)
    except Invalid as error:
        _stop([sentence(problem) for problem in error.problems], 2)
    except TrackerError as error:
        _stop([sentence(error.problem)], 1)
    except Exception as error:
        told = _said_by_database(error)
        if not told:
            raise
        _stop([f"The database cannot be used as this command needs: {told}."], 2)
    finally:
        gc.freeze()  # nor once more when it ends


def _said_by_database(error: Exception) -> str:
    """What it says where it is locked, full, read-only or gone, or keeps this role out."""
    if "sqlalchemy" not in sys.modules:  # it takes long to load
        return ""
    from sqlalchemy.exc import DBAPIError

    from tracker.models.engine import is_unusable, said_by_database

    if not isinstance(error, DBAPIError):
        return ""
    kept_out = getattr(error.orig, "sqlstate", "") == NOT_ALLOWED
    return said_by_database(error) if kept_out or is_unusable(error) else ""


def _stop(sentences: list[str], code: int) -> None:
    for text in sentences:
        click.echo(text, err=True)
    sys.exit(code)
