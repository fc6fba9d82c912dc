"""The operator's stack on one machine: Prefect server, work pool, deployments, worker. ``make up`` and ``make down``.

All of it is plain Prefect, started with the commands that the README shows; here they only run in order, wait for each other,
and leave a record of the processes so that ``down`` ends these and no others.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from flows.settings import PROJECT, load_settings

POOL = "bilateral"
PATIENCE = 120.0


class StackError(RuntimeError):
    """A part of the stack did not start; the message names it, its log, and the mend."""


@dataclass(frozen=True)
class Stack:
    """Where the stack runs and keeps its records."""

    folder: Path
    port: int

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def page(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def record(self) -> Path:
        return self.folder / "processes.json"

    def environment(self) -> dict[str, str]:
        return os.environ | {
            "PREFECT_API_URL": self.api, "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1", "PREFECT_CLI_PROMPT": "false",
            "PREFECT_CLI_COLORS": "false", "GX_ANALYTICS_ENABLED": "False",
            "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        }


def stack() -> Stack:
    """The stack that the settings describe."""
    settings = load_settings()
    return Stack(settings.home / "stack", settings.prefect_port)


def is_alive(pid: int, started: str) -> bool:
    """Is the process of the record still that process? Numbers are used again; start times are not."""
    return bool(started) and _started(pid) == started


def _started(pid: int) -> str:
    """When the process started, as ``ps`` writes it; empty where there is none, or only its remains."""
    told = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout.split(None, 1)  # noqa: S603, S607
    return "" if len(told) < 2 or told[0].startswith("Z") else told[1].strip()


def running(here: Stack) -> dict[str, tuple[int, str]]:
    """The processes of the record that are still there: name -> (pid, start time)."""
    if not here.record.is_file():
        return {}
    found = json.loads(here.record.read_text(encoding="utf-8"))
    return {name: (pid, started) for name, (pid, started) in found.items() if is_alive(pid, started)}


def answers(here: Stack) -> bool:
    """Does a Prefect server answer at the stack's address?"""
    try:
        with urllib.request.urlopen(f"{here.api}/health", timeout=2) as answer:  # noqa: S310 - a loopback address of our own
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def up() -> str:
    """Start what is not running yet; says where the UI is. Safe to repeat."""
    here = stack()
    here.folder.mkdir(parents=True, exist_ok=True)
    processes = running(here)
    if "server" not in processes:
        if answers(here):
            raise StackError(f"port {here.port} is taken by a server that make up did not start; stop it, or set BILATERAL_PREFECT_PORT")
        processes["server"] = _start(here, "server", "server", "start", "--host", "127.0.0.1", "--port", str(here.port))
        _note(here, processes)
    _wait(here, processes["server"])
    _prefect(here, "work-pool", "create", POOL, "--type", "process", "--overwrite")
    _prefect(here, "deploy", "--all")
    _automate(here)
    if "worker" not in processes:
        processes["worker"] = _start(here, "worker", "worker", "start", "--pool", POOL)
        _note(here, processes)
    return f"Prefect UI: {here.page}\nlogs: {here.folder}/server.log, worker.log; stop with make down"


AUTOMATION = PROJECT / "docs" / "automations" / "silent-runs.yaml"


def _automate(here: Stack) -> None:
    """Make the automation that marks runs as crashed whose process is gone; once, whatever the operator did to it since."""
    asked = urllib.request.Request(f"{here.api}/automations/filter", b"{}", {"Content-Type": "application/json"})  # noqa: S310 - as above
    with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310
        known = {a["name"] for a in json.load(answer)}
    if not any(f'name: "{name}"' in AUTOMATION.read_text(encoding="utf-8") for name in known):
        _prefect(here, "automation", "create", "--from-file", str(AUTOMATION))


def down() -> str:
    """End the worker and the server that ``up`` started; runs under way are told to stop first. Safe to repeat."""
    here = stack()
    processes = running(here)
    for name in ("worker", "server"):
        if name in processes:
            _end(*processes[name])
    here.record.unlink(missing_ok=True)
    return f"stopped: {', '.join(processes)}" if processes else "nothing was running"


def _note(here: Stack, processes: dict[str, tuple[int, str]]) -> None:
    here.record.write_text(json.dumps(processes), encoding="utf-8")


def _start(here: Stack, name: str, *arguments: str) -> tuple[int, str]:
    with (here.folder / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and Prefect's own command
            [sys.executable, "-m", "prefect", *arguments], cwd=PROJECT, env=here.environment(), stdout=log, stderr=log, start_new_session=True,
        )
    return process.pid, _started(process.pid)


def _wait(here: Stack, server: tuple[int, str]) -> None:
    until = time.monotonic() + PATIENCE
    while not answers(here):
        if not is_alive(*server):
            raise StackError(f"the Prefect server ended at once: see the end of {here.folder / 'server.log'}; is port {here.port} free?")
        if time.monotonic() > until:
            raise StackError(f"the Prefect server gave no answer in {PATIENCE:.0f} s: see {here.folder / 'server.log'}")
        time.sleep(0.3)


def _prefect(here: Stack, *arguments: str) -> None:
    done = subprocess.run(  # noqa: S603 - as above
        [sys.executable, "-m", "prefect", *arguments], cwd=PROJECT, env=here.environment(), capture_output=True, text=True, check=False,
    )
    if done.returncode:
        raise StackError(f"prefect {' '.join(arguments)} failed:\n{(done.stdout + done.stderr).strip()[-1500:]}")


def _end(pid: int, started: str, patience: float = 20.0) -> None:
    for sent in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(pid, sent)
        except ProcessLookupError:
            return
        until = time.monotonic() + patience
        while is_alive(pid, started) and time.monotonic() < until:
            time.sleep(0.1)
        if not is_alive(pid, started):
            return


def main() -> None:
    if len(sys.argv) != 2 or sys.argv[1] not in ("up", "down"):
        raise SystemExit("python -m flows.stack up|down")
    try:
        print(up() if sys.argv[1] == "up" else down())
    except StackError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
