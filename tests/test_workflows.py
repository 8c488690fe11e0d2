"""The workflows: every command is one of the project's own and is run here; actions are pinned; exit codes differ."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from reviewkit.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
QUESTION = "upper-cervical-low-back-pain"

_spec = importlib.util.spec_from_file_location("tasks", ROOT / "tasks.py")
assert _spec is not None
assert _spec.loader is not None
tasks = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(tasks)


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in WORKFLOWS:
        for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values():
            for step in job["steps"]:
                yield path.name, step


COMMAND_LINES = sorted({step["run"] for _, step in steps() if "run" in step})
OF_TASKS = [line for line in COMMAND_LINES if line.startswith("python3 tasks.py ")]
OF_REVIEWKIT = [line for line in COMMAND_LINES if line.startswith(".venv/bin/reviewkit ")]


def test_there_are_two_workflows_and_both_can_be_read() -> None:
    assert [path.name for path in WORKFLOWS] == ["ci.yml", "reviews.yml"]
    for path in WORKFLOWS:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
        # YAML 1.1 reads the key 'on' as true.
        assert {"name", True, "permissions", "jobs"} <= set(found), path.name
        assert all("timeout-minutes" in job for job in found["jobs"].values())


def test_every_command_is_one_line_of_the_projects_own() -> None:
    assert sorted(OF_TASKS + OF_REVIEWKIT) == COMMAND_LINES
    for line in OF_TASKS:
        assert shlex.split(line)[2] in tasks.TASKS
    for line in OF_REVIEWKIT:
        assert shlex.split(line)[1] in COMMANDS
    assert not [line for line in COMMAND_LINES if re.search(r"[|;&<>`$\n]", line)]


def test_actions_are_pinned_by_their_major_version() -> None:
    used = [step["uses"] for _, step in steps() if "uses" in step]
    assert used
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", name) for name in used)


def test_the_matrix_holds_every_python_that_the_project_names() -> None:
    matrix = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    named = re.search(r'requires-python = ">=(\d+\.\d+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert named is not None
    assert matrix["jobs"]["test"]["strategy"]["matrix"]["python"][0] == named.group(1)


def test_only_the_job_that_publishes_may_write() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/reviews.yml").read_text(encoding="utf-8"))["jobs"]
    assert jobs["publish"]["permissions"] == {"pages": "write", "id-token": "write"}
    assert "permissions" not in jobs["build"]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tasks run in the interpreter of this test, with an environment that counts as made."""
    monkeypatch.setattr(tasks, "is_complete", lambda: True)
    monkeypatch.setattr(tasks, "python_of", lambda venv: Path(sys.executable))


NARROWED = {"test": ("tests/test_layers.py", "-p", "no:cacheprovider"), "quick": ("tests/test_layers.py",)}
"""What the long tasks are held to here: the same command, on one file of tests."""


@pytest.mark.slow
@pytest.mark.parametrize("line", OF_TASKS)
def test_each_task_of_a_workflow_runs(line: str, environment: None) -> None:
    _, _, name, *extra = shlex.split(line)
    assert tasks.main([name, *extra, *NARROWED.get(name, ())]) == 0


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    for kind in ("data", "references"):
        shutil.copytree(ROOT / kind / QUESTION, root / kind / QUESTION)
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    return root


def call(root: Path, line: str) -> subprocess.CompletedProcess[str]:
    """Run a line of a workflow in a project; `.venv/bin/reviewkit` is this interpreter's."""
    command = [sys.executable, "-m", *shlex.split(line.removeprefix(".venv/bin/"))]
    return subprocess.run(command, cwd=root, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True,
                          text=True, check=False)


@pytest.mark.slow
def test_the_commands_of_the_reviews_run_in_their_order(project: Path) -> None:
    lines = [step["run"] for name, step in steps() if name == "reviews.yml" and "run" in step]
    ours = [line for line in lines if line in OF_REVIEWKIT]
    assert ours == [".venv/bin/reviewkit check --all", ".venv/bin/reviewkit run --all --against reports",
                    ".venv/bin/reviewkit run --all", ".venv/bin/reviewkit portfolio"]
    (project / "reports").mkdir(exist_ok=True)
    for line in ours:
        done = call(project, line)
        assert done.returncode == 0, (line, done.stderr + done.stdout)
    assert (project / "reports" / "index.html").exists()
    assert (project / "reports" / QUESTION / "review.html").exists()
    page = (project / "reports" / "index.html").read_text(encoding="utf-8")
    report = (project / "reports" / QUESTION / "review.html").read_text(encoding="utf-8")
    anchors = set(re.findall(rf'href="{QUESTION}/review\.html#([^"]+)"', page))
    assert {"harms", "outcome-pain"} <= anchors
    assert {anchor for anchor in anchors if f'id="{anchor}"' not in report} == set()


@pytest.mark.slow
def test_exit_codes_tell_changed_stale_and_failed_apart(project: Path) -> None:
    """On the reports that stand: unchanged 0, changed 4, stale 3, failed 1; a wrong folder 2."""
    results = project / "reports" / QUESTION / "results.json"
    if not results.exists():
        assert call(project, "reviewkit run --all").returncode == 0
    assert call(project, "reviewkit run --all --against reports").returncode == 0
    assert call(project, "reviewkit run --all --against nowhere").returncode == 2

    before = project / "before"
    shutil.copytree(project / "reports", before)
    found = json.loads(results.read_text(encoding="utf-8"))
    found["answer"]["sentence"] = "Another answer."
    (before / QUESTION / "results.json").write_text(json.dumps(found), encoding="utf-8")
    changed = call(project, "reviewkit run --all --against before --json")
    assert changed.returncode == 4
    assert [item["what"] for item in json.loads(changed.stdout)["reports"][0]["changed"]] == ["answer"]

    studies = project / "data" / QUESTION / "studies.csv"
    studies.write_text(studies.read_text(encoding="utf-8") + "x,y\n", encoding="utf-8")
    stale = call(project, "reviewkit run --all --json")
    assert (stale.returncode, json.loads(stale.stdout)["reports"][0]["status"]) == (3, "stale")
    assert call(project, "reviewkit portfolio").returncode == 3
    shutil.rmtree(project / "reports" / QUESTION)
    failed = call(project, "reviewkit run --all --json")
    assert (failed.returncode, json.loads(failed.stdout)["reports"][0]["status"]) == (1, "failed")
    told = call(project, "reviewkit portfolio --json")
    assert (told.returncode, json.loads(told.stdout)["questions"][0]["state"]) == (3, "failed")
