"""The command line: thin commands over the library; errors for people, documented exit codes.

0 done · 1 the work failed · 2 the command or its input is wrong · 3 done, but something needs a person.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

import reviewkit
from reviewkit.cli.output import say
from reviewkit.errors import ReviewkitError

COMMANDS = {
    "new": ("reviewkit.cli.review", "new_command", "Start a question: a commented protocol and a list of searches."),
    "search": ("reviewkit.cli.search", "search_command", "Run the planned searches; follow citations."),
    "import": ("reviewkit.cli.review", "import_command", "Read exports, find duplicates, give ids that stay."),
    "extract": ("reviewkit.cli.extract", "extract_command", "Extract in spreadsheets; the lineage of a number."),
    "retractions": ("reviewkit.cli.retractions", "retractions_command", "Look up which reports were retracted."),
    "screen": ("reviewkit.cli.screen", "screen_command", "Screen from the terminal: what the panel does, as calls."),
    "export": ("reviewkit.cli.export", "export_command", "Records or the report in other forms: RIS, Word, PDF, R."),
    "simulate": ("reviewkit.cli.simulate", "simulate_command", "Replay a labelled screening."),
    "appraise": ("reviewkit.cli.appraise", "appraise_command", "Risk of bias: where it stands; a file to fill in."),
    "certainty": ("reviewkit.cli.certainty", "certainty_command", "Certainty (GRADE) of each outcome."),
    "audit": ("reviewkit.cli.audit", "audit_command", "The references that web pages lean on, against ours."),
    "check": ("reviewkit.cli.review", "check_command", "Find everything inconsistent, with its place and remedy."),
    "status": ("reviewkit.cli.review", "status_command", "Stage and next step of each question."),
    "run": ("reviewkit.cli.review", "run_command", "Build the reports of some questions."),
    "portfolio": ("reviewkit.cli.portfolio", "portfolio_command", "Write the page over all reviews."),
    "cite": ("reviewkit.cli.cite", "cite_command", "How to cite a report: BibTeX, RIS, CSL-JSON."),
    "verify": ("reviewkit.cli.cite", "verify_command", "Make a report again and say whether it is the same."),
    "diff": ("reviewkit.cli.cite", "diff_command", "What changed between two reports."),
    "deposit": ("reviewkit.cli.cite", "deposit_command", "A folder for an archive: report, data, code, metadata."),
    "doctor": ("reviewkit.cli.doctor", "doctor_command", "What this machine has, and what is missing."),
    "lab": ("reviewkit.cli.review", "lab_command", "Open JupyterLab at the project's folder."),
    "records": ("reviewkit.cli.records", "records_command", "Read search exports of any format."),
    "dedup": ("reviewkit.cli.dedup", "dedup_command", "Find the records that describe one report."),
    "effects": ("reviewkit.cli.effects", "effects_command", "Effect sizes for a table."),
    "pool": ("reviewkit.cli.pool", "pool_command", "A meta-analysis of any table."),
    "trust": ("reviewkit.cli.trust", "trust_command", "Find numbers that cannot be right."),
}
"""Command to module, name and what the list of commands says: a module is imported only when it is called."""


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(reviewkit.__version__, prog_name="reviewkit")
def cli() -> None:
    """Systematic reviews that can be run again: from search exports to a report that people cite.

    Exit codes: 0 done; 1 the work failed; 2 the command or its input is wrong; 3 done, but something
    needs a person.
    """


def main() -> None:
    """Run the command line; whatever goes wrong ends in clear lines and an exit code."""
    try:
        code = cli.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except ReviewkitError as error:
        say(error.problems)
        sys.exit(error.exit_code)
    except click.UsageError as error:
        click.echo(f"{error.format_message()} Try: reviewkit --help", err=True)
        sys.exit(2)
    except click.ClickException as error:
        click.echo(error.format_message(), err=True)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123
        sys.exit(1)
    except Exception as error:
        if os.environ.get("REVIEWKIT_DEBUG"):
            raise
        click.echo(
            f"This is a fault of reviewkit ({type(error).__name__}: {error}). "
            "Set REVIEWKIT_DEBUG=1 to see where, and report it.", err=True)
        sys.exit(1)
