"""How large a report is, how fast it is built and how fast a browser shows it.

    python benchmarks/report.py [--small]

Two made-up reviews, every outcome of which is pooled with its subgroups and all further figures, every study of which
is appraised: 50 studies and 2 outcomes (the page: under 1 MB, shown within 1 s), 200 studies and 40 outcomes (built
within 20 s). The build is the whole of ``reviewkit run``; a page is shown when its load event has ended and a frame was
painted, in headless Chromium, median of five (of the larger page, once).
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from reviewkit.run import run  # noqa: E402
from tests.browser.conftest import ARGUMENTS, CHROMIUM  # noqa: E402
from tests.report.made import QUESTION, make_review  # noqa: E402

SIZES = ((50, 2), (200, 40))
PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))"


def build(root: Path, n_studies: int, n_outcomes: int) -> tuple[Path, float]:
    """The page and the seconds its build took."""
    make_review(root, n_studies, n_outcomes)
    start = time.perf_counter()
    report, = run([QUESTION], root)
    seconds = time.perf_counter() - start
    if report.status != "built":
        raise SystemExit(f"not built: {report.reason}")
    return root / str(report.html), seconds


def shown(page: Path, repeats: int) -> float:
    """Milliseconds from the start of navigation to the first frame after loading."""
    from playwright.sync_api import sync_playwright

    times = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), headless=True, args=ARGUMENTS)
        for _ in range(repeats):
            tab = browser.new_page(viewport={"width": 1280, "height": 900})
            tab.goto(page.as_uri(), wait_until="load", timeout=120_000)
            times.append(float(tab.evaluate(PAINTED)))
            tab.close()
        browser.close()
    return statistics.median(times)


def main() -> None:
    """Print one line a size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="the smaller review only")
    sizes = SIZES[:1] if parser.parse_args().small else SIZES
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    print(f"{'studies':>8} {'outcomes':>9} {'page, kB':>9} {'build, s':>9} {'shown, ms':>10} {'load':>6}")
    for n_studies, n_outcomes in sizes:
        with tempfile.TemporaryDirectory() as name:
            page, seconds = build(Path(name), n_studies, n_outcomes)
            size, paint = page.stat().st_size / 1000, shown(page, 5 if n_outcomes < 10 else 1)
            print(f"{n_studies:8d} {n_outcomes:9d} {size:9.0f} {seconds:9.1f} {paint:10.0f} {os.getloadavg()[0]:6.1f}")


if __name__ == "__main__":
    main()
