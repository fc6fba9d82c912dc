"""Runs of words that the authored examples share with the gold and the corpus beside the project: nothing may be copied.

    python benchmarks/overlap.py [--words 6]

Prints every shared run with the id of its passage. Names, offices and set phrases of the news are shared by chance; a reader judges the rest.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from transforms.coding.training import examples  # noqa: E402

SHARED = PROJECT.parent / "shared"
WORD = re.compile(r"[a-z0-9']+")


def runs(text: str, count: int) -> set[str]:
    """All runs of ``count`` words of the text, lower case."""
    words = WORD.findall(text.lower())
    return {" ".join(words[i : i + count]) for i in range(len(words) - count + 1)}


def theirs() -> Iterator[str]:
    """The texts of the dev gold, of its relations, and of the corpus of releases."""
    for name in ("dev", "relations_dev"):
        for line in (SHARED / "benchmark" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            yield json.loads(line)["text"]
    with gzip.open(SHARED / "corpus" / "pm_australia_3000.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=int, default=6)
    args = parser.parse_args()
    if not SHARED.exists():
        sys.exit("there is no gold beside the project to compare with")
    known: set[int] = set()
    for text in theirs():
        known.update(map(hash, runs(text, args.words)))
    ours = [(p["id"], " \n ".join([p["title"], *p["sentences"]])) for p in examples.passages()]
    ours += [(r["id"], r["text"]) for r in examples.read_jsonl(examples.HERE / "given.jsonl")]
    count = 0
    for identity, text in ours:
        shared = sorted(r for r in runs(text, args.words) if hash(r) in known)
        count += bool(shared)
        for run in shared:
            print(f"{identity:14} {run}")
    print(f"{count} of {len(ours)} examples share a run of {args.words} words")


if __name__ == "__main__":
    main()
