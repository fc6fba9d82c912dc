"""People whom the article gives to a country."""

from __future__ import annotations

import pytest

from transforms.coding.actors import find_people, person_hits
from transforms.coding.surfaces import find_countries


@pytest.mark.parametrize(("text", "name", "code", "title"), [
    ("Norwegian Foreign Minister Kari Moe flew in.", "Kari Moe", "NOR", "foreign minister"),
    ("Kari Moe, the Norwegian foreign minister, flew in.", "Kari Moe", "NOR", None),
    ("Norway's deputy defence minister Kari Moe flew in.", "Kari Moe", "NOR", "deputy defence minister"),
    ("Foreign\nMinister Kari Moe of Norway flew in.", "Kari Moe", "NOR", "foreign minister"),
])
def test_titles(text: str, name: str, code: str, title: str | None) -> None:
    found = {p.surname: p for p in find_people(text, find_countries(text, 2020))}
    person = found[name.split()[-1]]
    assert person.code == code
    assert title is None or person.title == title


def test_bare_title_in_a_release_is_its_own() -> None:
    assert find_people("Prime Minister Kari Moe opened it.", [], "NOR")[0].code == "NOR"
    assert find_people("Prime Minister Kari Moe opened it.", [])[0].code is None


def test_surname_is_marked_later_and_only_as_a_word() -> None:
    text = "Norwegian Foreign Minister Kari Moe flew in. Moe smiled. Moeller did not."
    hits = find_countries(text, 2020)
    assert [h.text for h in person_hits(text, find_people(text, hits), hits)] == ["Kari Moe", "Moe"]
