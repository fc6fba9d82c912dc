"""The rows of a brief: every statement once, whatever the number of its copies; and the words of those that are shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from warehouse.briefing.scope import FROM_SQL, Scope
from warehouse.days import AHEAD_SQL, DAY_SQL

COOPERATION, CONFLICT, RELATION = "cooperation", "conflict", "relation"
SIDES = (COOPERATION, CONFLICT)


@dataclass(frozen=True, slots=True)
class Row:
    """One mention without its words. ``side`` is cooperation, conflict or relation; ``confidence`` 0 to 1; ``speaker`` a name, body or title, and
    ``printed_speaker`` what stands in the sentence, a pronoun or a demonym too. ``is_ahead``: told as done of a day after the publication, and so
    ``planned`` here.
    """

    mention_id: str
    story_id: str
    day: date
    source: str
    target: str
    pair: tuple[str, str]
    is_reciprocal: bool
    event_type: str
    side: str
    status: str
    confidence: float
    speaker_country: str | None
    speaker: str | None
    printed_speaker: str | None
    event_date: date | None
    precision: str
    place: str | None
    sectors: tuple[str, ...]
    visitor: str | None
    is_visit: bool
    agreement: str | None
    is_ahead: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """A mention with all that is printed of it; article text as it is in the table: hostile until it is escaped."""

    row: Row
    text: str
    is_quoted: bool
    title: str | None
    language: str
    source_id: str
    source_name: str
    published_on: date | None
    url: str | None
    copy_count: int


# Copies rank after their lead: a statement that stands in several copies is taken from the first of them, and counts once.
ROWS = """
WITH ranked AS (
  SELECT m.* REPLACE (CASE WHEN {ahead} THEN 'planned' ELSE m.status END AS status), a.story_id, {day} AS day, coalesce({ahead}, false) AS is_ahead,
    dense_rank() OVER (PARTITION BY a.story_id ORDER BY a.is_lead DESC, a.published_at NULLS LAST, a.article_id) AS place_in_story
  FROM {tables} WHERE {condition} AND day BETWEEN $since AND $until
), kept AS (
  SELECT * FROM ranked
  QUALIFY place_in_story = min(place_in_story) OVER (PARTITION BY story_id, source_country, target_country, event_type, status)
)
SELECT k.mention_id, k.story_id, k.day, k.source_country, k.target_country, k.country_a, k.country_b, k.is_reciprocal, k.event_type,
  CASE WHEN k.quad_class LIKE '%cooperation' THEN 'cooperation' WHEN k.quad_class LIKE '%conflict' THEN 'conflict' ELSE 'relation' END,
  k.status, k.confidence, k.speaker_country, s.name, k.speaker, k.event_date, k.event_date_precision, k.place, coalesce(x.sectors, []),
  v.visitor, v.mention_id IS NOT NULL AND coalesce(k.mode, '') <> 'phone', g.stage, k.is_ahead
FROM kept k
LEFT JOIN (SELECT mention_id, list(sector ORDER BY sector) AS sectors FROM mention_sectors GROUP BY 1) x USING (mention_id)
LEFT JOIN (
  SELECT mention_id, coalesce(min(name), min(organisation), min(title)) AS name FROM mention_actors WHERE role = 'speaker' GROUP BY 1
) s USING (mention_id)
LEFT JOIN visits v USING (mention_id)
LEFT JOIN agreements g USING (mention_id)
ORDER BY k.day, k.mention_id
"""
TEXTS = """
SELECT m.mention_id, m.sentence, m.is_quoted, a.title, a.language, a.source_id, coalesce(s.name, a.source_id), a.published_at::DATE, a.url,
  (SELECT count(*) FROM articles c WHERE c.story_id = a.story_id)
FROM mentions m JOIN articles a USING (article_id) LEFT JOIN sources s USING (source_id)
WHERE m.mention_id IN (SELECT unnest($ids))
"""
OUTLETS = """
SELECT a.source_id, coalesce(s.name, a.source_id), coalesce(s.outlet_type, 'other'), s.country, list(DISTINCT a.story_id)
FROM {tables} LEFT JOIN sources s ON s.source_id = a.source_id
WHERE {condition} AND {day} BETWEEN $since AND $until GROUP BY ALL ORDER BY count(DISTINCT a.story_id) DESC, 1
"""
LEFT_OUT = """
SELECT count(*) FILTER (day IS NULL), count(*) FILTER (day < $since AND told BETWEEN $since AND $until),
  count(*) FILTER (day > $until AND told BETWEEN $since AND $until)
FROM (SELECT {day} AS day, lead.published_at::DATE AS told FROM {tables} WHERE {condition})
"""


def _sql(text: str, scope: Scope) -> str:
    return text.format(day=DAY_SQL, ahead=AHEAD_SQL, tables=FROM_SQL, condition=scope.condition)


def read_rows(connection: duckdb.DuckDBPyConnection, scope: Scope, since: date, until: date) -> list[Row]:
    """All statements on the scope's pairs from day to day, by day."""
    found = connection.execute(_sql(ROWS, scope), {"since": since, "until": until}).fetchall()
    return [Row(*(*r[:5], (r[5], r[6]), *r[7:18], tuple(r[18]), *r[19:])) for r in found]


def read_sentences(connection: duckdb.DuckDBPyConnection, rows: Iterable[Row]) -> dict[str, Sentence]:
    """The words of these rows, by mention id."""
    by_id = {r.mention_id: r for r in rows}
    found = connection.execute(TEXTS, {"ids": list(by_id)}).fetchall() if by_id else []
    return {r[0]: Sentence(by_id[r[0]], *r[1:]) for r in found}


def read_outlets(connection: duckdb.DuckDBPyConnection, scope: Scope) -> list[tuple[str, str, str, str | None, frozenset[str]]]:
    """Sources, copies included: id, name, kind, country, and the stories that each has."""
    found = connection.execute(_sql(OUTLETS, scope), {"since": scope.since, "until": scope.until}).fetchall()
    return [(*r[:4], frozenset(r[4])) for r in found]


def count_left_out(connection: duckdb.DuckDBPyConnection, scope: Scope) -> tuple[int, int, int]:
    """Rows without any day; rows told in the period of something before it; and of something after it."""
    row: Any = connection.execute(_sql(LEFT_OUT, scope), {"since": scope.since, "until": scope.until}).fetchone()
    return int(row[0]), int(row[1]), int(row[2])


def count_told(connection: duckdb.DuckDBPyConnection, since: date, until: date) -> int:
    """Stories of all countries that were published from day to day and read by the coder: the size of the collection."""
    sql = "SELECT count(*) FROM articles WHERE is_lead AND is_coded AND published_at::DATE BETWEEN $since AND $until"
    row = connection.execute(sql, {"since": since, "until": until}).fetchone()
    return int(row[0]) if row else 0


def all_rows_sql(scope: Scope) -> str:
    """SQL for the analyst: all rows of the brief with their sentences, copies included, surest first."""
    return (f"SELECT m.mention_id, m.source_country, m.target_country, m.event_type, m.status, m.confidence, {DAY_SQL} AS day, m.sentence, a.title, a.url "
            f"FROM {FROM_SQL} WHERE {scope.condition} AND day BETWEEN DATE '{scope.since}' AND DATE '{scope.until}' ORDER BY m.confidence DESC, m.mention_id")
