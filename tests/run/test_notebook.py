"""The report's notebook stays thin: it calls, it does not compute."""

from __future__ import annotations

import json
from pathlib import Path

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "review.ipynb"


def test_the_notebook_is_thin() -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    lines = [line for cell in code for line in cell.splitlines() if line.strip()]
    assert len(lines) < 60
    assert not any(line.startswith(("def ", "class ", "for ", "while ")) for line in lines)
    assert all(not cell.get("outputs") for cell in cells)
    assert cells[0]["metadata"]["tags"] == ["parameters"]
