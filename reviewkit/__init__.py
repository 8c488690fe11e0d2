"""reviewkit: systematic reviews that can be run again."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reviewkit import lab
    from reviewkit.review import open_review

__version__ = "0.1.0"
__all__ = ["__version__", "lab", "open_review"]


def __getattr__(name: str) -> Any:
    # Both on first use: the command line starts without them.
    if name == "lab":
        return import_module("reviewkit.lab")
    if name == "open_review":
        from reviewkit.review import open_review

        return open_review
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
