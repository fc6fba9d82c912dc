"""Near copies: reprints are found, look-alikes are not taken for them."""

from __future__ import annotations

import pytest

from benchmarks.copies import measure
from transforms.reading.near import Text, band_keys, is_copy, shared

# The first band of the story below, as kept in every warehouse so far.
BAND = 8115221009587701466
STORY = (
    "RABAT, March 4 (Reuters) - France and Morocco signed an agreement on fishing on Tuesday after four days of talks in Rabat, the two governments said. "
    "French Foreign Minister Marie Duval thanked her counterpart, Karim Alaoui, for what she called a fair accord. It lets 47 French boats fish off the "
    "coast for five years, against 12.5 million euros a year. Fishermen in Agadir had blocked the port last month. Parliament in Paris still has to vote."
)


def copy(one: str, other: str) -> bool:
    return is_copy(Text(one), Text(other))


@pytest.mark.parametrize("other", [
    STORY.replace("RABAT, March 4 (Reuters) - ", "Rabat (AFP) — "), STORY[:330], "From our correspondent.\n\n" + STORY,
    STORY.replace("thanked", "praised").replace("said", "stated"),
])
def test_reprint_is_a_copy_and_shares_a_band(other: str) -> None:
    assert copy(STORY, other) and copy(other, STORY)
    one, two = band_keys([STORY, other])
    assert set(one) & set(two)


@pytest.mark.parametrize("other", [
    STORY.replace("France", "Spain").replace("French", "Spanish").replace("Marie Duval", "Pilar Soto")
    .replace("47", "92").replace("Paris", "Madrid").replace("12.5", "40"),
    "RABAT, March 4 (Reuters) - The weather was fine in Rabat on Tuesday. " * 6,
])
def test_other_story_on_the_same_pattern_is_none(other: str) -> None:
    assert not copy(STORY, other)


def test_short_texts_have_no_bands() -> None:
    assert band_keys(["Too short to tell."]) == [[]]


def test_bands_are_the_same_in_every_run() -> None:
    assert band_keys([STORY])[0][:2] == band_keys(["another", STORY])[1][:2]
    assert band_keys([STORY])[0][0] == BAND, "kept bands would no longer match: raise the schema and make them anew"


def test_shared_is_of_the_shorter_text() -> None:
    triples, facts = shared(Text(STORY), Text(STORY[:200]))
    assert triples > 0.95 and facts == 1.0


@pytest.mark.slow
def test_authored_groups_meet_the_bar() -> None:
    found = measure()
    assert found["precision"] >= 0.98 and found["recall"] >= 0.95
