"""One palette in page and figures, with the contrast that readers need (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from reviewkit.figures.svg import PALETTE
from reviewkit.render.judgements import LIGHTS

CSS = (files("reviewkit.render") / "report.css").read_text(encoding="utf-8")


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_page_and_figures_share_one_palette() -> None:
    light, dark = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[:2]
    for place, block in enumerate((light, dark)):
        found = dict(re.findall(r"--rk-(\w+): (#[0-9a-f]{6})", block))
        assert found == {name: colours[place] for name, colours in PALETTE.items()}


@pytest.mark.parametrize("place", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "wash"])
@pytest.mark.parametrize("text", ["ink", "grey", "accent"])
def test_text_contrast(text: str, ground: str, place: int) -> None:
    assert _contrast(PALETTE[text][place], PALETTE[ground][place]) >= 4.5


def test_symbols_in_lights_can_be_read_and_worse_arrows_seen() -> None:
    assert all(_contrast("#000000", judgement.colour) >= 4.5 for judgement in LIGHTS)
    assert all(_contrast("#D55E00", PALETTE["paper"][place]) >= 3 for place in (0, 1))


def test_style_asks_for_nothing_from_outside() -> None:
    assert not re.search(r"url\(|@import|@font-face", CSS)
