"""Reports built by papermill: parameters checked, run aside, sealed, published whole or not at all.

Papermill alone runs on the default when a parameter's name is wrong, and marks every cell of a failed run as
completed; so names and types are checked first, and success is judged by the exception and by a seal that the
last cell leaves.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_args

from reviewkit.errors import InputError, ReviewkitError
from reviewkit.memory import without_collecting
from reviewkit.protocol import Interval, Model, Tau2
from reviewkit.publishing.carried import record_of, sealed
from reviewkit.publishing.description import describe
from reviewkit.publishing.head import citation_tags, json_ld
from reviewkit.review import Review, open_review
from reviewkit.review.provenance import provenance
from reviewkit.store.files import read_text, write_atomic

CELL_TIMEOUT = 600
"""Seconds one cell may take."""

PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "model": get_args(Model), "tau2": get_args(Tau2), "interval": get_args(Interval),
}  # fmt: skip
"""Parameters a run may change, with their values; each stands in the notebook's parameters cell."""

STALE, FAILED = "stale.json", "failed.json"
"""What a failed run leaves in the report's folder: beside an older report, or where none stands."""

Progress = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class BuiltReport:
    """What became of one question's run."""

    question: str
    status: str
    """'built', 'unchanged', 'failed', or 'stale' (failed, and an older report stands)."""
    html: str | None = None
    results: str | None = None
    seconds: float = 0.0
    reason: str = ""

    def as_dict(self) -> dict[str, object]:
        """The report's line in the command's JSON."""
        return asdict(self)


def check_parameters(parameters: Mapping[str, str]) -> dict[str, str]:
    """The parameters of a run, checked by name and value.

    Raises
    ------
    InputError
        With every unknown name and every value that is not allowed.
    """
    problems = []
    for name, value in parameters.items():
        if name not in PARAMETERS:
            problems.append(InputError(f"parameter {name!r} is unknown; known: {', '.join(PARAMETERS)}.",
                                       code="parameter").problems[0])
        elif value not in PARAMETERS[name]:
            problems.append(InputError(f"{name} = {value!r}; allowed: {', '.join(PARAMETERS[name])}.",
                                       code="parameter").problems[0])
    if problems:
        raise InputError(problems)
    return dict(parameters)


def run(
    questions: Sequence[str],
    root: Path,
    *,
    force: bool = False,
    parameters: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> list[BuiltReport]:
    """Build the reports of some questions, one after the other; one that fails does not stop the rest.

    Parameters
    ----------
    questions : sequence of str
    root : Path
        The project's folder.
    force : bool
        Run even where inputs, code, environment and parameters are those of the report that stands.
    parameters : mapping of str to str, optional
        Overrides of the synthesis plan (`PARAMETERS`).
    progress : callable, optional
        Called with the question and what is being done.

    Raises
    ------
    InputError
        For an unknown question or a wrong parameter, before anything runs.
    """
    checked = check_parameters(parameters or {})
    reviews = [open_review(question, root) for question in dict.fromkeys(questions)]
    say = progress or (lambda question, step: None)
    return [_build(review, checked, force=force, say=say) for review in reviews]


def _build(review: Review, parameters: dict[str, str], *, force: bool, say: Progress) -> BuiltReport:
    started = time.monotonic()
    folder = review.root / "reports" / review.question
    _recover(folder)
    page, results = folder / "review.html", folder / "results.json"
    shown = (str(page.relative_to(review.root)), str(results.relative_to(review.root)))

    def done(status: str, reason: str = "") -> BuiltReport:
        stands = page.exists()
        return BuiltReport(review.question, status, shown[0] if stands else None, shown[1] if stands else None,
                           round(time.monotonic() - started, 2), reason)

    try:
        say(review.question, "checking")
        with without_collecting():
            problems = review.problems()
        if problems:
            raise InputError(problems)
        if not force and is_current(review, parameters, folder):
            return done("unchanged", "inputs, code, environment and parameters are those of the report that stands")
        with _aside(folder) as building:
            build_aside(review, parameters, building, say)
            _publish(building, folder)
    except ReviewkitError as error:
        lines = str(error).splitlines()
        more = f" (and {len(lines) - 1} more: reviewkit check {review.question})" if len(lines) > 1 else ""
        stale = page.exists()
        write_atomic(folder / (STALE if stale else FAILED), json.dumps({"reason": lines[0]}, ensure_ascii=False) + "\n")
        return done("stale" if stale else "failed", lines[0] + more)
    return done("built")


def is_current(review: Review, parameters: Mapping[str, str], folder: Path) -> bool:
    """Whether the report in a folder is what the files, code, environment and parameters give now."""
    stands = _recorded(folder)
    return stands is not None and stands == (provenance(review, parameters).report_id, dict(parameters))


def standing_state(review: Review, folder: Path) -> str:
    """'current', 'stale' or 'missing': the report in a folder, under the parameters it was built with."""
    if not (folder / "review.html").exists():
        return "missing"
    stands = _recorded(folder)
    return "current" if stands is not None and is_current(review, stands[1], folder) else "stale"


def _recorded(folder: Path) -> tuple[str, dict[str, str]] | None:
    """Report id and parameters of the report that stands whole and unmarked in a folder."""
    try:
        recorded = json.loads((folder / "results.json").read_text(encoding="utf-8"))
        stands = str(recorded["provenance"]["report"]), dict(recorded["parameters"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if (folder / STALE).exists() or not (folder / "review.html").exists():
        return None
    return stands


def build_aside(
    review: Review, parameters: Mapping[str, str], building: Path, say: Progress = lambda question, step: None
) -> None:
    """Run the notebook, see that it is sealed, and write the page and what stands beside it into a folder.

    Raises
    ------
    ReviewkitError
        If the notebook cannot run or does not end with its seal.
    """
    source = review.root / "notebooks" / "review.ipynb"
    if not source.is_file():
        raise InputError("the report's notebook is missing.", file="notebooks/review.ipynb", code="missing-file",
                         remedy="Restore it from version control.")
    values = {"question": review.question, "save_to": str(building), **parameters}
    with ThreadPoolExecutor(1) as pool:
        # The exporter takes as long to import as the kernel to start: both at once.
        page_module = pool.submit(__import__, "reviewkit.render.page", fromlist=["export_html"])
        say(review.question, "running the notebook")
        notebook = _papermill(source, values, review.root)
        _check_seal(notebook)
        say(review.question, "writing the page")
        html = _page(page_module.result(), notebook, building, review)
    write_atomic(building / "review.html", html)
    write_atomic(building / "run.json", json.dumps({"finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                                                    "parameters": dict(parameters)}, indent=1) + "\n")


def _papermill(source: Path, values: Mapping[str, str], root: Path) -> Any:
    import logging

    with _without_address_grammar():
        import papermill
        from papermill.exceptions import PapermillException, PapermillExecutionError
    from traitlets.config import Config

    logging.getLogger("papermill").setLevel(logging.ERROR)
    known = papermill.inspect_notebook(str(source))
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise InputError(f"parameter {unknown[0]!r} stands in no parameters cell of review.ipynb.", code="parameter")
    settings = Config()
    settings.KernelManager.shutdown_wait_time = 1
    try:
        with _kernel_environment(), tempfile.TemporaryDirectory(prefix="rk-") as sockets:
            if os.name == "posix":
                # Sockets of this run's own: two runs at once cannot meet on a port.
                settings.KernelManager.transport = "ipc"
                settings.KernelManager.ip = f"{sockets}/kernel"
            # The executed notebook stays in memory: writing it after every cell doubles the time of a large review.
            return papermill.execute_notebook(
                str(source), None, parameters=dict(values), kernel_name="python3", cwd=str(root),
                request_save_on_cell_execute=False, progress_bar=False, record_timing=False,
                execution_timeout=CELL_TIMEOUT, config=settings,
            )
    except PapermillExecutionError as error:
        # The library's own errors carry their sentence; anything else is named by its kind.
        raise ReviewkitError(f"cell {error.exec_count} of the notebook failed: {error.ename}: {error.evalue}",
                             code="cell") from None
    except (PapermillException, RuntimeError, TimeoutError, OSError) as error:
        first = str(error).strip().splitlines()
        raise ReviewkitError(f"the notebook did not finish: {type(error).__name__}: {first[0] if first else ''}",
                             code="kernel") from None


@contextmanager
def _without_address_grammar() -> Iterator[None]:
    """jsonschema, when imported, compiles a grammar for IRIs that no notebook needs: half of a small report's start."""
    name = "rfc3987_syntax"
    absent = name not in sys.modules and "jsonschema" not in sys.modules
    if absent:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if absent:
            del sys.modules[name]


@contextmanager
def _kernel_environment() -> Iterator[None]:
    """What makes a kernel's output the same everywhere, and lets it know which Python called for it."""
    wanted = {"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8",
              "REVIEWKIT_PYTHON": sys.executable}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _check_seal(notebook: Any) -> None:
    from reviewkit.report.opened import SEAL

    outputs = notebook.cells[-1].get("outputs", [])
    if not any(SEAL in str(output.get("data", {}).get("text/html", "")) for output in outputs):
        raise ReviewkitError("the notebook ended without its seal.", code="seal",
                             remedy="Its last cell must call report.save(save_to).")


def _page(module: Any, notebook: Any, building: Path, review: Review) -> str:
    results = json.loads(read_text(building / "results.json", what="results"))
    # The page and the notebook must not carry the folder they were built in.
    kept = [cell for cell in notebook.cells[:-1] if "injected-parameters" not in cell.metadata.get("tags", [])]
    notebook.cells = kept
    notebook.metadata = {
        "kernelspec": notebook.metadata.get("kernelspec", {}), "language_info": {"name": "python"},
        "title": results["title"], "reviewkit": {"status": results["status"]},
    }
    page = module.export_html(notebook, title=results["title"], head=citation_tags(describe(results)),
                              json_ld=json_ld(results), record=record_of(results))
    return sealed(str(page))


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".building-{folder.name}-", dir=folder.parent))
    try:
        yield building
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _publish(building: Path, folder: Path) -> None:
    """Put the new report in place of the old one; a crash between the two renames is mended by `_recover`."""
    old = folder.with_name(f".old-{folder.name}")
    shutil.rmtree(old, ignore_errors=True)
    building.chmod(0o755)
    if folder.exists():
        folder.rename(old)
    building.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _recover(folder: Path) -> None:
    old = folder.with_name(f".old-{folder.name}")
    if old.exists() and not folder.exists():
        old.rename(folder)
