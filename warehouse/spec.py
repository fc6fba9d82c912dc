"""What a table of the spec is, and its SQL: DDL and comments. The tables themselves stand in ``warehouse.tables``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """``type`` is a DuckDB type; ``allowed`` the closed list of values; ``low`` and ``high`` the inclusive range of numbers."""

    name: str
    type: str
    comment: str
    nullable: bool = False
    allowed: tuple[str, ...] = ()
    pattern: str | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """``published`` tables are copied to ``published.duckdb``; ``key`` is unique and never null.

    ``is_indexed`` false: the key has no index, since that of millions of rows is read and written again at each landing. Of what is published
    the rules over the set see to it before each publish that it is unique; ``article_bands`` are made for articles that have none.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    published: bool = True
    checked: bool = True
    is_indexed: bool = True

    def column(self, name: str) -> Column:
        return next(c for c in self.columns if c.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)


def create_sql(table: Table, is_keyed: bool = True) -> str:
    """``CREATE TABLE IF NOT EXISTS`` for one table. No foreign keys and no secondary indexes: upserts and migrations fail with them.

    ``is_keyed`` false leaves the primary key out, for a copy of rows whose keys were enforced where they were written.
    """
    lines = [f"  {c.name} {c.type}{'' if c.nullable else ' NOT NULL'}" for c in table.columns]
    if is_keyed and table.is_indexed:
        lines.append(f"  PRIMARY KEY ({', '.join(table.key)})")
    return f"CREATE TABLE IF NOT EXISTS {table.name} (\n" + ",\n".join(lines) + "\n);"


def comment_sql(table: Table) -> list[str]:
    """``COMMENT ON`` statements for the table and each of its columns."""

    def quoted(text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    statements = [f"COMMENT ON TABLE {table.name} IS {quoted(table.grain)};"]
    return statements + [f"COMMENT ON COLUMN {table.name}.{c.name} IS {quoted(c.comment)};" for c in table.columns]
