"""The panels' files: part of the package, nothing fetched, text never set as HTML; the notebook stays thin."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewkit.review import Review

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "reviewkit" / "lab" / "static"
FORBIDDEN = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|setHTML|srcdoc"
    r"|fetch\(|XMLHttpRequest|WebSocket|importScripts|^\s*import\s|import\(|@import|url\(|https?://", re.MULTILINE,
)  # fmt: skip


@pytest.mark.parametrize("path", sorted(STATIC.iterdir()), ids=lambda path: path.name)
def test_nothing_is_fetched_and_no_text_becomes_html(path: Path) -> None:
    assert FORBIDDEN.findall(path.read_text(encoding="utf-8")) == []


def test_the_notebook_state_holds_no_record(tmp_path: Path, question: Callable[..., Review]) -> None:
    import reviewkit as rk

    panel = rk.lab.screen(question(), reviewer="ada")
    panel._session.answer({"op": "hello", "nonce": "1"})
    state = json.dumps(panel.get_state(), default=str)
    assert "Tai chi" not in state
    assert "almeida" not in state
    assert "export default" in panel._esm
    assert ".rk-panel" in panel._css
    assert "ada" in repr(panel)


def test_panels_load_only_when_asked_for() -> None:
    code = "import sys, reviewkit, reviewkit.cli; assert 'anywidget' not in sys.modules and 'reviewkit.lab' not in " \
           "sys.modules; reviewkit.lab; assert 'anywidget' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.mark.parametrize(("name", "parameters"), [
    ("screen", ["question", "stage", "reviewer"]), ("extract", ["question", "study", "extractor"]),
    ("appraise", ["question", "study", "assessor"]),
])  # fmt: skip
def test_the_notebook_is_thin(name: str, parameters: list[str]) -> None:
    cells = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    lines = [line for cell in code for line in cell.splitlines() if line.strip()]
    assert len(lines) < 30
    assert not any(line.startswith(("def ", "class ", "for ", "while ", "if ")) for line in lines)
    assert all(not cell.get("outputs") for cell in cells)
    tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    assert [line.split(":")[0] for line in "".join(tagged[0]["source"]).splitlines()] == parameters


def test_no_module_takes_the_name_of_a_public_call() -> None:
    import reviewkit as rk

    assert not {path.stem for path in (ROOT / "reviewkit" / "lab").glob("*.py")} & set(rk.lab.__all__)


def test_every_cell_of_the_notebook_gives_its_panel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "notebooks")
    cells = json.loads((ROOT / "notebooks" / "screen.ipynb").read_text(encoding="utf-8"))["cells"]
    names: dict[str, object] = {}
    shown = []
    for source in ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"):
        if source.startswith("rk.lab."):
            shown.append(repr(eval(source, names)))
        else:
            exec(source, names)
    assert [words.split()[0] for words in shown] == ["Possible", "Screening", "Conflicts"]
