"""Copies of one story counted once: exact copies share a story, the earliest of them leads it."""

from __future__ import annotations

import duckdb

# Order among copies: the earliest publication, then the id, so that the order of loading does not matter.
SQL = """
UPDATE articles t SET story_id = s.story_id, is_lead = s.is_lead
FROM (
  SELECT article_id,
         first_value(article_id) OVER story AS story_id,
         row_number() OVER story = 1 AS is_lead
  FROM articles
  WINDOW story AS (PARTITION BY content_hash ORDER BY published_at NULLS LAST, article_id)
) s
WHERE t.article_id = s.article_id AND (t.story_id <> s.story_id OR t.is_lead <> s.is_lead)
"""


def settle_stories(connection: duckdb.DuckDBPyConnection) -> int:
    """Give copies their story and its lead; returns how many articles changed."""
    row = connection.execute(SQL).fetchone()
    return int(row[0]) if row else 0
