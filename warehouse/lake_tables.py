"""The lake's tables, views and macros: those of the published file, and beside them who holds which article.

All is made in the transaction of the first write, so that a reader sees a lake that is whole or none. DuckLake knows no keys, no comments on
columns of views and none on macros; all else is as in the published file.
"""

from __future__ import annotations

import hashlib
import re

import duckdb

from warehouse.lake import LakeError
from warehouse.publish import macro_files, view_files
from warehouse.spec import Column, Table, comment_sql, create_sql
from warehouse.tables import ARTICLES, SCHEMA_VERSION, TABLES

ARTICLE_HOMES = Table(
    "article_homes", "one article of the lake: the home that wrote it and alone may change it", ("article_id",),
    (
        ARTICLES.column("article_id"),
        Column("home_id", "VARCHAR", "The home; its own file lake_home holds the same id"),
        Column("rows_hash", "VARCHAR", "MD5 of the article's rows in all tables: the home's next write compares it", pattern=r"^[0-9a-f]{32}$"),
    ),
)
# In every write this one row goes and comes again: of two writers at once the later one fails and begins anew.
SNAPSHOT_META = Table(
    "snapshot_meta", "one row: the last write", ("run_id",),
    (
        Column("run_id", "VARCHAR", "Run that published what was written"),
        Column("home_id", "VARCHAR", "The home that wrote"),
        Column("built_at", "TIMESTAMP", "When that home's published file was built, UTC"),
        Column("form", "VARCHAR", "Hash of what gives the lake its form: tables, comments, views, macros"),
        Column("schema_version", "INTEGER", "Version of the tables", low=1),
    ),
)
LAKE_TABLES = (*(t for t in TABLES if t.published), ARTICLE_HOMES, SNAPSHOT_META)
# Statements of the views' files that DuckLake refuses.
NOT_IN_LAKE = re.compile(r"^COMMENT ON (?:COLUMN|MACRO TABLE) .*;$", re.MULTILINE)


def lake_form() -> str:
    """SHA-256 of all that gives a lake its form."""
    told = [create_sql(t, is_keyed=False) + "".join(comment_sql(t)) for t in LAKE_TABLES] + _view_texts()
    return hashlib.sha256("\x1f".join(told).encode()).hexdigest()


def prepare_tables(connection: duckdb.DuckDBPyConnection) -> bool:
    """Bring tables, comments, views and macros of the lake in use to this version's form, in the caller's transaction; True if something was done.

    Columns that this version adds come as null. Raises ``LakeError`` for a lake that a newer version wrote.
    """
    columns: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE database_name = 'lake' AND schema_name = 'main'"
    ).fetchall():
        columns.setdefault(table, {})[column] = kind
    if SNAPSHOT_META.name in columns:
        row = connection.execute("SELECT form, schema_version FROM snapshot_meta").fetchone()
        if row and row[1] > SCHEMA_VERSION:
            raise LakeError(f"this lake has tables of version {row[1]}, this bilateral knows {SCHEMA_VERSION}: update bilateral on this machine")
        if row and row[0] == lake_form():
            return False
    for table in LAKE_TABLES:
        _settle_table(connection, table, columns.get(table.name, {}))
    for text in _view_texts():
        connection.execute(text)
    return True


def _settle_table(connection: duckdb.DuckDBPyConnection, table: Table, there: dict[str, str]) -> None:
    if not there:
        connection.execute(create_sql(table, is_keyed=False))
    else:
        for column in table.columns:
            if column.name not in there:
                connection.execute(f"ALTER TABLE {table.name} ADD COLUMN {column.name} {column.type}")
            elif there[column.name] != column.type:
                connection.execute(f"ALTER TABLE {table.name} ALTER {column.name} SET DATA TYPE {column.type}")
    for statement in comment_sql(table):
        connection.execute(statement)


def _view_texts() -> list[str]:
    """SQL of the views and macros; without those that need the search index, which a lake has not."""
    return [NOT_IN_LAKE.sub("", file.read_text(encoding="utf-8")) for file in [*view_files(), *macro_files(is_searchable=False)]]
