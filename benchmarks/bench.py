"""All measurements that fit into a quarter of an hour; the results lie in ``benchmarks/bench.json``, so that a change shows in git.

    python benchmarks/bench.py [--only NAME ...] [--json FILE]

Each measurement is a command of its own, told with its results; the long ones (a gigabyte, ten million mentions, 200 kills, a month)
are run by hand and stand in ``docs/performance.md``. On a busy machine ratios hold, seconds do not.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
MEASUREMENTS: dict[str, list[str]] = {
    "coder beside a bare pipe": ["throughput.py"],
    "end to end beside a bare pipe": ["end_to_end.py", "--articles", "200", "--rounds", "1"],
    "Prefect's share": ["overhead.py", "--articles", "300", "--rounds", "1"],
    "growth": ["growth.py", "--mentions", "0", "100000"],
    "memory": ["memory.py", "--case", "many", "--articles", "2000"],
}


def measure(script: list[str]) -> dict[str, Any]:
    """Results of one measurement, with its command and its seconds; exit status where it failed."""
    with tempfile.TemporaryDirectory(prefix="bilateral-bench-") as scratch:
        path = Path(scratch) / "found.json"
        since = time.perf_counter()
        done = subprocess.run([sys.executable, f"benchmarks/{script[0]}", *script[1:], "--json", str(path)], cwd=PROJECT, check=False)
        told: dict[str, Any] = {"command": " ".join(["python", f"benchmarks/{script[0]}", *script[1:]]), "seconds": round(time.perf_counter() - since)}
        return told | ({"found": json.loads(path.read_text(encoding="utf-8"))} if path.exists() else {"failed with": done.returncode})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", choices=sorted(MEASUREMENTS), default=list(MEASUREMENTS))
    parser.add_argument("--json", type=Path, default=PROJECT / "benchmarks" / "bench.json")
    args = parser.parse_args()
    results: dict[str, Any] = json.loads(args.json.read_text(encoding="utf-8")) if args.json.exists() else {}
    for name in args.only:
        print(f"\n{name}", flush=True)
        results[name] = measure(MEASUREMENTS[name]) | {"day": datetime.now(UTC).date().isoformat(), "cores": os.cpu_count()}
        args.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    failed = [name for name in args.only if "failed with" in results[name]]
    print(f"\n{args.json.name} written" + (f"; failed: {', '.join(failed)}" if failed else ""))
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
