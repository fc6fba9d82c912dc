"""Sentence boundaries."""

from __future__ import annotations

import pytest

from transforms.coding.sentences import split_sentences


def cut(text: str) -> list[str]:
    return [text[a:b] for a, b in split_sentences(text)]


@pytest.mark.parametrize(("text", "expected"), [
    ("Gen. Ito met Mr. Roux. They spoke.", ["Gen. Ito met Mr. Roux.", "They spoke."]),
    ("The U.S. Senate voted. Oslo waited.", ["The U.S. Senate voted.", "Oslo waited."]),
    ("OSLO (Reuters) - Norway sent a note. Peru replied.", ["OSLO (Reuters) - Norway sent a note.", "Peru replied."]),
    ("“We agree.” Then he left.", ["“We agree.”", "Then he left."]),
    ("Talks on:\n- fish\n- gas", ["Talks on:", "- fish", "- gas"]),
    ("It cost $3.5 million. It was late.", ["It cost $3.5 million.", "It was late."]),
    ("", []), ("   \n ", []),
])
def test_boundaries(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_hard_wrapped_scan_is_joined() -> None:
    line = "The Government has considered the note of the Norwegian Minister in Lima and"
    assert len(cut("\n".join([line] * 7 + ["has accepted it."]))) == 1
