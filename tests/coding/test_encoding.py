"""Sentences as the encoder reads them."""

from __future__ import annotations

from pathlib import Path

import transforms.coding
from transforms.coding.context import read_article
from transforms.coding.encoding import FIRST_SLOT, PAIR, ArticleTokens, collate, encode_given, tokenizer

MODEL = Path(transforms.coding.__file__).parent / "model"


def encoded(text: str) -> list:
    reading = read_article("Norway and Peru", text, 2020)
    cut = ArticleTokens(reading, tokenizer(MODEL))
    return [cut.encode(s) for s in reading.sentences]


def test_fields_are_of_equal_length_and_marks_stand() -> None:
    for e in encoded("Norway met Peru. Both sides thanked Chile. 🇳🇴 He left."):
        assert len(e.ids) == len(e.positions) == len(e.groups) == len(e.parts)
        assert [e.ids[i] for i in e.pair_at] == [PAIR] * len(e.pairs)
        assert FIRST_SLOT in e.ids and FIRST_SLOT + 1 in e.ids


def test_collate_pads_and_counts() -> None:
    batch = encoded("Norway met Peru. Both sides thanked Chile at great length on a rainy day.")
    arrays = collate(batch)
    assert arrays["ids"].shape == arrays["groups"].shape
    assert len(arrays["pair_at"]) == sum(len(e.pairs) for e in batch)


def test_long_sentence_is_cut() -> None:
    assert max(len(e.ids) for e in encoded("Norway met Peru and " * 500)) < 512


def test_given_actors() -> None:
    e = encode_given("Norway met Peru.", (0, 6), (11, 15), tokenizer(MODEL))
    assert e.pairs == [(0, 1)] and len(e.ids) == len(e.parts) == len(e.groups)
