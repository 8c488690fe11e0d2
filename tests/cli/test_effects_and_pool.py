"""`reviewkit effects` and `reviewkit pool`: the contract's keys, the oracle's numbers, one line for bad input."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from reviewkit.cli import cli
from reviewkit.errors import InputError

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "oracle" / "p01_bcg.json"
KEYS = (
    "measure", "k", "model", "tau2_method", "ci_method", "scale", "estimate", "se", "ci_low", "ci_high", "p", "pi_low",
    "pi_high", "pi_method", "tau2", "tau2_ci_low", "tau2_ci_high", "i2_tau2", "i2_q", "q", "q_df", "q_p", "h2",
    "studies", "excluded", "coefficients", "subgroups", "warnings",
)  # fmt: skip


def call(*arguments: str) -> Any:
    done = CliRunner().invoke(cli, list(arguments), standalone_mode=False)
    if done.exception:
        raise done.exception
    return json.loads(done.stdout)


def write(path: Path, columns: dict[str, list[Any]]) -> str:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return str(path)


@pytest.fixture
def tables(tmp_path: Path) -> str:
    """Three trials, one with a zero cell."""
    return write(tmp_path / "t.csv", {
        "study": ["A", "B", "C"], "ai": [4, 0, 12], "bi": [16, 20, 30], "ci": [8, 3, 15], "di": [12, 17, 27],
        "dose": [1, 2, 4], "arm": ["x", "x", "y"],
    })


@pytest.mark.parametrize("more", [(), ("--model", "common"), ("--method", "mh"), ("--method", "peto"),
                                  ("--mods", "dose"), ("--subgroup", "arm")], ids=str)
def test_every_key_of_the_contract_is_there(tables: str, more: tuple[str, ...]) -> None:
    document = call("pool", tables, "--measure", "OR", "--json", *more)
    assert [key for key in KEYS if key not in document] == []
    assert [row["study"] for row in document["studies"]] == ["A", "B", "C"]


def test_half_is_added_only_where_a_zero_is(tables: str) -> None:
    found = call("effects", tables, "--measure", "OR", "--json")
    # By hand: ln(4*12 / (16*8)); ln(0.5*17.5 / (20.5*3.5)).
    assert found["yi"][0] == pytest.approx(-0.980829, abs=1e-6)
    assert found["yi"][1] == pytest.approx(-2.104134, abs=1e-6)


def test_a_missing_value_is_excluded_with_its_reason(tmp_path: Path) -> None:
    file = write(tmp_path / "t.csv", {"study": ["A", "B", "C"], "yi": [0.1, "", 0.3], "vi": [0.1, 0.2, 0.1]})
    document = call("pool", file, "--measure", "GEN", "--json")
    assert document["k"] == 2
    assert [row["study"] for row in document["excluded"]] == ["B"]
    assert document["excluded"][0]["reason"]


@pytest.mark.parametrize(
    ("columns", "arguments", "message"),
    [
        ({"yi": [0.1, 0.2], "vi": [0.1, -1]}, ("--measure", "GEN"), "line 3"),
        ({"yi": [0.1, "x"], "vi": [0.1, 1]}, ("--measure", "GEN"), ":3: yi = 'x' is no number"),
        ({"yi": [0.1, 0.2], "vi": [0.1, 1]}, ("--measure", "MAGIC"), "unknown"),
        ({"yi": [0.1, 0.2], "vi": [0.1, 1]}, ("--measure", "GEN", "--mods", "dose"), "column 'dose' is missing"),
        ({"ai": [5, 2], "n1i": [4, 9], "ci": [1, 2], "n2i": [5, 9]}, ("--measure", "RR"), "line 2"),
        ({"m1i": [5.0], "sd1i": [0], "n1i": [9], "m2i": [4.0], "sd2i": [1], "n2i": [9]}, ("--measure", "MD"), "line 2"),
        ({"yi": [0.1], "vi": [0.1]}, ("--measure", "GEN", "--method", "mh"), "pools counts"),
        ({"yi": [0.1, 0.3], "vi": [0.1, 0.1]}, ("--measure", "GEN", "--tau2", "XX"), "REML"),
    ],
)
def test_bad_input_names_its_place(
    tmp_path: Path, columns: dict[str, list[Any]], arguments: tuple[str, ...], message: str
) -> None:
    with pytest.raises(InputError) as caught:
        call("pool", write(tmp_path / "t.csv", columns), *arguments, "--json")
    assert message in str(caught.value)


@pytest.mark.parametrize("method", ["iv", "mh", "peto"])
@pytest.mark.parametrize("cells", [{"ai": [0, 0], "ci": [0, 0]}, {"ai": [1.5, 2], "ci": [1, 2]}], ids=["zero", "half"])
def test_impossible_counts_are_refused_by_every_method(
    tmp_path: Path, method: str, cells: dict[str, list[Any]]
) -> None:
    file = write(tmp_path / "t.csv", {"study": ["A", "B"], **cells, "bi": [9, 9], "di": [9, 9]})
    with pytest.raises(InputError, match="A"):
        call("pool", file, "--measure", "OR", "--method", method, "--json")


def test_subgroups_of_a_ratio_are_on_the_log_scale(tables: str) -> None:
    found = call("pool", tables, "--measure", "OR", "--subgroup", "arm", "--json")["subgroups"]
    assert {(row["measure"], row["scale"]) for row in found} == {("OR", "log")}


def test_a_missing_file_is_named() -> None:
    with pytest.raises(InputError, match="missing"):
        call("pool", "nowhere.csv", "--measure", "GEN", "--json")


@pytest.mark.skipif(not SHARED.exists(), reason="the numeric oracle is not beside the repository (../shared)")
def test_the_numbers_are_the_oracles(tmp_path: Path) -> None:
    case = json.loads(SHARED.read_text(encoding="utf-8"))
    file = write(tmp_path / "bcg.csv", {name: case["data"][name] for name in ("study", "ai", "bi", "ci", "di")})
    effects = next(r for r in case["results"] if r["kind"] == "escalc" and r["spec"]["es"] == "RR")
    ours = call("effects", file, "--measure", "RR", "--json")
    assert ours["yi"] == pytest.approx(effects["expected"]["yi"], rel=1e-9)
    wanted = next(
        r["expected"] for r in case["results"]
        if r["kind"] == "pooled" and r["spec"]["es"] == "RR" and r["spec"]["method"] == "REML"
        and r["spec"]["test"] == "knha" and r["spec"].get("level", 95) in (95, 0.95)
    )
    found = call("pool", file, "--measure", "RR", "--ci", "hk", "--json")
    for name, theirs in (("tau2", "tau2"), ("ci_low", "ci_lb"), ("ci_high", "ci_ub"), ("i2_tau2", "I2")):
        if theirs in wanted:
            assert found[name] == pytest.approx(wanted[theirs], rel=1e-6)
    assert found["tau2"] == pytest.approx(wanted["tau2"], rel=1e-6)


def test_an_option_that_is_not_used_is_said(tables: str) -> None:
    for more in (("--model", "common", "--tau2", "DL"), ("--method", "mh", "--tau2", "PM")):
        notes = call("pool", tables, "--measure", "OR", "--json", *more)["warnings"]
        assert any("is not used" in note for note in notes), more
    assert not [n for n in call("pool", tables, "--measure", "OR", "--tau2", "dl", "--json")["warnings"] if "tau2" in n]
    with pytest.raises(InputError, match="normal interval only"):
        call("pool", tables, "--measure", "OR", "--method", "mh", "--ci", "hk", "--json")


def test_mantel_haenszel_takes_the_model(tables: str) -> None:
    common = call("pool", tables, "--measure", "RD", "--method", "mh", "--json")
    spread = call("pool", tables, "--measure", "RD", "--method", "mh", "--model", "random", "--json")
    assert (common["model"], spread["model"], spread["tau2_method"]) == ("common", "random", "DL")


def test_a_common_effect_regression_has_a_normal_interval(tables: str) -> None:
    found = call("pool", tables, "--measure", "OR", "--mods", "dose", "--model", "common", "--json")
    assert found["ci_method"] == "normal"


def test_subgroups_and_their_test_are_shown(tables: str) -> None:
    found = call("pool", tables, "--measure", "OR", "--subgroup", "arm", "--json")
    assert [group["group"] for group in found["subgroups"]] == ["x", "y"]
    assert found["q_between_df"] == 1
    done = CliRunner().invoke(cli, ["pool", tables, "--measure", "OR", "--subgroup", "arm"], standalone_mode=False)
    assert "Difference between groups: Q = " in done.stdout


@pytest.mark.parametrize(("text", "message"), [
    ("study,yi,vi,yi\na,1,1,1\n", "column 'yi' stands twice"), ("study,yi,vi\na,1_0,1\n", "'1_0' is no number"),
    ('study,yi,vi\n"a,1,1\n', "not valid CSV"), ("study,yi,vi\na,1\x00,1\n", "no number"),
])
def test_a_table_is_read_strictly(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        call("pool", str(path), "--measure", "GEN", "--json")


def test_a_semicolon_table_may_have_decimal_commas(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("study;yi;vi\na;0,5;0,04\nb;0,7;0,05\n", encoding="utf-8")
    assert [row["yi"] for row in call("pool", str(path), "--measure", "GEN", "--json")["studies"]] == [0.5, 0.7]


def test_one_name_for_two_rows_is_noted(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", {"study": ["a", "a"], "yi": [1, 2], "vi": [1, 1]})
    assert any("names 2 rows" in note for note in call("pool", path, "--measure", "GEN", "--json")["warnings"])
