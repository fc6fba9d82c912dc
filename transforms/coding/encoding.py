"""Sentences as the encoder reads them: title, what came before, the sentence with its countries marked, and one group of
three tokens for every candidate pair.

All pairs of a sentence share one pass: text tokens see the text, the three tokens of a pair (pair, first country, second
country) see the text and each other. So a pair costs three tokens, not a sentence.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from transforms.coding import lexicon
from transforms.coding.context import MOST_SLOTS, Reading, Sentence
from transforms.coding.surfaces import Hit

CLS, SEP = 101, 102
PAIR, END, SPEAKS, CARRIED, HOME, QUOTE = 2, 3, 4, 5, 6, 7  # vocabulary entries that the tokenizer never produces
FIRST_SLOT = 11
TITLE_TOKENS, CONTEXT_TOKENS, SENTENCE_TOKENS = 24, 56, 144
GROUP_POSITION = 400
OWN = MOST_SLOTS + 1


@dataclass(slots=True)
class Encoded:
    """One sentence: ``ids``, ``positions``, ``groups`` (0 text, k >= 1 the k-th pair) and ``parts`` (0 context, 1..6 a mark of
    that slot, 7 the sentence's own words) of equal length; ``pair_at`` the place of each pair's first token; ``legend_at`` the
    place of each slot's legend token; ``pairs`` slot indices of each pair."""

    ids: list[int]
    positions: list[int]
    groups: list[int]
    parts: list[int]
    pair_at: list[int]
    legend_at: list[int]
    pairs: list[tuple[int, int]]


@cache
def tokenizer(folder: Path) -> Tokenizer:
    """The word-piece tokenizer that stands beside the model."""
    loaded = Tokenizer.from_file(str(folder / "tokenizer.json"))
    loaded.no_padding()
    loaded.no_truncation()
    return loaded


class ArticleTokens:
    """Title and body of one article, tokenised once; sentences are cut out of them by offset."""

    def __init__(self, reading: Reading, tokens: Tokenizer) -> None:
        self.reading = reading
        self.tokens = tokens
        body = tokens.encode(reading.body, add_special_tokens=False)
        self.ids = body.ids
        self.starts = [o[0] for o in body.offsets]
        title = tokens.encode(reading.title, add_special_tokens=False) if reading.title else None
        self.title_ids = title.ids if title else []
        self.title_starts = [o[0] for o in title.offsets] if title else []

    def _cut(self, start: int, end: int) -> tuple[int, int]:
        return bisect.bisect_left(self.starts, start), bisect.bisect_left(self.starts, end)

    def encode(self, sentence: Sentence, order: list[int] | None = None) -> Encoded:
        """``order`` numbers the slots (a permutation of 0..5 as augmentation in training); None numbers them as they come."""
        order = order or list(range(MOST_SLOTS))
        mark_of = {slot.code: FIRST_SLOT + order[i] for i, slot in enumerate(sentence.slots)}
        slot_of = {mark_of[slot.code]: i + 1 for i, slot in enumerate(sentence.slots)}
        ids = [CLS, *self._marked_title(mark_of), SEP, *self._marked_context(sentence, mark_of), SEP]
        if sentence.in_quote:
            ids.append(QUOTE)
        parts = [0] * len(ids)
        first, last = self._cut(sentence.start, sentence.end)
        last = min(last, first + SENTENCE_TOKENS)
        spans = [(span[0], mark_of[slot.code]) for slot in sentence.slots for span in slot.spans]
        own = self._with_marks(self.ids, self.starts, first, last, spans)
        ids += own
        parts += [slot_of.get(i, OWN) for i in own]
        ids.append(SEP)
        legend_at = []
        for slot in sentence.slots:
            legend_at.append(len(ids))
            ids.append(mark_of[slot.code])
            ids += _name_ids(self.tokens, slot.code)
            ids += [flag for flag, on in ((SPEAKS, slot.is_speaker), (CARRIED, slot.is_carried), (HOME, slot.is_home)) if on]
        parts += [0] * (len(ids) - len(parts))
        for number, place in enumerate(legend_at, 1):
            parts[place] = number
        positions = list(range(len(ids)))
        groups = [0] * len(ids)
        pair_at = []
        for number, (i, j) in enumerate(sentence.pairs, 1):
            pair_at.append(len(ids))
            ids += [PAIR, mark_of[sentence.slots[i].code], mark_of[sentence.slots[j].code]]
            positions += [GROUP_POSITION, GROUP_POSITION + 1, GROUP_POSITION + 2]
            groups += [number] * 3
        parts += [0] * (len(ids) - len(parts))
        return Encoded(ids, positions, groups, parts, pair_at, legend_at, list(sentence.pairs))

    def _with_marks(self, ids: list[int], starts: list[int], first: int, last: int, spans: list[tuple[int, int]]) -> list[int]:
        out: list[int] = []
        waiting = sorted(spans)
        at = 0
        for i in range(first, last):
            while at < len(waiting) and waiting[at][0] <= starts[i]:
                out.append(waiting[at][1])
                at += 1
            out.append(ids[i])
        return out

    def _marked_title(self, mark_of: dict[str, int]) -> list[int]:
        spans = _spans_of(self.reading.title_hits, mark_of)
        return self._with_marks(self.title_ids, self.title_starts, 0, min(len(self.title_ids), TITLE_TOKENS), spans)

    def _marked_context(self, sentence: Sentence, mark_of: dict[str, int]) -> list[int]:
        if sentence.index == 0:
            return []
        before = self.reading.sentences[max(0, sentence.index - 2)]
        first, last = self._cut(before.start, sentence.start)
        hits = [h for h in self.reading.hits if before.start <= h.start < sentence.start]
        marked = self._with_marks(self.ids, self.starts, first, last, _spans_of(hits, mark_of))
        return marked[-CONTEXT_TOKENS:]


def _spans_of(hits: list[Hit], mark_of: dict[str, int]) -> list[tuple[int, int]]:
    return [(h.start, mark_of[h.code]) for h in hits if h.code in mark_of]


@cache
def _name_ids(tokens: Tokenizer, code: str) -> tuple[int, ...]:
    country = lexicon.countries().get(code)
    name = country.name if country else code
    return tuple(tokens.encode(name, add_special_tokens=False).ids[:3])


def collate(batch: list[Encoded]) -> dict[str, np.ndarray]:
    """Arrays for one pass over ``batch`` (B sentences padded to T tokens, N pairs in all).

    ``ids``, ``positions``, ``groups``, ``parts``: int64 (B, T), groups -1 where padded; ``pair_at``: int64 (N, 3) flat places of
    the pair and its two countries; ``legend_at``: int64 (B, 6) flat places, -1 where there is no slot; ``pair_slots``: int64
    (N, 3) the row of the pair and its two slots.
    """
    width = max(len(e.ids) for e in batch)
    shape = (len(batch), width)
    ids, positions, groups = np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.full(shape, -1, np.int64)
    parts = np.zeros(shape, np.int64)
    legend = np.full((len(batch), MOST_SLOTS), -1, np.int64)
    pair_at, pair_slots = [], []
    for row, e in enumerate(batch):
        n = len(e.ids)
        ids[row, :n], positions[row, :n], groups[row, :n], parts[row, :n] = e.ids, e.positions, e.groups, e.parts
        legend[row, : len(e.legend_at)] = [row * width + place for place in e.legend_at]
        for place, (i, j) in zip(e.pair_at, e.pairs, strict=True):
            flat = row * width + place
            pair_at.append((flat, flat + 1, flat + 2))
            pair_slots.append((row, i, j))
    return {
        "ids": ids, "positions": positions, "groups": groups, "parts": parts, "legend_at": legend,
        "pair_at": np.array(pair_at, np.int64).reshape(-1, 3), "pair_slots": np.array(pair_slots, np.int64).reshape(-1, 3),
    }


def encode_given(text: str, source: tuple[int, int], target: tuple[int, int], tokens: Tokenizer) -> Encoded:
    """A sentence with two given actors (``bilateral classify``): both spans marked at start and end, one pair."""
    found = tokens.encode(text, add_special_tokens=False)
    marks = sorted([(source[0], 0, FIRST_SLOT), (source[1], -1, END), (target[0], 0, FIRST_SLOT + 1), (target[1], -1, END)])
    own, at = [], 0
    for token, (start, _) in zip(found.ids[: SENTENCE_TOKENS + 40], found.offsets, strict=False):
        while at < len(marks) and marks[at][0] <= start:
            own.append(marks[at][2])
            at += 1
        own.append(token)
    own += [mark for _, _, mark in marks[at:]]
    ids = [CLS, SEP, SEP, *own, SEP, FIRST_SLOT, FIRST_SLOT + 1]
    slot_of = {FIRST_SLOT: 1, FIRST_SLOT + 1: 2}
    parts = [0, 0, 0, *(slot_of.get(i, OWN) for i in own), 0, 1, 2, 0, 0, 0]
    legend = [len(ids) - 2, len(ids) - 1]
    positions, groups, place = list(range(len(ids))), [0] * len(ids), len(ids)
    ids += [PAIR, FIRST_SLOT, FIRST_SLOT + 1]
    positions += [GROUP_POSITION, GROUP_POSITION + 1, GROUP_POSITION + 2]
    groups += [1, 1, 1]
    return Encoded(ids, positions, groups, parts, [place], legend, [(0, 1)])
