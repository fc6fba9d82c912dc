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
    rows: list[Row] = [article(mention_count=0) | g | {"story_id": g["article_id"]} for g in given]
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
