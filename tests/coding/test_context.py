"""Candidate pairs and what carries over."""

from __future__ import annotations

import time

import pytest

from transforms.coding.context import MOST_SLOTS, issuing_country, read_article


def pairs(text: str, title: str = "", home: str | None = None) -> list[set[tuple[str, ...]]]:
    reading = read_article(title, text, 2020, home=home)
    return [{tuple(sorted((s.slots[i].code, s.slots[j].code))) for i, j in s.pairs} for s in reading.sentences]


def test_one_country_has_no_candidate() -> None:
    assert pairs("Norway voted. Norwegians went home.") == []


def test_two_countries_and_pronouns_carry_over() -> None:
    found = pairs("Norway met Peru. The two countries signed a pact. Both sides were glad.")
    assert all(("NOR", "PER") in each for each in found)


def test_the_two_countries_are_those_just_named() -> None:
    reading = read_article("Chile and Japan", "Norway met Peru, and the two countries signed a pact.", 2020)
    spans = {s.code: len(s.spans) for s in reading.sentences[0].slots}
    assert spans["NOR"] == spans["PER"] == 2


def test_a_country_named_later_is_offered_to_a_sentence_without_a_pair() -> None:
    assert ("NOR", "PER") in pairs("Norway sent a note at noon. The note went to Peru.")[0]


def test_dateline_is_a_place() -> None:
    reading = read_article("", "OSLO (Reuters) - Peru thanked Chile.", 2020)
    assert {s.code for s in reading.sentences[0].slots if s.spans} == {"PER", "CHL"}


@pytest.mark.parametrize(("source", "expected"), [
    ("Prime Minister of Norway", "NOR"), ("Norway Times", None), (None, None), ("Ministry of Norway and Peru", None),
])
def test_issuing_country(source: str | None, expected: str | None) -> None:
    assert issuing_country(source) == expected


@pytest.mark.parametrize("text", [
    "Norway said Peru " * 10_000,
    "the Norwegian minister told Peru that both sides he said " * 18_000,
    "A, " * 100_000,
    "\u202eNorway\u202c 🇳🇴 Pe\u200bru met Peru. " * 2_000,
    "NORWAY PERU " * 5_000,
    "Peru's President Juan Quispe, of Norway, " * 4_000,
], ids=["names", "one megabyte", "commas", "marks", "capitals", "people"])
def test_hostile_text_is_read_in_seconds(text: str) -> None:
    begun = time.process_time()
    reading = read_article("Norway and Peru", text, 2020)
    assert time.process_time() - begun < 8
    assert all(len(s.slots) <= MOST_SLOTS for s in reading.sentences)
