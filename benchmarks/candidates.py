"""Recall of the candidates: how many coded pairs are proposed to the encoder, on the dev gold and on the authored passages.

    python benchmarks/candidates.py
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from transforms.coding.context import Reading, read_article  # noqa: E402
from transforms.coding.sentences import split_sentences  # noqa: E402
from transforms.coding.training import examples  # noqa: E402

GOLD = PROJECT.parent / "shared" / "benchmark" / "dev.jsonl"


def proposed(reading: Reading) -> set[tuple]:
    return {(s.index, *sorted((s.slots[i].code, s.slots[j].code))) for s in reading.sentences for i, j in s.pairs}


def wanted(mentions: list[dict]) -> set[tuple]:
    return {(m["sentence"], *sorted((m["source"], m["target"]))) for m in mentions}


def main() -> None:
    found = total = pairs = 0
    for passage in examples.passages():
        offered, gold = proposed(examples.read_passage(passage)), wanted(examples.settle(passage)[0])
        found, total, pairs = found + len(gold & offered), total + len(gold), pairs + len(offered)
    print(f"authored passages: {found} of {total} pairs proposed ({found / total:.3f}), {pairs} proposals")
    if not GOLD.exists():
        return
    found = total = pairs = same = spans = 0
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        a = json.loads(line)
        given = [(s["start"], s["end"]) for s in a["sentences"]]
        year = int(a["published_at"][:4]) if a["published_at"] else None
        offered, gold = proposed(read_article(a["title"], a["text"], year, a["source"], spans=given)), wanted(a["mentions"])
        found, total, pairs = found + len(gold & offered), total + len(gold), pairs + len(offered)
        same, spans = same + len(set(given) & set(split_sentences(a["text"]))), spans + len(given)
    print(f"dev gold: {found} of {total} pairs proposed ({found / total:.3f}), {pairs} proposals; {same} of {spans} sentence spans alike")


if __name__ == "__main__":
    main()
