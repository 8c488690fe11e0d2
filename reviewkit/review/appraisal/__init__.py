"""Risk of bias of a question: judgements on disk and their templates."""
