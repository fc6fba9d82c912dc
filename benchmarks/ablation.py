"""What each part of the coder is worth: the accuracy table with one part taken out at a time.

    python benchmarks/ablation.py [--json FILE] [--every 3] [--only PART ...]

Parts are taken out when coding, not retrained: a model trained without a part would lean on others and lose less. ``--every`` takes
every n-th held-out passage; the dev gold, where it lies beside the project, is always taken whole.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from benchmarks.accuracy import GOLD, dev, hold_out, table  # noqa: E402
from transforms.coding import coder as coding  # noqa: E402
from transforms.coding import context, encoding, lexicon, surfaces  # noqa: E402
from transforms.coding.coder import Coder  # noqa: E402
from transforms.coding.encoder import PairScores  # noqa: E402
from transforms.coding.training import examples  # noqa: E402

SHOWN = ("sentence dyad", "directed dyad", "dyad + quad class", "dyad + event type", "dyad + sector")


@contextmanager
def whole() -> Iterator[None]:
    yield


@contextmanager
def without_gazetteer() -> Iterator[None]:
    """Names and demonyms of countries alone: no capitals, seats, bodies, cities, leaders."""
    plain = [n for n in lexicon.names() if n.kind in ("name", "demonym")]
    with patch.object(surfaces.lexicon, "names", lambda: plain), patch.object(surfaces.lexicon, "leaders", lambda: []):
        surfaces._automaton.cache_clear()
        try:
            yield
        finally:
            surfaces._automaton.cache_clear()


@contextmanager
def without_references() -> Iterator[None]:
    """Only countries that the sentence names: nothing resolved, nothing carried over."""

    def named_only(self: Any, hits: list, references: list, speaker: str | None) -> list:
        found: dict[str, context.Slot] = {}
        for hit in sorted(hits, key=lambda h: (h.start, -h.end)):
            found.setdefault(hit.code, context.Slot(hit.code)).spans.append((hit.start, hit.end))
        slots = list(found.values())[: context.MOST_SLOTS]
        for slot in slots:
            slot.is_speaker, slot.is_home = slot.code == speaker, slot.code == self.reading.home
        return slots

    with patch.object(context._Walk, "_references", lambda *given: []), patch.object(context._Walk, "_slots", named_only):
        yield


@contextmanager
def without_context() -> Iterator[None]:
    """The encoder sees the sentence alone: no title, nothing of what came before."""
    nothing: Callable[..., list[int]] = lambda *given: []  # noqa: E731
    with patch.object(encoding.ArticleTokens, "_marked_title", nothing), patch.object(encoding.ArticleTokens, "_marked_context", nothing):
        yield


@contextmanager
def without_rules() -> Iterator[None]:
    with patch.object(coding, "apply_rules", lambda drafts, reading, sentence: drafts):
        yield


@contextmanager
def without_words() -> Iterator[None]:
    """The word table says nothing; the constant of its line stays."""
    with patch.object(coding, "with_words", lambda scores, words, weights: replace(
            scores, related=weights["related"][0] * scores.related + weights["related"][2], types=weights["types"][0] * scores.types)):
        yield


@contextmanager
def without_sector_words() -> Iterator[None]:
    """The encoder's own opinion on sectors, at even odds."""
    real = Coder.__init__

    def plain(self: Coder, *given: Any, **named: Any) -> None:
        real(self, *given, **named)
        self.sector_weights = np.array([1.0, 0.0, 0.0, 0.0, 0.0, 0.0])

    with patch.object(Coder, "__init__", plain):
        yield


@contextmanager
def without_encoder() -> Iterator[None]:
    """Every pair that the sentence names has a mention; the word table chooses the type; the first named acts on the second."""
    types = len(coding.EVENT_TYPES)

    def score(self: Coder, reading: Any) -> list:
        found = []
        for sentence in (s for s in reading.sentences if s.pairs):
            scores = []
            for i, j in sentence.pairs:
                is_named = not (sentence.slots[i].is_carried or sentence.slots[j].is_carried)
                opinion = self.encoder.words.logits(coding.pair_runs(reading.body, sentence, (i, j)))
                scores.append(PairScores(
                    np.array(9.0 if is_named else -9.0), opinion[:-1], np.zeros(15), np.zeros((types, 3)), np.zeros((types, 4)),
                    np.full((types, len(coding.SECTORS)), -4.0), np.zeros((types, 4)),
                ))
            found.append((sentence, scores))
        return found

    with patch.object(Coder, "_score", score):
        yield


PARTS: dict[str, Callable] = {
    "whole": whole, "gazetteer": without_gazetteer, "references": without_references, "context": without_context, "encoder": without_encoder,
    "rules": without_rules, "words": without_words, "sector words": without_sector_words,
}


def measure(every: int) -> dict[str, dict]:
    """The accuracy tables of the hold-out's part and of dev."""
    coder, chosen = Coder(), [p for p in examples.passages() if examples.is_held_out(p["id"])][::every]
    with ExitStack() as stack:
        stack.enter_context(patch.object(examples, "passages", lambda: chosen))
        result = {"holdout": table(*hold_out(coder)[:2])}
    if GOLD.exists():
        result["dev"] = table(*dev(coder)[:2])
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--every", type=int, default=3)
    parser.add_argument("--only", nargs="*", choices=sorted(PARTS))
    args = parser.parse_args()
    results: dict[str, dict] = {}
    for name, taken_out in PARTS.items():
        if args.only and name not in args.only:
            continue
        with taken_out():
            results[name] = measure(args.every)
        for part, found in results[name].items():
            label = name if name == "whole" else f"without {name}"
            print(f"{label:22}{part:9}" + "".join(f"{found[k]['f1']:>8.3f}" for k in SHOWN)
                  + f"{found['status']['accuracy']:>8.3f}{found['speaker']['accuracy']:>8.3f}", flush=True)
    print(" " * 31 + "  (columns: " + ", ".join(SHOWN) + ", status, speaker)")
    if args.json:
        kept = {n: {p: {k: t[k]["f1"] for k in SHOWN} | {k: t[k]["accuracy"] for k in ("status", "speaker")} for p, t in r.items()} for n, r in results.items()}
        args.json.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
