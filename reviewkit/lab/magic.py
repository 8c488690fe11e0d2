"""``%reviewkit`` in a notebook: the command line's commands, in the kernel, with their words as the cell's output.

    %load_ext reviewkit.lab.magic
    %reviewkit status
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewkit.errors import ReviewkitError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

WAITING = 3
"""Exit code of a command that is done while something waits for a person."""


def command(line: str | Sequence[str]) -> None:
    """Run one command, as the terminal would; its words are printed.

    Raises
    ------
    ReviewkitError
        If the command fails or its input is wrong. That something waits for a person is no failure.
    """
    from reviewkit.cli import cli

    arguments = shlex.split(line) if isinstance(line, str) else list(line)
    try:
        code = cli.main(arguments, standalone_mode=False)
    except click.ClickException as error:
        raise ReviewkitError(error.format_message(), code="usage") from None
    if isinstance(code, int) and code not in (0, WAITING):
        raise ReviewkitError(f"reviewkit {' '.join(arguments)} ended with exit code {code}.", code="command")


def scratch_project(questions: Sequence[str], folder: str | Path = "") -> Path:
    """A project of its own to try things in: some questions of this one, copied.

    Parameters
    ----------
    questions : sequence of str
    folder : str or Path
        Where; empty makes a temporary folder. One that is there already must be empty.

    Raises
    ------
    InputError
        If a question is unknown, or the folder holds something.
    """
    import shutil
    import tempfile

    from reviewkit.errors import InputError
    from reviewkit.review import find_root, open_review

    root = find_root()
    for question in questions:
        open_review(question, root)
    if folder and Path(folder).exists() and any(Path(folder).iterdir()):
        raise InputError("this folder is not empty.", file=str(folder), code="exists", remedy="Name a new one.")
    target = Path(folder) if folder else Path(tempfile.mkdtemp(prefix="reviewkit-"))
    for question in questions:
        for kind in ("data", "references"):
            shutil.copytree(root / kind / question, target / kind / question)
    shutil.copytree(root / "notebooks", target / "notebooks", ignore=shutil.ignore_patterns(".*"))
    return target.resolve()


def load_ipython_extension(shell: InteractiveShell) -> None:
    """What ``%load_ext reviewkit.lab.magic`` calls."""

    def reviewkit(line: str) -> None:
        """Run one command of reviewkit: ``%reviewkit status``."""
        command(line)

    register: Any = shell.register_magic_function
    register(reviewkit, magic_kind="line", magic_name="reviewkit")
