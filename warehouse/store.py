"""Opening the warehouse: one writer at a time, migrations on open, clear words when it cannot be had."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.spec import comment_sql, create_sql
from warehouse.tables import SCHEMA_VERSION, TABLES

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_WAIT_SECONDS = 60.0
# A laptop has other work: what does not fit into this is sorted and joined on disk, beside the file.
WRITING: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "2GB"}


class WarehouseError(RuntimeError):
    """The warehouse cannot be used as it is; the message says why and what to do."""


class WarehouseLocked(WarehouseError):  # noqa: N818 - it says what is the case
    """Another process holds the write file and did not let go in time."""


class WarehouseNewer(WarehouseError):  # noqa: N818 - it says what is the case
    """The file was written by a newer version of bilateral."""


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that holds everything a run leaves: databases, raw documents, reports, locks."""

    path: Path

    def __post_init__(self) -> None:
        # Data Docs and links in reports need the whole path, whatever folder the reader stands in.
        object.__setattr__(self, "path", self.path.absolute())

    @property
    def warehouse(self) -> Path:
        return self.path / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        return self.path / "published.duckdb"

    @property
    def raw(self) -> Path:
        return self.path / "raw"

    @property
    def data_docs(self) -> Path:
        return self.path / "data_docs"

    def prepare(self) -> Home:
        """Make the folder; a folder that cannot be written to is a clear error."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            probe = self.path / ".write-test"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise WarehouseError(
                f"{self.path} cannot be written to ({error.strerror}): choose another folder with --home or BILATERAL_HOME"
            ) from error
        return self


@contextmanager
def open_warehouse(home: Home, wait_seconds: float = LOCK_WAIT_SECONDS) -> Iterator[duckdb.DuckDBPyConnection]:
    """The write connection, migrated to this version. Open late, close early: DuckDB lets one process write.

    Waits up to ``wait_seconds`` for another writer, then raises ``WarehouseLocked``.
    """
    connection = _connect(home.warehouse, wait_seconds)
    try:
        migrate(connection)
        yield connection
    finally:
        connection.close()


def _connect(path: Path, wait_seconds: float) -> duckdb.DuckDBPyConnection:
    deadline = time.monotonic() + wait_seconds
    pause = 0.05
    while True:
        try:
            return duckdb.connect(str(path), config=WRITING)
        except duckdb.Error as error:
            message = str(error)
            if "could not set lock" not in message.lower():
                raise WarehouseError(f"{path.name} cannot be opened: {message.splitlines()[0]}; run bilateral doctor") from error
            if time.monotonic() > deadline:
                holder = re.search(r"PID (\d+)", message)
                who = f" (process {holder.group(1)})" if holder else ""
                raise WarehouseLocked(
                    f"{path.name} is held by another process{who}: wait for it to end or close it, then run again; nothing was written"
                ) from error
            time.sleep(pause)
            pause = min(pause * 1.5, 1.0)


def schema_version(connection: duckdb.DuckDBPyConnection) -> int:
    """Version of the schema in the file, 0 for an empty file."""
    found = connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'schema_migrations'").fetchone()
    if not found:
        return 0
    row = connection.execute("SELECT coalesce(max(version), 0) FROM schema_migrations").fetchone()
    return int(row[0]) if row else 0


def migrate(connection: duckdb.DuckDBPyConnection) -> int:
    """Bring the file to ``SCHEMA_VERSION`` in one transaction; returns the version it had before.

    A new file is built from the spec; an older one by the numbered files in ``migrations/``.
    """
    version = schema_version(connection)
    if version > SCHEMA_VERSION:
        raise WarehouseNewer(
            f"This warehouse has schema version {version}, this bilateral knows {SCHEMA_VERSION}: update bilateral, or use another --home"
        )
    if version == SCHEMA_VERSION:
        return version
    connection.execute("BEGIN")
    try:
        connection.execute("CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, applied_at TIMESTAMP NOT NULL)")
        if version == 0:
            for table in TABLES:
                connection.execute(create_sql(table))
        else:
            for number in range(version + 1, SCHEMA_VERSION + 1):
                connection.execute(_migration(number).read_text(encoding="utf-8"))
        for table in TABLES:
            for statement in comment_sql(table):
                connection.execute(statement)
        connection.execute("INSERT INTO schema_migrations VALUES (?, now()::TIMESTAMP)", [SCHEMA_VERSION])
        connection.execute("COMMIT")
    except BaseException:
        roll_back(connection)
        raise
    return version


def roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    """Undo the open transaction. A commit that failed (a full disk) has undone it already: the first error is the one to tell."""
    with suppress(duckdb.Error):
        connection.execute("ROLLBACK")


def _migration(number: int) -> Path:
    found = sorted(MIGRATIONS.glob(f"{number:04d}_*.sql"))
    if len(found) != 1:
        raise WarehouseError(f"migrations/ needs exactly one file {number:04d}_*.sql, found {len(found)}")
    return found[0]
