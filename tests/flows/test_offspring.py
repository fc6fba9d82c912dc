"""A run that is killed leaves no server behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.flows.street import record, write_jsonl

pytestmark = pytest.mark.slow


def children(pid: int) -> dict[int, str]:
    told = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in told.splitlines()]
    return {int(r[0]): r[2] for r in rows if len(r) == 3 and r[1] == str(pid)}


def is_there(pid: int) -> bool:
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout.strip()
    return bool(told) and not told.startswith("Z")


def wait_for(what, seconds: float):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := what():
            return found
        time.sleep(0.1)
    return None


def test_server_of_a_killed_run_ends(tmp_path: Path) -> None:
    lines = write_jsonl(tmp_path / "in.jsonl", *(record(f"a-{i}") for i in range(3)))
    outside = {k: v for k, v in os.environ.items() if k != "PREFECT_API_URL"} | {"PREFECT_HOME": str(tmp_path / "prefect")}
    run = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "run", str(lines), "--home", str(tmp_path / "home")],
        env=outside, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    try:
        server = wait_for(lambda: next((p for p, args in children(run.pid).items() if "uvicorn" in args), None), 60)
        assert server, "no ephemeral server was started"
        time.sleep(0.3)  # the watcher has its number by now
    finally:
        run.kill()
        run.wait(timeout=10)
    assert wait_for(lambda: not is_there(server), 15), "the server outlived the run"
