"""A second opinion from the words alone: a linear model over short runs of words around the marked pair.

The encoder reads for meaning and, being small, errs on plain cases; what "called on", "expelled", "AA praised BB" mean, a table of
word runs knows. Their logits are added with a weight that the hold-out chooses (``model/meta.json``).
"""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import numpy as np

from transforms.coding.context import Sentence
from transforms.coding.labels import EVENT_TYPES

BUCKETS = 1 << 16
OUTPUTS = len(EVENT_TYPES) + 1  # the types, then whether there is any mention
FIRST_WORD, SECOND_WORD, OTHER_WORD = "AA", "BB", "XX"
SCALE = 3.0
_WORD = re.compile(r"[A-Za-z']+|\d+|[“”\"?]")


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


class WordModel:
    """The table ``words.npz``: ``weights`` (65536, 18) int8 with a ``scale`` per output, and ``bias`` (18,)."""

    def __init__(self, path: Path) -> None:
        with np.load(path, allow_pickle=False) as stored:
            self.weights, self.scale, self.bias = stored["weights"], stored["scale"], stored["bias"]

    def logits(self, runs: list[int]) -> np.ndarray:
        """(18,): logits of the types, and of there being any mention."""
        total = self.weights[runs].sum(0, dtype=np.int64) * self.scale
        return np.asarray(total * SCALE / max(1, len(runs)) ** 0.5 + self.bias)
