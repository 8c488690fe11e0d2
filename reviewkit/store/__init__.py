"""The files of a question on disk: read as they are, written whole or not at all."""
