"""``reviewkit screen`` does what the panel does, with one JSON document and the stated exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from reviewkit.cli import cli
from reviewkit.errors import InputError
from tests.review.made import QUESTION, make_project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_project(tmp_path, 4)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(cli, ["screen", words[0], QUESTION, *words[1:]])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def answer(*words: str, code: int = 0) -> Any:
    return json.loads(run(*words, "--json", code=code).stdout)


def test_from_the_first_card_to_the_last_conflict(project: Path) -> None:
    order: dict[str, list[str]] = {}
    for who in ("ada", "ben"):
        while (card := answer("next", "--reviewer", who, "--unranked")["card"]) is not None:
            order.setdefault(who, []).append(card["report"])
            word = "include" if who == "ada" or len(order[who]) == 1 else "exclude"
            saved = answer("decide", card["report"], word, "--reviewer", who, "--nonce", f"n{len(order[who])}")
            assert saved["saved"]["report"] == card["report"] and not saved["saved"]["repeated"]
    assert sorted(order["ada"]) == sorted(order["ben"]) and len(order["ada"]) == 4
    status = answer("status", "--reviewer", "ada", code=3)
    assert (status["done"], status["conflicts"], status["complete"]) == (4, 3, True)
    pair = answer("agree")["pairs"][0]
    assert pair["reviewers"] == ["ada", "ben"] and pair["voted"]["n"] == 4 and pair["voted"]["agreed"] == 1
    found = answer("resolve", code=3)["conflicts"]
    assert len(found) == 3 and {vote["reviewer"] for vote in found[0]["votes"]} == {"ada", "ben"}
    for number, conflict in enumerate(found):
        answer("resolve", conflict["report"], "exclude", "--by", "cleo", "--reason", "wrong-outcome",
               code=0 if number == 2 else 3)
    assert "Conflicts open: 0." in run("resolve").output
    card = answer("next", "--stage", "full-text", "--reviewer", "ben", "--unranked")["card"]
    assert card["report"] == order["ben"][0]


def test_undo_and_the_same_nonce(project: Path) -> None:
    report = answer("next", "--reviewer", "ada", "--unranked")["card"]["report"]
    for repeated in (False, True):
        saved = answer("decide", report, "maybe", "--reviewer", "ada", "--nonce", "x")
        assert saved["saved"]["repeated"] is repeated
    assert answer("undo", "--reviewer", "ada") == {"report": report}
    assert "no vote to take back" in run("undo", "--reviewer", "ada").output


def test_people_read_a_card_without_control_characters(project: Path) -> None:
    path = project / f"references/{QUESTION}/export-1.ris"
    path.write_text(path.read_text().replace("AB  - We asked", "AB  - \x1b[2J\u202eWe asked"), encoding="utf-8")
    CliRunner().invoke(cli, ["import", QUESTION], catch_exceptions=False)
    shown = run("next", "--reviewer", "ada").output
    assert "10.1234/made" in shown and "0 of 4 done" in shown and "hidden" in shown
    assert "\x1b" not in shown and "\u202e" not in shown


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (("next",), "no reviewer is named"),
        (("next", "--reviewer", "zoe"), "not in the protocol"),
        (("decide", "nobody", "include", "--reviewer", "ada"), "unknown"),
        (("agree",), "4 reports left"),
        (("agree", "--reviewer", "ben"), "4 reports left"),
        (("resolve", "vane0-1980", "include", "--by", "cleo"), "votes on report"),
        (("resolve",), "4 reports left"),
        (("resolve", "vane0-1980"), "without a decision"),
        (("resolve", "--by", "ada"), "4 reports left"),
        (("stop", "--reviewer", "ada", "--note", "x"), "nothing was read"),
    ],
)
def test_what_is_wrong_is_one_clear_error(project: Path, words: tuple[str, ...], match: str) -> None:
    with pytest.raises(InputError, match=match) as caught:
        run(*words)
    assert caught.value.exit_code == 2


def test_a_stop_is_told_with_its_figures_and_taken_back(project: Path) -> None:
    answer("decide", "vane0-1980", "include", "--reviewer", "ada")
    mark = answer("stop", "--reviewer", "ada", "--note", "enough")["mark"]
    assert mark["figures"]["left"] == 3 and mark["reviewer"] == "ada"
    assert answer("stop", "--reviewer", "ada", "--take-back")["mark"]["mark"] == "resumed"


def test_check_and_status_show_nothing_of_votes_while_two_vote(project: Path) -> None:
    runner = CliRunner()

    def shown() -> list[str]:
        return [runner.invoke(cli, words).output for words in (
            ["check", QUESTION, "--json"], ["status", "--json"], ["check", QUESTION])]

    answer("decide", "vane0-1980", "include", "--reviewer", "ada")
    before = shown()
    for report in ("vane0-1980", "vane1-1981", "vane2-1982"):
        answer("decide", report, "exclude", "--reviewer", "ben")
    assert shown() == before and "under way" in before[0]
