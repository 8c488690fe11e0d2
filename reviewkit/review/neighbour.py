"""A question that starts from a neighbour's analysis set: its outcomes, the reports of its studies, their numbers.

What a protocol keeps beside its answer (a neighbouring technique, another comparator) may be a question of its own.
Records, studies and extracted rows are taken over with their locators, and what persons said of look-alike records.
Decisions on eligibility are not: each report is read anew.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reviewkit.errors import InputError
from reviewkit.extraction import COLUMNS, OPTIONAL_COLUMNS
from reviewkit.extraction.studies import OPTIONAL_STUDY_COLUMNS, STUDY_COLUMNS
from reviewkit.model import Record
from reviewkit.review.opened import Review, open_review
from reviewkit.review.records.identity import give_ids
from reviewkit.review.records.importing import DUPLICATE_COLUMNS, import_records, read_duplicate_rows, read_sources
from reviewkit.review.starting import check_text, protocol_text, set_value, template, write_question
from reviewkit.store.files import read_text, write_atomic
from reviewkit.store.toml import parse
from reviewkit.tables import csv_text, read_csv, write_csv
from reviewkit.writers import text_of


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What a new question was given: files written, and how many reports, studies and rows they hold."""

    files: tuple[Path, ...]
    reports: int
    studies: int
    rows: int

    def __str__(self) -> str:
        return f"{self.reports} reports, {self.studies} studies and {self.rows} extracted rows taken over."


def question_from_set(
    question: str, root: Path, source: str, analysis_set: str, *, values: Mapping[str, str],
    reviewers: Sequence[str] = (),
) -> TakenOver:
    """Start a question from the studies that another keeps in one of its analysis sets.

    Parameters
    ----------
    source, analysis_set : str
        The question to take over from, and the id of the set in its protocol.
    values : mapping of str to str
        As in `starting.new_question`; condition, population and comparator are the source's where they are left out.
    reviewers : sequence of str
        As in `starting.new_question`.

    Raises
    ------
    InputError
        If the source or the set is unknown, no row stands in the set, or the new question exists.
    """
    review = open_review(source, root)
    _check_set(review, analysis_set)
    rows = [dict(cells) for _, cells in review.row_cells if cells["analysis_set"] == analysis_set]
    names = dict.fromkeys(row["study_id"] for row in rows)
    studies = [dict(row.cells) for row in read_csv(review.folder / "studies.csv", STUDY_COLUMNS,
                                                    optional=OPTIONAL_STUDY_COLUMNS, root=root)
               if row["study_id"] in names]
    reports = list(dict.fromkeys(report for study in review.all_studies if study.study_id in names
                                 for report in study.reports))
    export = f"from-{source}.ris"
    assumed = {row["outcome"] for row in rows if _assumed(row)}
    written = write_question(question, root, _protocol(review, analysis_set, assumed, _known(review, question, values,
                                                                                             reviewers)),
                             _searches(question, review, analysis_set, export))
    place = root / "references" / question / export
    write_atomic(place, text_of([replace(review.reports[name], key=name) for name in reports], "ris"))
    answers = _kept_apart(review, read_sources(question, root).records)
    if answers:
        write_csv(root / "data" / question / "duplicates.csv", DUPLICATE_COLUMNS, answers)
    import_records(question, root)
    begun = open_review(question, root)
    now = {record.key: begun.report_of[name] for name, record in begun.records.items()}
    tables = _tables(begun, review, studies, rows, now)
    for path, text in tables.items():
        write_atomic(path, text)
    return TakenOver((*written, place, *tables), len(begun.reports), len(studies), len(rows))


def _check_set(review: Review, analysis_set: str) -> None:
    sets = [item.id for item in review.protocol.analysis_sets]
    filled = sorted({cells["analysis_set"] for _, cells in review.row_cells})
    if analysis_set not in sets or analysis_set not in filled:
        raise InputError(f"{review.question} has no rows in an analysis set {analysis_set!r}.", code="analysis-set",
                         remedy=f"Sets with rows: {', '.join(name for name in sets if name in filled) or 'none'}.")


def _assumed(row: Mapping[str, str]) -> bool:
    return "assumed" in (row["number_status"], row["n_status"])


def _known(review: Review, question: str, values: Mapping[str, str], reviewers: Sequence[str]) -> str:
    """The template's protocol with what the source says of the question filled in."""
    asked = review.protocol.question
    told = {"condition": asked.condition, "population": asked.population, "comparator": asked.comparator, **values}
    text = protocol_text(question, told, reviewers)
    for key, value in (("status", asked.status), ("eligibility_basis", asked.eligibility_basis),
                       ("designs", list(review.protocol.eligibility.designs)),
                       ("extractors", list(review.protocol.extraction.extractors[:1]))):
        text = set_value(text, key, value)
    return text


def _protocol(review: Review, analysis_set: str, assumed: Collection[str], known: str) -> str:
    """The filled template down to the analysis sets, then the set taken over and the source's outcomes."""
    head = set_value(known[: known.index("[[analysis_sets]]")], "limitations", [
        f"Its studies are those that {review.question} keeps in the analysis set '{analysis_set}'; no search was made "
        "for this question."])
    rule = next(item.rule for item in review.protocol.analysis_sets if item.id == analysis_set)
    sets = '[[analysis_sets]]\nid = "primary"\n' + set_value('rule = ""\n\n', "rule", rule)
    sets += _ASSUMED if assumed else ""
    source = read_text(review.folder / "protocol.toml", what="protocol", root=review.root)
    therapy = parse(head, "protocol.toml").data["question"]["therapy"]
    outcomes = "".join(_outcomes(source, assumed))
    whole = head + sets + outcomes.replace(f' of {review.protocol.question.therapy}"', f' of {therapy}"')
    check_text(whole)
    return whole


_ASSUMED = """[[analysis_sets]]
id = "assumed"
rule = "Rows with a number or a size that is assumed: in a sensitivity analysis only."

"""
_WITH_ASSUMED = """[[outcomes.plan.sensitivity]]
id = "with-assumed"
label = "With assumed numbers or sizes"
sets = ["primary", "assumed"]

"""


def _outcomes(text: str, assumed: Collection[str]) -> Iterator[str]:
    """The outcomes of a protocol with their plans; analyses that name further sets stay behind.

    An outcome with assumed numbers gets an analysis with them.
    """
    blocks = [block for block in re.split(r"(?m)^(?=\[)", text) if re.match(r"\[\[?outcomes", block)
              and not (block.startswith("[[outcomes.plan.sensitivity]]") and re.search(r"(?m)^sets =", block))]
    open_ = ""
    for block in blocks:
        if block.startswith("[[outcomes]]"):
            yield open_
            named = re.search(r'(?m)^id = "([^"]+)"', block)
            open_ = _WITH_ASSUMED if named and named.group(1) in assumed else ""
        yield block if block.endswith("\n\n") else f"{block.rstrip()}\n\n"
    yield open_


def _kept_apart(review: Review, records: Sequence[Record]) -> list[dict[str, str]]:
    """What persons said of pairs of records in the source, that they are not one report, under the ids of now."""
    ids = dict(zip((record.key for record in records), give_ids(records, [])[0], strict=True))
    found: dict[frozenset[str], dict[str, str]] = {}
    for row in read_duplicate_rows(review.folder / "duplicates.csv", review.root):
        pair = [ids.get(review.report_of[row[name]], "") for name in ("record_a", "record_b")]
        if row["verdict"] == "different" and all(pair) and pair[0] != pair[1]:
            found[frozenset(pair)] = {"record_a": pair[0], "record_b": pair[1], "verdict": "different",
                                      "by": row["by"], "note": row["note"]}
    return list(found.values())


def _searches(question: str, review: Review, analysis_set: str, export: str) -> str:
    text = set_value(template("searches.toml", question), "kind", "not-a-database-search")
    text = set_value(text, "abstract_label", review.sources.searches.abstract_label)
    text = set_value(text, "note", f"Reports of the studies in the analysis set '{analysis_set}' of {review.question}.")
    return f'{text}\n[[file]]\nname = "{export}"\n'


def _tables(
    begun: Review, source: Review, studies: Sequence[Mapping[str, str]], rows: Sequence[Mapping[str, str]],
    now: Mapping[str, str],
) -> dict[Path, str]:
    """studies.csv and the extraction table, with the reports' names of now."""

    def renamed(names: str) -> str:
        return ";".join(dict.fromkeys(now[name.strip()] for name in names.split(";") if name.strip()))

    listed = [{**row, "tier": "primary", "reports": renamed(row["reports"]),
               **({"shared_reports": renamed(row["shared_reports"])} if row.get("shared_reports") else {})}
              for row in studies]
    numbers = [{**row, "analysis_set": "assumed" if _assumed(row) else "primary",
                "report_id": renamed(row["report_id"])} for row in rows]
    table = source.protocol.extraction.extractors[0]
    return {
        begun.folder / "studies.csv": csv_text(_used(STUDY_COLUMNS, OPTIONAL_STUDY_COLUMNS, listed), listed),
        begun.folder / "extraction" / f"{table}.csv": csv_text(_used(COLUMNS, OPTIONAL_COLUMNS, numbers), numbers),
    }


def _used(columns: Sequence[str], optional: Sequence[str], rows: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """The columns of a table, and of the optional ones those that any row fills."""
    return (*columns, *[name for name in optional if any(row.get(name) for row in rows)])
