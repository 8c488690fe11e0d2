"""Printed values in one form, nothing lost: what a value looked like stays in ``Record.extra`` and ``Record.raw``."""
