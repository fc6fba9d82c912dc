"""Opening the warehouse: new, known, newer, locked, damaged, out of reach."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from warehouse.spec import create_sql
from warehouse.store import Home, WarehouseError, WarehouseLocked, WarehouseNewer, migrate, open_warehouse, schema_version
from warehouse.tables import SCHEMA_VERSION, TABLES

HOLD = "import sys, duckdb; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"


@contextmanager
def held_by_another(path: Path) -> Iterator[int]:
    """Another process holds the file as its writer; gives its id."""
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        yield holder.pid
    finally:
        holder.communicate("")


def table_names(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {r[0] for r in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}


def test_new_file_has_all_tables(home: Home) -> None:
    with open_warehouse(home) as connection:
        assert table_names(connection) == {t.name for t in TABLES} | {"schema_migrations"}
        assert schema_version(connection) == SCHEMA_VERSION


def test_migration_is_done_once(home: Home) -> None:
    with open_warehouse(home) as connection:
        first = connection.execute("SELECT * FROM schema_migrations").fetchall()
        assert migrate(connection) == SCHEMA_VERSION
    with open_warehouse(home) as connection:
        assert connection.execute("SELECT * FROM schema_migrations").fetchall() == first


def test_migration_that_fails_leaves_the_file_as_it_was(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_warehouse(home) as connection:
        connection.execute("INSERT INTO sectors VALUES ('trade', 'Goods')")
    monkeypatch.setattr("warehouse.store.SCHEMA_VERSION", SCHEMA_VERSION + 1)
    with pytest.raises(WarehouseError, match="exactly one file"), open_warehouse(home):
        pass
    monkeypatch.undo()
    with open_warehouse(home) as connection:
        assert schema_version(connection) == SCHEMA_VERSION
        assert connection.execute("SELECT count(*) FROM sectors").fetchone() == (1,)


def test_numbered_migration_is_applied(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_warehouse(home):
        pass
    number = SCHEMA_VERSION + 1
    (tmp_path / f"{number:04d}_note.sql").write_text("ALTER TABLE sectors ADD COLUMN note VARCHAR;")
    monkeypatch.setattr("warehouse.store.MIGRATIONS", tmp_path)
    monkeypatch.setattr("warehouse.store.SCHEMA_VERSION", number)
    with open_warehouse(home) as connection:
        assert connection.execute("SELECT note FROM sectors").fetchall() == []
        assert schema_version(connection) == number


def test_a_file_of_version_2_loses_its_large_indexes_and_no_row(home: Home) -> None:
    large = [t for t in TABLES if not t.is_indexed]
    keyed = {t.name: create_sql(replace(t, is_indexed=True)) for t in large}
    with open_warehouse(home) as connection:
        for table in large:
            connection.execute(f"DROP TABLE {table.name}")
            connection.execute(keyed[table.name])
        connection.execute("INSERT INTO mention_sectors VALUES ('00000000000000000001', 'trade', 0.5)")
        connection.execute("INSERT INTO article_bands VALUES ('00000000000000000002', 3, 17, 19000, true)")
        connection.execute("DELETE FROM schema_migrations WHERE version > 2")
        connection.execute("INSERT INTO schema_migrations VALUES (2, now()::TIMESTAMP) ON CONFLICT DO NOTHING")
    with open_warehouse(home) as connection:
        assert schema_version(connection) == SCHEMA_VERSION
        assert connection.execute("FROM mention_sectors").fetchall() == [("00000000000000000001", "trade", 0.5)]
        assert connection.execute("FROM article_bands").fetchall() == [("00000000000000000002", 3, 17, 19000, True)]
        indexed = connection.execute("SELECT table_name FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY'").fetchall()
        assert not {t.name for t in large} & {row[0] for row in indexed}
        comments = connection.execute("SELECT table_name, comment FROM duckdb_tables()").fetchall()
        assert {(t.name, t.grain) for t in large} <= set(comments)


def test_newer_file_is_refused_with_the_mend(home: Home) -> None:
    with open_warehouse(home) as connection:
        connection.execute("INSERT INTO schema_migrations VALUES (99, now()::TIMESTAMP)")
    with pytest.raises(WarehouseNewer, match=r"schema version 99.*update bilateral"), open_warehouse(home):
        pass


def test_lock_of_another_process_is_told_quickly(home: Home) -> None:
    with held_by_another(home.warehouse) as holder:
        start = time.perf_counter()
        with pytest.raises(WarehouseLocked, match=rf"held by another process \(process {holder}\).*nothing was written"), open_warehouse(home, 0.2):
            pass
        assert time.perf_counter() - start < 3.0


def test_lock_is_waited_for(home: Home) -> None:
    code = HOLD.replace("sys.stdin.read()", "import time; time.sleep(1)")
    holder = subprocess.Popen([sys.executable, "-c", code, str(home.warehouse)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    with open_warehouse(home, 20) as connection:
        assert schema_version(connection) == SCHEMA_VERSION
    assert holder.wait() == 0
    holder.stdout.close()


def test_damaged_file_is_not_taken_for_a_locked_one(tmp_path: Path) -> None:
    """The folder's name has "lock" in it on purpose."""
    home = Home(tmp_path / "blockade").prepare()
    home.warehouse.write_bytes(b"no database" * 1_000)
    start = time.perf_counter()
    with pytest.raises(WarehouseError, match=r"warehouse.duckdb cannot be opened.*bilateral doctor") as caught, open_warehouse(home, 30):
        pass
    assert not isinstance(caught.value, WarehouseLocked) and time.perf_counter() - start < 3.0


def test_home_below_a_file_is_refused_with_the_mend(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WarehouseError, match=r"cannot be written to.*--home or BILATERAL_HOME"):
        Home(tmp_path / "file" / "home").prepare()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_read_only_folder_is_refused_with_the_mend(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(WarehouseError, match="cannot be written to"):
            Home(tmp_path).prepare()
    finally:
        tmp_path.chmod(0o700)


def test_prepare_leaves_nothing_behind(home: Home) -> None:
    assert list(home.path.iterdir()) == []


def test_home_is_absolute_wherever_the_reader_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Home(Path("data")).data_docs == tmp_path / "data" / "data_docs"
