"""Extraction: arm-level results as the reports print them, and the study effects they give."""

from reviewkit.extraction.arm_row import ArmRow, Known
from reviewkit.extraction.contrasts import StudyResult, Use, study_results
from reviewkit.extraction.rows import parse_rows
from reviewkit.extraction.schema import COLUMNS, OPTIONAL_COLUMNS
from reviewkit.extraction.steps import Step
from reviewkit.extraction.studies import OPTIONAL_STUDY_COLUMNS, STUDY_COLUMNS, Study, parse_studies

__all__ = [
    "COLUMNS",
    "OPTIONAL_COLUMNS",
    "OPTIONAL_STUDY_COLUMNS",
    "STUDY_COLUMNS",
    "ArmRow",
    "Known",
    "Step",
    "Study",
    "StudyResult",
    "Use",
    "parse_rows",
    "parse_studies",
    "study_results",
]
