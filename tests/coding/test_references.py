"""What stands for a country without naming it."""

from __future__ import annotations

import pytest

from transforms.coding.context import read_article


def meant(text: str, title: str = "", home: str | None = None) -> dict[str, list[str]]:
    """Printed forms that stand for each country in the last sentence."""
    reading = read_article(title, text, 2020, home=home)
    return {s.code: [reading.body[a:b] for a, b in s.spans] for s in reading.sentences[-1].slots if s.spans}


@pytest.mark.parametrize(("text", "code", "words"), [
    ("Norway met Peru. Both sides were glad.", "PER", "Both sides"),
    ("The Peruvian ministry wrote to Norway. The ministry wants an answer.", "PER", "The ministry"),
    ("The Ministry of Foreign Affairs of Peru wrote to Norway. The Ministry wants an answer.", "PER", "The Ministry"),
    ("Peru wrote to Norway on Friday. It wants an answer.", "PER", "It"),
    ("Norwegians wrote to Peru. They want an answer.", "NOR", "They"),
    ("Peru and Bolivia met. Peru thanked its neighbour.", "BOL", "its neighbour"),
    ("Peru's envoy flew to Norway. The kingdom received her.", "NOR", "The kingdom"),
], ids=["both", "role", "role of a country", "it", "they", "neighbour", "kingdom"])
def test_reference_is_resolved(text: str, code: str, words: str) -> None:
    home = "PER" if "kingdom" in text else None
    assert words in meant(text, home=home)[code]


def test_a_release_means_its_own_minister() -> None:
    assert meant("The Minister thanked Peru.", "Visit", home="NOR") == {"NOR": ["The Minister"], "PER": ["Peru"]}


def test_a_release_has_no_king_of_its_own_by_default() -> None:
    assert "USA" not in meant("The king thanked Peru.", "Visit", home="USA")


def test_a_role_with_its_country_behind_is_no_reference() -> None:
    found = meant("The Norwegian president rang Peru. The president of Chile listened.")
    assert found.get("NOR") is None
    assert found["CHL"] == ["Chile"]


def test_neighbour_beside_two_countries_is_left_open() -> None:
    assert "BOL" not in meant("Bolivia voted. Peru and Norway thanked their neighbour.")


def test_what_the_last_sentence_spoke_of_goes_on_over_a_sentence_without_a_country() -> None:
    assert meant("Peru wrote to Norway. Days went by. It wants an answer.")["PER"] == ["It"]
