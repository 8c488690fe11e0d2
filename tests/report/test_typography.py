"""Numbers look the same wherever a reader meets them: in every report, and in the code that writes reports."""

from __future__ import annotations

import ast
import html
import re
from pathlib import Path

import pytest

from tests.report.pages import QUESTIONS, ROOT, Text, page_of

PACKAGES = ("report", "render", "figures", "certainty", "trust", "extraction", "screening", "appraisal", "review",
            "protocol", "portfolio", "lab")
OWN_FORMAT = {"figures/svg.py": "coordinates, which are no text", "figures/export.py": "sizes in a style sheet",
              "extraction/printed.py": "readings of a printed number, digit for digit",
              "review/extraction/look.py": "a number as it would be written into the table",
              "report/outputs.py": "digits of results.json",
              "render/page.py": "escapes of JSON"}
"""Files that format a number by themselves, and why they may."""
HYPHEN = re.compile(r"(?<![\w\d.–−)\]-])-\s?\.?\d")
DECIMALS = re.compile(r"(?<![\w.])[−+]?\d+\.\d{4,}(?![\d/])")
DOI = re.compile(r"10\.\d{4,9}/\S+")
NOTHING = re.compile(r"\b(?:nan|NaN|inf|Infinity)\b|(?<=[=:,(\[] )None\b(?! of\b)|(?<=[(\[])None\b|^None$")
GOOD_P = re.compile(r"p (?:= 0\.\d{2,3}|< 0\.001|< 0\.05|< 0\.01|> 0\.99)\Z")


def blocks(question: str) -> list[str]:
    """Text blocks without what people and papers printed, and without the list of the checks: it compares digits."""
    checked = r'<div class="table-block" id="number-findings">.*?</div></div>'
    page = re.sub(checked, "", page_of(question), flags=re.DOTALL)
    return [DOI.sub("", " ".join(block.split())) for block in Text(page).blocks if block.strip()]


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_number_of_a_report_breaks_the_rules(question: str) -> None:
    found = [
        (pattern.pattern, block[max(0, match.start() - 40):match.end() + 40])
        for block in blocks(question) for pattern in (HYPHEN, DECIMALS, NOTHING) for match in pattern.finditer(block)
    ]
    assert found == []


@pytest.mark.parametrize("question", QUESTIONS)
def test_p_values_of_our_own_have_one_form(question: str) -> None:
    """In captions, notes and figures; notes of people on what a paper prints stand in tables and are theirs."""
    page = html.unescape(page_of(question))
    told = re.findall(r"sign test of the \d+ with a direction (p [^.]*\.\d+)|, (p [=<>] [\d.]+); I²", page)
    for pair in told:
        assert GOOD_P.match("".join(pair).rstrip(".")), pair


def test_the_scan_would_find_what_it_looks_for() -> None:
    for text in ("fell by -0.5", "(-3 to 1)", "[-.5, 1]"):
        assert HYPHEN.search(text), text
    for text in ("2026-11-21", "M024-1", "0-100", "B12-0034", "MSQOL-54"):
        assert not HYPHEN.search(text), text
    assert DECIMALS.search("variance 0.0316") and not DECIMALS.search("version 1.2.0.12345")
    for text in ("p = nan", "(None)", "value: None, x", "inf"):
        assert NOTHING.search(text), text
    assert not NOTHING.search("None of the 10 studies") and not NOTHING.search("Funding. None.")


def makes_a_figure(spec: ast.expr) -> bool:
    """Whether a format sets digits or thousands; widths and leading zeros make no figure."""
    words = [part.value for part in ast.walk(spec) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return any(re.search("[fge%,]", word) for word in words)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_of_the_report_formats_numbers_by_itself(package: str) -> None:
    found = []
    for path in sorted((ROOT / "reviewkit" / package).rglob("*.py")):
        name = path.relative_to(ROOT / "reviewkit").as_posix()
        if name not in OWN_FORMAT:
            found += [f"{name}:{node.lineno}" for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                      if isinstance(node, ast.FormattedValue) and node.format_spec is not None
                      and makes_a_figure(node.format_spec)]
    assert found == [], "use reviewkit.numbers"


def test_the_exceptions_are_there() -> None:
    assert all((ROOT / "reviewkit" / Path(name)).exists() for name in OWN_FORMAT)
