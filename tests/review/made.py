"""A question with made-up records, for tests that vote."""

from __future__ import annotations

from pathlib import Path

from reviewkit.review import Review, open_review
from reviewkit.review.records.importing import import_records
from reviewkit.review.starting import new_question

QUESTION = "walking-sleep"
WORDS = ("walking", "sleep", "garden", "music", "tea", "cycling", "swimming", "reading", "chess", "running")
NUMBERS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def title(number: int) -> str:
    """A title like no other's."""
    a, b, c = WORDS[number % 10], NUMBERS[number // 10 % 10], WORDS[(number * 7 + number // 100) % 10]
    return f"The {b} look at {a} and {c} among group {number} of {WORDS[number * 3 % 10]} people"


def ris(numbers: range, *, bare: frozenset[int] = frozenset()) -> str:
    """Records as RIS; those named in ``bare`` have neither title nor abstract."""
    entries = []
    for number in numbers:
        lines = ["TY  - JOUR", f"ID  - k{number}", f"AU  - Vane{number}, Ann",
                 f"PY  - {1980 + number % 40}", f"T2  - Journal {number % 5}", f"DO  - 10.1234/made.{number}"]
        if number not in bare:
            lines.append(f"TI  - {title(number)}")
            lines.append(f"AB  - We asked {number} people about {WORDS[number % 10]}; some {WORDS[number % 7]} too.")
        entries.append("\n".join([*lines, "ER  - ", ""]))
    return "\n".join(entries)


def make_project(
    root: Path, n_records: int = 12, *, votes: int = 2, reviewers: tuple[str, ...] = ("ada", "ben"),
    third: str | None = "cleo", bare: frozenset[int] = frozenset(),
) -> Review:
    """A project with one question, its records imported."""
    new_question(QUESTION, root)
    protocol = root / "data" / QUESTION / "protocol.toml"
    text = protocol.read_text(encoding="utf-8")
    text = text.replace("votes_title_abstract = 2", f"votes_title_abstract = {votes}")
    text = text.replace("votes_full_text = 2", f"votes_full_text = {votes}")
    names = ", ".join(f'"{name}"' for name in reviewers)
    text = text.replace('reviewers = ["reviewer-a", "reviewer-b"]', f"reviewers = [{names}]")
    text = text.replace('consensus = "reviewer-c"', f'consensus = "{third}"' if third else "")
    text = text.replace('include = []', 'include = ["walking", "sleep"]')
    protocol.write_text(text, encoding="utf-8")
    (root / "references" / QUESTION / "export-1.ris").write_text(ris(range(n_records), bare=bare), encoding="utf-8")
    with (root / "references" / QUESTION / "searches.toml").open("a", encoding="utf-8") as stream:
        stream.write('\n[[file]]\nname = "export-1.ris"\nsource = "MEDLINE"\ndate = 2026-01-01\nquery = "all"\n')
    import_records(QUESTION, root)
    return open_review(QUESTION, root)
