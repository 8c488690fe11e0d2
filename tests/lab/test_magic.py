"""`%reviewkit` in a notebook: the commands' words, and an error where they fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewkit.errors import InputError, ReviewkitError
from reviewkit.lab.magic import command, scratch_project

ROOT = Path(__file__).resolve().parents[2]


def test_a_command_prints_its_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    command('new tea --title "Does tea help?"')
    assert "data/tea/protocol.toml" in capsys.readouterr().out


@pytest.mark.parametrize("line", ["nothing", "new", "new a b", "check --all --no-such-option", "new ../x"])
def test_a_wrong_command_is_one_clear_error(line: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ReviewkitError) as found:
        command(line)
    assert len(str(found.value).splitlines()) == 1


def test_a_scratch_project_is_a_copy_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(ROOT)
    made = scratch_project(["upper-cervical-ms"], tmp_path / "new")
    assert (made / "data/upper-cervical-ms/protocol.toml").exists()
    assert (made / "notebooks/review.ipynb").exists()
    with pytest.raises(InputError, match="not empty"):
        scratch_project(["upper-cervical-ms"], made)
    with pytest.raises(InputError):
        scratch_project(["no-such-question"])
