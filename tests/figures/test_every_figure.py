"""What holds for every picture: valid XML, text inside, escaped, the same bytes, a description."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from reviewkit.figures import Figure

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {"svg", "title", "desc", "style", "rect", "line", "polygon", "polyline", "circle", "text", "a"}


def test_is_valid_xml_with_title_and_description(maker: Callable[[str], Figure], words: str) -> None:
    figure = maker(words)
    root = ElementTree.fromstring(figure.svg)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= ALLOWED
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert (title.text or "").split() == figure.title.split()
    assert len(figure.description) > 15
    assert root.get("role") == ("group" if root.find(f".//{SVG}a") is not None else "img")
    assert (root.get("aria-label") or "").startswith(figure.title[:20].rstrip(". "))


def test_nothing_from_outside_becomes_markup(maker: Callable[[str], Figure], hostile: str) -> None:
    figure = maker(hostile)
    for element in ElementTree.fromstring(figure.svg).iter():
        assert not [name for name in element.attrib if name.lower().startswith("on")]
        assert element.get("href", "#").startswith("#")
    assert "\u202e" not in figure.svg
    assert "\x00" not in figure.svg


def test_all_text_lies_within_the_picture(maker: Callable[[str], Figure], words: str) -> None:
    figure = maker(words)
    assert figure.texts
    outside = [
        box for box in figure.texts
        if box.left < -1 or box.top < -1 or box.right > figure.width + 1 or box.bottom > figure.height + 1
    ]  # fmt: skip
    assert outside == []


def test_all_marks_lie_within_the_picture(maker: Callable[[str], Figure]) -> None:
    figure = maker("A")
    for element in ElementTree.fromstring(figure.svg).iter():
        for name, most in (("x", figure.width), ("x1", figure.width), ("x2", figure.width), ("cx", figure.width),
                           ("y", figure.height), ("y1", figure.height), ("y2", figure.height),
                           ("cy", figure.height)):  # fmt: skip
            value = element.get(name)
            assert value is None or -1 <= float(value) <= most + 1


def test_same_data_same_bytes(maker: Callable[[str], Figure], words: str) -> None:
    assert maker(words).svg == maker(words).svg


@pytest.mark.slow
def test_bytes_do_not_depend_on_the_hash_seed() -> None:
    code = (
        "import sys, hashlib; sys.path.insert(0, 'tests/figures'); import conftest as c; "
        "print(hashlib.sha256(''.join(c.MAKERS[k]('A') .svg for k in sorted(c.MAKERS)).encode()).hexdigest())"
    )
    root = Path(__file__).resolve().parents[2]
    answers = {
        subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
                       cwd=root, capture_output=True, text=True, check=True).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(answers) == 1
