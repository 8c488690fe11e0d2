"""A finished review of any size, made up: records, votes, studies, numbers, risk of bias."""

from __future__ import annotations

import random
import shutil
from collections.abc import Mapping
from pathlib import Path

from reviewkit.appraisal import TOOLS
from reviewkit.appraisal.rows import COLUMNS as BIAS_COLUMNS
from reviewkit.appraisal.rows import template
from reviewkit.extraction import COLUMNS, STUDY_COLUMNS
from reviewkit.review import Review, open_review
from reviewkit.review.records.importing import import_records
from reviewkit.review.screening.desk import open_desk
from reviewkit.review.starting import new_question
from reviewkit.tables import write_csv

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "made-up"
MEASURES = ("SMD", "RR", "MD", "OR")
NOUNS = (
    "walking", "gardens", "rivers", "letters", "lanterns", "harvest", "orchards", "violins", "pebbles", "winters",
    "kettles", "bridges", "sparrows", "meadows", "candles", "marbles", "journeys", "blankets", "thunder", "saffron",
    "quarries", "harbours", "feathers", "puzzles", "almonds", "carpets", "glaciers", "whistles", "tunnels", "comets",
    "velvet", "ladders", "islands", "mirrors", "copper", "ribbons", "falcons", "onions", "deserts", "engines",
)  # fmt: skip
COUNTRIES = ("Norway", "Ghana", "Chile")


def make_review(
    root: Path, n_studies: int = 12, n_outcomes: int = 2, *, words: str = "", seed: int = 1, bias: bool = True
) -> Review:
    """A review whose outcomes are all pooled, by country too; `words` stand in every text that a table takes.

    Outcomes take turns among `MEASURES`; one more names a harm on which nobody reports.
    """
    rng = random.Random(seed)
    new_question(QUESTION, root)
    shutil.copytree(ROOT / "notebooks", root / "notebooks", dirs_exist_ok=True)
    folder = root / "data" / QUESTION
    _protocol(folder / "protocol.toml", n_outcomes)
    references = root / "references" / QUESTION
    (references / "export-1.ris").write_text("\n".join(_record(i) for i in range(n_studies + 3)), encoding="utf-8")
    with (references / "searches.toml").open("a", encoding="utf-8") as stream:
        stream.write('\n[[file]]\nname = "export-1.ris"\nsource = "MEDLINE"\ndate = 2026-01-01\nquery = "all"\n')
    import_records(QUESTION, root)
    review = open_review(QUESTION, root)
    reports = sorted(review.reports, key=lambda name: int(str(review.reports[name].doi).rsplit(".", 1)[1]))
    _vote(review, reports, n_studies)
    studies = [f"s{i}" for i in range(n_studies)]
    write_csv(folder / "studies.csv", STUDY_COLUMNS,
              [_study(i, name, reports[i], words, rng) for i, name in enumerate(studies)])
    (folder / "extraction").mkdir(exist_ok=True)
    write_csv(folder / "extraction" / "ada.csv", COLUMNS,
              [row for place in range(n_outcomes) for i, name in enumerate(studies)
               for row in _arms(f"o{place}", MEASURES[place % 4], name, reports[i], words, rng)])
    if bias:
        (folder / "risk-of-bias").mkdir(exist_ok=True)
        rows = template([(name, "", TOOLS["rob2"]) for name in studies], "ada")
        write_csv(folder / "risk-of-bias" / "ada.csv", BIAS_COLUMNS, [_answered(row, words, rng) for row in rows])
    return open_review(QUESTION, root)


def _protocol(path: Path, n_outcomes: int) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in (
        ("DOES THE THERAPY HELP PEOPLE WITH THE CONDITION?", "Does walking help people who sleep badly?"),
        ("THE THERAPY", "walking"), ("THE CONDITION", "poor sleep"),
        ("votes_title_abstract = 2", "votes_title_abstract = 1"), ("votes_full_text = 2", "votes_full_text = 1"),
        ('reviewers = ["reviewer-a", "reviewer-b"]', 'reviewers = ["ada"]'), ('consensus = "reviewer-c"', ""),
        ('extractors = ["reviewer-a"]', 'extractors = ["ada"]'),
        ('assessors = ["reviewer-a", "reviewer-b"]', 'assessors = ["ada"]'),
    ):  # fmt: skip
        text = text.replace(old, new)
    head, harm = text[: text.index("[[outcomes]]")], text[text.rindex("[[outcomes]]") :]
    path.write_text(head + "".join(map(_outcome, range(n_outcomes))) + harm, encoding="utf-8")


def _outcome(place: int) -> str:
    return f"""[[outcomes]]
id = "o{place}"
name = "Outcome number {place}"
importance = "{'critical' if place < 3 else 'important'}"
better = "higher"
timepoint = "end of treatment"
no_important_difference_because = "it is made up"

[outcomes.plan]
measure = "{MEASURES[place % 4]}"
subgroups = ["country"]

[[outcomes.plan.sensitivity]]
id = "normal"
label = "Normal interval"
interval = "normal"

"""


def _record(i: int) -> str:
    words = random.Random(1000 + i).sample(NOUNS, 9)
    return (f"TY  - JOUR\nID  - k{i}\nTI  - {' '.join(words[:6]).capitalize()}\nAU  - Vane{i}, Ann\n"
            f"PY  - {1985 + i % 40}\nT2  - Journal {i % 5}\nDO  - 10.1234/made.{i}\n"
            f"AB  - {words[6].capitalize()}, {words[7]} and {words[8]} were asked for in {i * 7 + 20} people.\n"
            "ER  - \n")


def _vote(review: Review, reports: list[str], n_included: int) -> None:
    for stage in ("title-abstract", "full-text"):
        desk = open_desk(review, stage, "ada", ranked=False)
        for place, report in enumerate(reports):
            if place < n_included:
                desk.decide(report, "include")
            elif stage == "title-abstract" and place > n_included:
                desk.decide(report, "exclude")
            else:
                desk.decide(report, "include" if stage == "title-abstract" else "exclude",
                            reason="" if stage == "title-abstract" else "wrong-outcome")
            if stage == "full-text" and place >= n_included:
                break
        review = open_review(review.question, review.root)


def _study(i: int, name: str, report: str, words: str, rng: random.Random) -> Mapping[str, object]:
    return dict.fromkeys(STUDY_COLUMNS, "") | {
        "study_id": name, "label": f"{words}Vane{i} {1985 + i % 40}", "tier": "primary", "reports": report,
        "design": "randomised trial", "country": COUNTRIES[i % 3], "n_randomised": 400,
        "arms": f"{words}walking; waiting list", "comparator": f"{words}waiting list", "locator": "p. 3",
        "url": f"https://example.org/{i}", "extractor": "ada", "note": f"{words}drawn {rng.random():.3f}",
    }  # fmt: skip


def _arms(
    outcome: str, measure: str, study: str, report: str, words: str, rng: random.Random
) -> list[Mapping[str, object]]:
    effect = rng.gauss(0.3, 0.25)
    rows: list[Mapping[str, object]] = []
    for role in ("intervention", "comparator"):
        n = rng.randint(20, 180)
        row = dict.fromkeys(COLUMNS, "") | {
            "row_id": f"{outcome}-{study}-{role[0]}", "study_id": study, "report_id": report, "outcome": outcome,
            "design": "randomised trial", "comparison": "walking v waiting list",
            "arm": f"{words}{'walking' if role == 'intervention' else 'waiting list'}", "arm_role": role,
            "instrument": "scale", "higher_is": "better", "timepoint": "12 weeks", "timepoint_weeks": 12,
            "number_status": "seen", "n_status": "seen", "analysis_set": "primary", "locator": "table 2",
            "url": "https://example.org/t", "extractor": "ada", "as_printed": f"{words}as printed",
        }  # fmt: skip
        if measure in ("SMD", "MD"):
            shift = effect * 4 if role == "intervention" else 0
            row |= {"value_type": "final", "n": n, "mean": round(20 + shift + rng.gauss(0, 0.4), 2),
                    "sd": round(rng.uniform(3, 5), 2)}
        else:
            share = 0.3 * (1 + effect / 2) if role == "intervention" else 0.3
            row |= {"value_type": "events", "events": max(1, min(n - 1, round(n * share))), "total": n}
        rows.append(row)
    return rows


def _answered(row: dict[str, str], words: str, rng: random.Random) -> dict[str, str]:
    if not row["question"]:
        return row
    allowed = row["wording"].rsplit("(", 1)[1].rstrip(")").split(", ")
    known = [word for word in ("yes", "probably yes", "probably no") if word in allowed]
    return row | {"answer": rng.choice(known), "support": f"{words}“as the report says in its methods”",
                  "locator": "p. 2", "url": "https://example.org/m"}
