"""Publishing replaces the file whole; who reads the old one keeps it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.rows import article, key, load, mention, tables
from warehouse.publish import publish
from warehouse.store import Home, open_warehouse
from warehouse.tables import TABLES

READ_TWICE = """
import sys, duckdb
c = duckdb.connect(sys.argv[1], read_only=True)
print(c.execute("SELECT count(*) FROM articles").fetchone()[0], flush=True)
sys.stdin.readline()
print(c.execute("SELECT count(*) FROM articles").fetchone()[0], c.execute("SELECT count(*) FROM dyad_day").fetchone()[0], flush=True)
"""


def land(home: Home, letter: str) -> None:
    with open_warehouse(home) as connection:
        one = {"article_id": key(letter), "story_id": key(letter), "mention_count": 1}
        load(connection, articles=[article(**one)], mentions=[mention(mention_id=key(letter), article_id=key(letter))])


def published_rows(home: Home, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home.published), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_published_rows_are_those_of_the_warehouse(home: Home) -> None:
    land(home, "a")
    counts = publish(home, "run-1").counts
    assert (counts["articles"], counts["mentions"], counts["countries"]) == (1, 1, 0)
    with open_warehouse(home) as connection, duckdb.connect(str(home.published), read_only=True) as copy:
        shown = [t.name for t in TABLES if t.published]
        assert tables(copy, *shown) == tables(connection, *shown)
    assert published_rows(home, "SELECT run_id FROM snapshot_meta") == [("run-1",)]


def test_reader_keeps_its_rows_while_a_new_file_takes_the_place(home: Home) -> None:
    land(home, "a")
    publish(home, "run-1")
    reader = subprocess.Popen([sys.executable, "-c", READ_TWICE, str(home.published)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert reader.stdout is not None and reader.stdout.readline() == "1\n"
    land(home, "b")
    publish(home, "run-2")
    assert published_rows(home, "SELECT count(*) FROM articles") == [(2,)]
    out, _ = reader.communicate("\n")
    assert out == "1 1\n" and reader.returncode == 0


def test_files_of_dead_processes_are_removed_and_of_living_ones_kept(home: Home) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    living = os.getppid()
    for name in (f".published-{dead.pid}.duckdb", f".published-{dead.pid}.duckdb.wal", f".published-{os.getpid()}.duckdb", f".published-{living}.duckdb"):
        (home.path / name).write_bytes(b"half")
    publish(home, "run-1")
    assert sorted(p.name for p in home.path.iterdir()) == sorted([f".published-{living}.duckdb", "published.duckdb", "snapshots", "warehouse.duckdb"])


def test_publish_that_fails_leaves_the_old_file(home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    land(home, "a")
    publish(home, "run-1")
    land(home, "b")
    (tmp_path / "99_broken.sql").write_text("CREATE VIEW broken AS SELECT nothing FROM nowhere")
    monkeypatch.setattr("warehouse.publish.VIEWS", tmp_path)
    with pytest.raises(duckdb.Error):
        publish(home, "run-2")
    assert published_rows(home, "SELECT count(*) FROM articles") == [(1,)]
    monkeypatch.undo()
    publish(home, "run-3")
    assert published_rows(home, "SELECT count(*) FROM articles") == [(2,)]
    assert sorted(p.name for p in home.path.iterdir()) == ["published.duckdb", "snapshots", "warehouse.duckdb"]


def test_home_with_a_quote_in_its_name(tmp_path: Path) -> None:
    home = Home(tmp_path / "o'clock; --").prepare()
    land(home, "a")
    assert publish(home, "run-1").counts["articles"] == 1
