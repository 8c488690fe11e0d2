"""Packages that only Word needs: asked for when Word is written."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from reviewkit.errors import ReviewkitError

_NAMES = {"docx": "python-docx", "resvg_py": "resvg-py"}


def needed(module: str) -> Any:
    """Import a module of the extra ``docx``.

    Raises
    ------
    ReviewkitError
        If it is not installed, with the way to install it.
    """
    try:
        return import_module(module)
    except ImportError:
        package = _NAMES[module.partition(".")[0]]
        raise ReviewkitError(f"Word output needs {package}, which is not installed.", code="missing-package",
                             remedy="Run: pip install 'reviewkit[docx]'") from None
