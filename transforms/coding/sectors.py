"""Which sectors the words around a mention speak for: evidence beside the encoder's, from ``lexicons/sectors.csv`` and a trained table."""

from __future__ import annotations

import re
from functools import cache

import numpy as np

from transforms.coding import lexicon
from transforms.coding.context import Reading, Sentence
from transforms.coding.labels import SECTORS
from transforms.coding.words import WordModel, topic_runs

FEATURES = ("encoder", "in_sentence", "just_before", "article_share", "word_table")


@cache
def _patterns() -> tuple[tuple[int, re.Pattern[str]], ...]:
    stems = lexicon.sector_stems()
    return tuple((SECTORS.index(sector), re.compile(rf"\b(?:{found})", re.IGNORECASE)) for sector, found in stems.items())


def spoken_for(text: str) -> np.ndarray:
    """Float (32,): 1 for each sector of which a word stands in ``text``."""
    found = np.zeros(len(SECTORS))
    for place, pattern in _patterns():
        if pattern.search(text):
            found[place] = 1.0
    return found


class SectorEvidence:
    """The words of one article; a sentence is looked at once, and only when a mention needs it."""

    def __init__(self, reading: Reading, table: WordModel) -> None:
        self.reading = reading
        self.table = table
        self._seen: dict[int, np.ndarray] = {}
        self._share: np.ndarray | None = None

    def of(self, sentence: Sentence, event: int, logits: np.ndarray) -> np.ndarray:
        """Features (32, 5) in the order of ``FEATURES`` for a mention of the type ``event``; ``logits`` (32,) are the encoder's."""
        before = [self._words(i) for i in range(max(0, sentence.index - 2), sentence.index)]
        context = np.max([spoken_for(self.reading.title), *before], axis=0)
        if self._share is None:
            self._share = np.mean([self._words(s.index) for s in self.reading.sentences], axis=0)
        table = self.table.logits(sector_runs(self.reading, sentence, event))
        return np.stack([logits, self._words(sentence.index), context, self._share, table], axis=1)

    def _words(self, index: int) -> np.ndarray:
        if index not in self._seen:
            found = self.reading.sentences[index]
            self._seen[index] = spoken_for(self.reading.body[found.start : found.end])
        return self._seen[index]


def sector_runs(reading: Reading, sentence: Sentence, event: int) -> list[int]:
    """Buckets of the sentence and of what stands before it: title and the two sentences before."""
    start = reading.sentences[max(0, sentence.index - 2)].start
    return topic_runs(reading.body[sentence.start : sentence.end], f"{reading.title} {reading.body[start : sentence.start]}", event)
