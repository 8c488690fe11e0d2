"""What must stand nowhere: pickle and unsafe YAML in the library, machine paths in what is tracked."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
UNSAFE = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "yaml"}
# Written in pieces, so that this file does not find itself.
PLACES = re.compile("|".join(["/" + "work/", "/" + "root/", "/" + "opt/", "pypi" + r"\.org", "python" + "hosted"]))
TEXT = {".py", ".md", ".toml", ".yml", ".cff", ".lock", ".csv", ".jsonl", ".json", ".ipynb", ".j2", ".css", ".html", ""}


@pytest.mark.parametrize("path", sorted((ROOT / "reviewkit").rglob("*.py")), ids=lambda path: path.stem)
def test_no_unsafe_reader(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        assert not {name.split(".")[0] for name in names} & UNSAFE
        assert not (isinstance(node, ast.Attribute) and node.attr in {"read_pickle", "to_pickle"})
        assert not (isinstance(node, ast.keyword) and node.arg == "allow_pickle")


def test_no_machine_path_or_download_address() -> None:
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git clone: the tracked files are not known")
    found = []
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.suffix in TEXT and path.is_file() and (hit := PLACES.search(path.read_text("utf-8", "replace"))):
            found.append(f"{name}: {hit[0]}")
    assert found == []
