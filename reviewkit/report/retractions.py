"""What the report says of retractions: how the included reports were looked up, and the notices found."""

from __future__ import annotations

from collections import Counter

from reviewkit.render import Safe, link, table
from reviewkit.review import Review
from reviewkit.review.records.retracting import GRAVE
from reviewkit.sources.retractions import STATUSES


def retraction_status(review: Review) -> str:
    """One sentence on how the included reports were looked up for retractions (MECIR C48).

    'Not checked' where nobody looked them up.
    """
    included = review.screening.included
    checks = [review.retractions[name] for name in included
              if name in review.retractions and review.retractions[name].status != "not checked"]
    if not checks:
        return "Retraction status of the included reports: not checked."
    ways = sorted({f"{check.source.split(' (')[0]} on {check.checked}" for check in checks})
    counts = Counter(check.status for check in checks)
    told = "; ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])
    left = len(included) - len(checks)
    return (
        f"Retraction status of the included reports: {len(checks)} of {len(included)} checked through "
        f"{', '.join(ways)}: {told}." + (f" Not checked: {left}." if left else "")
    )


def retraction_notices(review: Review) -> Safe | None:
    """Included reports with a notice on them; nothing where there is none."""
    rows = [
        [review.reports[check.report].title or check.report, check.status, check.kind,
         link(check.notice, f"https://doi.org/{check.notice}") if check.notice else "none", check.date or "not stated",
         check.source, check.settled or ("waits for a person" if check.status in GRAVE else "not stated")]
        for check in review.retractions.values()
        if check.report in review.screening.included and check.status in ("corrected", *GRAVE)
    ]
    if not rows:
        return None
    return table(["Report", "Status", "Notice", "Its DOI", "Its date", "Source", "What was decided"], rows,
                 id_="notices", caption="Included reports that a notice retracts, doubts or corrects.")
