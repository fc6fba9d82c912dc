"""Thirty days of hourly runs over faulty sources: the end state must equal a clean build from the same raw documents.

    python benchmarks/month.py [--days 30] [--sources 12] [--seed 1]

A server on loopback plays the sources: each hour some publish (authored passages), some edit what they published, a third are at fault in
one of the ways of ``tests/flows/fault_server.py``; one run in forty is cut off before it publishes. When the days are over and the
faults mended, the raw documents are copied to an empty home and read there by ``reparse``. The exported tables of both, without
the stamps of runs, are compared byte for byte.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from unittest.mock import patch

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))
os.environ.setdefault("PREFECT_LOGGING_LEVEL", "ERROR")
os.environ.setdefault("GX_ANALYTICS_ENABLED", "False")

from tests.flows import fault_server as faults  # noqa: E402
from tests.flows.street import content  # noqa: E402

SHOWN = 12  # entries that a feed shows
TRANSIENT = ("500", "hang up", "cut", "short", "busy", "empty")


class World:
    """What the sources have published so far, and what is wrong with them this hour."""

    def __init__(self, site: faults.Site, count: int, seed: int) -> None:
        self.site, self.chooser = site, random.Random(seed)
        self.names = [f"source{n:02}" for n in range(count)]
        self.entries: dict[str, list[tuple[str, str, str]]] = {name: [] for name in self.names}  # path, title, date
        self.texts: dict[str, str] = {}
        files = sorted((PROJECT / "transforms/coding/training/passages").glob("p*.jsonl"))
        told = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
        self.chooser.shuffle(told)
        self.told = iter(told * 3)
        self.seen: Counter[str] = Counter()

    def registry(self) -> str:
        blocks = [f'[sources.{n}]\nname = "{n.title()}"\nkind = "feed"\naddress = "{self.site.base}/{n}/feed"\ngroup = "hourly"\nfull_text = "always"\n'
                  "allow_private = true\ndelay_seconds = 0\nrespect_robots = false\n" for n in self.names]
        return "\n".join(blocks)

    def pass_hour(self, hour: int, is_faulty: bool = True) -> None:
        """New entries, edits, and this hour's faults."""
        for name in self.names:
            entries = self.entries[name]
            moment = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(1_772_000_000 + hour * 3600))
            if is_faulty and self.chooser.random() < 0.12:
                passage = next(self.told)
                path = f"/{name}/{hour}"
                self.texts[path] = "\n".join(passage["sentences"])
                entries.append((path, passage["title"] or f"Report of hour {hour}", moment))
            elif is_faulty and entries and self.chooser.random() < 0.02:
                path, title, _ = entries.pop()
                self.texts[path] += f"\nThe report was corrected at hour {hour}, the editor said in a note to readers on the paper's site."
                entries.append((path, title, moment))
            self._show(name, self.chooser.choice(TRANSIENT) if is_faulty and self.chooser.random() < 0.33 else "")

    def _show(self, name: str, fault: str) -> None:
        shown = self.entries[name][-SHOWN:]
        at_feed = fault and self.chooser.random() < 0.5
        self.seen[fault or "sound"] += 1
        items = "".join(
            f"<item><title>{_xml(t)}</title><link>{self.site.base}{p}</link><guid>{self.site.base}{p}</guid><pubDate>{d}</pubDate></item>" for p, t, d in shown
        )
        self.site.text(f"/{name}/feed", f"<?xml version='1.0'?><rss version='2.0'><channel><title>{name}</title><language>en</language>{items}</channel></rss>",
                       "application/rss+xml")
        for path, title, _ in shown:
            self.site.text(path, faults.page(_xml(title), _xml(self.texts[path])))
        for path in ([f"/{name}/feed"] if at_feed else [p for p, _, _ in shown[-2:]]) if fault else []:
            self._break(path, fault)

    def _break(self, path: str, fault: str) -> None:
        if fault == "500":
            self.site.text(path, "no", status="500 Internal Server Error")
        elif fault == "empty":
            self.site.text(path, "")
        elif fault == "busy":
            self.site.text(path, "", status="429 Too Many Requests", Retry_After="900")
        else:
            self.site.replies[path] = {"hang up": faults.hang_up, "cut": faults.cut_gzip, "short": faults.wrong_length}[fault]


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def as_csv(home: Path) -> dict[str, bytes]:
    """The exported tables, by name, without the stamps of runs."""
    out = {}
    for name, rows in content(home / "published.duckdb").items():
        if name != "quarantine":  # what was refused on the way is the history of the month
            text = io.StringIO()
            csv.writer(text).writerows(rows)
            out[name] = text.getvalue().encode()
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--sources", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    from prefect.testing.utilities import prefect_test_harness

    from flows import pipeline as street
    from flows.reparse import reparse
    from flows.running import _quiet_prefect
    from flows.settings import load_settings
    from flows.sources.registry import read_sources
    from flows.steps import note_sources, start_run
    from warehouse.store import Home

    _quiet_prefect()
    states: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="bilateral-month-") as scratch, faults.serving() as site, prefect_test_harness(server_startup_timeout=120):
        folder, world = Path(scratch), World(site, args.sources, args.seed)
        (folder / "sources.toml").write_text(world.registry(), encoding="utf-8")
        os.environ["BILATERAL_SOURCES"] = str(folder / "sources.toml")
        began, hours = time.monotonic(), args.days * 24
        for hour in range(hours + 8):
            world.pass_hour(hour, is_faulty=hour < hours)
            if hour < hours and world.chooser.random() < 0.025:
                with patch.object(street, "_conclude", side_effect=KeyboardInterrupt):
                    try:
                        street.pipeline(group="hourly", home=folder / "lived")
                    except BaseException:  # noqa: BLE001 - the run is cut off on purpose
                        states["cut off"] += 1
                continue
            states[street.pipeline(group="hourly", home=folder / "lived")["state"]] += 1
            if hour % 24 == 23:
                print(f"day {hour // 24 + 1}: {dict(states)}, {time.monotonic() - began:.0f} s", flush=True)
        clean = Home(folder / "clean").prepare()
        shutil.copytree(folder / "lived" / "raw", clean.raw)
        start_run(clean, "clean", "pipeline", {}, 5)
        note_sources(clean, read_sources(load_settings(home=clean.path).sources), 5)
        reparse(home=clean.path)
        lived, built = as_csv(folder / "lived"), as_csv(clean.path)
        rows = {name: text.count(b"\n") for name, text in lived.items()}
        differing = [name for name in lived if lived[name] != built[name]]
        for name in differing:
            one, other = (set(t.decode().splitlines()) for t in (lived[name], built[name]))
            print(f"{name}: only lived {sorted(one - other)[:2]}, only clean {sorted(other - one)[:2]}")
        print(f"{hours} hours, runs {dict(states)}, source hours {dict(world.seen)}, rows {rows}; tables that differ: {differing or 'none'}")
    sys.exit(bool(differing))


if __name__ == "__main__":
    main()
