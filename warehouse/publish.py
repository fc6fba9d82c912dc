"""Publishing: the analysts' tables and views in a fresh file that replaces the old one whole or not at all."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.store import Home, open_warehouse
from warehouse.tables import TABLES, comment_sql, create_sql

VIEWS = Path(__file__).parent / "views"


@dataclass(frozen=True, slots=True)
class Published:
    """What stands in ``published.duckdb`` now: row counts by table, and whether this call replaced the file."""

    counts: dict[str, int]
    is_new: bool


def view_files() -> list[Path]:
    """The views' files in the order in which they are made: by number, so that a view may rest on an earlier one."""
    return sorted(VIEWS.glob("*.sql"))


def publish(home: Home, run_id: str) -> Published:
    """Copy the published tables into a new file, add views and comments, rename it into place.

    Readers that hold the old file keep it; new ones see the new. The file is synced before the rename, so that after a
    power cut there is the old file or the new one, never half of one. Nothing changed since the last publish: no new file.
    """
    fresh = home.path / f".published-{os.getpid()}.duckdb"
    for left in home.path.glob(".published-*.duckdb*"):
        if not _is_alive(left):
            left.unlink(missing_ok=True)
    with open_warehouse(home) as connection:
        stamp = connection.execute(
            "SELECT count(*), max(started_at) FROM runs WHERE state <> 'running' OR run_id = ?", [run_id]
        ).fetchone()
        try:
            connection.execute(f"ATTACH '{_quoted(fresh)}' AS fresh")
            try:
                counts = _copy(connection)
                connection.execute("CREATE TABLE fresh.main.snapshot_meta AS SELECT ? AS run_id, now()::TIMESTAMP AS built_at, ?::BIGINT AS run_count",
                                   [run_id, stamp[0] if stamp else 0])
                connection.execute("COMMENT ON TABLE fresh.main.snapshot_meta IS 'one row: the run that published this file'")
                for column, text in (("run_id", "Run that published"), ("built_at", "When the file was built, UTC"), ("run_count", "Runs known then")):
                    connection.execute(f"COMMENT ON COLUMN fresh.main.snapshot_meta.{column} IS '{text}'")
            finally:
                connection.execute("DETACH fresh")
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
    _add_views(fresh)
    _sync(fresh)
    fresh.replace(home.published)
    _sync(home.path)
    return Published(counts, True)


def _copy(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    counts = {}
    source = connection.execute("SELECT current_database()").fetchone()
    assert source is not None
    connection.execute("USE fresh")
    try:
        for table in TABLES:
            if table.published:
                connection.execute(create_sql(table))
                order = ", ".join(table.key)
                connection.execute(f"INSERT INTO {table.name} BY NAME SELECT * FROM \"{source[0]}\".main.{table.name} ORDER BY {order}")
                for statement in comment_sql(table):
                    connection.execute(statement)
                row = connection.execute(f"SELECT count(*) FROM {table.name}").fetchone()
                counts[table.name] = int(row[0]) if row else 0
    finally:
        connection.execute(f"USE \"{source[0]}\"")
    return counts


def _add_views(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        for file in view_files():
            connection.execute(file.read_text(encoding="utf-8"))
        connection.execute("CHECKPOINT")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_alive(path: Path) -> bool:
    digits = path.name.removeprefix(".published-").split(".")[0]
    if not digits.isdigit():
        return False
    try:
        os.kill(int(digits), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return int(digits) != os.getpid()
