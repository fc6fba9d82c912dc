"""The dimension tables: event types and sectors with their definitions, and the countries that the coder knows."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from warehouse.load import polars_schema, upsert
from warehouse.tables import BY_NAME

FOLDER = Path(__file__).parent / "dimensions"


@cache
def _frame(name: str) -> pl.DataFrame:
    table = BY_NAME[name]
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        rows = [{k: (row[k] or None) for k in table.names} for row in csv.DictReader(lines)]
    schema = polars_schema(table)
    return pl.DataFrame(rows, schema=dict.fromkeys(schema, pl.String)).cast(pl.Schema(schema))


def fill_dimensions(connection: duckdb.DuckDBPyConnection, countries: list[dict[str, Any]]) -> int:
    """Bring the dimension tables to what their files and the coder's countries say; returns the number of rows changed."""
    known = pl.DataFrame(countries, schema=polars_schema(BY_NAME["countries"]))
    changed = upsert(connection, "countries", known)
    return changed + sum(upsert(connection, name, _frame(name)) for name in ("event_types", "sectors"))
