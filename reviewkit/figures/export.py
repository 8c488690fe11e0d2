"""A figure as a file: SVG as it stands, PNG and PDF drawn by Chromium, so that all three look the same.

Chromium (or Chrome, or Edge) is looked for on the path; ``REVIEWKIT_CHROMIUM`` names another. The picture is one
file that asks for nothing, and no host has an address while it is drawn.
"""

from __future__ import annotations

import math
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from reviewkit.errors import InputError, ReviewkitError
from reviewkit.figures.svg import Figure, n
from reviewkit.render.text import escape
from reviewkit.store.files import write_atomic

KINDS = (".svg", ".png", ".pdf")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
ARGUMENTS = (
    "--headless", "--disable-gpu", "--disable-quic", "--disable-sync", "--disable-extensions", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip
_PATIENCE = 60
_DATE = re.compile(rb"(/(?:CreationDate|ModDate) \(D:)\d{14}([^)]*\))")


def save_figure(figure: Figure, path: str | Path, *, scale: float = 2) -> Path:
    """Write a figure; the file's ending says how.

    Parameters
    ----------
    path : str or Path
        Ends in ``.svg``, ``.png`` or ``.pdf``. Its folder is made.
    scale : float
        Pixels of a PNG for each pixel of the figure's natural size.

    Returns
    -------
    Path
        The file. SVG is the same bytes for the same figure anywhere; PNG and PDF are for one version of Chromium and
        its fonts (no date is written).

    Raises
    ------
    InputError
        For another ending, or a scale outside 0.5 to 8.
    ReviewkitError
        If PNG or PDF is asked for and there is no Chromium, or it fails.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise InputError(f"{path.name}: a figure is saved as {', '.join(KINDS)}.", code="figure")
    if not 0.5 <= scale <= 8:
        raise InputError(f"scale = {scale}: must lie from 0.5 to 8.", code="figure")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, figure.svg if kind == ".svg" else _drawn(figure, kind, scale))
    return path


def find_chromium() -> str:
    """The browser that draws PNG and PDF.

    Raises
    ------
    ReviewkitError
        If there is none.
    """
    named = os.environ.get("REVIEWKIT_CHROMIUM", "")
    found = next((place for place in map(shutil.which, [named] if named else NAMES) if place), None)
    if found is None:
        where = f"REVIEWKIT_CHROMIUM = {named!r} is no program" if named else "none of " + ", ".join(NAMES) + " is here"
        raise ReviewkitError(
            f"PNG and PDF are drawn by Chromium, and {where}.", code="no-chromium",
            remedy="Install Chromium (apt-get install chromium), or save the figure as SVG.",
        )
    return found


def _drawn(figure: Figure, kind: str, scale: float) -> bytes:
    browser = find_chromium()
    width, height = math.ceil(figure.width), math.ceil(figure.height)
    with tempfile.TemporaryDirectory(prefix="reviewkit-") as name:
        folder = Path(name)
        page, drawn = folder / "figure.html", folder / f"figure{kind}"
        page.write_text(_page(figure, width, height), encoding="utf-8")
        how = ([f"--screenshot={drawn}", f"--window-size={width},{height}",
                f"--force-device-scale-factor={n(scale)}"] if kind == ".png"
               else [f"--print-to-pdf={drawn}", "--no-pdf-header-footer"])
        _run([browser, *ARGUMENTS, f"--user-data-dir={folder / 'profile'}", *how, page.as_uri()], drawn)
        content = drawn.read_bytes()
    return _DATE.sub(rb"\g<1>19800101000000\g<2>", content) if kind == ".pdf" else content


def _page(figure: Figure, width: int, height: int) -> str:
    style = (f"@page{{size:{width}px {height}px;margin:0}}"
             f"html,body{{margin:0;background:#fff;width:{width}px;height:{height - 1}px;overflow:hidden}}"
             f"svg{{display:block;width:{n(figure.width)}px!important;max-width:none!important}}")
    return (f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(figure.title)}</title>'
            f"<style>{style}</style></head><body>{figure.svg}</body></html>")


def _run(command: list[str], drawn: Path) -> None:
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.insert(1, "--no-sandbox")
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_PATIENCE)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ReviewkitError(f"Chromium did not draw the figure: {error}.", code="chromium") from error
    if done.returncode != 0 or not drawn.exists():
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise ReviewkitError(f"Chromium did not draw the figure (exit code {done.returncode}): {last}.",
                             code="chromium", remedy="Save it as SVG, or try another Chromium (REVIEWKIT_CHROMIUM).")
