"""A headless Chromium and an Odoo server for it: what is measured is the web client as
people have it, with nothing of a test framework in between."""

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import websocket

from odoo.tools import config

PROGRAMS = ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser")
# Of an office's screen, in pixels.
SIZE = (1366, 768)
SECONDS = 300


@contextlib.contextmanager
def serving(database):
    """An Odoo server of one database.

    :return: its address
    """
    port = _find_free_port()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "odoo", "server"),
            f"--addons-path={','.join(config['addons_path'])}",
            f"--data-dir={config['data_dir']}",
            f"--database={database}",
            f"--db-filter=^{database}$",
            *("--http-interface=127.0.0.1", f"--http-port={port}"),
            *("--max-cron-threads=0", "--log-level=error"),
        ]
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(lambda: urllib.request.urlopen(f"{address}/web/login").status == 200)
        yield address
    finally:
        process.terminate()
        process.wait()


def _find_free_port():
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as server:
        return server.getsockname()[1]


def _wait_for(condition):
    started = time.monotonic()
    while True:
        with contextlib.suppress(OSError):
            if condition():
                return
        if time.monotonic() - started > SECONDS:
            raise TimeoutError(condition)
        time.sleep(0.1)


class Browser:
    """One page of a browser of its own, asked by the DevTools protocol.

    :param script: what the page knows beside what Odoo loads into it, as JavaScript
    """

    def __init__(self, address, script):
        self.address = address
        self.script = script
        self.profile = Path(tempfile.mkdtemp())
        program = next(filter(None, map(shutil.which, PROGRAMS)))
        self.process = subprocess.Popen(
            [
                *(program, "--headless=new", "--no-sandbox", "--disable-gpu"),
                *("--no-first-run", "--remote-debugging-port=0"),
                f"--user-data-dir={self.profile}",
                f"--window-size={SIZE[0]},{SIZE[1]}",
                "about:blank",
            ],
            stderr=subprocess.DEVNULL,
        )
        self.requests = 0
        self.socket = websocket.create_connection(
            self._find_page(), suppress_origin=True, timeout=SECONDS
        )
        for domain in ("Page", "Runtime", "Performance", "HeapProfiler"):
            self.request(f"{domain}.enable")

    def _find_page(self):
        file = self.profile / "DevToolsActivePort"
        _wait_for(lambda: file.is_file() and file.read_text().count("\n"))
        port = file.read_text().split()[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
            pages = json.load(answer)
        return next(
            page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page"
        )

    def request(self, method, **params):
        """:return: the browser's answer, as a dict
        :raise RuntimeError: something went wrong in the page, then or before"""
        self.requests += 1
        message = {"id": self.requests, "method": method, "params": params}
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("method") == "Runtime.exceptionThrown":
                raise RuntimeError(answer["params"]["exceptionDetails"])
            if answer.get("id") == self.requests:
                if "error" in answer:
                    raise RuntimeError(answer["error"])
                return answer["result"]

    def evaluate(self, code):
        """The value of JavaScript that returns plain data, or a promise of it."""
        answer = self.request(
            "Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def log_in(self, database, path):
        """Open a page of Odoo, as the administrator."""
        self._open("/web/login")
        credentials = {"db": database, "login": "admin", "password": "admin"}
        self.evaluate(
            "fetch('/web/session/authenticate', {method: 'POST',"
            "headers: {'Content-Type': 'application/json'}, body: JSON.stringify("
            f"{{params: {json.dumps(credentials)}}})}}).then((answer) => answer.text())"
        )
        self._open(path)
        self.evaluate(self.script)

    def _open(self, path):
        self.request("Page.navigate", url=self.address + path)
        _wait_for(
            lambda: self.evaluate(
                f"location.href.startsWith({json.dumps(self.address)})"
                " && document.readyState === 'complete'"
                " && (!!window.odoo?.isReady || !!document.querySelector('form'))"
            )
        )

    def get_busy_seconds(self):
        """How long the page's own thread was busy since it was opened."""
        metrics = self.request("Performance.getMetrics")["metrics"]
        return next(each["value"] for each in metrics if each["name"] == "TaskDuration")

    def get_memory(self):
        """:return: what is still in use: (bytes of JavaScript's memory, nodes of the
        document, listeners)"""
        for _turn in range(2):
            self.request("HeapProfiler.collectGarbage")
        used = self.request("Runtime.getHeapUsage")["usedSize"]
        counters = self.request("Memory.getDOMCounters")
        return used, counters["nodes"], counters["jsEventListeners"]

    def close(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)
