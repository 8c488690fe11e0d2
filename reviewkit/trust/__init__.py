"""Trust checks: numbers that cannot be right, or are doubtful, found before they are pooled.

Pure functions over frozen rows of printed numbers; every comparison works on rounding intervals.
``check_rows`` is the way in; one module holds each family of checks.
"""

from reviewkit.trust.check import check_rows
from reviewkit.trust.findings import CODES
from reviewkit.trust.rows import ArmRow, Finding, row_from_mapping

__all__ = ["CODES", "ArmRow", "Finding", "check_rows", "row_from_mapping"]
