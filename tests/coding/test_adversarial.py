"""Text that is meant to break the coder: it ends in time, and every span lies in its text."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.enrich import coder_of
from transforms.coding.coder import ArticleText
from transforms.coding.lexicon import countries
from transforms.reading.articles import clean_text

NAMES = [c.name for c in countries().values()]
SENTENCE = "France praised Morocco for the talks that the two countries held in Rabat. "
MOST_SECONDS = 5.0  # of this process's own time

PIECES = ["“", "”", "he said", "the two countries", ".", "\n", "\u202e", "accused", "signed", "President", "(", "–", "é", "🇫🇷"]

CASES = {
    "one sentence of a megabyte": "France praised Morocco and " + "the very long report went on and " * 30_000,
    "no space in a megabyte": "France praised Morocco. " + "x" * 1_000_000,
    "ten thousand country names": ", ".join(NAMES[i % len(NAMES)] for i in range(10_000)),
    "nested quotation marks": SENTENCE + "“" * 3000 + '"' * 3000 + SENTENCE + "”" * 6000,
    "right-to-left marks": "\u202eFrance\u202c praised \u2067Morocco\u2069. " * 50,
    "zero-width characters": "Fr\u200bance pra\u200dised Mo\ufeffrocco. " * 50,
    "look-alike letters": "Frаnce praised Mоrocco. " * 50,  # Cyrillic а and о
    "flags": "🇫🇷 praised 🇲🇦 and 🇪🇸. France praised Morocco. " * 50,
    "titles without end": "President Minister Prime President King of the Republic of the Kingdom of " * 3000 + "France and Morocco.",
    "datelines": "RABAT, PARIS, MADRID, (Reuters) - " * 2000 + SENTENCE,
    "brackets": "(" * 20_000 + SENTENCE + ")" * 20_000,
    "capitals": (SENTENCE * 300).upper(),
    "dots": "France . . . . . " * 5000 + "Morocco.",
    "dates": "On Monday, 4 March 2024, last week, in 2025, France praised Morocco " * 800,
}


@pytest.fixture(scope="module")
def coder():
    return coder_of()


def code(coder, text: str) -> float:
    body = clean_text(text)
    started = time.process_time()
    mentions = coder.code([ArticleText("France and Morocco", body, date(2024, 3, 5), "Reuters")])[0]
    spent = time.process_time() - started
    for m in mentions:
        assert 0 <= m.start < m.end <= len(body)
        assert m.source != m.target and 0 <= m.confidence <= 1
    return spent


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_hostile_text_ends_in_time(coder, name: str) -> None:
    code(coder, SENTENCE)  # the model is loaded before the clock runs
    assert code(coder, CASES[name][:2_000_000]) < MOST_SECONDS * 2  # two cores at work count twice


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*NAMES[:40], *PIECES]), max_size=60))
def test_any_text_gives_spans_inside_it(coder, parts: list[str]) -> None:
    code(coder, " ".join(parts))
