"""A record in, an article row or a refusal out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.reading.articles import MOST_CHARACTERS, clean_text, make_article, parse_time, recognise_language, source_key, stable_id
from transforms.reading.records import Record, Refusal
from warehouse.tables import ARTICLES

TEXT = "France praised Morocco for the agreement on fishing that the two countries signed in Rabat on Tuesday."
ADDED_LATER = {"source_id", "fetched_at", "home_country", "mention_count", "coder_version", "run_id"}


def article(**values: Any) -> dict[str, Any]:
    made = make_article(Record("a.jsonl, line 1", "a.jsonl#1", {"text": TEXT} | values))
    assert isinstance(made, dict)
    return made


def refusal(**values: Any) -> Refusal:
    made = make_article(Record("a.jsonl, line 1", "a.jsonl#1", {"text": TEXT} | values))
    assert isinstance(made, Refusal)
    return made


def test_row_has_the_columns_of_the_spec() -> None:
    assert set(article()) - {"source_name"} == set(ARTICLES.names) - ADDED_LATER


def test_values_of_a_full_record() -> None:
    row = article(id=7, url="https://example.org/7", title=" Talks \n in Rabat ", published_at="2026-03-14T09:30:00+01:00", source="Rif Daily", author="A. B.")
    assert {k: row[k] for k in ("external_id", "url", "title", "published_at", "published_precision", "source_name", "author", "language", "is_coded")} == {
        "external_id": "7", "url": "https://example.org/7", "title": "Talks in Rabat", "published_at": datetime(2026, 3, 14, 8, 30),
        "published_precision": "second", "source_name": "Rif Daily", "author": "A. B.", "language": "en", "is_coded": True,
    }
    assert row["story_id"] == row["article_id"] and row["is_lead"]


# --- cleaning


@pytest.mark.parametrize(("raw", "clean"), [
    ("a\r\nb\rc", "a\nb\nc"), ("a\n\n\n\n\nb", "a\n\nb"), ("  a  ", "a"), ("caf\u0065\u0301", "café"), ("a\u200bb\ufeffc\u00add", "abcd"), ("a\u00a0b", "a b"),
    ("a\x07b\tc", "ab\tc"), ("Talks [nL8N2AB3CD] resume", "Talks resume"), ("One\nRead also: Spain and Morocco\nTwo", "One\nTwo"),
    ("Advertisement\nFrance", "France"), ("“Non”, said the Élysée – twice…", "“Non”, said the Élysée – twice…"), ("a\ud800b", "ab"),
])
def test_cleaning(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_cleaned_text_can_be_stored_and_stays(text: str) -> None:
    clean = clean_text(text)
    assert clean.encode() is not None and "\x00" not in clean and "\r" not in clean
    assert clean == clean.strip()


def test_text_of_control_characters_only_is_refused() -> None:
    assert refusal(text="\u200b\u200b").rule == "text"


# --- times


@pytest.mark.parametrize(("value", "moment", "precision"), [
    (None, None, "unknown"), ("", None, "unknown"), ("2026-03-14", datetime(2026, 3, 14), "day"), (date(2026, 3, 14), datetime(2026, 3, 14), "day"),
    ("20260314", datetime(2026, 3, 14), "day"), ("2026-03-14T09:30:00Z", datetime(2026, 3, 14, 9, 30), "second"),
    ("2026-03-14 09:30:00", datetime(2026, 3, 14, 9, 30), "second"), ("2026-07-29T18:05:00+09:00", datetime(2026, 7, 29, 9, 5), "second"),
    ("Fri, 14 Mar 2026 09:30:00 +0100", datetime(2026, 3, 14, 8, 30), "second"), (datetime(2026, 3, 14, 9, tzinfo=UTC), datetime(2026, 3, 14, 9), "second"),
    (datetime(2026, 3, 14, 9, tzinfo=timezone(timedelta(hours=2))), datetime(2026, 3, 14, 7), "second"), ("2190-01-01", datetime(2190, 1, 1), "day"),
])
def test_time_is_utc(value: Any, moment: datetime | None, precision: str) -> None:
    assert parse_time(value) == (moment, precision)


@pytest.mark.parametrize("value", [
    "yesterday", "14/03/2026", "2026-02-31", "2026-13-01", 1773480600, "0001-01-01T00:00:00+14:00", "Mon, 01 Jan 99999999999999999999 00:00:00 +0000",
    ["2026"], {"year": 2026}, True, "x" * 10_000,
])
def test_what_is_no_time_is_refused_with_the_mend(value: Any) -> None:
    made = refusal(published_at=value)
    assert made.rule == "published_at" and "write it as 2026-03-14" in made.reason and len(made.reason) < 250


# --- language


@pytest.mark.parametrize(("text", "claimed", "language"), [
    (TEXT, None, "en"), (TEXT.upper(), None, "en"), (TEXT, "fr", "en"), ("France", "en-GB", "en"), ("France", None, "und"), ("123 456 … 789", None, "und"),
    ("Le président français a rencontré son homologue marocain à Rabat, où ils ont signé un accord sur la pêche.", None, "fr"),
    ("التقى الرئيس الفرنسي نظيره المغربي في الرباط ووقع معه اتفاقا حول الصيد البحري", None, "ar"),
    ("التقى الرئيس الفرنسي نظيره المغربي في الرباط ووقع معه اتفاقا حول الصيد البحري", "en", "ar"),
])
def test_language(text: str, claimed: str | None, language: str) -> None:
    assert recognise_language(text, claimed) == language


def test_only_english_is_coded() -> None:
    assert article()["is_coded"]
    assert not article(text="Le président français a rencontré son homologue marocain à Rabat, où ils ont signé un accord sur la pêche.")["is_coded"]


# --- ids


def test_ids_are_stable() -> None:
    """The very digits are pinned: another hash would land every known article a second time."""
    assert stable_id("a", None, 1) == "72e79d69636a773da3ac"
    assert article(id="x")["article_id"] == article(id="x")["article_id"]
    assert article(id="x", author="Somebody", section="World")["article_id"] == article(id="x")["article_id"]


@pytest.mark.parametrize("other", [{"id": "y"}, {"source": "Other"}, {"text": TEXT + " Again."}, {"title": "Headline"}])
def test_what_makes_another_article(other: dict[str, str]) -> None:
    assert article(**({"id": "x"} | other))["article_id"] != article(id="x")["article_id"]


def test_without_id_the_address_tells_articles_apart_not_the_line() -> None:
    moved = make_article(Record("b.jsonl, line 9", "b.jsonl#9", {"text": TEXT, "url": "https://example.org/7"}))
    assert isinstance(moved, dict) and moved["article_id"] == article(url="https://example.org/7")["article_id"]


@pytest.mark.parametrize(("name", "key"), [
    ("The Pacific Ledger", "the-pacific-ledger"), ("Le Monde (Élysée)", "le-monde-elysee"), ("a" * 99, "a" * 60), ("---x---", "x"),
])
def test_source_key(name: str, key: str) -> None:
    assert source_key(name) == key


def test_source_in_another_script_has_a_key_of_its_own() -> None:
    assert source_key("الشرق") == source_key("الشرق") != source_key("新华社")
    assert source_key("الشرق").startswith("source-")


# --- size


def test_size_limit() -> None:
    assert article(text=f"{TEXT} " * (MOST_CHARACTERS // (len(TEXT) + 1)))["is_coded"]
    made = refusal(text="x" * (MOST_CHARACTERS + 1))
    assert made.rule == "size" and "split it" in made.reason and len(made.content) == 500
