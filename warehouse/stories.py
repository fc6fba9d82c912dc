"""Copies of one story counted once: exact copies, versions of one address, and near copies share a story; the earliest of them leads it.

What makes two texts near copies is not decided here: ``compare`` is handed in (see ``transforms.reading.near``), as are the bands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import duckdb

Bands = Callable[[list[str]], list[list[int]]]
Compare = Callable[[str, str], bool]

# Reprints come within days; a text that comes back later is a story of its own unless it is the same to the letter.
WINDOW_DAYS = 14
# Of texts that share a band with very many others (a form that is filled in daily) only the nearest in time are compared.
MOST_COMPARED = 200
CHUNK = 2000
COMPARED_AT_ONCE = 200

EXACT = """
SELECT n.article_id, o.article_id FROM unsettled n JOIN articles USING (article_id) JOIN articles o ON o.content_hash = articles.content_hash
WHERE o.article_id <> n.article_id
UNION
SELECT n.article_id, o.article_id FROM unsettled n JOIN articles a USING (article_id) JOIN articles o ON o.source_id = a.source_id AND o.url = a.url
WHERE o.article_id <> n.article_id
"""
PROPOSED = f"""
SELECT n.article_id, o.article_id
FROM article_bands n JOIN article_bands o ON n.key = o.key AND n.article_id <> o.article_id AND o.day BETWEEN n.day - {WINDOW_DAYS} AND n.day + {WINDOW_DAYS}
WHERE NOT n.is_searched AND (o.is_searched OR n.article_id < o.article_id)
GROUP BY n.article_id, o.article_id
QUALIFY row_number() OVER (PARTITION BY n.article_id ORDER BY count(*) DESC, min(abs(n.day - o.day)), o.article_id) <= {MOST_COMPARED}
"""
# Order among copies: the earliest publication, then the id, so that the order of loading does not matter.
LEADS = """
UPDATE articles t SET story_id = s.lead, is_lead = s.article_id = s.lead
FROM (
  SELECT article_id, first_value(article_id) OVER (PARTITION BY story ORDER BY published_at NULLS LAST, article_id) AS lead
  FROM joined JOIN articles USING (article_id)
) s
WHERE t.article_id = s.article_id AND (t.story_id <> s.lead OR t.is_lead <> (s.article_id = s.lead))
"""


def settle_stories(connection: duckdb.DuckDBPyConnection, bands: Bands | None = None, compare: Compare | None = None) -> int:
    """Find the copies of articles that were not looked at yet; give every story its lead. Returns how many articles changed.

    In one transaction; a run that dies in it leaves the stories as they were. Without ``bands`` only exact copies and versions are found.
    """
    connection.execute("BEGIN")
    try:
        for ids, bodies, days in _without_bands(connection):
            _add_bands(connection, ids, days, bands(bodies) if bands else [[] for _ in ids])
        connection.execute("CREATE OR REPLACE TEMP TABLE unsettled AS SELECT DISTINCT article_id FROM article_bands WHERE NOT is_searched")
        joined = _Joined(connection)
        exact = connection.execute(EXACT).fetchall()
        joined.know({i for pair in exact for i in pair})
        for one, other in exact:
            joined.join(one, other)
        if compare is not None:
            _join_near(connection, compare, joined)
        changed = _write_leads(connection, joined)
        connection.execute("UPDATE article_bands SET is_searched = true WHERE NOT is_searched")
        connection.execute("DROP TABLE unsettled")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return changed


def _without_bands(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[list[str], list[str], list[int]]]:
    ids = [r[0] for r in connection.execute(
        "SELECT article_id FROM articles WHERE article_id NOT IN (SELECT article_id FROM article_bands) ORDER BY article_id").fetchall()]
    for start in range(0, len(ids), CHUNK):
        rows = connection.execute(
            "SELECT article_id, body, coalesce(published_at, fetched_at)::DATE - DATE '1970-01-01' FROM articles "
            "WHERE article_id IN (SELECT unnest(?::VARCHAR[]))",
            [ids[start : start + CHUNK]],
        ).fetchall()
        yield [r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows]


def _add_bands(connection: duckdb.DuckDBPyConnection, ids: list[str], days: list[int], keys: list[list[int]]) -> None:
    import polars as pl

    from warehouse.load import insert, polars_schema
    from warehouse.tables import ARTICLE_BANDS

    rows = [
        (article, band, key, day, False)
        for article, day, found in zip(ids, days, keys, strict=True)
        for band, key in (enumerate(found) if found else [(-1, None)])
    ]
    insert(connection, "article_bands", pl.DataFrame(rows, schema=polars_schema(ARTICLE_BANDS), orient="row"))


def _join_near(connection: duckdb.DuckDBPyConnection, compare: Compare, joined: _Joined) -> None:
    """Join what is a near copy. Texts that are one story already need no comparing: a form filled in daily costs one comparison a copy."""
    pairs = connection.execute(PROPOSED).fetchall()
    joined.know({i for pair in pairs for i in pair})
    for start in range(0, len(pairs), COMPARED_AT_ONCE):
        part = [pair for pair in pairs[start : start + COMPARED_AT_ONCE] if not joined.are_one(*pair)]
        wanted = sorted({i for pair in part for i in pair})
        bodies = dict(connection.execute("SELECT article_id, body FROM articles WHERE article_id IN (SELECT unnest(?::VARCHAR[]))", [wanted]).fetchall())
        for one, other in part:
            if not joined.are_one(one, other) and compare(bodies[one], bodies[other]):
                joined.join(one, other)


class _Joined:
    """Which stories have become one (union-find over story ids); the smallest id stands for all until their lead is chosen."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.story: dict[str, str] = {}
        self.leader: dict[str, str] = {}
        self.touched: set[str] = set()

    def know(self, articles: set[str]) -> None:
        """Look up the stories of these articles."""
        wanted = sorted(articles - self.story.keys())
        for start in range(0, len(wanted), CHUNK):
            part = wanted[start : start + CHUNK]
            asked = "SELECT article_id, story_id FROM articles WHERE article_id IN (SELECT unnest(?::VARCHAR[]))"
            self.story |= dict(self.connection.execute(asked, [part]).fetchall())

    def top(self, story: str) -> str:
        self.leader.setdefault(story, story)
        while self.leader[story] != story:
            self.leader[story] = self.leader[self.leader[story]]
            story = self.leader[story]
        return story

    def are_one(self, one: str, other: str) -> bool:
        return self.top(self.story[one]) == self.top(self.story[other])

    def join(self, one: str, other: str) -> None:
        self.touched |= {self.story[one], self.story[other]}
        first, second = sorted((self.top(self.story[one]), self.top(self.story[other])))
        self.leader[second] = first


def _write_leads(connection: duckdb.DuckDBPyConnection, joined: _Joined) -> int:
    """Stories that a pair joined become one under the earliest; returns how many articles changed."""
    import polars as pl

    stories = sorted(joined.touched)
    if not stories:
        return 0
    tops = pl.DataFrame({"old": stories, "story": [joined.top(s) for s in stories]}, schema={"old": pl.String, "story": pl.String})
    connection.register("tops", tops.to_arrow())
    try:
        connection.execute("CREATE OR REPLACE TEMP TABLE joined AS SELECT article_id, story FROM articles JOIN tops ON tops.old = articles.story_id")
    finally:
        connection.unregister("tops")
    row = connection.execute(LEADS).fetchone()
    connection.execute("DROP TABLE joined")
    return int(row[0]) if row else 0
