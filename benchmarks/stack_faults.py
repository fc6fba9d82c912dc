"""The stack under faults: what is killed, started again or run twice leaves the tables as an undisturbed run leaves them.

    python benchmarks/stack_faults.py [--articles 240] [--case worker server two sleep]

Every case has a home and a stack of its own on loopback and ends what it started. ``worker``: the worker and its run are killed in a task;
``server``: the server is stopped and started during a run; ``two``: two runs of one deployment and one from the command line at once;
``sleep``: five runs that piled up.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from tests.flows.street import content  # noqa: E402

PASSAGES = PROJECT / "transforms/coding/training/passages/p1.jsonl"
WAIT = 400.0


def write_articles(path: Path, count: int) -> None:
    """``count`` articles out of the authored passages."""
    rows = [json.loads(line) for line in PASSAGES.read_text(encoding="utf-8").splitlines()][:count]
    records = [
        {"id": r["id"], "title": r["title"], "text": " ".join(r["sentences"]), "published_at": r["date"], "source": r["outlet"]} for r in rows
    ]
    path.write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")


@contextmanager
def stack_of_its_own(folder: Path) -> Iterator[Any]:
    """A running stack with home, port and Prefect records of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    os.environ |= {"BILATERAL_HOME": str(folder / "home"), "BILATERAL_PREFECT_PORT": str(port), "PREFECT_HOME": str(folder / "prefect"),
                   "BILATERAL_BATCH_ARTICLES": "40"}
    from flows import stack

    here = stack.stack()
    try:
        stack.up()
        yield here
    finally:
        stack.down()


def post(here: Any, path: str, body: dict) -> Any:
    asked = urllib.request.Request(f"{here.api}/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return json.load(answer)


def states(here: Any) -> list[str]:
    """States of the runs of ``pipeline/on-demand``; scheduled runs of the hourly deployment lie in the future and do not count."""
    found = post(here, "flow_runs/filter", {"deployments": {"name": {"any_": ["on-demand"]}}})
    return sorted(r["state_name"] for r in found)


def start(here: Any, articles: Path) -> None:
    command = [sys.executable, "-m", "prefect", "deployment", "run", "pipeline/on-demand", "-p", f'paths=["{articles}"]']
    subprocess.run(command, env=here.environment(), cwd=PROJECT, check=True, capture_output=True)


def wait_until(what: Callable[[], bool], told: str) -> None:
    until = time.monotonic() + WAIT
    while not what():
        if time.monotonic() > until:
            raise SystemExit(f"waited {WAIT:.0f} s in vain: {told}")
        time.sleep(1)


def landed(home: Path) -> int:
    """Articles in the write file; 0 while another process holds it."""
    import duckdb

    try:
        with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
            row = connection.execute("SELECT count(*) FROM articles").fetchone()
            return int(row[0]) if row else 0
    except duckdb.Error:
        return 0


def kill_tree(pid: int) -> None:
    told = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    children = [int(c) for c, p in (line.split() for line in told.splitlines()) if int(p) == pid]
    for child in children:
        kill_tree(child)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def worker(here: Any, articles: Path, home: Path) -> None:
    from flows import stack

    start(here, articles)
    wait_until(lambda: landed(home) > 0, "the first batch")
    kill_tree(stack.running(here)["worker"][0])
    print("  worker and run killed;", landed(home), "articles had landed")
    stack.up()
    start(here, articles)
    wait_until(lambda: "Completed" in states(here), "the second run")
    print("  states:", states(here))


def server(here: Any, articles: Path, home: Path) -> None:
    from flows import stack

    start(here, articles)
    wait_until(lambda: landed(home) > 0, "the first batch")
    kill_tree(stack.running(here)["server"][0])
    time.sleep(4)
    stack.up()
    wait_until(lambda: not {"Running", "Pending", "Scheduled"} & set(states(here)), "the run")
    if "Completed" not in states(here):
        start(here, articles)
        wait_until(lambda: "Completed" in states(here), "the run after it")
    print("  states:", states(here))


def two(here: Any, articles: Path, home: Path) -> None:
    for _ in range(2):
        start(here, articles)
    command = [sys.executable, "-m", "flows.cli", "run", str(articles), "--quiet"]
    done = subprocess.run(command, cwd=PROJECT, env=here.environment(), capture_output=True, text=True)
    print("  command line: exit status", done.returncode)
    wait_until(lambda: states(here).count("Completed") >= 2, "both runs")
    print("  states:", states(here))


def sleep(here: Any, articles: Path, home: Path) -> None:
    for _ in range(5):
        start(here, articles)
    wait_until(lambda: states(here).count("Completed") >= 5, "all five")
    print("  states:", states(here))


CASES = {"worker": worker, "server": server, "two": two, "sleep": sleep}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=240)
    parser.add_argument("--case", nargs="*", choices=sorted(CASES), default=list(CASES))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bilateral-faults-") as scratch:
        folder = Path(scratch)
        articles = folder / "articles.jsonl"
        write_articles(articles, args.articles)
        subprocess.run([sys.executable, "-m", "flows.cli", "run", str(articles), "--quiet", "--home", str(folder / "calm")], cwd=PROJECT, capture_output=True)
        wanted, bad = content(folder / "calm" / "published.duckdb"), []
        for name in args.case:
            started = time.monotonic()
            print(f"{name}:", flush=True)
            with stack_of_its_own(folder / name) as here:
                CASES[name](here, articles, folder / name / "home")
            same = content(folder / name / "home" / "published.duckdb") == wanted
            print(f"  tables {'equal' if same else 'DIFFER FROM'} those of an undisturbed run ({time.monotonic() - started:.0f} s)", flush=True)
            bad += [] if same else [name]
    if bad:
        raise SystemExit(f"differ: {', '.join(bad)}")


if __name__ == "__main__":
    main()
