"""One call writes SVG, PNG and PDF; without a browser the message says what to do."""

from __future__ import annotations

import os
import shutil
import struct
from pathlib import Path

import pytest

from reviewkit.errors import InputError, ReviewkitError
from reviewkit.figures import Figure, ForestPooled, ForestRow, forest_plot
from reviewkit.figures.export import NAMES

HERE = os.environ.get("REVIEWKIT_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture
def figure() -> Figure:
    rows = [ForestRow("Vane <1>", 0.5, 0.2, 0.9, 60), ForestRow("Weir", 0.1, -0.4, 0.6, 40)]
    return forest_plot(rows, [ForestPooled("Total", 0.3, 0.0, 0.6)], title="A & B <i>")


def test_svg_is_the_figure_itself(figure: Figure, tmp_path: Path) -> None:
    path = figure.save(tmp_path / "new" / "forest.svg")
    assert path.read_text(encoding="utf-8") == figure.svg


def test_another_ending_or_scale_is_refused(figure: Figure, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"svg, \.png, \.pdf"):
        figure.save(tmp_path / "forest.gif")
    with pytest.raises(InputError, match="scale = 99"):
        figure.save(tmp_path / "forest.png", scale=99)
    assert list(tmp_path.iterdir()) == []


def test_without_a_browser_the_message_names_the_remedy(
    figure: Figure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVIEWKIT_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(ReviewkitError, match="REVIEWKIT_CHROMIUM = '/nowhere/chromium' is no program") as caught:
        figure.save(tmp_path / "forest.png")
    assert "save the figure as SVG" in str(caught.value)
    assert not (tmp_path / "forest.png").exists()


@pytest.mark.slow
@pytest.mark.e2e
@pytest.mark.skipif(HERE is None, reason="NO Chromium: PNG and PDF were NOT tested.")
def test_png_and_pdf_have_the_figure_s_size_and_text(figure: Figure, tmp_path: Path) -> None:
    png = figure.save(tmp_path / "forest.png", scale=3).read_bytes()
    width, height = struct.unpack(">II", png[16:24])
    assert width == pytest.approx(3 * figure.width, abs=4)
    assert height == pytest.approx(3 * figure.height, abs=4)
    pdfium = pytest.importorskip("pypdfium2")
    with pdfium.PdfDocument(figure.save(tmp_path / "forest.pdf")) as document:
        assert len(document) == 1
        assert document[0].get_size() == pytest.approx((0.75 * figure.width, 0.75 * figure.height), abs=1.5)
        words = document[0].get_textpage().get_text_range()
    assert "Vane <1>" in words and "Total" in words


@pytest.mark.slow
@pytest.mark.e2e
@pytest.mark.skipif(HERE is None, reason="NO Chromium: PNG and PDF were NOT tested.")
def test_the_same_figure_gives_the_same_pdf(figure: Figure, tmp_path: Path) -> None:
    one, other = (figure.save(tmp_path / name).read_bytes() for name in ("one.pdf", "other.pdf"))
    assert one == other
