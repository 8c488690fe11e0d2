"""Features: TF-IDF by hand, rows of length 1, nothing that a strange text could break."""

from __future__ import annotations

import math

import numpy as np
import pytest

from reviewkit.screening.features import Text, featurise, words

WOOL = Text("Wool of sheep", "Sheep grow wool. Wool is warm.")
SILK = Text("Silk of moths", "Moths spin silk; silk is warm.")
LINEN = Text("Linen of flax", "", ("flax",))


def dense(matrix: object) -> np.ndarray:
    return np.asarray(matrix.todense())  # type: ignore[attr-defined]


def test_weights_are_those_of_the_formula() -> None:
    found = featurise([WOOL, SILK, LINEN])
    assert "of" in found.terms and "is warm" in found.terms and "wool" not in found.terms
    idf = {df: 1 + math.log(4 / (1 + df)) for df in (1, 2, 3)}
    # wool 3, sheep 2, of 1, is 1, warm 1, grow 1; pairs within a sentence or title, none over the field's end
    once = ["grow", *["wool of", "of sheep", "sheep grow", "grow wool", "wool wool", "wool is"]]
    squares = [
        *[((1 + math.log(count)) * idf[1]) ** 2 for count in (3, 2, *[1] * len(once))],
        *[idf[2] ** 2] * 3, idf[3] ** 2,
    ]
    expected = idf[3] / math.sqrt(sum(squares))
    assert dense(found.words)[0, found.terms.index("of")] == pytest.approx(expected, rel=1e-5)


def test_a_pair_never_crosses_a_field() -> None:
    twice = [Text("alpha beta", "gamma delta", ("epsilon",))] * 2
    terms = set(featurise(twice).terms)
    assert {"alpha beta", "gamma delta"} <= terms
    assert not {"beta gamma", "delta epsilon"} & terms


def test_rows_are_no_longer_than_one() -> None:
    found = featurise([WOOL, SILK, LINEN, Text(), WOOL])
    for matrix in (dense(found.words), dense(found.titles), dense(found.pieces), found.topics):
        lengths = np.linalg.norm(matrix, axis=1)
        assert (lengths <= 1 + 1e-5).all()
        assert lengths[3] == pytest.approx(0, abs=1e-6)
    assert np.linalg.norm(found.topics, axis=1)[[0, 1, 4]] == pytest.approx(1, rel=1e-4)


def test_pieces_join_inflected_words() -> None:
    pieces = dense(featurise([Text("migraine"), Text("migraines"), Text("sheep"), Text("sheep")]).pieces)
    assert pieces[0] @ pieces[1] > 0.3
    assert pieces[0] @ pieces[2] == 0


def test_a_query_is_read_with_the_same_columns() -> None:
    found = featurise([WOOL, SILK, WOOL])
    row = found.query("warm WOOL and zebras")
    assert np.linalg.norm(row) == pytest.approx(1)
    scores = found.words @ row
    assert scores[0] > scores[1] > 0
    assert not found.query("zebras").any()


def test_the_same_texts_give_the_same_features() -> None:
    one, other = featurise([WOOL, SILK, LINEN]), featurise([WOOL, SILK, LINEN])
    assert one.terms == other.terms
    assert np.array_equal(one.topics, other.topics)
    assert np.array_equal(dense(one.words), dense(other.words))


@pytest.mark.parametrize("texts", [
    [], [Text()], [Text("a"), Text("b")], [Text("one")], [Text("\ud800 lone surrogate")] * 3,
    [Text("<script>alert(1)</script>", "\u202eevil\x00")] * 2, [Text("x" * 300_000, "y " * 300_000)] * 2,
])
def test_strange_texts_are_read(texts: list[Text]) -> None:
    found = featurise(texts)
    assert found.words.shape[0] == found.titles.shape[0] == found.pieces.shape[0] == found.topics.shape[0] == len(texts)
    assert np.isfinite(dense(found.words)).all() and np.isfinite(found.topics).all()


def test_words_of_any_script() -> None:
    assert words("Ärzte fühlen: 维生素B12 — ok") == ["ärzte", "fühlen", "维生素b12", "ok"]


def test_digest_tells_fields_apart() -> None:
    assert Text("a", "b").digest != Text("a b").digest != Text("a", "", ("b",)).digest
