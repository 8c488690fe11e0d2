"""The page over all: what the reports state, nothing lost, nothing run but its own script, the same bytes."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from reviewkit.portfolio import read_states, write_portfolio
from reviewkit.portfolio.ledger import MARKS, MEANING, WORDS
from tests.portfolio.made import QUESTIONS, change_report, make_portfolio, stated

HOSTILE = "<script>alert(1)</script><img src=http://evil.example/x onerror=alert(2)>\"'| & \u202egnp"


class Parsed(HTMLParser):
    """Elements with their attributes, and the text within each."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_portfolio(tmp_path_factory.mktemp("portfolio"))


@pytest.fixture(scope="module")
def page(project: Path) -> str:
    return (project / write_portfolio(project).html).read_text(encoding="utf-8")


def card(page: str, question: str) -> str:
    start = page.index(f'<article id="question-{question}"')
    return page[start : page.index("</article>", start)]


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_card_says_what_its_report_states(page: str, question: str) -> None:
    report, found = json.loads(stated(question)), card(page, question)
    assert report["answer"]["sentence"] in found
    assert "Demonstration review" in found
    assert report["date"] in found
    assert f'href="{question}/review.html"' in found
    word = {"very low": "Very low", "no evidence": "No evidence"}[report["answer"]["certainty"]]
    assert f"</span> {word}</span>" in found
    if report["included"]:
        number = len(report["included"])
        assert f"{number} studies with" in found
        assert str(report["people"]["stated"]) in found
    else:
        assert f"none among the {report['flow']['identified']} records looked at" in found
    first = report["harms"][0]["said"].split(". ")[0]
    assert first.replace("'", "&#39;") in found


def test_people_are_those_that_the_table_of_studies_counts() -> None:
    """massage-ms, by hand from studies.csv: 48 24 62 70 20 20 70 17 30, one study without a number."""
    people = json.loads(stated("massage-ms"))["people"]
    assert people == {"stated": 361, "studies_silent": 1}


def test_no_claim_of_the_ledger_is_lost_or_doubled(project: Path, page: str) -> None:
    claims = tomllib.loads((project / "data" / "claims.toml").read_text(encoding="utf-8"))["claims"]
    rows = [row for row in Parsed(page).all("tr") if "data-verdict" in row]
    assert len(rows) == len({row["id"] for row in rows}) == len(claims)
    assert all(word in WORDS for row in rows for word in row["data-verdict"].split("|"))


def test_a_claim_of_a_question_without_report_says_so(page: str) -> None:
    rows = {row["id"]: row for row in Parsed(page).all("tr") if "data-verdict" in row}
    assert rows["claim-b05"]["data-verdict"] == "no report yet"
    assert rows["claim-m05"]["data-verdict"] != "no report yet"


def test_every_verdict_has_a_mark_and_a_meaning() -> None:
    assert set(MARKS) == set(MEANING) == set(WORDS)


def test_verdicts_are_those_of_the_reports(page: str) -> None:
    rows = {row["id"]: row["data-verdict"].split("|") for row in Parsed(page).all("tr") if "data-verdict" in row}
    for claim in json.loads(stated("massage-ms"))["claims"]:
        assert (claim["verdict"] or "no verdict") in rows[f"claim-{claim['id'].lower()}"]


def test_every_link_within_the_page_leads_somewhere(page: str) -> None:
    parsed = Parsed(page)
    ids = [attributes["id"] for _, attributes in parsed.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    inner = {link["href"][1:] for link in parsed.all("a") if link["href"].startswith("#")}
    assert inner <= set(ids)


def test_only_its_own_script_may_run(page: str) -> None:
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = next(meta["content"] for meta in Parsed(page).all("meta") if "http-equiv" in meta)
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe-inline" not in policy.split("script-src")[1]
    assert not [name for _, attributes in Parsed(page).found for name in attributes if name.startswith("on")]


def test_nothing_is_fetched(page: str) -> None:
    parsed = Parsed(page)
    assert not [attributes for _, attributes in parsed.found if "src" in attributes]
    assert [link["href"] for link in parsed.all("link")] == ["data:,"]
    assert "@import" not in page
    assert "url(" not in page


def test_search_engines_stay_away_from_demonstrations_alone(project: Path, page: str, tmp_path: Path) -> None:
    assert '<meta name="robots" content="noindex">' in page
    assert "These are demonstrations, not finished reviews." in page
    root = make_portfolio(tmp_path, QUESTIONS[1:2])
    change_report(root, QUESTIONS[1], {"status": "final"})
    final = (root / write_portfolio(root).html).read_text(encoding="utf-8")
    assert "noindex" not in final
    assert "emonstration" not in final.replace("notice-demonstration", "")


def test_same_reports_same_bytes(project: Path, page: str, tmp_path: Path) -> None:
    other = make_portfolio(tmp_path)
    assert (other / write_portfolio(other).html).read_text(encoding="utf-8") == page
    assert str(project) not in page


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    root = make_portfolio(tmp_path, QUESTIONS[1:2])
    (state,) = read_states(root)
    assert state.results is not None
    found: dict[str, Any] = json.loads(json.dumps(state.results))
    found["asked"] = dict.fromkeys(found["asked"], HOSTILE)
    found["answer"]["sentence"] = found["harms"][0]["said"] = found["outcomes"][0]["name"] = HOSTILE
    change_report(root, QUESTIONS[1], found)
    claims = root / "data" / "claims.toml"
    text = claims.read_text(encoding="utf-8")
    claims.write_text(text.replace('about = "spasticity"', 'about = "spasticity"\nfigure = ' + json.dumps(HOSTILE), 1),
                      encoding="utf-8")
    page = (root / write_portfolio(root).html).read_text(encoding="utf-8")
    assert page.count("<script") == 1
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_neighbouring_outcomes_of_one_id_keep_rows_of_their_own(page: str) -> None:
    """'pain' is neck pain in one protocol and low back pain in another."""
    start = page.index('id="map-all-conditions"')
    picture = page[start : page.index("</figure>", start)]
    assert "Neck pain" in picture
    assert "Low back pain" in picture
    assert "not asked" in picture
    assert "no study" in picture
