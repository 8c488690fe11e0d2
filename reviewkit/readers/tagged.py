"""One entry of a format that puts a tag at the start of each line (RIS, MEDLINE, Web of Science, refer, Ovid text)."""

from __future__ import annotations

from dataclasses import dataclass, field

from reviewkit.readers.collect import MAX_FIELD_CHARS, EntryError


@dataclass(slots=True)
class TaggedEntry:
    """The physical lines of one entry (every line from ``line`` on) and its fields.

    ``fields`` maps a tag to its values in file order, continued lines joined by a line end.
    """

    line: int
    line_end: int = 0
    lines: list[str] = field(default_factory=list)
    fields: dict[str, list[str]] = field(default_factory=dict)
    last_tag: str = ""
    _parts: list[str] = field(default_factory=list)

    def open(self, tag: str, value: str, line: int) -> None:
        """A line with a tag starts a new value."""
        if self.last_tag:
            self._flush()
        self.last_tag = tag
        self._parts = [value]
        self.line_end = line

    def more(self, text: str, line: int) -> None:
        """A line without a tag goes on with the value before it."""
        self._parts.append(text)
        self.line_end = line

    def close(self) -> None:
        """Finish the last value.

        Raises
        ------
        EntryError
            When a value is longer than any field can be.
        """
        if self.last_tag:
            self._flush()
            self.last_tag = ""
        for tag, values in self.fields.items():
            if any(len(value) > MAX_FIELD_CHARS for value in values):
                raise EntryError(f"field {tag} is longer than {MAX_FIELD_CHARS} characters", self.line)

    def _flush(self) -> None:
        value = self._parts[0] if len(self._parts) == 1 else "\n".join(self._parts)
        values = self.fields.get(self.last_tag)
        if values is None:
            self.fields[self.last_tag] = [value]
        else:
            values.append(value)

    def holds(self, *tags: str) -> bool:
        """Whether one of these tags has been seen."""
        return self.last_tag in tags or any(tag in self.fields for tag in tags)

    def one(self, *tags: str) -> str:
        """The first value of the first of these tags that says anything."""
        for tag in tags:
            for value in self.fields.get(tag, ()):
                if value.strip():
                    return value.strip()
        return ""

    def all(self, *tags: str) -> list[str]:
        """Every value of these tags that says anything."""
        return [value.strip() for tag in tags for value in self.fields.get(tag, ()) if value.strip()]

    def extra(self, mapped: frozenset[str]) -> dict[str, str]:
        """The fields no column of ours holds, as printed."""
        return {
            tag: "\n".join(value.strip() for value in values)
            for tag, values in self.fields.items()
            if tag not in mapped
        }

    @property
    def raw(self) -> str:
        """The text as it came."""
        return "\n".join(self.lines[: self.line_end - self.line + 1])
