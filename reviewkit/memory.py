"""Memory while very many small objects are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collecting() -> Iterator[None]:
    """No search for reference cycles meanwhile: records, results and markup hold none, and the search is dear."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            if not gc.get_freeze_count():
                # hands the new objects to the oldest generation, where a walk over all of them would put them too
                gc.freeze()
                gc.unfreeze()
            gc.enable()
