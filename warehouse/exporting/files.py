"""Tables as files: a Parquet data set partitioned by year, or one CSV file a table."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any, Final

import duckdb

from warehouse.exporting.choosing import Choice
from warehouse.spec import Table
from warehouse.tables import BY_NAME

TABLES: Final = ("mentions", "mention_sectors", "mention_actors", "articles")
DIMENSIONS: Final = ("countries", "event_types", "sectors")


def columns_of(table: Table, with_bodies: bool) -> tuple[str, ...]:
    """The exported columns: all, but of articles the body only where it is asked for."""
    return tuple(c for c in table.names if with_bodies or (table.name, c) != ("articles", "body"))


def rows_sql(name: str, with_bodies: bool, with_year: bool = False) -> str:
    """The chosen rows of one of ``TABLES`` in the order of their keys; ``year`` is the year of the event (of publication for articles)."""
    table = BY_NAME[name]
    joined = "chosen_articles c USING (article_id)" if name == "articles" else "chosen c USING (mention_id)"
    names = ", ".join(f't."{c}"' for c in columns_of(table, with_bodies))
    return f"SELECT {names}{', year(c.day) AS year' if with_year else ''} FROM {name} t JOIN {joined} ORDER BY {', '.join(table.key)}"


def write_parquet(connection: duckdb.DuckDBPyConnection, folder: Path, with_bodies: bool) -> dict[str, int]:
    """``TABLE/year=2024/*.parquet`` for the four tables (rows without a day under ``__HIVE_DEFAULT_PARTITION__``: readers give null),
    and one file for each dimension. Returns row counts."""
    counts: dict[str, int] = {}
    for name in TABLES:
        (folder / name).mkdir(parents=True)
        connection.execute(
            f"COPY ({rows_sql(name, with_bodies, with_year=True)}) TO '{_quoted(folder / name)}'"
            " (FORMAT parquet, PARTITION_BY (year), COMPRESSION zstd, OVERWRITE_OR_IGNORE)"
        )
        counts[name] = _count(connection, name)
    for name in DIMENSIONS:
        connection.execute(f"COPY (FROM {name} ORDER BY 1) TO '{_quoted(folder / f'{name}.parquet')}' (FORMAT parquet, COMPRESSION zstd)")
    return counts


def write_csv(connection: duckdb.DuckDBPyConnection, folder: Path, with_bodies: bool) -> dict[str, int]:
    """``TABLE.csv`` for the four tables and the dimensions, UTF-8 with a heading, empty for null, text exactly as stored. Returns row counts."""
    counts: dict[str, int] = {}
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*TABLES, *DIMENSIONS):
        sql = rows_sql(name, with_bodies) if name in TABLES else f"FROM {name} ORDER BY 1"
        connection.execute(f"COPY ({sql}) TO '{_quoted(folder / f'{name}.csv')}' (FORMAT csv, HEADER, NULL '')")
        if name in TABLES:
            counts[name] = _count(connection, name)
    return counts


def write_columns(path: Path, with_bodies: bool) -> None:
    """A CSV file that explains every exported column: table, column, type, may it be null, meaning, allowed values."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(COLUMN_HEADINGS)
        writer.writerows(explained_columns((*TABLES, *DIMENSIONS), with_bodies))


COLUMN_HEADINGS: Final = ("table", "column", "type", "may be null", "meaning", "allowed values")


def explained_columns(names: tuple[str, ...], with_bodies: bool) -> list[tuple[str, ...]]:
    """One row for each exported column of the tables, from the table spec."""
    return [
        (name, c.name, c.type, "yes" if c.nullable else "no", c.comment, ", ".join(c.allowed))
        for name in names for c in BY_NAME[name].columns if c.name in columns_of(BY_NAME[name], with_bodies)
    ]


def facts(connection: duckdb.DuckDBPyConnection, choice: Choice, counts: dict[str, int]) -> dict[str, Any]:
    """Where an export comes from: what was chosen, the run that published, the coders, the row counts."""
    meta = connection.execute("SELECT run_id, built_at FROM snapshot_meta").fetchone() or (None, None)
    coders = connection.execute("SELECT DISTINCT coder_version FROM mentions JOIN chosen USING (mention_id) ORDER BY 1").fetchall()
    corrected = connection.execute("SELECT count(*) FROM mentions JOIN chosen USING (mention_id) WHERE is_corrected").fetchone()
    return {
        "chosen": str(choice), "published_by_run": meta[0], "published_at": f"{meta[1]:%Y-%m-%d %H:%M:%S} UTC" if meta[1] else None,
        "coder_versions": [c[0] for c in coders], "corrected_mentions": corrected[0] if corrected else 0, "rows": counts,
    }


def write_facts(path: Path, said: dict[str, Any]) -> None:
    """The facts as JSON beside the tables."""
    path.write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM ({rows_sql(name, False)})").fetchone()
    return int(row[0]) if row else 0


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
