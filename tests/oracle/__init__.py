"""Reference numbers of the meta-analysis engine, checked against the public functions."""
