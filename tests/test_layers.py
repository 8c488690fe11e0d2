"""Imports run downwards only, and never in a circle."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

LIBRARY = Path(__file__).resolve().parents[1] / "reviewkit"
RULES = tuple(
    "effects synthesis trust dedup screening extraction appraisal certainty flow claims".split()
)
LAYERS = (
    ("errors", "model", "protocol", "identifiers", "numbers"),
    RULES,
    ("readers", "writers", "sources", "store", "tables", "figures", "render"),
    ("review", "run", "report", "portfolio"),
    ("cli", "lab", "__main__"),
)
LAYER = {name: number for number, names in enumerate(LAYERS) for name in names}
SHARED_EDGES = {"tables", "store", "render"}
ALONE = {"effects": {"errors"}, "synthesis": {"errors", "effects"}}


def imported(source: str, package: str) -> set[str]:
    """The parts of the library that a module of `package` imports, itself left out."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{package}: a relative import"
            whole = node.module == "reviewkit"
            names = [f"reviewkit.{alias.name}" for alias in node.names] if whole else [node.module or ""]
        found |= {name.split(".")[1] for name in names if name.startswith("reviewkit.")}
    return found - {package, "__version__"}


def breach(package: str, other: str) -> str | None:
    """Why `package` may not import `other`, or None."""
    if package in ALONE and other not in ALONE[package]:
        return "stands alone"
    if LAYER[other] > LAYER[package]:
        return "upward"
    if LAYER[package] == LAYER[other] == 1 and RULES.index(other) > RULES.index(package):
        return "to the right"
    if LAYER[package] == LAYER[other] == 2 and other not in SHARED_EDGES:
        return "edge to edge"
    return None


def graph() -> dict[str, set[str]]:
    edges: dict[str, set[str]] = {}
    for path in sorted(LIBRARY.rglob("*.py")):
        package = path.relative_to(LIBRARY).with_suffix("").parts[0]
        if package != "__init__":
            edges.setdefault(package, set()).update(imported(path.read_text(encoding="utf-8"), package))
    return edges


def test_every_part_has_a_layer() -> None:
    assert set(graph()) <= set(LAYER)


def test_no_import_breaks_a_layer() -> None:
    found = [(a, b, why) for a, others in graph().items() for b in sorted(others) if (why := breach(a, b))]
    assert found == []


def test_no_circle() -> None:
    TopologicalSorter(graph()).prepare()


def test_the_test_sees_a_breach() -> None:
    assert imported("from reviewkit import run\nimport reviewkit.tables", "effects") == {"run", "tables"}
    assert breach("errors", "cli") == "upward"
    assert breach("effects", "model") == "stands alone"
    assert breach("trust", "flow") == "to the right"
    assert breach("readers", "figures") == "edge to edge"
