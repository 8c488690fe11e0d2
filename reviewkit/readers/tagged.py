"""One entry of a format that puts a tag at the start of each line (RIS, MEDLINE, Web of Science, refer, Ovid text)."""

from __future__ import annotations

from dataclasses import dataclass, field

from reviewkit.readers.collect import MAX_FIELD_CHARS, EntryError


@dataclass(slots=True)
class TaggedEntry:
    """The physical lines of one entry (every line from ``line`` on) and its fields.

    ``fields`` maps a tag to its values in file order, continued lines (``pending`` until then) joined by a line end.
    """

    line: int
    line_end: int = 0
    lines: list[str] = field(default_factory=list)
    fields: dict[str, list[str]] = field(default_factory=dict)
    last_tag: str = ""
    pending: list[str] = field(default_factory=list)

    def open(self, tag: str, value: str, line: int, text: str) -> None:
        """The line ``text`` with a tag starts a new value."""
        if self.pending:
            self.join()
        self.lines.append(text)
        values = self.fields.get(tag)
        if values is None:
            self.fields[tag] = [value.strip()]
        else:
            values.append(value.strip())
        self.last_tag = tag
        self.line_end = line

    def more(self, text: str, line: int) -> None:
        """A line without a tag goes on with the value before it."""
        self.pending.append(text)
        self.line_end = line

    def close(self) -> str:
        """Finish the last value; the raw text.

        Raises
        ------
        EntryError
            When a value is longer than any field can be.
        """
        if self.pending:
            self.join()
        raw = self.raw
        if len(raw) > MAX_FIELD_CHARS:
            for tag, values in self.fields.items():
                if any(len(value) > MAX_FIELD_CHARS for value in values):
                    raise EntryError(f"field {tag} is longer than {MAX_FIELD_CHARS} characters", self.line)
        return raw

    def join(self) -> None:
        """Put the continued lines behind the value they go on with."""
        values = self.fields[self.last_tag]
        values[-1] = "\n".join([values[-1], *self.pending] if values[-1] else self.pending)
        self.pending = []

    def holds(self, *tags: str) -> bool:
        """Whether one of these tags has been seen."""
        return any(tag in self.fields for tag in tags)

    def one(self, *tags: str) -> str:
        """The first value of the first of these tags that says anything."""
        fields = self.fields
        for tag in tags:
            if tag in fields:
                for value in fields[tag]:
                    if value:
                        return value
        return ""

    def all(self, *tags: str) -> list[str]:
        """Every value of these tags that says anything."""
        fields, found = self.fields, []
        for tag in tags:
            if tag in fields:
                found += fields[tag]
        return [value for value in found if value] if "" in found else found

    def extra(self, mapped: frozenset[str]) -> dict[str, str]:
        """The fields no column of ours holds, as printed."""
        return {
            tag: values[0] if len(values) == 1 else "\n".join(values)
            for tag, values in self.fields.items()
            if tag not in mapped
        }

    @property
    def raw(self) -> str:
        """The text as it came."""
        return "\n".join(self.lines[: self.line_end - self.line + 1])
