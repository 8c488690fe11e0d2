"""Imports run downwards only, and never in a circle (the architecture's layers)."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "reviewkit"

LAYERS = (
    ("errors", "model", "memory", "authorship", "protocol", "identifiers", "numbers"),
    ("effects", "synthesis", "trust", "dedup", "screening", "extraction", "appraisal", "certainty", "flow",
     "claims"),
    ("readers", "writers", "sources", "store", "tables", "figures", "render"),
    ("review", "run", "report", "publishing", "exports", "portfolio"),
    ("cli", "lab"),
)
SHARED = {"tables", "store", "render"}
"""Layer-2 modules that others of that layer may import."""
PAIRS = {("writers", "readers"), ("figures", "render")}
"""writers undo what readers do and share its tables of field names."""


def layer(name: str) -> int:
    return next(place for place, names in enumerate(LAYERS) if name in names)


@cache
def imports() -> dict[str, set[str]]:
    """Module path to the modules of ours it imports, at any depth of the code."""
    found: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        names = found.setdefault(name, set())
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names if alias.name.startswith("reviewkit")}
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("reviewkit"):
                names.add(str(node.module))
                names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def parts() -> list[tuple[str, str]]:
    """(part, imported part) of every import between the top parts of the package."""
    pairs = set()
    for module, names in imports().items():
        for name in names:
            one, other = module.split(".")[1:2], name.split(".")[1:2]
            if one and other and one != other and (PACKAGE / other[0]).exists() | (PACKAGE / f"{other[0]}.py").exists():
                pairs.add((one[0], other[0]))
    return sorted(pairs)


@pytest.mark.slow
def test_imports_run_downwards() -> None:
    for one, other in parts():
        if one == "__main__":
            continue
        above, below = layer(one), layer(other)
        assert below <= above, f"{one} (layer {above}) imports {other} (layer {below})"
        if above == below == 1:
            order = LAYERS[1]
            assert order.index(other) < order.index(one), f"{other} stands right of {one}"
        if above == below == 2:
            assert other in SHARED or (one, other) in PAIRS, f"{one} imports {other}"


@pytest.mark.slow
def test_effects_and_synthesis_could_be_published_alone() -> None:
    allowed = {"effects": {"errors"}, "synthesis": {"errors", "effects"}}
    for one, other in parts():
        assert other in allowed.get(one, {other}), f"{one} imports {other}"


def test_every_part_has_a_layer() -> None:
    found = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert found - {"__init__", "__main__"} == {name for names in LAYERS for name in names}
