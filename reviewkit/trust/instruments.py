"""What is generally known of common instruments and laboratory values.

Ranges, items and direction are those of the instruments' manuals and first papers; usual SDs are rounded
figures for patient groups in trials (they serve only to tell a factor of 3 or more); human ranges are those a
*group mean* can take, patients and supplement takers included.

References
----------
Krupp 1989 (FSS) 10.1001/archneur.1989.00520460115022; Fisk 1994 (MFIS) 10.1093/clinids/18.Supplement_1.S79;
Vernon 1991 (NDI) PMID 1834753; Zigmond 1983 (HADS) 10.1111/j.1600-0447.1983.tb09716.x; Beck 1996 (BDI-II);
Buysse 1989 (PSQI) 10.1016/0165-1781(89)90047-4; Kosinski 2003 (HIT-6) 10.1023/A:1026119331193; Ware 1992
(SF-36) PMID 1593914; EuroQol 1990 10.1016/0168-8510(90)90421-9; SI conversion factors: AMA Manual of Style.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Direction = Literal["better", "worse", "unknown"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One way to score an instrument: range, usual mean and SD, and the steps a person's score takes.

    ``steps`` is how many score steps make one point: 1 for whole points, 9 for the mean of nine whole-point
    items; ``None`` where scores are not stepped (percent scores are not, once an item is left out).
    """

    name: str
    low: float
    high: float
    usual_mean: float
    usual_sd: float
    steps: float | None = None


@dataclass(frozen=True, slots=True)
class Instrument:
    """An instrument with its metrics, the direction of its scale, and whether patients report it."""

    name: str
    pattern: str
    direction: Direction
    metrics: tuple[Metric, ...]
    patient_reported: bool = True
    direction_by_outcome: bool = False
    """Whether the scale is blank, so that only a symptom as outcome makes high scores bad."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of an analyte: the human range of group means, and the usual mean and SD in that unit."""

    name: str
    per_reference: float
    """How many of this unit make one of the analyte's reference unit."""


@dataclass(frozen=True, slots=True)
class Analyte:
    """A laboratory value: range of group means, usual mean and SD in the reference (first) unit."""

    name: str
    pattern: str
    low: float
    high: float
    usual_mean: float
    usual_sd: float
    units: tuple[Unit, ...]
    direction: Direction = "unknown"


def _one(low: float, high: float, mean: float, sd: float, steps: float | None = None) -> tuple[Metric, ...]:
    return (Metric("points", low, high, mean, sd, steps),)


INSTRUMENTS = (
    Instrument("FSS", r"\bfss\b|fatigue severity", "worse", (
        Metric("item mean", 1, 7, 4.8, 1.3, 9), Metric("sum of nine items", 9, 63, 43, 12, 1))),
    Instrument("MFIS", r"\bmfis\b|modified fatigue impact", "worse", (
        Metric("total", 0, 84, 45, 15, 1), Metric("item mean", 0, 4, 2.1, 0.7, 21))),
    Instrument("NDI", r"\bndi\b|neck disability", "worse", (
        Metric("points", 0, 50, 18, 7, 1), Metric("percent", 0, 100, 36, 14))),
    Instrument("ODI", r"\bodi\b|oswestry", "worse", (
        Metric("percent", 0, 100, 32, 15), Metric("points", 0, 50, 16, 7.5, 1))),
    Instrument("RMDQ", r"\brmdq\b|roland", "worse", _one(0, 24, 10, 5, 1)),
    Instrument("HADS", r"\bhads\b|hospital anxiety", "worse", (
        Metric("one subscale", 0, 21, 8.5, 3.7, 1), Metric("both subscales", 0, 42, 16, 7, 1))),
    Instrument("BDI-II", r"\bbdi\b|beck depression", "worse", _one(0, 63, 20, 9.5, 1)),
    Instrument("PHQ-9", r"\bphq-?9\b", "worse", _one(0, 27, 10, 5.5, 1)),
    Instrument("GAD-7", r"\bgad-?7\b", "worse", _one(0, 21, 8, 5, 1)),
    Instrument("PSQI", r"\bpsqi\b|pittsburgh sleep", "worse", _one(0, 21, 9, 3.7, 1)),
    Instrument("ISI", r"\bisi\b|insomnia severity", "worse", _one(0, 28, 14, 5.5, 1)),
    Instrument("HIT-6", r"\bhit-?6\b|headache impact", "worse", _one(36, 78, 61, 7, 1)),
    Instrument("MIDAS", r"\bmidas\b", "worse", _one(0, 270, 35, 30, 1)),
    Instrument("headache days", r"(?:headache|migraine) days", "worse", _one(0, 31, 10, 4.5, 1)),
    Instrument("NRS", r"\bnp?rs\b|numeric(?:al)? (?:pain )?rating", "worse", _one(0, 10, 5.2, 2, 1),
               direction_by_outcome=True),
    Instrument("EQ-5D", r"\beq-?5d\b|euroqol", "better", (
        Metric("index", -0.6, 1, 0.65, 0.22), Metric("visual scale", 0, 100, 65, 18))),
    Instrument("VAS", r"\bvas\b|visual analog", "worse", (
        Metric("cm", 0, 10, 5.2, 2), Metric("mm", 0, 100, 52, 20)), direction_by_outcome=True),
    Instrument("SF-36", r"\bsf-?(?:36|12)\b|short form", "better", _one(0, 100, 52, 19)),
    Instrument("MSIS-29", r"\bmsis", "worse", _one(0, 100, 40, 21)),
    Instrument("WOMAC", r"\bwomac", "worse", (Metric("total", 0, 96, 45, 17), Metric("percent", 0, 100, 47, 18))),
    Instrument("EDSS", r"\bedss\b", "worse", _one(0, 10, 3.5, 1.6), patient_reported=False),
    Instrument("walking distance", r"walk(?:ing)? (?:distance|test)|\b6-?mwt?\b|\b2-?mwt\b", "better",
               _one(0, 1000, 400, 110), patient_reported=False),
)  # fmt: skip

ANALYTES = (
    Analyte("vitamin B12", r"\bb-?12\b|cobalamin", 120, 2500, 400, 170, (
        Unit("pg/mL", 1), Unit("ng/L", 1), Unit("pmol/L", 0.738), Unit("ng/mL", 1e-3), Unit("nmol/L", 7.38e-4),
        Unit("µg/L", 1e-3)), "better"),
    Analyte("homocysteine", r"homocyst|\bthcy\b|\bhcy\b", 4, 70, 12, 4, (
        Unit("µmol/L", 1), Unit("mmol/L", 1e-3), Unit("nmol/L", 1e3), Unit("mol/L", 1e-6),
        Unit("mg/L", 0.1352)), "worse"),
    Analyte("vitamin D", r"vitamin d|25-?\(?oh\)?|calcidiol|hydroxyvitamin", 6, 110, 25, 10, (
        Unit("ng/mL", 1), Unit("nmol/L", 2.496), Unit("µg/L", 1)), "better"),
    Analyte("methylmalonic acid", r"methylmalon|\bmma\b", 60, 2500, 220, 120, (
        Unit("nmol/L", 1), Unit("µmol/L", 1e-3), Unit("mmol/L", 1e-6)), "worse"),
    Analyte("folate", r"folate|folic acid level", 2, 45, 10, 5, (
        Unit("ng/mL", 1), Unit("nmol/L", 2.266), Unit("µg/L", 1), Unit("pg/mL", 1e3)), "better"),
    Analyte("ferritin", r"ferritin", 6, 1200, 80, 60, (
        Unit("ng/mL", 1), Unit("µg/L", 1), Unit("pmol/L", 2.247), Unit("mg/L", 1e-3), Unit("pg/mL", 1e3)), "unknown"),
    Analyte("C-reactive protein", r"c-?reactive|\b(?:hs)?-?crp\b", 0.2, 150, 4, 4, (
        Unit("mg/L", 1), Unit("mg/dL", 0.1), Unit("µg/mL", 1), Unit("µg/L", 1e3), Unit("ng/mL", 1e3)), "worse"),
    Analyte("haemoglobin", r"h(?:a)?emoglobin(?! a)|\bhb\b", 7, 18, 13.3, 1.4, (
        Unit("g/dL", 1), Unit("g/L", 10), Unit("mmol/L", 0.6206)), "better"),
    Analyte("glucose", r"glucose", 60, 300, 100, 18, (Unit("mg/dL", 1), Unit("mmol/L", 0.0555), Unit("g/L", 0.01)),
            "worse"),
    Analyte("cholesterol", r"cholesterol|\bldl\b|\bhdl\b", 25, 350, 190, 38, (
        Unit("mg/dL", 1), Unit("mmol/L", 0.02586), Unit("g/L", 0.01)), "unknown"),
    Analyte("triglycerides", r"triglycerid", 40, 500, 140, 65, (
        Unit("mg/dL", 1), Unit("mmol/L", 0.01129), Unit("g/L", 0.01)), "worse"),
    Analyte("creatinine", r"creatinine", 0.4, 8, 0.95, 0.22, (
        Unit("mg/dL", 1), Unit("µmol/L", 88.4), Unit("mmol/L", 0.0884), Unit("mg/L", 10)), "worse"),
    Analyte("urate", r"uric acid|\burate\b", 2.5, 12, 5.6, 1.4, (
        Unit("mg/dL", 1), Unit("µmol/L", 59.48), Unit("mmol/L", 0.05948)), "worse"),
    Analyte("magnesium", r"magnesium", 1.2, 3, 2, 0.2, (Unit("mg/dL", 1), Unit("mmol/L", 0.4114)), "unknown"),
    Analyte("calcium", r"\bcalcium", 7.5, 12, 9.4, 0.5, (Unit("mg/dL", 1), Unit("mmol/L", 0.2495)), "unknown"),
    Analyte("zinc", r"\bzinc", 45, 180, 85, 15, (Unit("µg/dL", 1), Unit("µmol/L", 0.153), Unit("mg/L", 0.01)),
            "better"),
    Analyte("selenium", r"\bselenium", 40, 300, 95, 20, (Unit("µg/L", 1), Unit("µmol/L", 0.01266)), "better"),
    Analyte("interleukin", r"interleukin|\bil-?\d", 0.1, 500, 4, 5, (Unit("pg/mL", 1), Unit("ng/L", 1),
            Unit("ng/mL", 1e-3)), "unknown"),
    Analyte("tumour necrosis factor", r"\btnf", 0.2, 300, 6, 5, (Unit("pg/mL", 1), Unit("ng/L", 1),
            Unit("ng/mL", 1e-3)), "unknown"),
    Analyte("TSH", r"\btsh\b|thyrotropin", 0.05, 60, 2, 1.2, (Unit("mIU/L", 1), Unit("µIU/mL", 1)), "unknown"),
    Analyte("cortisol", r"cortisol", 3, 35, 12, 4.5, (Unit("µg/dL", 1), Unit("nmol/L", 27.59), Unit("ng/mL", 10)),
            "unknown"),
)  # fmt: skip


SYMPTOM = re.compile(
    r"pain|ache|fatigue|tired|stiff|itch|prurit|nausea|anxi|depress|stress|distress|dyspn|breathless|spastic|disab|"
    r"dizz|vertigo|insomn|severity|symptom|discomfort|numb|cramp",
    re.IGNORECASE,
)
"""Outcomes of which more is worse."""


def usual_direction(instrument: str, outcome: str) -> Direction:
    """The direction that an instrument or analyte has by its manual or by usage; ``unknown`` where that varies."""
    known = find_instrument(instrument, outcome)
    if known is not None:
        blank = known.direction_by_outcome and not SYMPTOM.search(f"{outcome} {instrument}")
        return "unknown" if blank else known.direction
    analyte = find_analyte(instrument, outcome)
    return analyte.direction if analyte is not None else "unknown"


def _plain_unit(unit: str) -> str:
    text = unit.strip().replace("μ", "µ").replace("mcg", "µg").replace("ug/", "µg/").replace("umol", "µmol")
    text = re.sub(r"\s+", "", text).replace("/ml", "/mL").replace("/dl", "/dL")
    return re.sub(r"/(?:l|lit|lit(?:er|re))\Z", "/L", text, flags=re.IGNORECASE)


@lru_cache(maxsize=512)
def find_instrument(instrument: str, outcome: str = "") -> Instrument | None:
    """The known instrument that a row names, or ``None``; the instrument column goes before the outcome."""
    text = (instrument or outcome).lower()
    return next((known for known in INSTRUMENTS if re.search(known.pattern, text)), None)


@lru_cache(maxsize=512)
def find_analyte(instrument: str, outcome: str = "") -> Analyte | None:
    """The known laboratory value that a row names, or ``None``."""
    text = (instrument or outcome).lower()
    return next((known for known in ANALYTES if re.search(known.pattern, text)), None)


def find_unit(analyte: Analyte, unit: str) -> Unit | None:
    """The analyte's unit of that name, spelling variants of micro and litre allowed."""
    plain = _plain_unit(unit)
    return next((known for known in analyte.units if known.name == plain), None)


def metric_for_range(instrument: Instrument, low: float | None, high: float | None) -> Metric | None:
    """The metric with the declared range; without a range, the first where the instrument has only one."""
    if low is None or high is None:
        return instrument.metrics[0] if len(instrument.metrics) == 1 else None
    exact = [metric for metric in instrument.metrics if metric.low == low and metric.high == high]
    if exact:
        return exact[0]
    close = [metric for metric in instrument.metrics if 0.8 <= (high - low) / (metric.high - metric.low) <= 1.25]
    return close[0] if close else None
