"""``reviewkit effects FILE.csv --measure M``: effect sizes of a table, with nothing left out in silence."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from dataclasses import dataclass
from pathlib import Path

import click

from reviewkit.cli.output import JSON
from reviewkit.effects import MEASURES, EffectSizes, effect_sizes
from reviewkit.errors import InputError, Problem
from reviewkit.numbers import working
from reviewkit.store.files import read_text

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z", re.ASCII)
MISSING = ("", "NA", "NaN", "nan", ".")


@dataclass(frozen=True, slots=True)
class StudyTable:
    """A CSV table, one row a study: names of studies, and every other column as text."""

    file: str
    studies: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]
    lines: tuple[int, ...]
    decimal_comma: bool = False
    """True where cells are parted by semicolons: a comma may then be the decimal sign."""

    def numbers(self, name: str) -> list[float]:
        """A column as numbers; an empty cell or NA is missing (NaN).

        Raises
        ------
        InputError
            If the column is absent, or a cell is no number: each with its line.
        """
        if name not in self.columns:
            raise InputError(f"column {name!r} is missing.", file=self.file, line=1, code="missing-column",
                             remedy=f"Columns there: {', '.join(self.columns)}.")
        values, problems = [], []
        for line, text in zip(self.lines, self.columns[name], strict=True):
            try:
                values.append(math.nan if text in MISSING else self._number(text))
            except ValueError:
                problems.append(Problem(f"{name} = {text!r} is no number.", self.file, line, None, "value",
                                        "Use digits and a decimal point; leave a missing value empty."))
        if problems:
            raise InputError(problems)
        return values

    def _number(self, text: str) -> float:
        if self.decimal_comma and "." not in text:
            text = text.replace(",", ".")
        if not _NUMBER.match(text):
            raise ValueError(text)
        return float(text)

    def present(self, names: tuple[str, ...]) -> dict[str, list[float]]:
        """Those of the named columns that the table has, as numbers."""
        return {name: self.numbers(name) for name in names if name in self.columns}


INPUTS = (
    "ai", "bi", "ci", "di", "n1i", "n2i", "m1i", "sd1i", "m2i", "sd2i", "ri", "ni", "xi", "mi", "sdi", "x1i", "t1i",
    "x2i", "t2i", "ti", "yi", "vi", "sei", "ci_lb", "ci_ub", "pval", "oe", "v", "hr",
)  # fmt: skip
"""Columns that effect sizes are computed from, by metafor's names."""


def read_studies(path: Path) -> StudyTable:
    """Read a table, one row a study; studies without a name are called by their line.

    Raises
    ------
    InputError
        If it is no CSV, has no rows, or a row is too short or too long.
    """
    text = read_text(path, what="table")
    head = text.partition("\n")[0]
    semicolons = head.count(";") > head.count(",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if semicolons else ",", strict=True)
    rows, lines, problems = [], [], []
    header: list[str] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                problems.append(Problem(f"{len(cells)} cells under {len(header)} columns.", str(path), reader.line_num,
                                        None, "row-length", "Check for a stray separator or quotation mark."))
                continue
            rows.append([cell.strip() for cell in cells])
            lines.append(reader.line_num)
    except csv.Error as error:
        raise InputError(f"not valid CSV: {error}.", file=str(path), line=reader.line_num, code="syntax",
                         remedy="Check for a quotation mark that is not closed.") from None
    problems += [Problem(f"column {name!r} stands twice.", str(path), 1, None, "double-column", "Rename one of them.")
                 for name in dict.fromkeys(header) if name and header.count(name) > 1]
    if problems:
        raise InputError(problems)
    if not rows:
        raise InputError("the table has no rows.", file=str(path), code="empty", remedy="Give one row for each study.")
    columns = {name: tuple(row[place] for row in rows) for place, name in enumerate(header)}
    named = columns.pop("study", tuple(f"line {line}" for line in lines))
    return StudyTable(str(path), tuple(n or f"line {line}" for n, line in zip(named, lines, strict=True)), columns,
                      tuple(lines), semicolons)


def table_effects(table: StudyTable, measure: str) -> EffectSizes:
    """Effect sizes of a table; SMD with the exact correction and LS variance, 0.5 added only where a zero is.

    Raises
    ------
    InputError
        For an unknown measure or impossible numbers, naming every study.
    """
    name = measure.upper()
    if name not in MEASURES:
        raise InputError(f"measure {measure!r} is unknown.", code="measure", remedy=f"Known: {', '.join(MEASURES)}.")
    try:
        return effect_sizes(name, table.present(INPUTS), studies=list(table.studies))
    except InputError as error:
        raise InputError([Problem(p.message, p.file or table.file, p.line, p.column, p.code, p.remedy)
                          for p in error.problems]) from None


@click.command("effects")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--measure", required=True, help="MD, SMD, ROM, RR, OR, RD, PETO, IRR, ZCOR, PLO, GEN, ...")
@JSON
def effects_command(file: Path, measure: str, as_json: bool) -> None:
    """Effect sizes of a CSV table, one row a study, with metafor's column names."""
    found = table_effects(read_studies(file), measure)
    if as_json:
        values = found.as_dict()
        click.echo(json.dumps({key: values[key] for key in ("measure", "yi", "vi", "dropped")} | values,
                              allow_nan=False, ensure_ascii=False))
        return
    scale = " (log scale)" if found.scale == "log" else ""
    click.echo(f"{found.measure}{scale}")
    for study, yi, vi in zip(found.studies, found.yi, found.vi, strict=True):
        shown = "dropped" if math.isnan(yi) else f"yi = {working(yi)}  vi = {working(vi)}"
        click.echo(f"  {study}: {shown}")
    for item in found.dropped:
        click.echo(f"  {item.study} is left out: {item.reason}")
