"""`doctor`: what a machine has for this project, and what is missing."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement

from reviewkit.errors import ReviewkitError
from reviewkit.publishing.standing import folder_of
from reviewkit.review import find_root, open_review, questions
from reviewkit.run import standing_state

OLDEST = (3, 11)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; ``state`` is 'ok', 'warning' (something cannot be done) or 'error' (nothing runs)."""

    state: str
    what: str
    said: str
    remedy: str = ""

    def as_dict(self) -> dict[str, str]:
        """The finding as plain JSON values."""
        return asdict(self)


def examine(start: Path) -> tuple[Finding, ...]:
    """Look at Python, packages, kernel, optional programs, the project and its reports."""
    return (*_python(), *_packages(), *_kernel(), *_programs(), *_project(start))


def _python() -> Iterator[Finding]:
    found = platform.python_version()
    if sys.version_info[:2] >= OLDEST:
        yield Finding("ok", "Python", found)
    else:
        yield Finding("error", "Python", found, f"Install Python {OLDEST[0]}.{OLDEST[1]} or later.")


def _packages() -> Iterator[Finding]:
    try:
        wanted = [Requirement(text) for text in requires("reviewkit") or ()]
    except PackageNotFoundError:
        yield Finding("warning", "reviewkit", "runs from its folder and is not installed",
                      "Run: python3 tasks.py review, or pip install -e .")
        return
    wrong = []
    for need in wanted:
        if need.marker and not need.marker.evaluate({"extra": ""}):
            continue
        try:
            present = version(need.name)
        except PackageNotFoundError:
            wrong.append(f"{need.name} is missing")
            continue
        if not need.specifier.contains(present, prereleases=True):
            wrong.append(f"{need.name} {present} does not satisfy {need.specifier}")
    if wrong:
        yield Finding("error", "packages", "; ".join(wrong), "Run: python3 tasks.py review, or pip install -e .")
    else:
        yield Finding("ok", "packages", "all within their bounds")


def _kernel() -> Iterator[Finding]:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        KernelSpecManager().get_kernel_spec("python3")
        yield Finding("ok", "kernel", "python3")
    except NoSuchKernel:
        yield Finding("error", "kernel", "python3 is not registered: no notebook can run",
                      "Run: python -m ipykernel install --sys-prefix")


def _programs() -> Iterator[Finding]:
    browser = next((name for name in BROWSERS if shutil.which(name)), None)
    if browser:
        yield Finding("ok", "browser", browser)
    else:
        yield Finding("warning", "browser", "none found: no PDF or PNG, and tests of pages are skipped",
                      "Install Chromium.")
    if shutil.which("Rscript") is None:
        yield Finding("warning", "R", "not found: exported R scripts cannot be tried here", "Install R and metafor.")
        return
    try:
        done = subprocess.run(["Rscript", "-e", "cat(as.character(packageVersion('metafor')))"], capture_output=True,
                              text=True, timeout=60, check=False)
        found = done.stdout.strip() if done.returncode == 0 else ""
    except (OSError, subprocess.TimeoutExpired):
        found = ""
    if found:
        yield Finding("ok", "R", f"metafor {found}")
    else:
        yield Finding("warning", "R", "without metafor: exported R scripts cannot be tried here",
                      "In R: install.packages('metafor')")


def _project(start: Path) -> Iterator[Finding]:
    try:
        root = find_root(start)
    except ReviewkitError as error:
        yield Finding("warning", "project", error.problems[0].message, error.problems[0].remedy)
        return
    names = questions(root)
    yield Finding("ok", "project", f"{len(names)} question{'' if len(names) == 1 else 's'}")
    try:
        (root / "reports").mkdir(exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=root / "reports"):
            pass
    except OSError as error:
        yield Finding("error", "reports/", f"cannot be written ({error.strerror})", "Free space, or allow writing.")
    free = shutil.disk_usage(root).free
    if free < 500e6:
        yield Finding("warning", "disk", f"{free / 1e6:.0f} MB free", "Free some space.")
    yield from (_report(name, root) for name in names)


def _report(name: str, root: Path) -> Finding:
    try:
        review = open_review(name, root)
        state = standing_state(review, folder_of(review))
    except ReviewkitError as error:
        return Finding("error", name, error.problems[0].message, f"See: reviewkit check {name}")
    if state == "current":
        return Finding("ok", name, "the report is current")
    if state == "missing":
        return Finding("warning", name, "no report yet", f"Run: reviewkit run {name}")
    return Finding("warning", name, "the report is stale", f"Run: reviewkit run {name}")
