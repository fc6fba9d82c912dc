"""Writing checked rows: idempotent, article by article, one transaction a batch."""

from __future__ import annotations

from typing import Any

import duckdb
import polars as pl

from warehouse.spec import Table
from warehouse.store import roll_back
from warehouse.tables import BY_NAME


def empty_frame(table: Table) -> pl.DataFrame:
    """A frame without rows that has the table's columns and types."""
    return pl.DataFrame(schema=polars_schema(table))


def polars_schema(table: Table) -> dict[str, Any]:
    """Polars types of the table's columns, in order."""
    types: dict[str, Any] = {
        "VARCHAR": pl.String, "INTEGER": pl.Int32, "BIGINT": pl.Int64, "DOUBLE": pl.Float64, "BOOLEAN": pl.Boolean, "DATE": pl.Date,
        "TIMESTAMP": pl.Datetime("us"),
    }
    return {c.name: types[c.type] for c in table.columns}


def insert(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> int:
    """Append rows; returns how many. ``ValueError`` where two rows of a table without an index share their key."""
    if frame.is_empty():
        return 0
    table = BY_NAME[name]
    staged = frame.select(table.names)
    if not table.is_indexed and (twice := staged.filter(staged.select(table.key).is_duplicated())).height:
        raise ValueError(f"{name}: {twice.height} rows share their key {', '.join(table.key)}, first {twice.select(table.key).row(0)}; nothing was written")
    connection.register("staged", staged.to_arrow())
    try:
        connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM staged")
    finally:
        connection.unregister("staged")
    return staged.height


def upsert(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> int:
    """Insert rows or update those whose key is there and whose values differ; returns how many changed."""
    if frame.is_empty():
        return 0
    table = BY_NAME[name]
    staged = frame.select(table.names).unique(subset=list(table.key), keep="first", maintain_order=True)
    rest = [c for c in table.names if c not in table.key]
    on = " AND ".join(f"t.{k} = s.{k}" for k in table.key)
    differs = " OR ".join(f"t.{c} IS DISTINCT FROM s.{c}" for c in rest)
    update = f"WHEN MATCHED AND ({differs}) THEN UPDATE SET {', '.join(f'{c} = s.{c}' for c in rest)}" if rest else ""
    values = ", ".join(f"s.{c}" for c in table.names)
    connection.register("staged", staged.to_arrow())
    try:
        changed = connection.execute(
            f"MERGE INTO {name} t USING staged s ON ({on}) {update} "
            f"WHEN NOT MATCHED THEN INSERT ({', '.join(table.names)}) VALUES ({values}) RETURNING merge_action"
        ).fetchall()
    finally:
        connection.unregister("staged")
    return len(changed)


# What a run stamps on a row and a later identical run must not change.
STAMPS = ("run_id", "fetched_at")


def new_or_recoded(connection: duckdb.DuckDBPyConnection, articles: pl.DataFrame) -> pl.DataFrame:
    """Of staged articles those that the warehouse lacks or holds with another coder, story or lead.

    Rows that differ only in their stamps are left as they are, so a second run changes nothing.
    """
    known = known_of(connection, articles)
    if known.is_empty():
        return articles
    # content_hash stands for title and body: comparing these would read every text of the warehouse.
    compared = [c for c in BY_NAME["articles"].names if c not in (*STAMPS, "article_id", "story_id", "is_lead", "title", "body")]
    connection.register("staged", articles.filter(pl.col("article_id").is_in(known.implode())).to_arrow())
    try:
        differs = " OR ".join(f"t.{c} IS DISTINCT FROM s.{c}" for c in compared)
        same = connection.execute(f"SELECT s.article_id FROM staged s JOIN articles t USING (article_id) WHERE NOT ({differs})").fetchall()
    finally:
        connection.unregister("staged")
    return articles.filter(~pl.col("article_id").is_in([row[0] for row in same]))


def known_of(connection: duckdb.DuckDBPyConnection, articles: pl.DataFrame) -> pl.Series:
    """The ids of ``articles`` that the warehouse holds already, whatever their rows."""
    ids = articles["article_id"].to_list()
    rows = connection.execute("SELECT article_id FROM articles WHERE article_id IN (SELECT unnest(?::VARCHAR[]))", [ids]).fetchall()
    return pl.Series("article_id", [row[0] for row in rows], pl.String)


def load_batch(connection: duckdb.DuckDBPyConnection, frames: dict[str, pl.DataFrame], step: pl.DataFrame) -> dict[str, int]:
    """Write one checked batch in one transaction: articles, their mentions (replaced per article), checks, refusals, the step.

    ``frames`` has any of articles, mentions, mention_sectors, mention_actors, sources, validations, quarantine. Returns the
    number of rows written by table.
    """
    counts: dict[str, int] = {}
    connection.execute("BEGIN")
    try:
        for name in ("sources", "validations"):
            if name in frames:
                counts[name] = insert_missing(connection, name, frames[name])
        if "quarantine" in frames:
            counts["quarantine"] = insert_missing(connection, "quarantine", frames["quarantine"])
            _refuse_again(connection, frames["quarantine"])
        articles = new_or_recoded(connection, frames["articles"]) if "articles" in frames else None
        if articles is not None and not articles.is_empty():
            known = known_of(connection, articles)
            is_known = pl.col("article_id").is_in(known.implode())
            counts["articles"] = insert(connection, "articles", articles.filter(~is_known).unique(subset=["article_id"], keep="first", maintain_order=True))
            if not known.is_empty():
                _delete_mentions(connection, known)
                counts["articles"] += upsert(connection, "articles", articles.filter(is_known))
            mentions = frames["mentions"].filter(pl.col("article_id").is_in(articles["article_id"].implode()))
            counts["mentions"] = insert(connection, "mentions", mentions)
            for name in ("mention_sectors", "mention_actors"):
                part = frames[name].filter(pl.col("mention_id").is_in(mentions["mention_id"].implode()))
                counts[name] = insert(connection, name, part)
        loaded = counts.get("articles", 0)
        upsert(connection, "run_steps", step.with_columns(pl.lit(loaded, pl.Int32).alias("loaded_count")))
        connection.execute("COMMIT")
    except BaseException:
        roll_back(connection)
        raise
    return counts


def insert_missing(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> int:
    """Insert the rows whose key is not there yet; the rows that are there stay as they are."""
    if frame.is_empty():
        return 0
    table = BY_NAME[name]
    staged = frame.select(table.names).unique(subset=list(table.key), keep="first", maintain_order=True)
    connection.register("staged", staged.to_arrow())
    try:
        done = connection.execute(
            f"INSERT INTO {name} BY NAME SELECT * FROM staged ON CONFLICT DO NOTHING RETURNING {table.key[0]}"
        ).fetchall()
    finally:
        connection.unregister("staged")
    return len(done)


def _refuse_again(connection: duckdb.DuckDBPyConnection, refused: pl.DataFrame) -> None:
    """A row that was put back and is refused again waits again."""
    connection.execute(
        "UPDATE quarantine SET is_requeued = false WHERE is_requeued AND quarantine_id IN (SELECT unnest(?::VARCHAR[]))", [refused["quarantine_id"].to_list()]
    )


def delete_articles(connection: duckdb.DuckDBPyConnection, article_ids: list[str]) -> int:
    """Take articles away with all that hangs on them, in one transaction; returns how many. Stories they led are settled again."""
    ids = pl.Series("article_id", article_ids)
    connection.execute("BEGIN")
    try:
        _delete_mentions(connection, ids)
        orphans = "SELECT article_id FROM articles WHERE story_id IN (SELECT unnest(?::VARCHAR[]))"
        connection.execute(f"UPDATE article_bands SET is_searched = false WHERE article_id IN ({orphans})", [article_ids])
        connection.execute("UPDATE articles SET story_id = article_id, is_lead = true WHERE story_id IN (SELECT unnest(?::VARCHAR[]))", [article_ids])
        connection.execute("DELETE FROM article_bands WHERE article_id IN (SELECT unnest(?::VARCHAR[]))", [article_ids])
        gone = connection.execute("DELETE FROM articles WHERE article_id IN (SELECT unnest(?::VARCHAR[]))", [article_ids]).fetchone()
        connection.execute("COMMIT")
    except BaseException:
        roll_back(connection)
        raise
    return int(gone[0]) if gone else 0


def _delete_mentions(connection: duckdb.DuckDBPyConnection, article_ids: pl.Series) -> None:
    connection.register("replaced", pl.DataFrame({"article_id": article_ids}).to_arrow())
    try:
        for name in ("mention_sectors", "mention_actors"):
            connection.execute(
                f"DELETE FROM {name} WHERE mention_id IN (SELECT mention_id FROM mentions WHERE article_id IN (SELECT article_id FROM replaced))"
            )
        connection.execute("DELETE FROM mentions WHERE article_id IN (SELECT article_id FROM replaced)")
    finally:
        connection.unregister("replaced")
