"""What Prefect costs: the same articles through the flow and through the same steps without it, in turns, each in a process of its own.

    python benchmarks/overhead.py [FILE.jsonl.gz] [--articles 400] [--rounds 2] [--json FILE]

Without a file: authored passages of this repository.
Prints the seconds of each and their ratio; starting Python, Prefect's ephemeral server and loading the model are told apart from the work.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from benchmarks.end_to_end import authored, given  # noqa: E402

WITH, WITHOUT = "flow", "plain"


def work(how: str, path: Path, home: Path) -> None:
    """One run in this process; prints seconds from the first article to the published file."""
    from flows.enrich import coder_of
    from flows.running import _quiet_prefect

    _quiet_prefect()
    coder_of().code([])
    if how == WITH:
        from prefect import flow

        from flows.pipeline import pipeline

        flow(lambda: None, name="warm")()  # the ephemeral server is up before the clock runs
        started = time.perf_counter()
        pipeline(paths=[path], home=home)
    else:
        from flows.ingest import read_batches
        from flows.pipeline import work_batch
        from flows.publish import check_and_publish
        from flows.settings import load_settings
        from flows.steps import Tally, end_run, start_run
        from warehouse.store import Home

        settings, tally, place = load_settings(home=home), Tally(), Home(home).prepare()
        started = time.perf_counter()
        start_run(place, "plain", "pipeline", {}, 5)
        for batch in read_batches([path], settings.batch_articles, place.raw):
            work_batch.fn(batch.number, batch, "plain", place, settings, tally)
        check_and_publish(place, "plain", settings, tally, True)
        end_run(place, "plain", "completed", "", coder_of().version, 5)
    print(f"{time.perf_counter() - started:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--articles", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--work", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.work:
        work(args.work[0], args.file, Path(args.work[1]))
        return
    with tempfile.TemporaryDirectory(prefix="bilateral-overhead-") as scratch:
        path = Path(scratch) / "in.jsonl"
        kept = given(args.file, args.articles) if args.file else authored(args.articles, mixed=False)
        path.write_text("".join(json.dumps(r) + "\n" for r in kept), encoding="utf-8")
        seconds: dict[str, list[float]] = {WITH: [], WITHOUT: []}
        for number in range(args.rounds):
            for how in (WITH, WITHOUT) if number % 2 else (WITHOUT, WITH):
                command = [sys.executable, __file__, str(path), "--work", how, str(Path(scratch) / f"{how}{number}")]
                told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=PROJECT).stdout.strip().splitlines()[-1]
                seconds[how].append(float(told))
                print(f"{how:6} {float(told):8.1f} s", flush=True)
    best = {how: min(found) for how, found in seconds.items()}
    share = round(100 * (best[WITH] / best[WITHOUT] - 1), 1)
    print(f"with Prefect {best[WITH]:.1f} s, without {best[WITHOUT]:.1f} s: {share:+.1f} % (best of {args.rounds})")
    if args.json:
        found = {"articles": len(kept), "seconds with Prefect": best[WITH], "seconds without": best[WITHOUT], "Prefect's share, percent": share}
        args.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
