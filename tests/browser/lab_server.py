"""A real JupyterLab on this machine, for tests that drive a panel in a real browser."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
WAIT = 60_000
"""Milliseconds the slowest step may take on a loaded machine."""
IDLE = '[...document.querySelectorAll("#jp-main-statusbar span")].some(e => /^Python.*[|] Idle$/.test(e.innerText))'


@dataclass
class LabServer:
    """JupyterLab with a folder as its root; its settings and runtime files lie in ``scratch``."""

    root: Path
    scratch: Path
    port: int = 0
    token: str = field(default_factory=lambda: secrets.token_hex(8))
    process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        settings = self.scratch / "conf" / "labconfig"
        settings.mkdir(parents=True)
        disabled = {"@jupyterlab/apputils-extension:announcements": True}
        (settings / "page_config.json").write_text(json.dumps({"disabledExtensions": disabled}), encoding="utf-8")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        environment = os.environ | {
            "JUPYTER_CONFIG_DIR": str(self.scratch / "conf"), "JUPYTER_DATA_DIR": str(self.scratch / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.scratch / "rt"), "IPYTHONDIR": str(self.scratch / "ipython"),
            "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore",
        }  # fmt: skip
        command = [
            sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={self.port}",
            "--ServerApp.port_retries=0", f"--IdentityProvider.token={self.token}", f"--ServerApp.root_dir={self.root}",
            "--LabApp.expose_app_in_browser=True",
        ]  # fmt: skip
        with (self.scratch / "server.log").open("wb") as log:
            self.process = subprocess.Popen(command, cwd=self.root, env=environment, stdout=log, stderr=log)
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{self.base}/api", timeout=2).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.25)
        raise AssertionError("JupyterLab did not start:\n" + (self.scratch / "server.log").read_text("utf-8")[-3000:])

    def stop(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()

    def kernels(self) -> list[str]:
        """Ids of the running kernels."""
        with urllib.request.urlopen(f"{self.base}/api/kernels?token={self.token}", timeout=10) as answer:
            return [kernel["id"] for kernel in json.load(answer)]


@contextmanager
def lab_server(root: Path, scratch: Path) -> Iterator[LabServer]:
    server = LabServer(root, scratch)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def write_notebook(path: Path, *cells: str) -> None:
    """A notebook with these code cells."""
    import nbformat
    import nbformat.v4 as v4

    made = [v4.new_code_cell(cell, id=f"cell-{place}") for place, cell in enumerate(cells)]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    path.write_text(nbformat.writes(v4.new_notebook(cells=made, metadata=kernel)), encoding="utf-8")


class Lab:
    """One notebook open in one browser page; alerts and requests that leave the server are kept."""

    def __init__(self, page: Any, server: LabServer) -> None:
        self.page = page
        self.server = server
        self.alerts: list[str] = []
        self.outside: list[str] = []
        page.set_default_timeout(WAIT)
        page.on("dialog", self._dialog)
        page.on("request", self._request)

    def _dialog(self, dialog: Any) -> None:
        if dialog.type == "beforeunload":  # JupyterLab's own, of a notebook not saved
            dialog.accept()
            return
        self.alerts.append(dialog.message)
        dialog.dismiss()

    def _request(self, request: Any) -> None:
        base = self.server.base
        ours = (base, base.replace("http", "ws", 1), "data:", "blob:", "chrome-extension:", "chrome:")
        if not request.url.startswith(ours):
            self.outside.append(request.url)

    def open(self, notebook: str) -> None:
        """Open a notebook and wait for its kernel; the notebook's own idle mark is true before there is one."""
        self.page.goto(f"{self.server.base}/lab/tree/{notebook}?token={self.server.token}&reset",
                       wait_until="domcontentloaded")
        self.page.wait_for_selector(".jp-Notebook .jp-Cell")
        self.page.wait_for_function(IDLE)

    def run(self) -> Any:
        """Run every cell; the last panel, once it is ready."""
        self.command("notebook:run-all-cells")
        return self.panel()

    def panel(self, *states: str) -> Any:
        """The panel, once it is in one of the states; without any, once it shows a record or says that none is left."""
        wanted = states or ("ready", "saved", "done")
        try:
            self.page.wait_for_selector(",".join(f'.rk-panel[data-state="{state}"]' for state in wanted))
        except Exception as error:
            told = self.page.eval_on_selector_all(".jp-OutputArea", "all => all.map(e => e.innerText).join('\\n')")
            raise AssertionError(f"no panel in state {wanted}; the outputs say:\n{told}") from error
        return self.page.locator(".rk-panel").last

    def command(self, name: str, arguments: dict[str, Any] | None = None) -> None:
        self.page.evaluate("([name, args]) => { jupyterapp.commands.execute(name, args) }", [name, arguments or {}])

    def theme(self, name: str) -> None:
        """Change JupyterLab's theme and wait until it is drawn."""
        self.page.evaluate("name => jupyterapp.commands.execute('apputils:change-theme', {theme: name})", name)
        light = "false" if "Dark" in name else "true"
        self.page.wait_for_selector(f'body[data-jp-theme-light="{light}"]', state="attached")

    def record(self) -> str:
        """The id of the record shown."""
        return str(self.page.locator(".rk-panel").last.get_attribute("data-record"))

    def press(self, *keys: str) -> str:
        """Press keys, then wait until the decision is on disk and another record is shown; its id."""
        before = self.record()
        for key in keys:
            self.page.keyboard.press(key)
        self.page.wait_for_function(
            "before => { const panel = [...document.querySelectorAll('.rk-panel')].at(-1);"
            " return panel.dataset.record !== before && ['saved', 'ready', 'done'].includes(panel.dataset.state) }",
            arg=before)
        return self.record()

    def said(self) -> str:
        return str(self.page.locator(".rk-panel .rk-saying").last.inner_text())
