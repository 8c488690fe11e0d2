"""The whole of the trust checks over one table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from reviewkit.errors import InputError
from reviewkit.trust.change import check_changes, check_imbalance
from reviewkit.trust.columns import check_columns
from reviewkit.trust.counts import check_categories, check_events, check_percentages, check_randomised
from reviewkit.trust.decimals import check_decimals
from reviewkit.trust.direction import check_direction
from reviewkit.trust.duplication import check_contrasts, check_entries
from reviewkit.trust.effect_size import check_effect_size, check_labelled_smd
from reviewkit.trust.grim import check_grim
from reviewkit.trust.intervals import check_arm_intervals, check_contrast_intervals, check_interval_against_p
from reviewkit.trust.layout import Block, Usual, make_blocks
from reviewkit.trust.medians import check_medians
from reviewkit.trust.p_values import check_p_values
from reviewkit.trust.precedence import settle
from reviewkit.trust.printed_tests import (
    check_contrast_spread,
    check_difference_p,
    check_statistics,
    check_words,
)
from reviewkit.trust.rows import ArmRow, Finding
from reviewkit.trust.scale import check_metric, check_unit
from reviewkit.trust.spread import check_spread


def check_block(block: Block, usual: Usual) -> list[Finding]:
    """All checks of one outcome of one study, before precedence."""
    return [
        *check_metric(block, usual),
        *check_unit(block),
        *check_columns(block, usual),
        *check_decimals(block, usual),
        *check_spread(block, usual),
        *check_grim(block),
        *check_medians(block),
        *check_changes(block),
        *check_imbalance(block),
        *check_direction(block, usual),
        *check_contrast_intervals(block),
        *check_arm_intervals(block),
        *check_interval_against_p(block),
        *check_labelled_smd(block),
        *check_p_values(block),
        *check_effect_size(block),
        *check_statistics(block),
        *check_difference_p(block),
        *check_words(block),
        *check_contrast_spread(block),
        *check_percentages(block),
        *check_events(block),
    ]


def check_rows(rows: Iterable[ArmRow]) -> tuple[Finding, ...]:
    """Find the numbers of a table that cannot be right, or are doubtful, before anything is pooled.

    Parameters
    ----------
    rows : iterable of ArmRow
        Arm-level rows (and contrasts) of any number of studies. Other studies of an instrument tell what is
        usual for it, so the whole table is better than one study at a time.

    Returns
    -------
    tuple of Finding
        In the order of the studies; each names study, rows, fault, the likely right reading and how sure it is.
        One fault gives one finding: its consequences are left out.

    Raises
    ------
    InputError
        If two rows have the same ``row_id``.
    """
    table = tuple(rows)
    studies: dict[str, list[ArmRow]] = defaultdict(list)
    seen: set[str] = set()
    for row in table:
        if row.row_id in seen:
            raise InputError(
                f"row_id {row.row_id!r} occurs twice.", code="duplicate-id", remedy="Give every row its own."
            )
        seen.add(row.row_id)
        studies[row.study_id].append(row)
    usual = Usual.of(table)
    findings = [finding for block in make_blocks(table) for finding in check_block(block, usual)]
    for group in studies.values():
        findings += [*check_randomised(group), *check_contrasts(group)]
    findings += [*check_categories(table), *check_entries(table, usual)]
    order = {study: place for place, study in enumerate(studies)}
    settled = settle(findings)
    return tuple(sorted(settled, key=lambda finding: order[finding.study_id.partition("|")[0]]))
