"""Memory while reading large input: the highest of the whole process tree, MiB, for each case.

    python benchmarks/memory.py [--case jsonl warc cut] [--megabytes 1024] [--articles 20000]

``jsonl``: one JSONL file of the given size, articles of 60 kB that are not about two countries; ``many``: so many short articles, a tenth
of them about two countries; ``warc``: a WARC of 400 pages; ``cut``: the same, cut off in the middle.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

PASSAGES = PROJECT / "transforms/coding/training/passages/p1.jsonl"
HARBOUR = "The council met in the old town hall and talked about the harbour, the school roof and the price of tickets for the summer fair. "


def write_jsonl(path: Path, megabytes: int) -> int:
    """A file of at least so many megabytes; returns how many articles."""
    count = 0
    with path.open("w", encoding="utf-8") as out:
        while out.tell() < megabytes << 20:
            record = {"id": f"h-{count}", "text": f"Report {count}. " + HARBOUR * 460, "published_at": "2026-01-02", "source": "Harbour Post"}
            out.write(json.dumps(record) + "\n")
            count += 1
    return count


def write_many(path: Path, articles: int) -> int:
    told = [json.loads(line) for line in PASSAGES.read_text(encoding="utf-8").splitlines()]
    with path.open("w", encoding="utf-8") as out:
        for n in range(articles):
            text = " ".join(told[n // 10 % len(told)]["sentences"]) + f" ({n})" if n % 10 == 0 else f"Report {n}. " + HARBOUR * 12
            out.write(json.dumps({"id": f"m-{n}", "text": text, "published_at": f"2026-{1 + n % 12:02}-02", "source": "Harbour Post"}) + "\n")
    return articles


def write_warc(path: Path, pages: int, cut: bool) -> int:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    told = [json.loads(line) for line in PASSAGES.read_text(encoding="utf-8").splitlines()]
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=True)
        for n in range(pages):
            body = "".join(f"<p>{s}</p>" for s in told[n % len(told)]["sentences"]) + f"<p>Edition {n}.</p>"
            page = f"<html><head><title>Page {n}</title></head><body><article><h1>Page {n}</h1>{body}</article></body></html>".encode()
            headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
            writer.write_record(writer.create_warc_record(f"https://news.example/{n}", "response", payload=io.BytesIO(page), http_headers=headers))
    if cut:
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2 + 37])
    return pages


def tree_bytes(pid: int) -> int:
    """Bytes that the process and all below it hold in memory; what they share (libraries) counts once (Linux's proportional set size)."""
    told = subprocess.run(["ps", "-eo", "pid=,ppid=,rss="], capture_output=True, text=True, check=True).stdout
    rows = [tuple(map(int, line.split())) for line in told.splitlines()]
    wanted = {pid}
    for _ in range(6):
        wanted |= {p for p, parent, _ in rows if parent in wanted}
    return sum(_held(process, resident) for process, _, resident in rows if process in wanted)


def _held(process: int, resident: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:  # no Linux, or the process has just ended
        return resident * 1024
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), resident * 1024)


def measure(path: Path, home: Path) -> tuple[int, float, int, list[int]]:
    """Exit status, seconds, highest and series of MiB."""
    started = time.monotonic()
    command = [sys.executable, "-m", "flows.cli", "run", str(path), "--home", str(home), "--quiet"]
    run = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    series = []
    while run.poll() is None:
        series.append(tree_bytes(run.pid) >> 20)
        time.sleep(0.5)
    return run.returncode, time.monotonic() - started, max(series), series


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--case", nargs="*", choices=("jsonl", "many", "warc", "cut"), default=["jsonl", "warc", "cut"])
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--pages", type=int, default=400)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    found = {}
    for name in args.case:
        with tempfile.TemporaryDirectory(prefix="bilateral-memory-") as scratch:
            folder = Path(scratch)
            path = folder / ("in.jsonl" if name in ("jsonl", "many") else "in.warc.gz")
            if name == "jsonl":
                count = write_jsonl(path, args.megabytes)
            elif name == "many":
                count = write_many(path, args.articles)
            else:
                count = write_warc(path, args.pages, name == "cut")
            size = path.stat().st_size >> 20
            code, seconds, highest, series = measure(path, folder / "home")
            tenths = [max(series[len(series) * k // 10 : max(len(series) * (k + 1) // 10, len(series) * k // 10 + 1)]) for k in range(10)]
            print(f"{name:6} {count:>7} articles {size:>6} MiB: exit {code}, {seconds:.0f} s, highest {highest} MiB; by tenths of the run {tenths}", flush=True)
            found[name] = {"articles": count, "input, MiB": size, "exit": code, "seconds": round(seconds), "highest, MiB": highest, "by tenths, MiB": tenths}
    if args.json:
        args.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
