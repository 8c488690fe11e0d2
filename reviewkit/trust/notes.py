"""What a free-text note excuses: the general words with which papers explain an unusual number.

The vocabulary is that of statistics and trial reporting at large, not of any one file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_I = re.IGNORECASE
_ADJUSTED = re.compile(
    r"\b(?:adjust|ancova|covaria|regress|mixed[- ](?:model|effect)|mmrm|gee\b|least[- ]squares?|ls[- "
    r"]?means?|marginal)",
    _I,
)
_IMPUTED = re.compile(r"\b(?:imput|carried forward|locf|least[- ]squares?|ls[- ]?means?|weighted|model[- ]based)", _I)
_RANK = re.compile(
    r"\b(?:mann|wilcoxon|kruskal|rank|non-?parametric|permutation|randomi[sz]ation test|median test|log-?rank|hodges)",
    _I,
)
_LOG = re.compile(r"\b(?:log[- ]?(?:values?|transform|scale|normal)|logarithm|geometric|ln[- ]transform|box-?cox)", _I)
_INTERVAL = re.compile(
    r"\b(?:bootstrap|bca\b|exact|clopper|wilson|agresti|profile|credible|bayes|fieller|hodges|non-?parametric|"
    r"jeffreys|score interval|percentile|likelihood|log[- ]transform|geometric|back-?transform)",
    _I,
)
_ONE_SIDED = re.compile(r"\b(?:one|1|single)[- ]?(?:sided|tailed)", _I)
_MULTIPLE = re.compile(
    r"bonferroni|holm|sidak|šidák|tukey|dunnett|scheff|hochberg|multipl(?:ied|icity|e compar|e test)", _I
)
_IMPROVEMENT = re.compile(
    r"improvement[^;]*\bpositive|positive[^;]*(?:improve|better)|baseline minus|reduction[^;]*positive|"
    r"(?:change|difference)[^;]*\bas (?:an? )?(?:improvement|reduction|decrease)",
    _I,
)
_REVERSED = re.compile(
    r"\b(?:reverse|invert)|\d+\s*(?:=|means|is)\s*(?:no|none|worst|best|maxim|minim|severe|normal|full|perfect|very)\b|"
    r"high(?:er)?\b[^;]*\b(?:=|means?|indicates?|is)\s*(?:less|better|worse|more|greater)",
    _I,
)
_DIVIDED = re.compile(
    r"\b(?:divided|split|halved|shared out|half of)\b|\b\d+ of (?:the )?\d+ (?:\w+ )?(?:counted|used|entered)", _I
)
_EPISODES = re.compile(r"\b(?:episodes|events? not (?:people|persons|patients)|several per|more than one per)", _I)
_WITHIN = re.compile(
    r"\b(?:paired|within[- ]?group|before[- ]after|pre[- ]?post|change from baseline|from baseline)\b", _I
)
_LEVEL = re.compile(r"(\d{2}(?:\.\d+)?)\s*(?:%|per ?cent)[- ]*(?:confidence|ci\b|credib|interval)", _I)
_RANDOMISED = re.compile(
    r"(?:randomi[sz]ed|allocated|enrolled)[^\d;]{0,40}(\d+)([^;]*)|(\d+)[^\d;]{0,25}\b(?:randomi[sz]ed|allocated)([^;]*)",
    _I,
)
_IN_ALL = re.compile(r"\b(?:in all|in total|total|altogether|overall|both arms|all arms)\b", _I)
_PAIR_N = re.compile(r"\bn\s*=\s*(\d+)\s*(?:v|vs\.?|versus|and|/|,)\s*(?:n\s*=\s*)?(\d+)", _I)
_REGISTRATION = re.compile(
    r"\b(?:NCT\d{8}|ISRCTN\d+|ACTRN\d+|ChiCTR[-\w]+|DRKS\d+|UMIN\d+|IRCT\w+|CTRI/[\d/]+|"
    r"(?:registration|registry|registered|trial "
    r"(?:no|number|id))[^\w;]*(?:no\.?|number|as|id)?[^\w;]*([A-Z][\w/-]*\d[\w/-]*))",
    _I,
)
_EXCLUSIVE = re.compile(r"\b(?:one answer|single answer|exclusive|one category|each person once)\b", _I)
_FACTOR = re.compile(r"\b(?:by|x|×|times)\s*(\d+)", _I)


@dataclass(frozen=True, slots=True)
class Note:
    """What one note says, as plain facts. Numbers are ``None`` where the note gives none."""

    adjusted: bool
    imputed: bool
    rank: bool
    log: bool
    other_interval: bool
    one_sided: bool
    multiple: bool
    multiplier: int | None
    improvement_positive: bool
    reversed_scale: bool
    divided: bool
    episodes: bool
    within: bool
    exclusive: bool
    level: float
    randomised_arm: int | None
    randomised_all: int | None
    pair_n: tuple[int, int] | None
    registration: str


def _randomised(text: str) -> tuple[int | None, int | None]:
    arm: int | None = None
    everyone: int | None = None
    for match in _RANDOMISED.finditer(text):
        number = int(match.group(1) or match.group(3))
        if _IN_ALL.search(match.group(0)):
            everyone = number
        else:
            arm = number
    return arm, everyone


@lru_cache(maxsize=4096)
def read_note(text: str) -> Note:
    """Read a note for the words that change what a number may be.

    Parameters
    ----------
    text : str
        The note as the extractor wrote it; clauses are parted by semicolons.

    Returns
    -------
    Note
    """
    arm, everyone = _randomised(text)
    pair = _PAIR_N.search(text)
    level = _LEVEL.search(text)
    registration = _REGISTRATION.search(text)
    multiple = bool(_MULTIPLE.search(text))
    factor = _FACTOR.search(text) if multiple else None
    return Note(
        adjusted=bool(_ADJUSTED.search(text)),
        imputed=bool(_IMPUTED.search(text)),
        rank=bool(_RANK.search(text)),
        log=bool(_LOG.search(text)),
        other_interval=bool(_INTERVAL.search(text)),
        one_sided=bool(_ONE_SIDED.search(text)),
        multiple=multiple,
        multiplier=int(factor.group(1)) if factor else None,
        improvement_positive=bool(_IMPROVEMENT.search(text)),
        reversed_scale=bool(_REVERSED.search(text)),
        divided=bool(_DIVIDED.search(text)),
        episodes=bool(_EPISODES.search(text)),
        within=bool(_WITHIN.search(text)),
        exclusive=bool(_EXCLUSIVE.search(text)),
        level=float(level.group(1)) / 100 if level else 0.95,
        randomised_arm=arm,
        randomised_all=everyone,
        pair_n=(int(pair.group(1)), int(pair.group(2))) if pair else None,
        registration=(registration.group(1) or registration.group(0)).upper() if registration else "",
    )
