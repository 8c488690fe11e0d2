"""``reviewkit trust FILE.csv --out FINDINGS.csv``: trust checks on an arm-level table."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace
from pathlib import Path

import click

from reviewkit.cli.output import JSON, print_json, say
from reviewkit.errors import InputError, Problem, ReviewkitError
from reviewkit.tables import csv_text
from reviewkit.trust import ArmRow, Finding, check_rows, row_from_mapping
from reviewkit.trust.rows import REQUIRED_COLUMNS

FINDING_COLUMNS = ("row_id", "study_id", "outcome", "code", "message", "right_reading", "certainty")


def read_arm_table(path: Path) -> list[ArmRow]:
    """The rows of an arm-level CSV file (UTF-8, comma or semicolon).

    Raises
    ------
    InputError
        With file and line of everything that is wrong: no file, a missing column, an unreadable number.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise InputError("there is no such file.", file=str(path), code="no-file", remedy="Check the path.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"cannot be read ({error}).", file=str(path), code="unreadable", remedy="Save it as CSV in UTF-8."
        ) from error
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        missing = [column for column in REQUIRED_COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            raise InputError(
                f"column {', '.join(missing)} is missing.",
                file=str(path),
                line=1,
                code="missing-column",
                remedy=f"The table needs {', '.join(REQUIRED_COLUMNS)}.",
            )
        return _rows(reader, path)
    except csv.Error as error:
        raise InputError(
            f"is no CSV ({error}).", file=str(path), line=reader.line_num, code="not-csv", remedy="Save it as CSV anew."
        ) from error


def _rows(reader: csv.DictReader[str], path: Path) -> list[ArmRow]:
    rows: list[ArmRow] = []
    problems: list[Problem] = []
    first_line: dict[str, int] = {}
    for values in reader:
        line = reader.line_num
        try:
            if None in values:
                raise InputError("the row has more fields than the header.", code="extra-field", remedy="Quote commas.")
            row = row_from_mapping(values)
            if row.row_id in first_line:
                raise InputError(
                    f"row_id {row.row_id!r} occurs twice (first on line {first_line[row.row_id]}).",
                    code="duplicate-id",
                    remedy="Give every row its own.",
                )
            first_line[row.row_id] = line
            rows.append(row)
        except InputError as error:
            problems += [replace(problem, file=str(path), line=line) for problem in error.problems]
    if problems:
        raise InputError(problems)
    return rows


def write_findings(findings: list[Finding], out: Path) -> None:
    """Write findings as CSV (UTF-8, formulas defused): one line each, several row ids joined by ``|``.

    Raises
    ------
    ReviewkitError
        If the file cannot be written.
    """
    try:
        with out.open("w", encoding="utf-8", newline="") as file:
            file.write(csv_text(FINDING_COLUMNS, [{**_as_dict(found), "row_id": "|".join(found.row_ids)}
                                                  for found in findings]))
    except OSError as error:
        raise ReviewkitError(
            f"cannot be written ({error.strerror}).", file=str(out), code="unwritable", remedy="Choose another --out."
        ) from error


def trust_file(path: Path, out: Path | None) -> list[Finding]:
    """Check an arm-level table and write the findings.

    Parameters
    ----------
    path : Path
        CSV with the columns of the extraction schema.
    out : Path or None
        Where the findings go as CSV; ``None`` writes nothing.

    Returns
    -------
    list of Finding

    Raises
    ------
    InputError
        If the table is wrong; every problem has its line.
    """
    findings = list(check_rows(read_arm_table(path)))
    if out is not None:
        write_findings(findings, out)
    return findings


def _as_dict(found: Finding) -> dict[str, object]:
    return {
        "row_ids": list(found.row_ids),
        "study_id": found.study_id,
        "outcome": found.outcome,
        "code": found.code,
        "message": found.message,
        "right_reading": found.right_reading,
        "certainty": found.certainty,
        "severity": found.severity,
    }


def _print_findings(findings: list[Finding], out: Path | None) -> None:
    for found in findings:
        click.echo(f"{found.study_id} · {found.outcome} · {found.code} ({found.certainty}): {found.message}")
        click.echo(f"    likely right: {found.right_reading}")
    counts = ", ".join(f"{code} {count}" for code, count in Counter(found.code for found in findings).most_common())
    click.echo(f"{len(findings)} findings{': ' + counts if counts else ''}.")
    if out is not None:
        click.echo(f"Written to {out}.")


@click.command("trust")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the findings to this CSV file.")
@JSON
@click.pass_context
def trust_command(context: click.Context, file: Path, out: Path | None, as_json: bool) -> None:
    """Find numbers in an arm-level table that cannot be right, or are doubtful.

    Exit code 0 when the check is done, whatever it found; 2 when FILE is wrong.
    """
    try:
        findings = trust_file(file, out)
    except ReviewkitError as error:
        say(error.problems)
        context.exit(error.exit_code)
    if as_json:
        print_json({"findings": [_as_dict(found) for found in findings]})
    else:
        _print_findings(findings, out)
