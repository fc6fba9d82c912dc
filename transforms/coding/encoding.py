"""A candidate pair as the encoder reads it: who the two are, title, what came before, and the sentence with both marked.

One pass a pair. The first country has one mark wherever it is named or referred to, the second another, all others a third;
so the encoder's question is always the same: what is between *first* and *second*? Sharing one pass among all pairs of a
sentence was tried before: cheaper, and harder to learn (docs/decisions.md).
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from transforms.coding import lexicon
from transforms.coding.context import Reading, Sentence
from transforms.coding.surfaces import Hit

CLS, SEP = 101, 102
END, SPEAKS, CARRIED, HOME, QUOTE, FIRST, SECOND, OTHER = 3, 4, 5, 6, 7, 11, 12, 13  # entries that the tokenizer never produces
TITLE_TOKENS, CONTEXT_TOKENS, SENTENCE_TOKENS, GIVEN_TOKENS = 26, 96, 110, 180
CONTEXT_SENTENCES = 3
REFERENCE_OPENERS = (
    "The ", "This ", "That ", "These ", "Those ", "They", "Their", "Both ", "Either ", "Neither ", "Our ", "Your ", "Each ", "Between ", "Bilateral", "Neighb"
)
# Parts: what a token is to the pair. -1 is padding.
ELSEWHERE, LEGEND_FIRST, LEGEND_SECOND, MARK_FIRST, MARK_SECOND, WORD = range(6)


@dataclass(slots=True)
class Encoded:
    """One candidate pair: token ``ids`` and ``parts`` (0 elsewhere, 1 and 2 the two legend marks, 3 and 4 their marks in the
    sentence, 5 the sentence's own words), of equal length."""

    ids: list[int]
    parts: list[int]


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

    def encode(self, sentence: Sentence, pair: tuple[int, int], hidden: bool = False) -> Encoded:
        """The pair ``(first, second)`` of slots of ``sentence``; swapped slots ask the same question from the other side.

        ``hidden`` leaves the marks and takes the names away: training shows some pairs so, lest the encoder learn what is usual
        between two countries instead of what the sentence says.
        """
        first, second = pair
        marks = {s.code: FIRST if k == first else SECOND if k == second else OTHER for k, s in enumerate(sentence.slots)}
        ids, parts = [CLS], [ELSEWHERE]
        for slot, part in ((first, LEGEND_FIRST), (second, LEGEND_SECOND)):
            legend = self._legend(sentence, slot, FIRST if part == LEGEND_FIRST else SECOND, hidden)
            ids += legend
            parts += [part] + [ELSEWHERE] * (len(legend) - 1)
        for k, slot_ in enumerate(sentence.slots):
            if slot_.is_speaker and k not in pair:
                ids += [OTHER, *_name_ids(self.tokens, slot_.code), SPEAKS]
        ids += [SEP, *self._marked_title(marks, hidden), SEP, *self._marked_context(sentence, marks, hidden), SEP]
        if sentence.in_quote:
            ids.append(QUOTE)
        parts += [ELSEWHERE] * (len(ids) - len(parts))
        start, end = self._cut(sentence.start, sentence.end)
        spans = [(a, _cover(self.reading.body, a, b, hidden), marks[slot_.code]) for slot_ in sentence.slots for a, b in slot_.spans]
        own = self._with_marks(self.ids, self.starts, start, min(end, start + SENTENCE_TOKENS), spans)
        return Encoded([*ids, *own, SEP], [*parts, *map(_part, own), ELSEWHERE])

    def _legend(self, sentence: Sentence, place: int, mark: int, hidden: bool) -> list[int]:
        slot = sentence.slots[place]
        flags = [flag for flag, on in ((SPEAKS, slot.is_speaker), (CARRIED, slot.is_carried), (HOME, slot.is_home)) if on]
        return [mark, *(() if hidden else _name_ids(self.tokens, slot.code)), *flags]

    def _cut(self, start: int, end: int) -> tuple[int, int]:
        return bisect.bisect_left(self.starts, start), bisect.bisect_left(self.starts, end)

    def _with_marks(self, ids: list[int], starts: list[int], first: int, last: int, spans: list[tuple[int, int, int]]) -> list[int]:
        """Tokens ``first`` to ``last`` with a mark before each span ``(start, covered to, mark)``; covered tokens are left out."""
        out: list[int] = []
        waiting = sorted(spans)
        at = covered = 0
        for i in range(first, last):
            while at < len(waiting) and waiting[at][0] <= starts[i]:
                out.append(waiting[at][2])
                covered = max(covered, waiting[at][1])
                at += 1
            if starts[i] >= covered:
                out.append(ids[i])
        return out

    def _marked_title(self, marks: dict[str, int], hidden: bool) -> list[int]:
        last = min(len(self.title_ids), TITLE_TOKENS)
        spans = _spans_of(self.reading.title, self.reading.title_hits, marks, hidden)
        return self._with_marks(self.title_ids, self.title_starts, 0, last, spans)[:TITLE_TOKENS]

    def _marked_context(self, sentence: Sentence, marks: dict[str, int], hidden: bool) -> list[int]:
        if sentence.index == 0:
            return []
        before = self.reading.sentences[max(0, sentence.index - CONTEXT_SENTENCES) : sentence.index]
        first, last = self._cut(before[0].start, sentence.start)
        named = {(h.start, h.end, h.code) for h in self.reading.hits if before[0].start <= h.start < sentence.start}
        meant = {(a, b, slot.code) for s in before for slot in s.slots for a, b in slot.spans}
        spans = [(a, _cover(self.reading.body, a, b, hidden), marks[code]) for a, b, code in named | meant if code in marks]
        return self._with_marks(self.ids, self.starts, first, last, spans)[-CONTEXT_TOKENS:]


def _part(token: int) -> int:
    return {FIRST: MARK_FIRST, SECOND: MARK_SECOND, OTHER: ELSEWHERE, END: ELSEWHERE}.get(token, WORD)


def _cover(text: str, start: int, end: int, hidden: bool) -> int:
    """How far the text of a span is left out: names wholly where they are hidden, references ("he", "the two sides") never."""
    is_name = end - start > 3 and text[start].isupper() and not text.startswith(REFERENCE_OPENERS, start)
    return end if hidden and is_name else 0


def _spans_of(text: str, hits: list[Hit], marks: dict[str, int], hidden: bool) -> list[tuple[int, int, int]]:
    return [(h.start, _cover(text, h.start, h.end, hidden), marks[h.code]) for h in hits if h.code in marks]


@cache
def _name_ids(tokens: Tokenizer, code: str) -> tuple[int, ...]:
    country = lexicon.countries().get(code)
    name = country.name if country else code
    return tuple(tokens.encode(name, add_special_tokens=False).ids[:3])


def collate(batch: list[Encoded]) -> dict[str, np.ndarray]:
    """Arrays for one pass over ``batch`` (B pairs padded to T tokens): ``ids`` and ``parts``, int64 (B, T), parts -1 where padded."""
    shape = (len(batch), max(len(e.ids) for e in batch))
    ids, parts = np.zeros(shape, np.int64), np.full(shape, -1, np.int64)
    for row, e in enumerate(batch):
        ids[row, : len(e.ids)], parts[row, : len(e.ids)] = e.ids, e.parts
    return {"ids": ids, "parts": parts}


def encode_given(text: str, source: tuple[int, int], target: tuple[int, int], tokens: Tokenizer) -> Encoded:
    """A sentence with two given actors (``bilateral classify``): both spans marked at start and end; no title, no context."""
    found = tokens.encode(text, add_special_tokens=False)
    marks = sorted([(source[0], 0, FIRST), (source[1], -1, END), (target[0], 0, SECOND), (target[1], -1, END)])
    own, at = [], 0
    for token, (start, _) in zip(found.ids[:GIVEN_TOKENS], found.offsets, strict=False):
        while at < len(marks) and marks[at][0] <= start:
            own.append(marks[at][2])
            at += 1
        own.append(token)
    own += [mark for _, _, mark in marks[at:]]
    opening = [ELSEWHERE, LEGEND_FIRST, LEGEND_SECOND, ELSEWHERE, ELSEWHERE, ELSEWHERE]
    return Encoded([CLS, FIRST, SECOND, SEP, SEP, SEP, *own, SEP], [*opening, *map(_part, own), ELSEWHERE])
