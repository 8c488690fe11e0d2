"""Every command is listed quickly, can be called and is documented."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest

from reviewkit.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_exists_bears_its_name_and_stands_in_the_readme(name: str) -> None:
    module, attribute, text = COMMANDS[name]
    command = getattr(import_module(module), attribute)
    assert isinstance(command, click.Command)
    assert command.name == name
    assert command.help and text.endswith(".")
    assert f"`reviewkit {name}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_list_of_commands_imports_none_of_them() -> None:
    code = ("import sys, reviewkit.cli as c; sys.argv = ['reviewkit', '--help']\n"
            "try: c.main()\nexcept SystemExit: pass\n"
            "print([m for m in sys.modules if m.startswith(('numpy', 'pydantic', 'reviewkit.review'))])")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip().endswith("[]")
    assert all(name in done.stdout for name in COMMANDS)
