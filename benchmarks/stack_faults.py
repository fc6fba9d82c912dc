"""The stack under faults: what is killed, started again or run twice leaves the tables as an undisturbed run leaves them.

    python benchmarks/stack_faults.py [--articles 240] [--case worker server two sleep idle automation]

Every case has a home and a stack of its own on loopback and ends what it started. ``worker``: the worker and its run are killed in a task;
``server``: the server is stopped and started during a run; ``two``: two runs of one deployment and one from the command line at once;
``sleep``: five runs that piled up; ``idle``: nothing runs for a minute, and what server and worker cost is told; ``automation``: the example
automation of the docs calls a webhook on loopback when a source dries up.
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
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
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


def idle(here: Any, articles: Path, home: Path) -> None:
    from benchmarks.memory import tree_bytes
    from flows import stack

    roots = [pid for pid, *_ in stack.running(here).values()]
    time.sleep(30)  # until all has come up
    before, since = cpu_seconds(roots), time.monotonic()
    time.sleep(60)
    share = (cpu_seconds(roots) - before) / (time.monotonic() - since)
    print(f"  idle: {100 * share:.1f} % of one core, {sum(tree_bytes(pid) for pid in roots) >> 20} MiB (server and worker)")
    first_run(here, articles)


def cpu_seconds(roots: list[int]) -> float:
    """CPU seconds so far of the processes and all below them."""
    told = subprocess.run(["ps", "-eo", "pid=,ppid=,cputimes="], capture_output=True, text=True, check=True).stdout
    rows = [tuple(map(int, line.split())) for line in told.splitlines()]
    wanted = set(roots)
    for _ in range(6):
        wanted |= {pid for pid, parent, _ in rows if parent in wanted}
    return float(sum(seconds for pid, _, seconds in rows if pid in wanted))


TELL = """
from prefect.blocks.notifications import CustomWebhookNotificationBlock
said = {{"subject": "{{{{subject}}}}", "body": "{{{{body}}}}"}}
block = CustomWebhookNotificationBlock(name="operator", url="http://127.0.0.1:{port}/told", method="POST", json_data=said)
print(block.save("operator", overwrite=True))
"""
DRY = """
from prefect.events import emit_event
from prefect.events.worker import EventsWorker
emit_event("bilateral.source.dry", resource={"prefect.resource.id": "bilateral.source.mfa", "prefect.resource.name": "mfa"}, payload={"days": 3})
EventsWorker.instance().drain()
"""


def automation(here: Any, articles: Path, home: Path) -> None:
    told: list[str] = []

    class Operator(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Operator) as operator:
        threading.Thread(target=operator.serve_forever, daemon=True).start()
        block = [sys.executable, "-c", TELL.format(port=operator.server_port)]
        made = subprocess.run(block, env=here.environment(), cwd=PROJECT, check=True, capture_output=True, text=True)
        example = (PROJECT / "docs" / "automations" / "tell-the-operator.yaml").read_text(encoding="utf-8")
        filled = home.parent / "tell.yaml"
        filled.write_text(example.replace("00000000-0000-0000-0000-000000000000", made.stdout.strip().splitlines()[-1]), encoding="utf-8")
        create = [sys.executable, "-m", "prefect", "automation", "create", "--from-file", str(filled)]
        subprocess.run(create, env=here.environment(), cwd=PROJECT, check=True, capture_output=True)
        time.sleep(5)  # until the server has read its automations anew
        subprocess.run([sys.executable, "-c", DRY], env=here.environment(), cwd=PROJECT, check=True, capture_output=True)
        wait_until(lambda: bool(told), "the webhook")
        operator.shutdown()
    print("  told:", told[0])
    first_run(here, articles)


def first_run(here: Any, articles: Path) -> None:
    start(here, articles)
    wait_until(lambda: "Completed" in states(here), "the run")


CASES = {"worker": worker, "server": server, "two": two, "sleep": sleep, "idle": idle, "automation": automation}


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
