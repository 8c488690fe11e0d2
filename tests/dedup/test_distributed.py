"""The cluster answers as one process does, however the pairs are cut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reviewkit.dedup import deduplicate
from reviewkit.dedup.distributed import deduplicate_on_cluster
from tests.dedup.test_labelled import SHARED, load_set

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the labelled sets are not here (../shared/dedup)")


class AtOnce:
    """A client that works in this process."""

    def __init__(self) -> None:
        self.tasks = 0

    def submit(self, work: Callable[..., Any], /, *arguments: Any, pure: bool) -> Any:
        self.tasks += 1
        return work(*arguments)

    def gather(self, futures: list[Any], /) -> list[Any]:
        return futures


@pytest.mark.slow
@pytest.mark.parametrize("parts", [1, 7, 200])
def test_any_number_of_parts_gives_the_same_answer(parts: int) -> None:
    records, ids, _ = load_set("haematology")
    client = AtOnce()
    together = deduplicate_on_cluster(records[:600], client, ids=ids[:600], parts=parts)
    assert together == deduplicate(records[:600], ids=ids[:600])
    assert client.tasks == parts


@pytest.mark.slow
def test_a_local_cluster_gives_the_same_groups() -> None:
    distributed = pytest.importorskip("distributed")
    records, ids, _ = load_set("haematology")
    alone = deduplicate(records, ids=ids)
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        together = deduplicate_on_cluster(records, client, ids=ids, parts=5)
    assert together == alone
    assert len(alone.groups) > 50
