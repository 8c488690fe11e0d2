"""A review opened from its files: `open_review` hands out each stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reviewkit.review.opened import Review, find_root, open_review, questions

__all__ = ["Review", "find_root", "open_review", "questions"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from reviewkit.review import opened

        return getattr(opened, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
