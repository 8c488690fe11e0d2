"""The tools' algorithms: every path, against the criteria as published, and never better for a worse answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.appraisal import OVERALL, TOOLS, Domain, Tool, propose, tool_for
from reviewkit.appraisal.soundness import faults

Y, N, NOT_YES, NOT_NO = ("Y", "PY"), ("N", "PN"), ("N", "PN", "NI"), ("Y", "PY", "NI")
Answers = Mapping[str, str]

ALGORITHMS = [(tool, domain) for tool in TOOLS.values() for domain in tool.domains if domain.steps]
NAMES = [f"{tool.id}-{domain.id}" for tool, domain in ALGORITHMS]


def alone(tool: Tool, domain: Domain) -> Tool:
    return replace(tool, domains=(domain,))


def judged(tool: Tool, domain: Domain, answers: Answers) -> str:
    return propose(alone(tool, domain), answers).domains[0].judgement


@pytest.mark.parametrize("tool", TOOLS.values(), ids=list(TOOLS))
def test_tool_is_whole_and_cited(tool: Tool) -> None:
    assert faults(tool) == ()
    assert tool.source.citation and tool.source.read
    assert tool.source.doi or tool.source.url


@pytest.mark.parametrize(("tool", "domain"), ALGORITHMS, ids=NAMES)
def test_every_path_ends_where_its_table_says(tool: Tool, domain: Domain) -> None:
    """Walk each path with each of its answers and nothing else answered: nothing more may be asked."""
    walked = 0
    for start in domain.starts:
        part = replace(domain, starts=(start,))
        for path, end in part.paths():
            for place, step in enumerate(path):
                for answer in sorted(step.answers):
                    answers = {s.question: sorted(s.answers)[0] for s in path} | {step.question: answer}
                    found = propose(alone(tool, part), answers).domains[0]
                    assert (found.judgement, found.missing) == (end, ())
                    assert len(found.path) == len(path) > place
                    walked += 1
    assert walked >= len(list(domain.paths()))


@pytest.mark.parametrize(("tool", "domain"), ALGORITHMS, ids=NAMES)
def test_a_question_the_path_needs_is_named_when_unanswered(tool: Tool, domain: Domain) -> None:
    for start in domain.starts:
        part = replace(domain, starts=(start,))
        for path, _ in part.paths():
            answers = {step.question: sorted(step.answers)[0] for step in path}
            del answers[path[-1].question]
            found = propose(alone(tool, part), answers)
            assert found.domains[0].judgement == "" and found.status == "incomplete"
            assert found.missing == (path[-1].question,)


def _classes(domain: Domain) -> Iterator[dict[str, str]]:
    """Every combination of a favourable, an unknown and an unfavourable answer."""
    options = [[a for a in ("Y", "NI", "N") if a in q.answers] for q in domain.questions]
    names = [question.id for question in domain.questions]
    for combination in product(*options):
        yield dict(zip(names, combination, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tool", "domain"), [(t, d) for t, d in ALGORITHMS if "yes" not in {level.word for level in t.levels}],
    ids=[n for n, (t, _) in zip(NAMES, ALGORITHMS, strict=True) if "yes" not in {lv.word for lv in t.levels}],
)
def test_a_worse_answer_never_gives_a_better_judgement(tool: Tool, domain: Domain) -> None:
    for answers in _classes(domain):
        rank = tool.rank(domain.id, judged(tool, domain, answers))
        for question in domain.questions:
            order = [a for a in ("Y", "NI", "N") if a in question.answers]
            order = order if question.better == "Y" else order[::-1]
            place = order.index(answers[question.id])
            for worse in order[place + 1 :]:
                changed = answers | {question.id: worse}
                assert tool.rank(domain.id, judged(tool, domain, changed)) >= rank, (answers, question.id, worse)


@pytest.mark.parametrize(
    ("tool", "domain"), [(t, d) for t, d in ALGORITHMS if t.id != "amstar2"],
    ids=[name for name in NAMES if not name.startswith("amstar2")],
)
def test_probably_counts_like_certainly(tool: Tool, domain: Domain) -> None:
    """AMSTAR 2 is left out: 'partial yes' is a level of its own there."""
    for step in domain.steps:
        allowed = domain.question(step.question).answers
        for sure, likely in (("Y", "PY"), ("N", "PN")):
            if likely in allowed:
                assert (sure in step.answers) == (likely in step.answers), step


def randomisation(a: Answers) -> str:
    """doi:10.1186/s13643-021-01722-5, table 2, first part."""
    if a["1.2"] in N or (a["1.2"] == "NI" and a["1.3"] in Y):
        return "high"
    low = a["1.2"] in Y and a["1.3"] in NOT_YES and a["1.1"] in NOT_NO
    return "low" if low else "some concerns"


def deviations(a: Answers) -> str:
    """Guidance document, criteria for domain 2 (assignment): two parts, the worse counts."""
    unaware = a["2.1"] in N and a["2.2"] in N
    arose = a["2.3"]
    first = "some concerns"
    if unaware or arose in N:
        first = "low"
    elif arose in Y and a["2.4"] in NOT_NO and a["2.5"] in NOT_YES:
        first = "high"
    second = "low" if a["2.6"] in Y else "some concerns" if a["2.7"] in N else "high"
    return max(first, second, key=["low", "some concerns", "high"].index)


def adhering(a: Answers) -> str:
    """Guidance document, criteria for domain 2 (adhering)."""
    unaware = a["2.1"] in N and a["2.2"] in N
    balanced = unaware or a["2.3"] in (*Y, "NA")
    kept = a["2.4"] in (*N, "NA") and a["2.5"] in (*N, "NA")
    if balanced and kept:
        return "low"
    return "some concerns" if a["2.6"] in Y else "high"


def missing(a: Answers) -> str:
    if a["3.1"] in Y or a["3.2"] in Y or a["3.3"] in N:
        return "low"
    return "some concerns" if a["3.4"] in N else "high"


def measurement(a: Answers) -> str:
    if a["4.1"] in Y or a["4.2"] in Y:
        return "high"
    if a["4.3"] in N or a["4.4"] in N:
        return "low" if a["4.2"] in N else "some concerns"
    return "some concerns" if a["4.5"] in N else "high"


def selection(a: Answers) -> str:
    if a["5.2"] in Y or a["5.3"] in Y:
        return "high"
    return "low" if a["5.2"] in N and a["5.3"] in N and a["5.1"] in Y else "some concerns"


CRITERIA: list[tuple[str, int, Callable[[Answers], str]]] = [
    ("rob2", 0, randomisation), ("rob2", 1, deviations), ("rob2", 2, missing), ("rob2", 3, measurement),
    ("rob2", 4, selection), ("rob2-adhering", 1, adhering), ("rob2-crossover", 0, randomisation),
]


@pytest.mark.parametrize(("name", "place", "criteria"), CRITERIA, ids=lambda v: getattr(v, "__name__", str(v)))
def test_rob2_table_agrees_with_the_criteria(name: str, place: int, criteria: Callable[[Answers], str]) -> None:
    tool = TOOLS[name]
    domain = tool.domains[place]
    for answers in _classes(domain):
        assert judged(tool, domain, answers) == criteria(answers), answers


def test_rob2_not_applicable_where_the_protocol_does_not_ask() -> None:
    tool = TOOLS["rob2-adhering"]
    answers = {"2.1": "Y", "2.2": "Y", "2.3": "NA", "2.4": "NA", "2.5": "NA"}
    assert judged(tool, tool.domains[1], answers) == "low"


def test_cluster_trial_recruitment() -> None:
    tool = TOOLS["rob2-cluster"]
    for answers in _classes(tool.domain("D1b")):
        expected = "some concerns"
        if answers["1b.1"] == "Y" or (answers["1b.2"] == "N" and answers["1b.3"] != "Y"):
            expected = "low"
        elif answers["1b.2"] == "Y" or (answers["1b.2"] == "NI" and answers["1b.3"] == "Y"):
            expected = "high"
        assert judged(tool, tool.domain("D1b"), answers) == expected, answers


LEVELS = ("low", "some concerns", "high")


@given(st.lists(st.sampled_from(LEVELS), min_size=5, max_size=5))
def test_rob2_overall_is_the_worst_domain(words: list[str]) -> None:
    tool = TOOLS["rob2"]
    found = propose(tool, {}, dict(zip([d.id for d in tool.domains], words, strict=True)))
    assert found.overall == ("high" if "high" in words else "some concerns" if "some concerns" in words else "low")
    assert ("decides for high" in found.why) == (words.count("some concerns") > 1 and "high" not in words)


@given(st.lists(st.sampled_from(("low", "moderate", "no information", "serious", "critical")), min_size=7, max_size=7))
def test_robins_overall(words: list[str]) -> None:
    """doi:10.1136/bmj.i4919, table 2: a gap leaves low and moderate open, but never hides serious or critical."""
    tool = TOOLS["robins-i"]
    found = propose(tool, {}, dict(zip([d.id for d in tool.domains], words, strict=True)))
    for word in ("critical", "serious", "no information", "moderate"):
        if word in words:
            assert found.overall == word
            break
    else:
        assert found.overall == "low"


def test_robins_leaves_its_domains_to_the_assessor() -> None:
    tool = TOOLS["robins-i"]
    answers = {question.id: "NI" for _, question in tool.questions}
    assert propose(tool, answers).overall == "no information"
    found = propose(tool, answers | {"1.1": "Y"})
    assert (found.domains[0].judgement, found.overall, found.status) == ("", "", "open")
    assert propose(tool, answers | {"1.1": "Y"}, {"D1": "serious"}).overall == "serious"


@pytest.mark.parametrize("domain", TOOLS["nos-case-control"].domains, ids=lambda d: d.id)
def test_newcastle_ottawa_level_is_told_only_where_silence_cannot_change_it(domain: Domain) -> None:
    """Stars to words as printed in doi:10.1111/clr.13860, table 4."""
    tool = TOOLS["nos-case-control"]
    words = {"selection": ["poor", "poor", "fair", "good", "good"], "comparability": ["poor", "good", "good"],
             "exposure": ["poor", "poor", "good", "good"]}[domain.id]
    names = [question.id for question in domain.questions]
    for combination in product(["Y", "N", "NI"], repeat=len(names)):
        answers = dict(zip(names, combination, strict=True))
        options = [("Y", "N") if a == "NI" else (a,) for a in combination]
        levels = {words[filled.count("Y")] for filled in product(*options)}
        found = propose(alone(tool, domain), answers).domains[0]
        assert found.judgement == (levels.pop() if len(levels) == 1 else "no information"), answers
        assert found.stars == (combination.count("Y"), len(names) - combination.count("N"), len(names))


def test_newcastle_ottawa_has_nine_stars() -> None:
    assert len(TOOLS["nos-case-control"].questions) == 9


@given(st.fixed_dictionaries({str(n): st.sampled_from(("Y", "N")) for n in range(1, 17)}))
def test_amstar2_confidence(answers: dict[str, str]) -> None:
    """doi:10.1186/s13643-018-0878-3, table 2 (after Shea 2017, box 2)."""
    critical = sum(answers[str(n)] == "N" for n in (2, 4, 7, 9, 11, 13, 15))
    other = sum(word == "N" for word in answers.values()) - critical
    expected = (
        "critically low" if critical > 1 else "low" if critical else "moderate" if other > 1 else "high"
    )
    assert propose(TOOLS["amstar2"], answers).overall == f"{expected} confidence"


def test_amstar2_partial_and_not_pooled_are_no_flaws() -> None:
    answers = {str(n): "Y" for n in range(1, 17)} | {"2": "PY", "4": "PY", "11": "NA", "12": "NA", "15": "NA"}
    assert propose(TOOLS["amstar2"], answers).overall == "high confidence"


def test_rob_me_known_ends() -> None:
    """Ends read off the tree in the application by the tool's authors."""
    tool = TOOLS["rob-me"]
    nothing = {"4.1": "N", "4.3": "N"}
    cases = [
        (nothing | {"4.5": "N"}, "low"),
        (nothing | {"4.5": "Y", "4.6": "N", "4.7": "N"}, "low"),
        (nothing | {"4.5": "Y", "4.6": "PN", "4.7": "Y", "4.8": "N"}, "some concerns"),
        (nothing | {"4.5": "Y", "4.6": "Y", "4.7": "N", "4.8": "Y"}, "high"),
        (nothing | {"4.5": "Y", "4.6": "Y", "4.7": "PY"}, "high"),
        ({"4.1": "Y", "4.2": "PN", "4.3": "N", "4.5": "N", "4.7": "N"}, "low"),
        ({"4.1": "Y", "4.2": "NI", "4.3": "N", "4.5": "N", "4.7": "N", "4.8": "N"}, "some concerns"),
        ({"4.1": "N", "4.3": "Y", "4.4": "Y", "4.5": "N", "4.7": "Y"}, "high"),
        ({"4.1": "N", "4.3": "Y", "4.4": "N", "4.5": "Y", "4.6": "Y", "4.7": "N", "4.8": "PN"}, "some concerns"),
        ({"4.1": "Y", "4.2": "Y"}, "high"),
    ]
    for answers, expected in cases:
        assert propose(tool, answers).overall == expected, answers


def test_the_assessors_judgement_stands_in_the_overall_one() -> None:
    tool = TOOLS["rob2"]
    best = {q.id: q.better for _, q in tool.questions}
    assert propose(tool, best).overall == "low"
    assert propose(tool, best, {"D4": "high"}).overall == "high"
    assert propose(tool, best, {"D4": "high"}).of("D4") == "low"


def test_no_rule_over_all_means_the_assessor_decides() -> None:
    tool = TOOLS["jbi-case-series"]
    found = propose(tool, {str(n): "Y" for n in range(1, 11)})
    assert (found.overall, found.status, found.of(OVERALL)) == ("", "open", "")


@pytest.mark.parametrize(
    ("design", "tool"),
    [("RCT", "rob2"), ("Randomised controlled trial", "rob2"), ("cluster-randomised trial", "rob2-cluster"),
     ("randomized cross-over", "rob2-crossover"), ("RCT, crossover", "rob2-crossover"), ("cohort", "robins-i"),
     ("non-randomised trial", "robins-i"), ("quasi-experimental (not randomised)", "robins-i"),
     ("Case–control study", "nos-case-control"), ("case control and meta-analysis", "nos-case-control"),
     ("case series", "jbi-case-series"), ("case report", "jbi-case-report"), ("systematic review", "amstar2"),
     ("Mendelian randomisation", ""), ("survey", "")],
)
def test_tool_for_a_design(design: str, tool: str) -> None:
    assert tool_for(design) == tool
