"""The screening panel in a real JupyterLab: from key press to 'saved and the next card shown'.

    python benchmarks/panel.py [--records 10000] [--votes 500]

Made-up records; a reviewer votes by key in headless Chromium, each vote after the last one was saved, while the
ranking is learnt anew in the background without a pause. Times are taken in the page: from the key event until the
next record stands in the document, which is after the vote was written and synced. Targets: median under 100 ms,
worst under 250 ms.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.conftest import ARGUMENTS, CHROMIUM  # noqa: E402
from tests.browser.lab_server import Lab, lab_server, write_notebook  # noqa: E402
from tests.browser.project import make_project, records  # noqa: E402

OPENING = """
import reviewkit as rk
review = rk.open_review('music-sleep')
panel = rk.lab.screen(review, reviewer='ada')
"""
TRAINING = """
import pathlib, threading, time
desk = panel._session._desk
def again():
    with pathlib.Path('trained.txt').open('a') as told:
        while True:
            with desk._lock:
                labels = desk._labels()
            start = time.perf_counter()
            desk.queue.train(labels)
            print(time.perf_counter() - start, file=told, flush=True)
threading.Thread(target=again, daemon=True).start()
"""
"""Keeps the ranking in training from the first vote to the last."""

WATCH = """() => {
    const panel = document.querySelector('.rk-panel');
    window.rkTimes = [];
    let pressed = 0;
    panel.addEventListener('keydown', () => { pressed = performance.now(); }, true);
    new MutationObserver(() => window.rkTimes.push(performance.now() - pressed))
        .observe(panel, { attributes: true, attributeFilter: ['data-latency'] });
}"""


def measure(n_records: int, n_votes: int) -> dict[str, float]:
    """Latencies in milliseconds and what they were taken under."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder:
        root, scratch = Path(folder) / "project", Path(folder) / "server"
        for path in (root / "data", root / "references", scratch):
            path.mkdir(parents=True)
        make_project(root, records(range(n_records)))
        write_notebook(root / "screen.ipynb", OPENING, "panel", TRAINING)
        with lab_server(root, scratch) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), headless=True, args=ARGUMENTS)
            lab = Lab(browser.new_page(viewport={"width": 1280, "height": 900}), server)
            started = time.perf_counter()
            lab.open("screen.ipynb")
            lab.page.set_default_timeout(180_000)
            lab.run()
            opened = time.perf_counter() - started
            times = vote(lab, n_votes)
            browser.close()
        trainings = [float(line) for line in (root / "trained.txt").read_text("utf-8").split()]
    return {
        "records": n_records, "votes": len(times), "median ms": statistics.median(times), "worst ms": max(times),
        "95th percentile ms": statistics.quantiles(times, n=20)[-1], "to first card s": opened,
        "trainings meanwhile": len(trainings), "median s of one": statistics.median(trainings or [math.nan]),
    }  # fmt: skip


def vote(lab: Lab, count: int) -> list[float]:
    """Vote by key, one after the other; the times of all."""
    lab.page.locator(".rk-card").click()
    lab.page.evaluate(WATCH)
    for number in range(count):
        lab.press("i" if number % 7 == 0 else "m")
    return [float(value) for value in lab.page.evaluate("window.rkTimes")]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--votes", type=int, default=500)
    given = parser.parse_args()
    before = os.getloadavg()[0]
    for name, value in measure(given.records, given.votes).items():
        print(f"{name:22} {value:10.1f}")
    print(f"{'load before, after':22} {before:10.1f} {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
