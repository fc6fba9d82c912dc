"""Frames in the types of the table spec, and the ids of checks and refusals."""

from __future__ import annotations

import hashlib
from typing import Any

import polars as pl

from warehouse.spec import Table
from warehouse.tables import CODE

# The same as in warehouse.load, which this package may not import.
TYPES: dict[str, Any] = {
    "VARCHAR": pl.String, "INTEGER": pl.Int32, "DOUBLE": pl.Float64, "BOOLEAN": pl.Boolean, "DATE": pl.Date,
    "TIMESTAMP": pl.Datetime("us"),
}


def schema(table: Table) -> pl.Schema:
    """Polars types of the table's columns, in order."""
    return pl.Schema({c.name: TYPES[c.type] for c in table.columns})


def empty(table: Table) -> pl.DataFrame:
    """A frame without rows that has the table's columns and types."""
    return pl.DataFrame(schema=schema(table))


def in_spec(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """The table's columns of the frame, in their types.

    Raises ``ValueError`` when a column is missing and ``polars.exceptions.InvalidOperationError`` when a value has another
    type: both are faults of the program, no matter for quarantine.
    """
    missing = [name for name in table.names if name not in frame.columns]
    if missing:
        raise ValueError(f"{table.name} lacks the columns {', '.join(missing)}")
    return frame.select(table.names).cast(schema(table))


def stable_id(*parts: object) -> str:
    """20 hex digits of SHA-256 over the parts."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:20]


def is_known(column: str, countries: frozenset[str]) -> pl.Expr:
    """Is the code one of ``countries``? Null where it is null or no code at all, which the baseline refuses."""
    code = pl.col(column)
    return pl.when(code.str.contains(CODE)).then(code.is_in(list(countries)))
