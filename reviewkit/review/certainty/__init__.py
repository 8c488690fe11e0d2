"""Certainty of a question: proposals, judgements on disk and their template."""
