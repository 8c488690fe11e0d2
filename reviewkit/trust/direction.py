"""Values, labels and reported direction of a scale that run against each other."""

from __future__ import annotations

from reviewkit.trust.findings import make_finding
from reviewkit.trust.instruments import usual_direction
from reviewkit.trust.layout import Block, Comparison, Usual
from reviewkit.trust.p_values import between_p
from reviewkit.trust.rows import ArmRow, Certainty, Finding

_CLEAR_P = 0.1
_OPPOSITE = {"better": "worse", "worse": "better"}


def expected_label(row: ArmRow, usual: Usual) -> tuple[str, str]:
    """The direction an instrument should have and who says so: the other studies, else general knowledge."""
    others = usual.label(row)
    if others:
        return others, "the other studies of the instrument"
    known = usual_direction(row.instrument, row.outcome) if row.instrument else "unknown"
    return ("", "") if known == "unknown" else (known, "the instrument's manual or usage")


def _declared(block: Block) -> bool:
    """Whether the rows themselves say that the scale runs another way than usual."""
    return any(row.noted.reversed_scale or "=" in row.instrument for row in block.rows)


def _sign_of_benefit(pair: Comparison, label: str) -> int:
    """+1 where the intervention arm is better off by the numbers under ``label``, -1 where worse, 0 unclear."""
    p = between_p(pair)
    if p is None and pair.first.p_kind == "between":
        p = pair.first.p
    if p is None or p.high > _CLEAR_P or pair.first.mean is None or pair.second.mean is None:
        return 0
    sign = 1 if pair.first.mean.value > pair.second.mean.value else -1
    if pair.first.value_type == "change" and pair.first.noted.improvement_positive:
        return sign
    return sign if label == "better" else -sign


def _reported(row: ArmRow) -> int:
    return {"favours_intervention": 1, "favours_comparator": -1}.get(row.reported_direction, 0)


def contradicted(block: Block, label: str) -> Comparison | None:
    """The first clear difference whose reported direction is impossible under ``label``."""
    for pair in block.comparisons("final", "change"):
        reported, shown = _reported(pair.first), _sign_of_benefit(pair, label)
        if not pair.first.is_baseline and reported * shown < 0:
            return pair
    return None


def check_direction(block: Block, usual: Usual) -> list[Finding]:
    """Scales labelled against their instrument, or scored the other way round in this study."""
    rows = [row for row in block.rows if row.value_type in {"final", "change", "median_iqr", "contrast"}]
    if not rows or rows[0].higher_is not in _OPPOSITE or _declared(block):
        return []
    label = rows[0].higher_is
    right, source = expected_label(rows[0], usual)
    against = contradicted(block, label)
    name = rows[0].instrument or rows[0].outcome
    arms = [row for row in rows if row.value_type != "contrast"] or rows
    if right and label != right:
        fits_right = against is not None and contradicted(block, right) is None
        extra = f", and the reported direction only fits higher = {right}" if fits_right else ""
        message = f"labelled higher = {label}; by {source}, {name} is higher = {right}{extra}."
        certainty: Certainty = "sure" if fits_right else "likely"
        return [make_finding("scale_reversed", arms, message, f"higher = {right}", certainty)]
    if against is None:
        return []
    first, second = against.rows
    message = (
        f"reported as {first.reported_direction.replace('_', ' ')}, but its {name} is {first.mean} v "
        f"{second.mean} and the "
        f"scale is labelled higher = {label}."
    )
    if right:
        reading = f"in this study the scale runs the other way (higher = {_OPPOSITE[label]})"
        return [make_finding("scale_reversed", arms, message, reading, "likely")]
    return [make_finding("scale_reversed", arms, message, f"higher = {_OPPOSITE[label]}", "possible")]
