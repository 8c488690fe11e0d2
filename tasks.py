"""One command for each task of the project; needs nothing but Python 3.11 or later and pip.

`python3 tasks.py help` lists the tasks. The environment is made in `.venv` beside this file, and only
again when the lock or the project's own description changes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "complete"
LOCK = ROOT / "requirements.lock"
OLDEST = (3, 11)
TAIL = 15


class TaskError(Exception):
    """A task that cannot go on; the text is the one line a person reads first."""


def python_of(venv: Path) -> Path:
    """The interpreter of an environment, on any system."""
    return venv / "Scripts" / "python.exe" if os.name == "nt" else venv / "bin" / "python"


def digest() -> str:
    """What the environment is made from: a change of it means a new environment."""
    parts = [f"{sys.version_info.major}.{sys.version_info.minor}".encode(), str(ROOT).encode()]
    parts += [(ROOT / name).read_bytes() for name in ("pyproject.toml", "requirements.lock")]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def is_complete() -> bool:
    """Whether `.venv` was finished, and from the files as they are now."""
    return python_of(VENV).exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == digest()


def quietly(command: list[str], doing: str) -> None:
    """Run an installer; on failure give one line on what failed, then the end of what it said."""
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          encoding="utf-8", errors="replace", check=False)
    if done.returncode == 0:
        return
    tail = "\n".join(done.stdout.strip().splitlines()[-TAIL:])
    signs = ("name resolution", "NewConnectionError", "ConnectTimeout", "dns error", "Failed to fetch", "unreachable")
    if any(sign in done.stdout for sign in signs):
        raise TaskError(f"{doing} failed: no package index could be reached; check the network and try again.\n{tail}")
    raise TaskError(f"{doing} failed (exit code {done.returncode}).\n{tail}")


def make_venv(uv: str | None) -> None:
    """Make an empty `.venv` in place of whatever half-made or stale one stands there."""
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    elif VENV.exists():
        shutil.rmtree(VENV)
    if uv:
        quietly([uv, "venv", "--quiet", "--python", sys.executable, str(VENV)], "Making the environment")
        return
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise TaskError(
            f"This Python has no venv module; on Debian or Ubuntu: apt-get install python{version}-venv."
        ) from None
    quietly([sys.executable, "-m", "venv", str(VENV)], "Making the environment")


def setup() -> int:
    """Make `.venv` with the project and its test tools, and nothing else."""
    if is_complete():
        return 0
    uv = shutil.which("uv")
    print(f"Making .venv with {'uv' if uv else 'pip'} ...", flush=True)
    make_venv(uv)
    python = str(python_of(VENV))
    if uv:
        install = [uv, "pip", "install", "--quiet", "--python", python]
    else:
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    quietly([*install, "--require-hashes", "-r", str(LOCK)], "Installing the locked packages")
    quietly([*install, "--no-deps", "--no-build-isolation", "-e", str(ROOT)], "Installing the project")
    # Written last: an environment without it is redone.
    STAMP.write_text(digest(), encoding="utf-8")
    print("The environment is ready.", flush=True)
    return 0


def call(*arguments: str) -> int:
    """Run a module of the environment in the project's root and hand back its exit code."""
    environment = os.environ | {"PYTHONUTF8": "1"}
    return subprocess.run([str(python_of(VENV)), "-m", *arguments], cwd=ROOT, env=environment, check=False).returncode


def review(*extra: str) -> int:
    """Build the reports of the bundled questions and say where they are."""
    code = setup() or call("reviewkit", "run", "--all", *extra)
    for page in (*ROOT.glob("reports/index.html"), *sorted(ROOT.glob("reports/*/review.html"))) if code == 0 else ():
        print(page)
    return code


def test(*extra: str) -> int:
    """Pass the whole suite."""
    return setup() or call("pytest", "-n", "2", *extra)


def quick(*extra: str) -> int:
    """Pass the tests that need neither a browser nor about half a second or more."""
    return setup() or call("pytest", "-n", "2", "-m", "not slow and not e2e", "--hypothesis-profile", "quick",
                           *extra)


def lint() -> int:
    """Check style with ruff and types with mypy."""
    return setup() or call("ruff", "check", ".") or call("mypy", "--strict")


def lab(*extra: str) -> int:
    """Open JupyterLab on the project."""
    return setup() or call("jupyterlab", *extra)


def show_help() -> int:
    """List the tasks."""
    print("python3 tasks.py TASK\n")
    for name, task in TASKS.items():
        print(f"  {name:8}{(task.__doc__ or '').splitlines()[0]}")
    return 0


TASKS: dict[str, Callable[..., int]] = {
    "review": review, "test": test, "quick": quick, "setup": setup, "lab": lab, "lint": lint, "help": show_help,
}  # fmt: skip


def main(arguments: list[str]) -> int:
    """Run the task named first; the rest goes to the tool behind it."""
    if sys.version_info < OLDEST:
        print(f"Python 3.11 or later is needed; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 2
    name, *extra = arguments or ["help"]
    task = TASKS.get({"-h": "help", "--help": "help"}.get(name, name))
    if task is None or (extra and task in (setup, lint, show_help)):
        print(f"'{' '.join(arguments)}' is no task; the tasks are {', '.join(TASKS)}.", file=sys.stderr)
        return 2
    try:
        return task(*extra)
    except TaskError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"The task could not go on: {error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
