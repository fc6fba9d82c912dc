"""Copies share a story and one of them leads it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.warehouse.rows import Row, article, key, load
from warehouse.store import Home, open_warehouse
from warehouse.stories import settle_stories

EARLY, LATE = datetime(2024, 5, 1, 8), datetime(2024, 5, 1, 9)
SAME, OTHER = "a" * 64, "b" * 64


def settled(home: Home, *given: dict[str, Any]) -> list[tuple[str, str, bool]]:
    rows: list[Row] = [article(mention_count=0, **g) | {"story_id": g["article_id"]} for g in given]
    with open_warehouse(home) as connection:
        for row in rows:  # one batch each, in the order given
            load(connection, articles=[row])
        settle_stories(connection)
        assert settle_stories(connection) == 0, "settled is settled"
        return connection.execute("SELECT article_id[1], story_id[1], is_lead FROM articles ORDER BY 1").fetchall()


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_earliest_copy_leads_whatever_the_order_of_loading(home: Home, order: tuple[int, ...]) -> None:
    given = [
        {"article_id": key("c"), "content_hash": SAME, "published_at": EARLY}, {"article_id": key("a"), "content_hash": SAME, "published_at": LATE},
        {"article_id": key("b"), "content_hash": OTHER, "published_at": EARLY},
    ]
    assert settled(home, *(given[i] for i in order)) == [("a", "c", False), ("b", "b", True), ("c", "c", True)]


def test_copy_without_a_date_never_leads_and_equal_dates_go_by_id(home: Home) -> None:
    assert settled(
        home, {"article_id": key("a"), "content_hash": SAME, "published_at": None}, {"article_id": key("b"), "content_hash": SAME, "published_at": LATE},
        {"article_id": key("c"), "content_hash": SAME, "published_at": LATE},
    ) == [("a", "b", False), ("b", "b", True), ("c", "b", False)]


def test_earlier_copy_that_comes_later_takes_the_lead(home: Home) -> None:
    assert settled(home, {"article_id": key("a"), "content_hash": SAME, "published_at": LATE}) == [("a", "a", True)]
    assert settled(home, {"article_id": key("b"), "content_hash": SAME, "published_at": EARLY}) == [("a", "b", False), ("b", "b", True)]


# --- near copies and versions

def bands(bodies: list[str]) -> list[list[int]]:
    """A stand-in: texts share a band when they share their first word."""
    return [[hash(b.split()[0])] if len(b.split()) > 3 else [] for b in bodies]


def near(home: Home, *given: dict[str, Any], at_once: bool = False) -> list[tuple[str, str, bool]]:
    rows: list[Row] = [
        article(mention_count=0, **g) | {"story_id": g["article_id"], "content_hash": g["article_id"][0] * 64} for g in given
    ]
    with open_warehouse(home) as connection:
        for row in rows:
            load(connection, articles=[row])
            if not at_once:
                settle_stories(connection, bands, lambda one, other: one.split()[1] == other.split()[1])
        settle_stories(connection, bands, lambda one, other: one.split()[1] == other.split()[1])
        return connection.execute("SELECT article_id[1], story_id[1], is_lead FROM articles ORDER BY 1").fetchall()


CHAIN = [
    {"article_id": key("a"), "body": "same x b c d", "published_at": LATE}, {"article_id": key("b"), "body": "same x b c e", "published_at": EARLY},
    {"article_id": key("c"), "body": "same y b c d", "published_at": EARLY}, {"article_id": key("d"), "body": "other x b c", "published_at": EARLY},
]


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2)])
def test_near_copies_share_a_story_whatever_the_order_of_loading(home: Home, order: tuple[int, ...], at_once: bool) -> None:
    assert near(home, *(CHAIN[i] for i in order), at_once=at_once) == [("a", "b", False), ("b", "b", True), ("c", "c", True), ("d", "d", True)]


def test_near_copies_are_sought_within_two_weeks(home: Home) -> None:
    later = {"article_id": key("e"), "body": "same x b c d", "published_at": datetime(2024, 5, 16, 8)}
    assert near(home, CHAIN[1], later)[1] == ("e", "e", True)


def test_versions_of_one_address_are_one_story(home: Home) -> None:
    versions = [{"article_id": key(i), "url": "https://example.org/same", "content_hash": i * 64, "published_at": when}
                for i, when in (("a", LATE), ("b", EARLY))]
    assert settled(home, *versions) == [("a", "b", False), ("b", "b", True)]


def test_new_copy_joins_two_stories(home: Home) -> None:
    """The one between two that were too far from each other."""
    with open_warehouse(home) as connection:
        for letter in "abc":
            load(connection, articles=[article(mention_count=0, article_id=key(letter), story_id=key(letter), content_hash=letter * 64,
                                               body=f"same {letter} b c", published_at=LATE if letter == "c" else EARLY)])
            settle_stories(connection, bands, lambda one, other: "c" in (one.split()[1], other.split()[1]))
        assert connection.execute("SELECT DISTINCT story_id[1] FROM articles").fetchall() == [("a",)]
