"""A ``certainty.toml`` for a person to fill in: each outcome with what the rules propose, as comments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reviewkit.certainty.rating import NO_EVIDENCE
from reviewkit.errors import InputError
from reviewkit.review.certainty.file import NAME, key_of
from reviewkit.review.certainty.rating import Certainty
from reviewkit.store.files import read_text, write_atomic

if TYPE_CHECKING:
    from reviewkit.review.opened import Review

_HEAD = """\
# Certainty of the evidence (GRADE): what persons judged of each outcome, and why.
# A line that stays a comment keeps the rule's proposal; indirectness has none and wants a judgement.
# levels: 0 to 3 down; for large_effect, dose_response and residual_confounding, up.

assessors = [{assessors}]
origin = "{origin}"
"""


@dataclass(frozen=True, slots=True)
class WrittenCertainty:
    """What was written: the file, outcomes added, outcomes that stood there already, outcomes without evidence."""

    path: Path
    added: tuple[str, ...]
    kept: tuple[str, ...]
    without_evidence: tuple[str, ...]


def write_certainty_template(review: Review) -> WrittenCertainty:
    """Write ``certainty.toml``, or add the outcomes it lacks at its end; what stands there stays as it is.

    Raises
    ------
    InputError
        If the protocol names no assessor, or the file has errors.
    """
    plan = review.protocol.certainty
    if plan is None:
        raise InputError("the protocol names nobody who rates certainty.", file=review.name("protocol.toml"),
                         code="assessor", remedy="Add [certainty] with assessors = [\"…\"].")
    path = review.folder / NAME
    judgements = review.certainty_judgements
    certainties = [review.certainty(name) for name in review.protocol.outcome_ids]
    rated = [c for c in certainties if c.rating.level != NO_EVIDENCE]
    added = [c for c in rated if not judgements.has(c.outcome.id)]
    if path.exists():
        start = read_text(path, what="certainty judgements", root=review.root).rstrip("\n") + "\n"
    else:
        origin = "demonstration" if review.protocol.demonstration else "review"
        start = _HEAD.format(assessors=", ".join(f'"{who}"' for who in plan.assessors), origin=origin)
    if added or not path.exists():
        write_atomic(path, start + "".join(_entry(c) for c in added))
    return WrittenCertainty(path, _ids(added), _ids([c for c in rated if c not in added]),
                            _ids([c for c in certainties if c not in rated]))


def _ids(certainties: Sequence[Certainty]) -> tuple[str, ...]:
    return tuple(c.outcome.id for c in certainties)


def _entry(certainty: Certainty) -> str:
    rating = certainty.rating
    lines = [f"\n[outcomes.{certainty.outcome.id}]", f"# Starts at {rating.start}: {rating.start_reason}"]
    for step in rating.steps:
        proposal = "No rule" if step.proposed is None else f"The rule proposes {step.proposed}"
        lines.append(f"# {proposal}. {' '.join(step.reason.split())}")
        lines.append(f'# {key_of(step.domain)} = {{ levels = {step.proposed or 0}, reason = "" }}')
    return "\n".join(lines) + "\n"
