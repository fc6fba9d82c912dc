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
