"""The cluster answers as one process does."""

from __future__ import annotations

import pytest

from reviewkit.dedup import deduplicate
from reviewkit.dedup.distributed import deduplicate_on_cluster
from tests.dedup.test_labelled import load_set


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
