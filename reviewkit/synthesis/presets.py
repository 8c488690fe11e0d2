"""Named sets of analysis choices, each choice with the document that it comes from.

The table is data: a test pins it, `preset_table` prints it, and a pooled estimate names the row it followed. Where
``read`` is False the source could not be opened when the table was written: the rule is then what is commonly
reported of it, or ours, and the text says which.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

from reviewkit.synthesis.inputs import check_choice

PresetName = Literal["cochrane", "revman", "metafor", "handbook-classic"]

_METHODS_PAGE = (
    "Cochrane Methods, 'Random-effects meta-analysis methods for Intervention Reviews' "
    "(methods.cochrane.org; addenda of May 2024, updates of January and May 2025)"
)
_HANDBOOK = "Cochrane Handbook for Systematic Reviews of Interventions"
_CLASSIC = f"{_HANDBOOK}, version 5.1 (2011), section 9.4.4 introduction (archived)"
_CLASSIC_RANDOM = f"{_HANDBOOK}, version 5.1 (2011), section 9.5.4 (text not read)"
_METAFOR = "metafor 5.1, help of rma.uni, predict.rma and escalc, checked against its output"


@dataclass(frozen=True, slots=True)
class PresetChoice:
    """One analysis choice.

    Attributes
    ----------
    value : str
        The option's name in `reviewkit.synthesis.pool`.
    rule : str
        The choice in words.
    source : str
        Document, section and version.
    read : bool
        Whether the source itself was read; False marks a rule that is reported elsewhere, or is ours.
    """

    value: str
    rule: str
    source: str
    read: bool


@dataclass(frozen=True, slots=True)
class Preset:
    """The choices of one preset, in the order in which an analysis makes them."""

    name: str
    tau2: PresetChoice
    interval: PresetChoice
    two_studies: PresetChoice
    narrower: PresetChoice
    prediction: PresetChoice
    i2: PresetChoice
    zero_cells: PresetChoice

    def choices(self) -> dict[str, PresetChoice]:
        """Field name and choice, in order."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "name"}


_COCHRANE = Preset(
    name="cochrane",
    tau2=PresetChoice("REML", "restricted maximum likelihood", _METHODS_PAGE, True),
    interval=PresetChoice("hk", "Hartung-Knapp-Sidik-Jonkman, from three studies on", _METHODS_PAGE, True),
    two_studies=PresetChoice(
        "normal",
        "with two studies Wald's interval, since t on one degree of freedom says next to nothing; both are named",
        f"{_HANDBOOK}, version 6.5 (2024), section 10.10.4, and Veroniki and McKenzie 2024, Introduction to new "
        "random-effects methods in RevMan (texts not read; rule as commonly reported)",
        False,
    ),
    narrower=PresetChoice(
        "wider",
        "where Hartung-Knapp is narrower than Wald's interval, Wald's is reported and both are named",
        f"{_HANDBOOK}, version 6.5 (2024), section 10.10.4 (text not read; reported to prefer Wald's interval where "
        "tau² is 0, which is where this happens; the rule itself is ours, after Jackson et al. 2017, "
        "doi:10.1002/sim.7411)",
        False,
    ),
    prediction=PresetChoice(
        "k-2",
        "t on k − 2 degrees of freedom; withheld below 3 studies, warned about below 5",
        f"{_HANDBOOK}, versions 6.0 to 6.4, section 10.10.4.3 (text not read; formula as quoted from Higgins et al. "
        "2009); the limits on the number of studies are ours",
        False,
    ),
    i2=PresetChoice("both", "from tau² and from Q, each by its name", f"{_METHODS_PAGE}: from tau²", True),
    zero_cells=PresetChoice(
        "mh-uncorrected",
        "Mantel-Haenszel without correction; Peto's method where events are rare; where an effect of each study is "
        "needed, 0.5 is added only in studies with a zero, and studies without events say nothing about a ratio",
        f"{_HANDBOOK}, version 6.5 (2024), section 10.4.4 (text not read; rule as commonly reported)",
        False,
    ),
)
_REVMAN = Preset(
    name="revman",
    tau2=PresetChoice("REML", "restricted maximum likelihood", _METHODS_PAGE, True),
    interval=PresetChoice(
        "normal",
        "Wald's interval, with Hartung-Knapp-Sidik-Jonkman on request",
        "RevMan knowledge base, 2025 (not read; which of the two is preselected is as commonly reported)",
        False,
    ),
    two_studies=PresetChoice("same", "as for more studies", "RevMan knowledge base, 2025 (not read)", False),
    narrower=PresetChoice("keep", "the interval asked for is kept", "RevMan knowledge base, 2025 (not read)", False),
    prediction=PresetChoice(
        "metafor",
        "t or normal, by the distribution of the confidence interval",
        f"{_METHODS_PAGE}: 'the t-distribution or the normal distribution'; degrees of freedom not read",
        False,
    ),
    i2=PresetChoice("tau2", "from tau²", f"{_METHODS_PAGE}, addendum of May 2024", True),
    zero_cells=PresetChoice(
        "only0",
        "0.5 added to every cell of a study with a zero, in Mantel-Haenszel sums too",
        "Ades et al. 2025, Research Synthesis Methods (letter on continuity corrections in RevMan)",
        True,
    ),
)
_METAFOR_PRESET = Preset(
    name="metafor",
    tau2=PresetChoice("REML", "restricted maximum likelihood", _METAFOR, True),
    interval=PresetChoice("normal", "Wald's interval", _METAFOR, True),
    two_studies=PresetChoice("same", "as for more studies", _METAFOR, True),
    narrower=PresetChoice("keep", "the interval asked for is kept", _METAFOR, True),
    prediction=PresetChoice("metafor", "by the distribution of the confidence interval", _METAFOR, True),
    i2=PresetChoice("tau2", "from tau²", _METAFOR, True),
    zero_cells=PresetChoice("only0", "0.5 added to every cell of a study with a zero", _METAFOR, True),
)
_HANDBOOK_CLASSIC = Preset(
    name="handbook-classic",
    tau2=PresetChoice("DL", "DerSimonian-Laird", _CLASSIC, True),
    interval=PresetChoice("normal", "Wald's interval", _METHODS_PAGE, True),
    two_studies=PresetChoice("same", "as for more studies", _CLASSIC_RANDOM, False),
    narrower=PresetChoice("keep", "the interval asked for is kept", _CLASSIC_RANDOM, False),
    prediction=PresetChoice(
        "k-2-wald",
        "t on k − 2 degrees of freedom with Wald's error",
        "Higgins, Thompson and Spiegelhalter 2009, doi:10.1111/j.1467-985X.2008.00552.x (as R's pimeta gives it)",
        True,
    ),
    i2=PresetChoice("q", "from Q", "Higgins and Thompson 2002, doi:10.1002/sim.1186", True),
    zero_cells=PresetChoice("only0", "0.5 added to every cell of a study with a zero", _CLASSIC, True),
)

PRESETS: dict[str, Preset] = {p.name: p for p in (_COCHRANE, _REVMAN, _METAFOR_PRESET, _HANDBOOK_CLASSIC)}
"""Every preset by its name; ``cochrane`` is the default."""


def find_preset(name: str) -> Preset:
    """The preset of that name.

    Raises
    ------
    InputError
        For an unknown name.
    """
    check_choice("preset", name, PresetName)
    return PRESETS[name]


def preset_table() -> tuple[dict[str, object], ...]:
    """One row for each choice of each preset: preset, choice, value, rule, source, read."""
    return tuple(
        {
            "preset": preset.name,
            "choice": name,
            "value": choice.value,
            "rule": choice.rule,
            "source": choice.source,
            "read": choice.read,
        }
        for preset in PRESETS.values()
        for name, choice in preset.choices().items()
    )
