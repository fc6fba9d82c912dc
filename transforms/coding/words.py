"""A second opinion from the words alone: a linear model over short runs of words around the marked pair.

The encoder reads for meaning and, being small, errs on plain cases; what "called on", "expelled", "AA praised BB" mean, a table of
word runs knows. Their logits are added with a weight that the hold-out chooses (``model/meta.json``). A second table does the
same for sectors.
"""

from __future__ import annotations

import re
import zlib
from itertools import pairwise
from pathlib import Path

import numpy as np

from transforms.coding.context import Sentence
from transforms.coding.labels import EVENT_TYPES

BUCKETS = 1 << 16
OUTPUTS = len(EVENT_TYPES) + 1  # the types, then whether there is any mention
FIRST_WORD, SECOND_WORD, OTHER_WORD = "AA", "BB", "XX"
SCALE = 3.0
_WORD = re.compile(r"[A-Za-z']+|\d+|[“”\"?]")
_TOPIC_WORD = re.compile(r"[a-z']{2,}")
_IDLE = re.compile(
    "the|of|to|and|in|that|for|on|with|by|at|from|as|is|was|were|are|be|has|have|had|it|its|this|which|not|but|their|they|he|his|she|her|who|"
    "will|would|said|also|been|an|or"
)


def word_runs(text: str, marks: list[tuple[int, int, str]]) -> list[int]:
    """Buckets of all runs of one to three words of ``text``, with the marked spans ``(start, end, mark)`` as words of their own."""
    words: list[str] = []
    at = 0
    for start, end, mark in sorted(marks):
        if start >= at:
            words += _lower(text[at:start])
            words.append(mark)
            at = end
    words += _lower(text[at:])
    runs = {" ".join(words[i : i + n]) for n in (1, 2, 3) for i in range(len(words) - n + 1)}
    return sorted({zlib.crc32(run.encode()) % BUCKETS for run in runs})


def _lower(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def pair_runs(body: str, sentence: Sentence, pair: tuple[int, int]) -> list[int]:
    """Buckets of a candidate pair in its sentence."""
    first, second = pair
    marks = [
        (a - sentence.start, b - sentence.start, FIRST_WORD if k == first else SECOND_WORD if k == second else OTHER_WORD)
        for k, slot in enumerate(sentence.slots) for a, b in slot.spans
    ]
    return word_runs(body[sentence.start : sentence.end], marks)


def topic_runs(sentence: str, before: str, event: int) -> list[int]:
    """Buckets of what tells a mention's sectors: words and pairs of words of its sentence, words of title and context, its event type."""
    words = _TOPIC_WORD.findall(sentence.lower())
    runs = {f"s {w}" for w in words if not _IDLE.fullmatch(w)} | {f"s {a} {b}" for a, b in pairwise(words)}
    runs |= {f"c {w}" for w in _TOPIC_WORD.findall(before.lower()) if not _IDLE.fullmatch(w)} | {f"t {event}"}
    return sorted({zlib.crc32(run.encode()) % BUCKETS for run in runs})


class WordModel:
    """A table of K outputs: ``weights`` (65536, K) int8 with a ``scale`` per output, and ``bias`` (K,). ``words.npz`` has the 17 types and
    whether there is any mention, ``sectors.npz`` the 32 sectors."""

    def __init__(self, path: Path) -> None:
        with np.load(path, allow_pickle=False) as stored:
            self.weights, self.scale, self.bias = stored["weights"], stored["scale"], stored["bias"]

    def logits(self, runs: list[int]) -> np.ndarray:
        """(K,): the table's logits."""
        total = self.weights[runs].sum(0, dtype=np.int64) * self.scale
        return np.asarray(total * SCALE / max(1, len(runs)) ** 0.5 + self.bias)
