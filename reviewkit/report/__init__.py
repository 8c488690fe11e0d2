"""The report of a review, section by section, as a notebook calls it: `open_report`."""

from reviewkit.report.opened import Report, open_report

__all__ = ["Report", "open_report"]
