"""Starting the page that explores the published file: on this machine's loopback only, and nothing leaves it."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from pathlib import Path

from flows.querying import QueryError, open_published
from flows.settings import PROJECT

HOST = "127.0.0.1"
PAGE = Path(__file__).parent / "exploring" / "page.py"
PATIENCE = 60.0
# Given as options, which go before any config.toml or environment variable of the user.
OPTIONS = {
    "server.address": HOST, "server.allowedHosts": HOST, "server.headless": "true", "server.showEmailPrompt": "false", "server.fileWatcherType": "none",
    "server.runOnSave": "false", "server.enableCORS": "true", "server.enableXsrfProtection": "true", "server.enableStaticServing": "false",
    "server.enableAgentApi": "false", "browser.gatherUsageStats": "false", "browser.serverAddress": HOST, "client.toolbarMode": "minimal",
    "client.showErrorLinks": "false",
    "client.disableDataExport": "true",  # its CSV is of the shortened sentences, and a spreadsheet would run their formulas
    "runner.magicEnabled": "false", "logger.level": "warning", "logger.hideWelcomeMessage": "true",
}


class ExploreError(RuntimeError):
    """The page cannot be started; the message says why and what to do."""


def start(home: Path, port: int, open_browser: bool = False) -> None:
    """Serve the page on the published file of ``home`` until Ctrl-C. Raises ``ExploreError``."""
    process = launch(home, port)
    page = f"http://{HOST}:{port}"
    print(f"{page} shows {home / 'published.duckdb'}; stop with Ctrl-C", flush=True)
    if open_browser:
        webbrowser.open(page)
    try:
        status = process.wait()
    except KeyboardInterrupt:
        status = 0
    finally:
        stop(process)
    if status:
        raise ExploreError(f"the page ended by itself (status {status}); what it said stands above")


def launch(home: Path, port: int) -> subprocess.Popen[bytes]:
    """The process that serves the page, once it answers. Raises ``ExploreError`` where nothing is published, the port is taken or Streamlit is missing."""
    if importlib.util.find_spec("streamlit") is None:
        raise ExploreError("the page needs Streamlit: in the project's folder, .venv/bin/pip install -e '.[explore]'")
    try:
        open_published(home / "published.duckdb").close()
    except QueryError as error:
        raise ExploreError(str(error)) from None
    _require_free(port)
    options = [f"--{name}={value}" for name, value in OPTIONS.items()]
    environment = os.environ | {"BILATERAL_HOME": str(home.absolute()), "DO_NOT_TRACK": "1"}
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and Streamlit's own command
        [sys.executable, "-m", "streamlit", "run", str(PAGE), f"--server.port={port}", f"--browser.serverPort={port}", *options],
        cwd=PROJECT, env=environment, stdin=subprocess.DEVNULL,
    )
    try:
        _wait(process, port)
    except BaseException:
        stop(process)
        raise
    return process


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the page's process. Safe to repeat."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _require_free(port: int) -> None:
    if not 1 <= port <= 65535:
        raise ExploreError(f"--port {port}: a port is a number from 1 to 65535")
    with socket.socket() as probe:
        # A page that was just stopped leaves its port in a waiting state, which is free to the server too.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise ExploreError(f"port {port} cannot be had ({error.strerror}): stop what uses it, or give another with --port") from None


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        if process.poll() is not None:
            raise ExploreError(f"the page ended at once (status {process.returncode}); what it said stands above")
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        if time.monotonic() > until:
            raise ExploreError(f"the page gave no answer on port {port} in {PATIENCE:.0f} s: is the machine busy? try again")
        time.sleep(0.2)
