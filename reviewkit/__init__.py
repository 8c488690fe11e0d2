"""reviewkit: systematic reviews that can be run again."""

__version__ = "0.1.0"
