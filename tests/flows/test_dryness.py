"""A source that dries up is named; one that is merely slow is not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from flows.sources.dryness import dry_sources
from flows.sources.registry import Source
from tests.warehouse.rows import article, load
from warehouse.store import Home, open_warehouse

NOW = datetime(2026, 5, 1, 12)


def fetched(home: Home, *hours_ago: float) -> None:
    with open_warehouse(home) as connection:
        rows = [article(article_id=f"{n:020x}", story_id=f"{n:020x}", mention_count=0, fetched_at=NOW - timedelta(hours=h)) for n, h in enumerate(hours_ago)]
        load(connection, articles=rows)


def dry(home: Home, **values: Any) -> list[tuple[str, float]]:
    source = Source(id="monde", name="Monde", kind="feed", address=["https://monde.example/feed"], **values)
    with open_warehouse(home) as connection:
        return [(d.source_id, round(d.silent_hours)) for d in dry_sources(connection, [source], NOW)]


@pytest.mark.parametrize(("hours", "values", "found"), [
    ((10.0,), {"articles_per_day": 24}, True),  # one an hour expected, ten hours silent
    ((2.5,), {"articles_per_day": 24}, False),
    ((10.0,), {"articles_per_day": 2}, False),
    ((10.0,), {}, False),  # nothing is known of its gap
    (tuple(30.0 + h for h in range(12)), {}, True),  # twelve in 42 hours, then 30 hours of silence
    (tuple(2.0 + 3 * h for h in range(12)), {}, False),
    ((), {"articles_per_day": 24}, False),  # it never gave anything: its error says so
])
def test_dry_after_three_usual_gaps(home: Home, hours: tuple[float, ...], values: dict[str, Any], found: bool) -> None:
    fetched(home, *hours)
    assert dry(home, **values) == ([("monde", round(min(hours)))] if found else [])
