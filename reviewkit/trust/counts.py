"""Counts of people: percentages, events over the total, more analysed than randomised."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from reviewkit.numbers import number
from reviewkit.trust.findings import make_finding, where
from reviewkit.trust.layout import Block
from reviewkit.trust.printed import Printed
from reviewkit.trust.rows import ArmRow, Certainty, Finding


def whole_counts(percent: Printed, total: int) -> range:
    """The counts out of ``total`` whose percentage rounds to the printed one."""
    low, high = percent.span.low * total / 100, percent.span.high * total / 100
    return range(max(0, math.ceil(low - 1e-9)), math.floor(high + 1e-9) + 1)


def possible_counts(row: ArmRow) -> list[int]:
    """The numbers of people with the event that a row allows; empty where it says nothing."""
    if row.events is not None:
        return [row.events]
    if row.percent is not None and row.people:
        return list(whole_counts(row.percent, row.people))
    return []


def _percent_finding(row: ArmRow) -> Finding | None:
    note, total, percent = row.noted, row.people, row.percent
    if percent is None or not total or note.imputed or note.adjusted or note.episodes or percent.span.low > 100:
        return None
    fitting = whole_counts(percent, total)
    people = percent.value * total / 100
    if row.events is not None:
        own = 100 * row.events / total
        if row.events in fitting or row.events > total:
            return None
        extra = f", and no whole number of {total} gives it" if not len(fitting) else ""
        message = (
            f"{where(row)}: {percent}% of {total} is {number(people, 2)} people, but the printed count "
            f"{row.events} is {number(own, 1)}%{extra}."
        )
        reading = f"{row.events}/{total} = {number(own, max(percent.decimals, 1))}%"
        return make_finding("percent_not_whole", [row], message, reading, "sure")
    if len(fitting):
        return None
    if row.n and row.n != total and len(whole_counts(percent, row.n)):
        count = whole_counts(percent, row.n)[0]
        message = f"{where(row)}: {percent}% of {total} is {number(people, 2)} people; it fits {count} of {row.n}."
        return make_finding(
            "percent_not_whole", [row], message, f"{count}/{row.n} = {percent}%, so the total is {row.n}", "sure"
        )
    near = sorted({math.floor(people), math.ceil(people)}, key=lambda count: abs(count - people))
    places = max(percent.decimals, 1)
    readings = [f"{count}/{total} = {number(100 * count / total, places)}%" for count in near if count <= total]
    message = f"{where(row)}: {percent}% of {total} is {number(people, 2)} people, no whole number."
    return make_finding("percent_not_whole", [row], message, " or ".join(readings), "sure")


def check_percentages(block: Block) -> list[Finding]:
    """Percentages that are no whole number of people, or not the printed count."""
    found = (_percent_finding(row) for row in block.of_type("events", "percent"))
    return [finding for finding in found if finding is not None]


def check_events(block: Block) -> list[Finding]:
    """More people with an event than people, or a percentage over 100."""
    findings = []
    for row in block.of_type("events", "percent"):
        total = row.people
        reading = "perhaps episodes, or a typing error; count of people not recoverable"
        if row.noted.episodes:
            continue
        if row.events is not None and total is not None and row.events > total:
            message = f"{where(row)}: {row.events} people with an event among {total}."
        elif row.percent is not None and row.percent.span.low > 100:
            message = f"{where(row)}: {row.percent}% is more than everybody."
        else:
            continue
        findings.append(make_finding("events_gt_n", [row], message, reading, "sure"))
    return findings


def _category(outcome: str) -> tuple[str, str]:
    for sign in (":", " - ", " – "):
        if sign in outcome:
            head, _, tail = outcome.partition(sign)
            return head.strip().lower(), tail.strip()
    return outcome.lower(), ""


def check_categories(rows: Sequence[ArmRow]) -> list[Finding]:
    """Exclusive categories of one question (``change: better``, ``change: worse``) that add up to too many people."""
    groups: dict[tuple[str, str, str, str, float | None], list[ArmRow]] = defaultdict(list)
    for row in rows:
        head, tail = _category(row.outcome)
        if row.value_type in {"events", "percent"} and tail and row.events is not None and not row.noted.episodes:
            groups[row.study_id, row.report_id, head, row.arm, row.timepoint_weeks].append(row)
    findings = []
    for (_, _, head, _, _), group in groups.items():
        totals = {row.people for row in group}
        total = max((people for people in totals if people), default=None)
        whole = _whole(rows, group[0], head)
        names = [_category(row.outcome)[1] for row in group]
        exclusive = any(row.noted.exclusive for row in group) or _opposites(names)
        added = sum(row.events or 0 for row in group)
        limit = total if whole is None or total is None else min(total, whole)
        if len(group) < 2 or len(set(names)) < len(names) or limit is None or not exclusive or added <= limit:
            continue
        if any(row.events is not None and row.people is not None and row.events > row.people for row in group):
            continue
        certainty: Certainty = "sure" if any(row.noted.exclusive for row in group) else "likely"
        message = f"{where(group[0])}: the categories of '{head}' add up to {added} people among {limit}."
        reading = "one count or the total is wrong, or people were counted in several categories"
        findings.append(make_finding("events_gt_n", group, message, reading, certainty))
    return findings


def _whole(rows: Sequence[ArmRow], part: ArmRow, head: str) -> int | None:
    """The people whom the same arm counts under the question as a whole, where a row gives them."""
    for row in rows:
        same = (row.study_id, row.report_id, row.arm, row.timepoint_weeks) == (
            part.study_id, part.report_id, part.arm, part.timepoint_weeks)
        if same and row.value_type == "events" and row.outcome.strip().lower() == head:
            return row.events
    return None


def _opposites(names: list[str]) -> bool:
    """Whether category names speak of better and worse, which nobody can be at once."""
    text = " ".join(names).lower()
    better = any(word in text for word in ("improve", "better"))
    worse = any(word in text for word in ("worse", "deteriorat", "unchanged", "no change", "same", "stable"))
    return better and worse


def _randomised_in_arm(rows: Sequence[ArmRow]) -> dict[str, tuple[int, str]]:
    """People randomised to each arm: the note's number, else the largest baseline n."""
    found: dict[str, tuple[int, str]] = {}
    for row in rows:
        stated = row.noted.randomised_arm
        if stated is not None and row.value_type != "contrast":
            found[row.arm] = (stated, "the note")
    for row in rows:
        if row.is_baseline and row.n and row.value_type in {"final", "median_iqr"}:
            known = found.get(row.arm)
            if known is None or (known[1] == "baseline" and row.n > known[0]):
                found[row.arm] = (row.n, "baseline")
    return found


def _is_over(row: ArmRow, limit: tuple[int, str] | None) -> bool:
    """Whether a row counts more people than were randomised to its arm."""
    if limit is None or row.value_type == "contrast" or row.noted.divided or not row.n:
        return False
    return row.n > limit[0] and not (row.is_baseline and limit[1] == "baseline")


def check_randomised(rows: Sequence[ArmRow]) -> list[Finding]:
    """More people analysed than randomised; ``rows`` are all rows of one study."""
    arms = _randomised_in_arm(rows)
    findings = []
    over = [row for row in rows if _is_over(row, arms.get(row.arm))]
    by_place: dict[tuple[str, str], list[ArmRow]] = defaultdict(list)
    for row in over:
        by_place[row.outcome, row.arm].append(row)
    for (_, arm), group in by_place.items():
        limit, source = arms[arm]
        message = f"{where(group[0])}: {group[0].n} analysed but {limit} randomised to this arm (by {source})."
        reading = f"check the flow chart; n is at most {limit}"
        findings.append(make_finding("n_gt_randomised", group, message, reading, "sure"))
    return findings or _more_than_all(rows)


def _more_than_all(rows: Sequence[ArmRow]) -> list[Finding]:
    """More people analysed in all arms together than the note's number randomised in all."""
    stated = [row.noted.randomised_all for row in rows if row.noted.randomised_all is not None]
    if not stated:
        return []
    groups: dict[tuple[str, str, float | None, str], list[ArmRow]] = defaultdict(list)
    for row in rows:
        if row.value_type != "contrast" and row.n and not row.noted.divided:
            groups[row.report_id, row.outcome, row.timepoint_weeks, row.value_type].append(row)
    for group in groups.values():
        added = sum(row.n or 0 for row in group)
        if len({row.arm for row in group}) == len(group) and added > max(stated):
            message = f"{where(group[0])}: {added} analysed in all arms but {max(stated)} randomised in all."
            reading = f"check the flow chart; n is at most {max(stated)} in all"
            return [make_finding("n_gt_randomised", group, message, reading, "sure")]
    return []
