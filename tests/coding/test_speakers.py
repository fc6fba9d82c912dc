"""Who speaks."""

from __future__ import annotations

import pytest

from transforms.coding.context import read_article


def speakers(text: str, home: str | None = None) -> list[str | None]:
    return [s.speaker for s in read_article("Norway and Peru", text, 2020, home=home).sentences]


@pytest.mark.parametrize(("text", "expected"), [
    ("Norway said that Peru was late.", ["NOR"]),
    ("Peru was late, according to Norway.", ["NOR"]),
    ("“Peru was late,” said Norway.", ["NOR"]),
    ("Norway ships gas to Peru.", [None]),
    ("“We like Peru,” Norway said. “We shall come back.”", ["NOR", "NOR"]),
])
def test_speakers(text: str, expected: list[str | None]) -> None:
    assert speakers(text) == expected


def test_first_person_release_is_spoken_by_its_country() -> None:
    assert speakers("We thank Peru. Our ships are ready. We will come. I am glad.", "NOR") == ["NOR"] * 4


TRANSCRIPT = """PRIME MINISTER: We thank Peru for its help. I am glad of our talks.
JOURNALIST: Prime Minister, do you think that Peru was right? We hear that our ships were stopped.
PRIME MINISTER: We stand by Peru. Peru told us so."""


def test_the_press_asks_with_nobodys_voice() -> None:
    assert speakers(TRANSCRIPT, "NOR") == ["NOR", "NOR", None, None, "NOR", "PER"]


def test_whom_the_press_asks_is_you() -> None:
    asked = read_article("Norway and Peru", TRANSCRIPT, 2020, home="NOR").sentences[2:4]
    spans = [[(s.code, TRANSCRIPT[a:b]) for s in sentence.slots for a, b in s.spans] for sentence in asked]
    assert ("NOR", "you") in spans[0] and not [word for _, word in spans[1]]


@pytest.mark.parametrize("text", ["JOURNALIST:", "PM:", "[ends]", "(inaudible)", "Thank you very much.", "PRIME MINISTER: Thank you."])
def test_furniture_of_a_transcript_gives_no_pairs(text: str) -> None:
    reading = read_article("Norway and Peru", f"We thank Peru. {text}", 2020, home="NOR", spans=[(0, 14), (15, 15 + len(text))])
    assert reading.sentences[0].pairs and not reading.sentences[1].pairs


@pytest.mark.parametrize("text", ["Thank you, Peru.", "They refused.", "No."])
def test_short_answers_stay_candidates(text: str) -> None:
    reading = read_article("Norway and Peru", f"We thank Peru. {text}", 2020, home="NOR", spans=[(0, 14), (15, 15 + len(text))])
    assert reading.sentences[1].pairs
