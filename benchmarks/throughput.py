"""CPU seconds of the coder's parts, over the sample articles or another JSONL file, in one process and one thread.

    python benchmarks/throughput.py [FILE.jsonl[.gz]] [--every N] [--json FILE]
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from datetime import date
from itertools import pairwise
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from transforms.coding.coder import ArticleText, Coder  # noqa: E402
from transforms.coding.encoding import ArticleTokens  # noqa: E402


def articles(path: Path, every: int) -> list[ArticleText]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    records = [json.loads(line) for i, line in enumerate(content.splitlines()) if i % every == 0]
    days = [date.fromisoformat(r["published_at"][:10]) if r.get("published_at") else None for r in records]
    return [ArticleText(r.get("title"), r["text"], day, r.get("source")) for r, day in zip(records, days, strict=True)]


def measure(texts: list[ArticleText]) -> dict:
    """Counts, and CPU seconds for reading (countries, actors, references, candidates), encoding, and the encoder."""
    coder = Coder(threads=1)
    coder.code(texts[:1])  # load everything before the clock starts
    laps = [time.process_time()]
    readings = [coder.read(t) for t in texts]
    laps.append(time.process_time())
    encoded = []
    for reading in readings:
        chosen = [s for s in reading.sentences if s.pairs]
        cut = ArticleTokens(reading, coder.tokens) if chosen else None
        encoded.append([cut.encode(s) for s in chosen] if cut else [])
    laps.append(time.process_time())
    for sentences in encoded:
        coder.encoder.scores(sentences)
    laps.append(time.process_time())
    spent = [round(b - a, 2) for a, b in pairwise(laps)]
    return {
        "articles": len(texts), "characters": sum(len(t.body) for t in texts), "sentences": sum(len(r.sentences) for r in readings),
        "sentences with candidates": sum(map(len, encoded)), "pairs": sum(len(e.pairs) for s in encoded for e in s),
        "seconds reading": spent[0], "seconds encoding": spent[1], "seconds encoder": spent[2],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=PROJECT / "tests" / "samples" / "articles" / "border.jsonl")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    result = measure(articles(args.file, args.every))
    for name, value in result.items():
        print(f"{name:28}{value:,}")
    if args.json:
        args.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
