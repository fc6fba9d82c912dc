"""Killed at random, run again: the tables must equal those of an undisturbed run, and nothing half-written may stay.

    python benchmarks/crash.py [--kills 200] [--articles 300] [--seed 1] [--file FILE.jsonl.gz]

Each kill is ``kill -9`` at a random time of a run on a fresh home; the next run has to complete. Without ``--file`` the articles are
authored passages of this repository.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from tests.flows.street import content  # noqa: E402

PASSAGES = PROJECT / "transforms/coding/training/passages"


def authored(count: int) -> list[dict]:
    """Records made of authored passages."""
    rows = (json.loads(line) for file in sorted(PASSAGES.glob("p*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines())
    chosen = [r for _, r in zip(range(count), rows, strict=False)]
    return [{"id": r["id"], "title": r["title"], "text": " ".join(r["sentences"]), "published_at": r["date"], "source": r["outlet"]} for r in chosen]


def start(path: Path, home: Path) -> subprocess.Popen:
    command = [sys.executable, "-m", "flows.cli", "run", str(path), "--home", str(home), "--batch", "60", "--quiet"]
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def leftovers(home: Path) -> list[str]:
    """Files that a finished run must not leave: scratch files, write-ahead logs, half raw documents."""
    return sorted(str(p.relative_to(home)) for pattern in (".published-*", ".compact-*", "*.wal", "raw/**/*.part") for p in home.glob(pattern))


def servers() -> int:
    told = subprocess.run(["ps", "-eo", "args="], capture_output=True, text=True, check=True).stdout
    return sum("prefect.server.api.server:create_app" in line for line in told.splitlines())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--file", type=Path)
    args = parser.parse_args()
    chance, bad = random.Random(args.seed), []
    with tempfile.TemporaryDirectory(prefix="bilateral-crash-") as scratch:
        folder = Path(scratch)
        path = folder / "in.jsonl"
        if args.file:
            with gzip.open(args.file, "rt", encoding="utf-8") as lines:
                records = [json.loads(line) for _, line in zip(range(args.articles), lines, strict=False)]
        else:
            records = authored(args.articles)
        path.write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
        began, before = time.monotonic(), servers()
        start(path, folder / "calm").wait()
        length = time.monotonic() - began
        wanted = content(folder / "calm" / "published.duckdb")
        print(f"an undisturbed run takes {length:.0f} s and lands {len(wanted['mentions'])} mentions of {len(wanted['articles'])} articles", flush=True)
        for number in range(args.kills):
            home, moment = folder / f"home{number}", chance.uniform(0.05, 1.05) * length
            run = start(path, home)
            try:
                run.wait(moment)
            except subprocess.TimeoutExpired:
                os.kill(run.pid, signal.SIGKILL)
                run.wait()
            code = start(path, home).wait()
            same = (home / "published.duckdb").exists() and content(home / "published.duckdb") == wanted
            left = leftovers(home)
            if code or not same or left:
                bad.append(number)
                print(f"kill {number} at {moment:.1f} s: exit {code}, tables {'equal' if same else 'DIFFER'}, left {left}", flush=True)
            shutil.rmtree(home)
        time.sleep(4)
        print(f"{args.kills} kills: {len(bad)} bad; servers left behind: {servers() - before}")
    if bad:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
