"""Risk of bias: the traffic light (study by domain) and the summary (share of studies by domain).

After robvis (McGuinness LA, Higgins JPT 2021), doi:10.1002/jrsm.1411. Symbol and word beside each hue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reviewkit.errors import InputError
from reviewkit.figures.lettering import text_width, wrap
from reviewkit.figures.marks import draw_light
from reviewkit.figures.svg import LINE, SMALL, Canvas, Figure
from reviewkit.numbers import percent
from reviewkit.render.judgements import LIGHTS, Judgement, risk_of_bias

Words = Mapping[str, str]
"""Light (low, some, high, critical, none) to the word a tool has for it."""

_ROW = 28.0
_BAR = 440.0


@dataclass(frozen=True, slots=True)
class BiasRow:
    """A study with a judgement for each domain and one over all; `weight` counts it in the summary.

    `overall_word` is the tool's own word for the overall judgement.
    """

    label: str
    judgements: Sequence[str]
    overall: str = ""
    weight: float = 1.0
    href: str = ""
    overall_word: str = ""


def traffic_light(
    rows: Sequence[BiasRow], domains: Sequence[str], *, title: str = "Risk of bias by study", words: Words | None = None
) -> Figure:
    """Draw a light for each study and domain, the overall judgement with its word at the end.

    Each light has a hue, a symbol and, beside it, the first letter of its word; `words` are a tool's own.

    Raises
    ------
    InputError
        If there is no study or a row does not fit the domains.
    """
    _check(rows, domains)
    canvas = Canvas()
    names = min(max([text_width(row.label) for row in rows] + [90]), 240)
    levels = _levels(rows, words or {})
    longest = max(text_width(word, SMALL, bold=True) for domain in domains for word in domain.split() or [""])
    column = min(max(84.0, longest + 10), 130.0)
    heads = [wrap(domain, column - 8, SMALL, bold=True, max_lines=4) for domain in domains]
    base = 15.0 + LINE * (max(len(head) for head in heads) - 1)
    left = names + 20
    canvas.text(0, base, "Study", size=SMALL, bold=True)
    for place, head in enumerate(heads):
        canvas.lines(left + column * (place + 0.5), base - LINE * (len(head) - 1), head, anchor="middle", size=SMALL,
                     bold=True)
    overall = left + column * len(domains) + 16
    canvas.text(overall, base, "Overall", size=SMALL, bold=True)
    width = overall + 24 + max(text_width(_overall_word(row, words or {})) for row in rows)
    width = max(width, text_width(_key(levels), SMALL))
    y = base + 8
    canvas.line(0, y, width, y)
    for row in rows:
        label = wrap(row.label, names, max_lines=3)
        height = max(_ROW, LINE * len(label) + 10)
        canvas.lines(0, y + 18, label, href=row.href)
        for place, judgement in enumerate(row.judgements):
            x = left + column * (place + 0.5)
            draw_light(canvas, x - 5, y + 13.5, judgement)
            canvas.text(x + 8, y + 18, _word(risk_of_bias(judgement), words or {})[:1], size=SMALL, fill="grey")
        draw_light(canvas, overall + 8, y + 13.5, row.overall)
        canvas.text(overall + 24, y + 18, _overall_word(row, words or {}))
        y += height
        canvas.line(0, y, width, y, stroke="hair")
    canvas.text(0, y + 18, _key(levels), size=SMALL, fill="grey")
    return canvas.finish(width, y + 26, title=title, description=_describe(rows, words or {}))


def _levels(rows: Sequence[BiasRow], words: Words) -> list[tuple[str, str]]:
    """Symbol and word of the lights for the key: a tool's own, else the usual four and whatever else is drawn."""
    drawn = {risk_of_bias(word).key for row in rows for word in (*row.judgements, row.overall)}
    known = set(words) or {"low", "some", "high", "none"}
    return [(light.symbol, _word(light, words)) for light in LIGHTS if light.key in drawn | known]


def _key(levels: Sequence[tuple[str, str]]) -> str:
    return "   ".join(f"{symbol} {word[:1].lower()}{word[1:]}" for symbol, word in levels)


def _word(light: Judgement, words: Words) -> str:
    word = words.get(light.key, light.word)
    return word[:1].upper() + word[1:]


def _overall_word(row: BiasRow, words: Words) -> str:
    word = row.overall_word or _word(risk_of_bias(row.overall), words)
    return word[:1].upper() + word[1:]


def risk_of_bias_summary(
    rows: Sequence[BiasRow], domains: Sequence[str], *, title: str = "Risk of bias by domain",
    words: Words | None = None,
) -> Figure:
    """Draw the share of studies at each judgement, by domain and over all, as bars with words in them.

    Raises
    ------
    InputError
        If there is no study, a row does not fit the domains, or the weights sum to 0.
    """
    _check(rows, domains)
    if sum(row.weight for row in rows) <= 0 or min(row.weight for row in rows) < 0:
        raise InputError("weights of a risk-of-bias summary must be 0 or more, and not all 0.", code="figure")
    canvas = Canvas()
    lines = [*domains, "Overall"]
    names = min(max(text_width(name, bold=True) for name in lines), 260)
    left, y = names + 16, 2.0
    for place, name in enumerate(lines):
        bold = place == len(domains)
        heading = wrap(name, names, bold=bold, max_lines=2)
        found = [row.overall if bold else row.judgements[place] for row in rows]
        canvas.lines(0, y + (17 if len(heading) == 1 else 11), heading, bold=bold)
        _bar(canvas, left, y, [risk_of_bias(word).key for word in found], [row.weight for row in rows], words or {})
        y += 34
    for share in (0, 25, 50, 75, 100):
        x = left + _BAR * share / 100
        canvas.line(x, y, x, y + 4)
        canvas.text(x, y + 17, percent(share), anchor="middle", size=SMALL)
    canvas.line(left, y, left + _BAR, y)
    what = "Share of studies" if len({row.weight for row in rows}) == 1 else "Share of the weight in the pool"
    canvas.text(left + _BAR / 2, y + 35, what, anchor="middle", size=SMALL, fill="grey")
    return canvas.finish(left + _BAR + 20, y + 43, title=title, description=_describe(rows, words or {}))


def _bar(
    canvas: Canvas, left: float, y: float, keys: Sequence[str], weights: Sequence[float], words: Words
) -> None:
    x, total = left, sum(weights)
    for judgement in LIGHTS:
        share = sum(weight for key, weight in zip(keys, weights, strict=True) if key == judgement.key) / total
        width = _BAR * share
        if width <= 0:
            continue
        canvas.rect(x, y, width, 24, fill=judgement.colour, stroke="paper")
        figure = percent(100 * share, 0)
        mark = judgement.symbol
        for said in (f"{mark} {_word(judgement, words)} {figure}", f"{mark} {figure}", mark):
            if text_width(said, SMALL) <= width - 6:
                canvas.text(x + width / 2, y + 16, said, anchor="middle", size=SMALL, fill="#000000")
                break
        x += width


def _check(rows: Sequence[BiasRow], domains: Sequence[str]) -> None:
    if not rows or not domains:
        raise InputError("a risk-of-bias figure needs a study and a domain.", code="figure",
                         remedy="Show an empty state where nothing was assessed.")
    for row in rows:
        if len(row.judgements) != len(domains):
            found = len(row.judgements)
            raise InputError(f"{row.label}: {found} judgements for {len(domains)} domains.", code="figure")


def _describe(rows: Sequence[BiasRow], words: Words) -> str:
    found = [_overall_word(row, words).lower() for row in rows]
    order = sorted(set(found), key=lambda word: min(
        LIGHTS.index(risk_of_bias(row.overall)) for row in rows if _overall_word(row, words).lower() == word))
    parts = [f"{found.count(word)} {word}" for word in order]
    return f"Overall risk of bias over {len(rows)} {'study' if len(rows) == 1 else 'studies'}: {', '.join(parts)}."
