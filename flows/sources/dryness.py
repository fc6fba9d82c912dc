"""Sources that dried up: no new article in three times their usual gap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from flows.sources.registry import Source

GAPS = 3
HISTORY_DAYS = 30
# A gap is only usual when it was seen often enough.
FEWEST_SEEN = 10
NEWEST = """
SELECT max(fetched_at), count(*) FILTER (fetched_at > $now::TIMESTAMP - to_days($days)), min(fetched_at)
FROM articles WHERE source_id = $source
"""


@dataclass(frozen=True, slots=True)
class Dry:
    """A source without new articles; ``usual_hours`` is its usual gap, ``silent_hours`` the present one."""

    source_id: str
    usual_hours: float
    silent_hours: float

    def words(self) -> str:
        return (f"source {self.source_id} is dry: nothing new for {self.silent_hours:.0f} h, usually every {self.usual_hours:.1f} h; "
                f"try bilateral sources check {self.source_id}")


def dry_sources(connection: duckdb.DuckDBPyConnection, sources: list[Source], now: datetime) -> list[Dry]:
    """Which of the sources are dry at ``now`` (naive UTC): by the articles a day that their block expects, else by the last 30 days."""
    found = []
    for source in sources:
        row = connection.execute(NEWEST, {"now": now, "days": HISTORY_DAYS, "source": source.id}).fetchone()
        newest, seen, first = row if row else (None, 0, None)
        if newest is None:
            continue  # it never gave anything: its error says so
        gap = _usual_gap(source, seen, max(first, now - timedelta(days=HISTORY_DAYS)), now)
        silent = now - newest
        if gap is not None and silent > GAPS * gap:
            found.append(Dry(source.id, gap / timedelta(hours=1), silent / timedelta(hours=1)))
    return found


def _usual_gap(source: Source, seen: int, since: datetime, now: datetime) -> timedelta | None:
    if source.articles_per_day:
        return timedelta(days=1) / source.articles_per_day
    return (now - since) / seen if seen >= FEWEST_SEEN else None
