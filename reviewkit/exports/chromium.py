"""Chromium as a program: a page printed, pictures drawn. Found in the path, or named by REVIEWKIT_CHROMIUM."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reviewkit.errors import ReviewkitError
from reviewkit.publishing.doctor import BROWSERS

VARIABLE = "REVIEWKIT_CHROMIUM"
TIMEOUT_S = 180
_QUIET = (
    "--headless", "--disable-gpu", "--disable-extensions", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--force-color-profile=srgb",
)  # fmt: skip
_DRAWN = re.compile(r'<pre id="drawn">(.*?)</pre>', re.DOTALL)
# A picture drawn from a data address runs no script and loads nothing, whatever stands in it.
_PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; script-src 'unsafe-inline'">
</head><body><script type="application/json" id="jobs">{jobs}</script><script>
const jobs = JSON.parse(document.getElementById("jobs").textContent);
async function drawn(job) {{
  const picture = new Image();
  picture.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(job.svg);
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = job.width; canvas.height = job.height;
  const context = canvas.getContext("2d");
  context.fillStyle = "#ffffff"; context.fillRect(0, 0, job.width, job.height);
  context.drawImage(picture, 0, 0, job.width, job.height);
  return canvas.toDataURL("image/png").split(",")[1];
}}
(async () => {{
  const made = [];
  for (const job of jobs) {{ try {{ made.push(await drawn(job)); }} catch (error) {{ made.push(""); }} }}
  document.body.innerHTML = '<pre id="drawn">' + made.join(",") + "</pre>";
}})();
</script></body></html>
"""


@dataclass(frozen=True, slots=True)
class Job:
    """A picture to draw: SVG markup with a size of its own, and the size of the PNG in pixels."""

    svg: str
    width: int
    height: int


def find_chromium() -> str:
    """The browser's program.

    Raises
    ------
    ReviewkitError
        If there is none.
    """
    named = os.environ.get(VARIABLE, "")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        return found
    message = f"{VARIABLE} = {named!r} is no program." if named else "no Chromium was found on this machine."
    raise ReviewkitError(message, code="no-browser", remedy="Install Chromium or Chrome, or name its program in "
                         f"{VARIABLE}.")


def draw(jobs: Sequence[Job]) -> tuple[bytes, ...]:
    """Pictures as PNG on white, all in one start of the browser.

    Raises
    ------
    ReviewkitError
        If there is no Chromium, or it cannot draw one of them.
    """
    if not jobs:
        return ()
    told = json.dumps([{"svg": job.svg, "width": job.width, "height": job.height} for job in jobs])
    with tempfile.TemporaryDirectory(prefix="rk-") as folder:
        page = Path(folder) / "pictures.html"
        page.write_text(_PAGE.format(jobs=told.replace("<", "\\u003c")), encoding="utf-8")
        said = _call(Path(folder), "--virtual-time-budget=120000", "--dump-dom", page.as_uri())
    found = _DRAWN.search(said)
    made = tuple(base64.b64decode(part) for part in found[1].split(",")) if found else ()
    if len(made) != len(jobs) or not all(made):
        raise ReviewkitError("Chromium could not draw the report's figures.", code="browser",
                             remedy="Build the report anew, or try another version of Chromium.")
    return made


def print_page(page: Path) -> bytes:
    """A page as a tagged PDF with its headings as an outline, as the page's print style lays it out.

    Raises
    ------
    ReviewkitError
        If there is no Chromium, or it wrote nothing.
    """
    with tempfile.TemporaryDirectory(prefix="rk-") as folder:
        printed = Path(folder) / "page.pdf"
        _call(Path(folder), f"--print-to-pdf={printed}", "--no-pdf-header-footer", "--export-tagged-pdf",
              "--generate-pdf-document-outline", page.resolve().as_uri())
        content = printed.read_bytes() if printed.exists() else b""
    if not content.startswith(b"%PDF-"):
        raise ReviewkitError("Chromium wrote no PDF.", code="browser", remedy="Try another version of Chromium.")
    return content


def _call(folder: Path, *arguments: str) -> str:
    """Run Chromium with a profile of its own; what it printed."""
    # Its sandbox refuses the superuser, as whom containers often run; what is opened are static pages of ours.
    superuser = ("--no-sandbox",) if os.name == "posix" and os.geteuid() == 0 else ()
    command = [find_chromium(), *_QUIET, *superuser, f"--user-data-dir={folder / 'profile'}", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", timeout=TIMEOUT_S,
                              check=False)
    except subprocess.TimeoutExpired:
        raise ReviewkitError(f"Chromium did not finish within {TIMEOUT_S} s.", code="browser",
                             remedy="Close other programs and try again.") from None
    except OSError as error:
        raise ReviewkitError(f"Chromium did not start: {error.strerror}.", code="browser",
                             remedy=f"Name a working one in {VARIABLE}.") from None
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or ["nothing was said"]
        raise ReviewkitError(f"Chromium ended with code {done.returncode}: {last[0]}", code="browser",
                             remedy=f"Name a working one in {VARIABLE}.")
    return done.stdout
