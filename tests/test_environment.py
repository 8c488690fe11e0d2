"""pyproject.toml, environment.yml and the lock say the same; every import is declared."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA_NAMES = {"playwright": "playwright-python", "dask[distributed]": "distributed"}


def split(requirement: str) -> tuple[str, str]:
    match = re.fullmatch(r"([A-Za-z0-9_.\-]+(?:\[[a-z,]+\])?)(.*)", requirement.strip())
    assert match, requirement
    return match[1], match[2]


def test_conda_environment_agrees() -> None:
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
    named = [line.strip().removeprefix("- ") for line in lines[lines.index("dependencies:") + 1 :]]
    # What conda-forge may not have comes through pip, named in a list of its own.
    found = dict(split(name) for name in named if name not in ("pip", "pip:"))
    wanted = {"python": PROJECT["requires-python"]}
    for requirement in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]:
        name, bound = split(requirement)
        wanted[CONDA_NAMES.get(name, name)] = bound
    assert found == wanted


def test_lock_holds_every_requirement_with_hashes_and_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^(-|[^\n]* @ )", text, re.MULTILINE)
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert all("==" in block and "--hash=sha256:" in block for block in blocks)
    locked = {split(re.split("==", block)[0])[0].split("[")[0] for block in blocks}
    for requirement in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]:
        assert split(requirement)[0].split("[")[0] in locked


@pytest.mark.slow
def test_every_import_of_the_library_is_declared() -> None:
    wanted = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["pdf"]
    declared = {split(requirement)[0].split("[")[0] for requirement in wanted}
    declared = {{"scikit-learn": "sklearn", "python-docx": "docx"}.get(name, name) for name in declared} | {"reviewkit"}
    for path in sorted((ROOT / "reviewkit").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            tops = {name.split(".")[0] for name in names} - set(sys.stdlib_module_names)
            tops -= {"IPython", "jupyter_client", "pdfminer"}  # come with ipykernel and pdfplumber
            assert tops <= declared, f"{path.relative_to(ROOT)}: {tops - declared}"
