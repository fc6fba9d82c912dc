"""Countries in raw text."""

from __future__ import annotations

import pytest

from transforms.coding import lexicon
from transforms.coding.surfaces import find_countries


def codes(text: str, year: int | None = 2020) -> list[str]:
    return [h.code for h in find_countries(text, year)]


@pytest.mark.parametrize(("text", "year", "expected"), [
    ("Norway wrote to Peru.", 2020, ["NOR", "PER"]),
    ("A ship crossed the Gulf of Mexico.", 2020, []),
    ("The Soviet Union protested.", 1970, ["SUN"]),
    ("Bonn asked Paris for time.", 1975, ["DEU", "FRA"]),
    ("NORWAY AND PERU SIGN FISH TREATY", 2020, ["NOR", "PER"]),
    ("Replies came in.\nNORWAY: It will pay.\nPERU: It will not.", 2020, ["NOR", "PER"]),
    ("Michael Jordan scored.", 2020, []),
    ("He is a French-born cook.", 2020, []),
    ("A Danish-flagged tanker was stopped.", 2020, ["DNK"]),
    ("Brussels fined the firm.", 2020, ["EUE"]),
    ("Brussels and the Belgian king agreed.", 2020, ["BEL", "BEL"]),
    ("Macron spoke and France listened.", 2020, ["FRA", "FRA"]),
    ("The kinks in the US-led plan", 2020, ["USA"]),
])
def test_names(text: str, year: int, expected: list[str]) -> None:
    assert codes(text, year) == expected


def test_alias_counts_only_when_introduced() -> None:
    assert codes("Carter was late.", 1978) == []
    assert codes("President Carter was late.", 1978) == ["USA"]
    assert codes("The Carter administration was late.", 1978) == ["USA"]


def test_years_choose_the_holder() -> None:
    assert codes("President Aliyev and George Papandreou met", 2010) == ["AZE", "GRC"]
    assert "USA" not in codes("Truman won the cup", 2020)


@pytest.mark.parametrize("text", ["Fra\u200bnce", "🇫🇷🇩🇪", "\u202eecnarF", "", "\x00", "é" * 50])
def test_odd_text_gives_nothing_and_no_error(text: str) -> None:
    assert codes(text) == []


def test_offsets_are_those_of_the_text() -> None:
    text = "🇫🇷 \u202eא\u202c Norway, then Perú and Peru"
    assert all(text[h.start : h.end] == h.text for h in find_countries(text, 2020))


def test_lexicons_have_no_twins() -> None:
    known = lexicon.countries()
    people = [(p.name, p.code, p.start_year) for p in lexicon.leaders()]
    assert len(people) == len(set(people)) and len(people) > 1600
    assert all(p.code in known and p.start_year <= p.end_year for p in lexicon.leaders())
    assert {n.code for n in lexicon.names()} <= set(known)


@pytest.mark.parametrize(("text", "year", "codes"), [
    ("The EC rejected Japan's offer.", 1985, ["EUE", "JPN"]),
    ("The EC postponed the vote in Ghana.", 2015, ["GHA"]),
    ("Yugoslavia asked Russia for help.", 1999, ["YUG", "RUS"]),
    ("Belgrade asked Russia for help.", 1995, ["YUG", "RUS"]),
    ("Belgrade asked Russia for help.", 2008, ["SRB", "RUS"]),
])
def test_names_hold_in_their_years(text: str, year: int, codes: list[str]) -> None:
    assert [h.code for h in find_countries(text, year)] == codes


@pytest.mark.parametrize(("text", "expected"), [
    ("The Minister for Fisheries, Senator Alice Macron, will visit Jakarta.", ["IDN"]),
    ("President Macron will visit Jakarta.", ["FRA", "IDN"]),
    ("President Emmanuel Macron will visit Jakarta.", ["FRA", "IDN"]),
    ("Secretary General Ban visited Jakarta.", ["IDN"]),
])
def test_surname_after_another_first_name_is_somebody_else(text: str, expected: list[str]) -> None:
    assert codes(text) == expected
