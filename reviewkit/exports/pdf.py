"""The report's page as PDF, printed by Chromium: tagged, with title, with the dates of the protocol's version."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from reviewkit.errors import ReviewkitError
from reviewkit.publishing.doctor import BROWSERS

_SECONDS = 120
_DATE = re.compile(rb"/(CreationDate|ModDate) ?\(D:([^)]*)\)")


def page_as_pdf(page: Path, date: dt.date) -> bytes:
    """Print a page.

    Parameters
    ----------
    page : Path
        A review.html.
    date : datetime.date
        What the file says of its making: the protocol version's date, never the clock.

    Raises
    ------
    ReviewkitError
        If there is no Chromium, or it does not print.
    """
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        raise ReviewkitError("no Chromium was found, which prints the page.", code="no-browser",
                             remedy="Install Chromium, or print review.html to PDF from any browser.")
    with tempfile.TemporaryDirectory(prefix="reviewkit-pdf-") as folder:
        made = Path(folder) / "review.pdf"
        # The page holds no script and asks for nothing; without a sandbox only where the browser refuses one (root).
        root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        command = [browser, "--headless", *root, "--disable-gpu", f"--user-data-dir={folder}/profile",
                   "--export-tagged-pdf", "--no-pdf-header-footer", "--print-to-pdf-no-header",
                   f"--print-to-pdf={made}", page.resolve().as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ReviewkitError(f"Chromium did not print the page: {type(error).__name__}.", code="browser",
                                 remedy="Print review.html to PDF from any browser.") from None
        if done.returncode or not made.exists() or not made.read_bytes().startswith(b"%PDF"):
            raise ReviewkitError(f"Chromium ended with status {done.returncode} and printed nothing.", code="browser",
                                 remedy="Print review.html to PDF from any browser.")
        return _dated(made.read_bytes(), date)


def _dated(pdf: bytes, date: dt.date) -> bytes:
    """The same file with another date in the same number of bytes: offsets within it stay right."""
    def fixed(found: re.Match[bytes]) -> bytes:
        stamp = date.strftime("%Y%m%d000000+00'00'").encode()
        room = len(found[2])
        return found[0].replace(found[2], stamp[:room].ljust(room, b" ") if room < len(stamp) else stamp.ljust(room))

    return _DATE.sub(fixed, pdf)
