"""Loading literal rows: on top of the good rows that the tests of the expectations use."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import duckdb
import polars as pl

from tests.expectations.rows import actor, article, frame, mention, sector, talks
from warehouse.load import load_batch, polars_schema
from warehouse.tables import BY_NAME, TABLES

__all__ = ["actor", "article", "frames", "key", "load", "mention", "sector", "source", "step", "tables", "talks"]
Row = dict[str, Any]


def key(letter: str) -> str:
    """An id as the spec wants it."""
    return letter * 20


def source(**values: Any) -> Row:
    return {
        "source_id": "monde", "name": "Monde", "kind": "file", "outlet_type": "press", "country": "FRA", "language": None,
        "first_seen_at": datetime(2024, 5, 1, 10),
    } | values


def step(run_id: str = "run-1") -> pl.DataFrame:
    row = {"run_id": run_id, "step": "load", "batch": 0, "in_count": 1, "kept_count": 1, "quarantined_count": 0, "loaded_count": 0, "seconds": 0.1}
    return pl.DataFrame([row], schema=polars_schema(BY_NAME["run_steps"]))


def frames(**rows: list[Row]) -> dict[str, pl.DataFrame]:
    """The frames of a batch; tables that are not named are empty."""
    given = {"articles": [], "mentions": [], "mention_sectors": [], "mention_actors": [], "sources": [source()]} | rows
    return {name: frame(name, part) for name, part in given.items()}


def load(connection: duckdb.DuckDBPyConnection, run_id: str = "run-1", **rows: list[Row]) -> dict[str, int]:
    return load_batch(connection, frames(**rows), step(run_id))


def tables(connection: duckdb.DuckDBPyConnection, *names: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the tables (all tables if none is named), in the order of their keys."""
    wanted = names or tuple(t.name for t in TABLES)
    return {n: connection.execute(f"SELECT * FROM {n} ORDER BY {', '.join(BY_NAME[n].key)}").fetchall() for n in wanted}
