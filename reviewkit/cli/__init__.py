"""The command line: thin commands over the library; errors for people, documented exit codes.

0 done · 1 the work failed · 2 the command or its input is wrong · 3 done, but something needs a person.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

import reviewkit
from reviewkit.errors import ReviewkitError

COMMANDS = {
    "new": ("reviewkit.cli.review", "new_command"),
    "import": ("reviewkit.cli.review", "import_command"),
    "check": ("reviewkit.cli.review", "check_command"),
    "status": ("reviewkit.cli.review", "status_command"),
    "run": ("reviewkit.cli.review", "run_command"),
    "appraise": ("reviewkit.cli.appraise", "appraise_command"),
    "certainty": ("reviewkit.cli.certainty", "certainty_command"),
    "lab": ("reviewkit.cli.review", "lab_command"),
    "records": ("reviewkit.cli.records", "records_command"),
    "dedup": ("reviewkit.cli.dedup", "dedup_command"),
    "effects": ("reviewkit.cli.effects", "effects_command"),
    "pool": ("reviewkit.cli.pool", "pool_command"),
    "trust": ("reviewkit.cli.trust", "trust_command"),
}
"""Command to module and name: a module is imported only when its command is called."""


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        return command


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
        for problem in error.problems:
            click.echo(" ".join(str(problem).split()), err=True)
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
