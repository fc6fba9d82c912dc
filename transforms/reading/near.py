"""Near copies: wire text that is reprinted with small edits, another headline, or cut at the end.

Candidates come from MinHash bands (Broder 1997; bands after Leskovec, Rajaraman and Ullman, *Mining of Massive Datasets*, ch. 3) over
word triples of the whole text and of its head; each is then compared word by word, because two reports on the same pattern (an
exchange rate, an earthquake, a round of talks) share most of their words and are still two stories: they differ in numbers and names.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

PERMUTATIONS, ROWS, HEAD_BANDS, SEED = 96, 3, 8, 20260101
BODY_BANDS = (PERMUTATIONS - HEAD_BANDS * ROWS) // ROWS
HEAD_WORDS = 80
FEWEST_WORDS = 25
# Chosen on the authored groups of tests/reading/story_groups.py: see benchmarks/copies.py.
LEAST_SHARED, LEAST_FACTS, SURE_SHARED = 0.45, 0.80, 0.75
WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*")
# "RABAT, March 4 (Reuters) - ", "Paris (AFP) — ": each outlet writes its own.
DATELINE = re.compile(r"^[^\n]{0,80}?\((?:[A-Z][\w. /]{1,30})\)\s*[-–—:]+\s*|^[A-Z][A-Z .,'-]{2,40}(?:,\s*\w+\.? \d{1,2})?\s*[-–—]+\s+")
NUMBER = re.compile(r"\d")


@dataclass(frozen=True)
class Text:
    """One article's text, prepared for comparison once."""

    body: str

    @cached_property
    def words(self) -> list[str]:
        return WORD.findall(DATELINE.sub("", self.body.strip()).lower())

    @cached_property
    def triples(self) -> set[str]:
        return _triples(self.words)

    @cached_property
    def facts(self) -> set[str]:
        """Numbers, and names inside sentences: what tells two reports on one pattern apart."""
        plain = DATELINE.sub("", self.body.strip())
        names = re.findall(r"(?<![.!?“\"'‘:]\s)(?<!^)(?<!\n)\b[A-Z][\w'-]+", plain)
        return {w for w in self.words if NUMBER.search(w)} | {n.lower().removesuffix("'s").removesuffix("’s") for n in names}


@lru_cache(maxsize=4096)
def text_of(body: str) -> Text:
    """The prepared text of a body: one that is compared with many is prepared once."""
    return Text(body)


def _triples(words: list[str]) -> set[str]:
    return {" ".join(words[i : i + 3]) for i in range(len(words) - 2)}


def band_keys(bodies: list[str]) -> list[list[int]]:
    """Keys of the bands of each text, 64-bit signed; two near copies share at least one. Texts of a few words have none."""
    from rensa import RMinHash

    texts = [Text(b) for b in bodies]
    long_enough = [t for t in texts if len(t.words) >= FEWEST_WORDS]
    whole = iter(RMinHash.digests_from_token_sets([sorted(t.triples) for t in long_enough], BODY_BANDS * ROWS, SEED))
    head = iter(RMinHash.digests_from_token_sets([sorted(_triples(t.words[:HEAD_WORDS])) for t in long_enough], HEAD_BANDS * ROWS, SEED))
    return [_keys(next(whole), "w") + _keys(next(head), "h") if len(t.words) >= FEWEST_WORDS else [] for t in texts]


def _keys(signature: list[int], part: str) -> list[int]:
    found = []
    for start in range(0, len(signature), ROWS):
        values = f"{part}{start}:" + ",".join(map(str, signature[start : start + ROWS]))
        found.append(int.from_bytes(hashlib.blake2b(values.encode(), digest_size=8).digest(), "big", signed=True))
    return found


def shared(one: Text, other: Text) -> tuple[float, float]:
    """Share of the shorter text's word triples, and of its facts, that the other has."""
    short, long = sorted((one, other), key=lambda t: len(t.triples))
    triples = len(short.triples & long.triples) / max(1, len(short.triples))
    facts = len(short.facts & long.facts) / len(short.facts) if short.facts else 1.0
    return triples, facts


def is_copy(one: Text, other: Text) -> bool:
    """Are they one story? Most words shared, and the facts too."""
    triples, facts = shared(one, other)
    return triples >= LEAST_SHARED and facts >= LEAST_FACTS and (triples >= SURE_SHARED or facts >= 0.9)
