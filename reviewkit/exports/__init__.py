"""Reports in the forms that journals and other programs take: Word, PDF, tables for metafor and for RevMan."""

REPORT_FORMS = ("docx", "pdf", "metafor", "revman")
