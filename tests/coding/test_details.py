"""Mode, trigger, intensity, place, actor."""

from __future__ import annotations

import pytest

from transforms.coding import details
from transforms.coding.context import read_article


def test_mode_and_trigger_are_as_printed() -> None:
    mode, word, place = details.find_mode("CONSULT", "She visited Lima.")
    assert (mode, word, place) == ("visit", "visited", 4)
    assert details.find_mode("NONE", "She visited Lima.") == (None, None, None)
    assert details.find_trigger("AGREE", "They promised gas.") == ("promised", 5)


def test_intensity_falls_back_to_the_type() -> None:
    assert details.intensity("CONSULT", "no such mode") == details.intensity("CONSULT", None)
    assert details.intensity("RELATE", None) is None


def test_place_and_actor() -> None:
    reading = read_article("", "Norwegian Foreign Minister Kari Moe thanked Peru in Lima.", 2020)
    assert details.find_place(reading, reading.sentences[0]) == ("Lima", "PER")
    actor = details.describe_actor("source", "NOR", reading, reading.sentences[0])
    assert actor is not None and (actor.name, actor.title, actor.country, actor.actor_type) == ("Kari Moe", "foreign minister", "NOR", "GOV")
    assert details.describe_actor("source", "JPN", reading, reading.sentences[0]) is None


@pytest.mark.parametrize(("text", "code", "name", "kind"), [
    ("“We are ready,” said the French interior minister in Rabat.", "FRA", "French interior minister", "GOV"),
    ("Peru said it would send a ship to Norway.", "PER", "Peru", "GOV"),
    ("Norwegian fishermen were held by Peru on Monday.", "NOR", "Norway", "CVL"),
    ("Norwegian Foreign Minister Espen Eide met officials of Peru. He said talks would go on with Peru.", "NOR", "Espen Eide", "GOV"),
    ("The Kremlin said that Norway was wrong.", "RUS", "Kremlin", "GOV"),
    ("Peruvian troops crossed into Norway.", "PER", "Peru", "MIL"),
])
def test_speaker_is_a_name_an_office_or_the_country(text: str, code: str, name: str, kind: str) -> None:
    reading = read_article("Norway, Peru, France and Russia", text, 2023)
    actor = details.describe_actor("speaker", code, reading, reading.sentences[-1])
    assert actor is not None
    assert (details.speaker_name(actor), actor.actor_type) == (name, kind)
