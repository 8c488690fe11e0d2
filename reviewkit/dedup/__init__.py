"""Deduplication: records that describe one report, found by stated rules; a person's word above them."""

from reviewkit.dedup.merge import Merged, merge_records
from reviewkit.dedup.pipeline import deduplicate
from reviewkit.dedup.prep import Columns, prepare
from reviewkit.dedup.result import Answer, Deduplication, Group, Link, Pair, Settings

__all__ = [
    "Answer",
    "Columns",
    "Deduplication",
    "Group",
    "Link",
    "Merged",
    "Pair",
    "Settings",
    "deduplicate",
    "merge_records",
    "prepare",
]
