"""Candidate pairs as the encoder reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

import transforms.coding
from transforms.coding.context import read_article
from transforms.coding.encoding import CLS, FIRST, LEGEND_FIRST, MARK_FIRST, OTHER, SECOND, SEP, ArticleTokens, Encoded, collate, encode_given, tokenizer

MODEL = Path(transforms.coding.__file__).parent / "model"


def encoded(text: str) -> list[Encoded]:
    reading = read_article("Norway and Peru", text, 2020)
    cut = ArticleTokens(reading, tokenizer(MODEL))
    return [cut.encode(s, pair) for s in reading.sentences for pair in s.pairs]


def test_every_pair_is_marked_and_framed() -> None:
    for e in encoded("Norway met Peru. Both sides thanked Chile. 🇳🇴 He left."):
        assert len(e.ids) == len(e.parts)
        assert e.ids[0] == CLS and e.ids[-1] == SEP
        assert e.ids[1] == FIRST and e.parts[1] == LEGEND_FIRST and SECOND in e.ids


def test_a_third_country_has_the_other_mark() -> None:
    first = encoded("Norway and Peru thanked Chile.")[0]
    sentence = first.ids[len(first.ids) - first.ids[::-1].index(SEP, 1) :]
    assert [i for i in sentence if i in (FIRST, SECOND, OTHER)] == [FIRST, SECOND, OTHER]


def test_a_swapped_pair_swaps_the_marks_alone() -> None:
    reading = read_article("", "Norway met Peru.", 2020)
    cut = ArticleTokens(reading, tokenizer(MODEL))
    one, other = (cut.encode(reading.sentences[0], pair) for pair in ((0, 1), (1, 0)))
    swap = {FIRST: SECOND, SECOND: FIRST}
    sentence = slice(one.ids.index(SEP), None)
    assert [swap.get(i, i) for i in one.ids[sentence]] == other.ids[sentence]


def test_collate_pads() -> None:
    batch = encoded("Norway met Peru. Both sides thanked Chile at great length on a rainy day.")
    arrays = collate(batch)
    assert arrays["ids"].shape == arrays["parts"].shape == (len(batch), max(len(e.ids) for e in batch))
    assert [int((row >= 0).sum()) for row in arrays["parts"]] == [len(e.ids) for e in batch]


@pytest.mark.parametrize("text", ["Norway met Peru and " * 500, "“they " + "Norway Peru " * 4000])
def test_long_sentence_is_cut(text: str) -> None:
    assert max(len(e.ids) for e in encoded(text)) < 512


def test_given_actors() -> None:
    e = encode_given("Norway met Peru.", (0, 6), (11, 15), tokenizer(MODEL))
    assert len(e.ids) == len(e.parts) and e.parts.count(MARK_FIRST) == 1
