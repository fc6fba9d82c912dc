"""Refused rows as rows of ``quarantine``."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from expectations.frames import empty, schema, stable_id
from warehouse.spec import Table
from warehouse.tables import QUARANTINE

# What a run stamps on a row: the same row refused by two runs is one row of quarantine.
STAMPS = ("run_id", "fetched_at")


def refuse(rows: pl.DataFrame, table: Table, run_id: str) -> pl.DataFrame:
    """Rows of ``quarantine``, one for each row of ``rows``.

    ``rows`` has the table's columns and ``expectation`` (the first rule broken), ``rules`` (all rules broken, for the id) and
    ``reason`` (what is wrong and the mend, in words).
    """
    if rows.is_empty():
        return empty(QUARANTINE)
    stable = pl.struct(c for c in table.names if c not in STAMPS).struct.json_encode()
    key = pl.concat_str(*(pl.col(k).cast(pl.String).fill_null("(null)") for k in table.key), separator="/")
    told = rows.select(
        row_key=key, row_json=pl.struct(table.names).struct.json_encode(), stable=stable, expectation="expectation", rules="rules",
        reason="reason",
    )
    ids = [stable_id(table.name, row, rules) for row, rules in told.select("stable", "rules").iter_rows()]
    return told.with_columns(
        quarantine_id=pl.Series(ids, dtype=pl.String), run_id=pl.lit(run_id), table_name=pl.lit(table.name),
        severity=pl.lit("critical"), refused_at=pl.lit(datetime.now(UTC).replace(tzinfo=None)), is_requeued=pl.lit(False),
    ).select(QUARANTINE.names).cast(schema(QUARANTINE))
