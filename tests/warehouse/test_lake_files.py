"""The lake without a server: addresses, what one home may do to another's rows, older and newer forms, errors. The catalogue is a file."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.warehouse.rows import article, load, mention
from tests.warehouse.test_refresh import land
from warehouse import lake as module
from warehouse.lake import Lake, LakeError, connect_lake, hide_secrets, moment, open_lake, parse_address
from warehouse.lake_load import own_id, write_changes
from warehouse.load import delete_articles
from warehouse.publish import publish
from warehouse.store import Home, open_warehouse
from warehouse.tables import TABLES

NEEDS_LAKE = pytest.mark.skipif(module.importlib.util.find_spec("duckdb_extension_ducklake") is None, reason="duckdb-extension-ducklake is not installed")


def asked(address: str, sql: str, at: Any = None) -> list[tuple[Any, ...]]:
    with open_lake(address, at) as connection:
        return connection.execute(sql).fetchall()


def home_with(path: Path, *stories: tuple[int, int]) -> Home:
    """A published home whose articles are (number, number of the story's lead), each with one mention."""
    home = Home(path).prepare()
    rows = [(f"{n:020x}", f"{lead:020x}") for n, lead in stories]
    with open_warehouse(home) as connection:
        load(connection, path.name, articles=[article(article_id=a, story_id=s, is_lead=a == s, mention_count=1, run_id=path.name) for a, s in rows],
             mentions=[mention(mention_id=a, article_id=a, run_id=path.name) for a, _ in rows])
    publish(home, path.name)
    return home


# --- addresses


def test_addresses(tmp_path: Path) -> None:
    assert parse_address("ducklake:postgres:dbname=lake host=db;data=/srv/lake") == Lake("postgres", "postgres:dbname=lake host=db", Path("/srv/lake"))
    assert parse_address("ducklake:postgres:dbname=lake", Path("/srv/lake")).data == Path("/srv/lake")
    assert parse_address("ducklake:postgres:dbname=lake;data=/a", Path("/b")).data == Path("/a")
    assert parse_address("ducklake:postgres:postgresql://u@h/lake").data is None
    assert parse_address(f"ducklake:{tmp_path}/x") == Lake("file", f"{tmp_path}/x", tmp_path / "x.files")
    assert parse_address(f"ducklake:sqlite:{tmp_path}/x") == Lake("sqlite", f"sqlite:{tmp_path}/x", tmp_path / "x.files")


@pytest.mark.parametrize(("address", "said"), [
    ("postgres:dbname=lake", "is no lake"), ("published.duckdb", "is no lake"), ("ducklake:", "catalogue is postgres"),
    ("ducklake:postgres:", "names no database"),
    ("ducklake:sqlite: ", "names no file"), ("ducklake:mysql:db=x", "catalogue is postgres"), ("ducklake:postgres:dbname=x;data=s3://b/x", "is an address"),
    ("ducklake:postgres:dbname=x;data=", "without a folder"),
])
def test_wrong_addresses(address: str, said: str) -> None:
    with pytest.raises(LakeError, match=said):
        parse_address(address)


@pytest.mark.parametrize("address", [
    "dbname=x password=geheim host=h", "dbname=x password='ge heim\\' geheim' host=h", "PASSWORD = geheim host=h", "postgresql://user:geheim@h/lake",
])
def test_passwords_are_never_shown(address: str) -> None:
    assert "geheim" not in hide_secrets(address) and "h" in hide_secrets(address) and "***" in hide_secrets(address)
    assert "geheim" not in str(Lake("postgres", f"postgres:{address}"))


def test_moments() -> None:
    end = datetime(2026, 3, 1, 23, 59, 59, 999999, tzinfo=UTC)
    assert moment("2026-03-01") == moment(date(2026, 3, 1)) == end
    assert moment("2026-03-01T12:00") == moment(datetime(2026, 3, 1, 12)) == moment("2026-03-01T13:00+01:00") == datetime(2026, 3, 1, 12, tzinfo=UTC)
    for wrong in ("yesterday", "2026-13-01", "2026-03-01T25:00", ""):
        with pytest.raises(LakeError, match="is no day or moment"):
            moment(wrong)


def test_missing_extension_is_named_with_its_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(LakeError, match=r"extension ducklake is not installed: pip install duckdb-extension-ducklake=="):
        open_lake(f"ducklake:{tmp_path}/x")


def test_home_id_stays(home: Home) -> None:
    first = own_id(home)
    assert len(first) == 20 and own_id(home) == first and [p.name for p in home.path.iterdir()] == ["lake_home"]


# --- writing and reading


@NEEDS_LAKE
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["", "sqlite:"], ids=["duckdb", "sqlite"])
def test_file_catalogues(home: Home, tmp_path: Path, kind: str) -> None:
    if kind and module.importlib.util.find_spec("duckdb_extension_sqlite_scanner") is None:
        pytest.skip("duckdb-extension-sqlite-scanner is not installed")
    address = f"ducklake:{kind}{tmp_path}/o'lake"
    with pytest.raises(LakeError, match=r"nothing is published .*bilateral run PATH"):
        write_changes(home, address)
    land(home, list(range(4)), "run-0", random.Random(1))
    publish(home, "run-0")
    with pytest.raises(LakeError, match="does not exist: bilateral run --warehouse makes it"):
        open_lake(address)
    assert write_changes(home, address).articles == 4
    with open_lake(address) as reader:
        assert reader.execute("SELECT (FROM dyad('MAR', 'FRA') SELECT count(*)) - count(*) FROM mentions").fetchall() == [(0,)]
        for refused in ("DELETE FROM articles", "SELECT * FROM read_text('/etc/hostname')", f"COPY articles TO '{tmp_path}/x.csv'", "INSTALL httpfs",
                        f"ATTACH '{tmp_path}/x.duckdb'", "SET enable_external_access = true"):
            with pytest.raises(duckdb.Error):
                reader.execute(refused)
    (tmp_path / "o'lake.files").rename(tmp_path / "elsewhere")
    for use in (lambda: open_lake(address), lambda: write_changes(home, address)):
        with pytest.raises(LakeError, match="is not on this machine: mount it there"):
            use()


@NEEDS_LAKE
@pytest.mark.slow
def test_a_home_touches_only_what_is_its_own(tmp_path: Path) -> None:
    """Both hold article 2. The first to write it has it; when that home drops it, the other's next write brings it back."""
    address = f"ducklake:{tmp_path}/lake"
    one, other = home_with(tmp_path / "one", (1, 1), (2, 1)), home_with(tmp_path / "other", (2, 2), (3, 2))
    assert (write_changes(one, address).articles, write_changes(other, address).articles) == (2, 1)
    # Article 3 is a copy of 2, which in the lake is a copy of 1.
    rows = "SELECT article_id[-1]::INT, run_id, story_id[-1]::INT, is_lead FROM articles ORDER BY 1"
    assert asked(address, rows) == [(1, "one", 1, True), (2, "one", 1, False), (3, "other", 1, False)]
    assert asked(address, "SELECT sum(story_count) FROM dyad_day") == [(1,)]
    assert (write_changes(one, address).rows, write_changes(other, address).rows) == (0, 0)
    with open_warehouse(one) as connection:
        delete_articles(connection, [f"{n:020x}" for n in (1, 2)])
    publish(one, "one")
    done = write_changes(one, address)
    assert (done.articles, done.removed) == (0, 2) and asked(address, rows) == [(3, "other", 1, False)]
    assert write_changes(other, address).articles == 2
    assert asked(address, rows) == [(2, "other", 2, True), (3, "other", 2, False)]
    assert asked(address, "SELECT count(*), count(DISTINCT mention_id) FROM mentions") == [(2, 2)]


@NEEDS_LAKE
@pytest.mark.slow
def test_older_form_is_brought_up_and_a_newer_version_refused(tmp_path: Path) -> None:
    address = f"ducklake:{tmp_path}/lake"
    home = home_with(tmp_path / "one", (1, 1))
    write_changes(home, address)
    with connect_lake(parse_address(address), is_read_only=False) as connection:
        connection.execute("ALTER TABLE articles DROP COLUMN section; DROP VIEW visits; UPDATE snapshot_meta SET form = 'old', schema_version = 1")
    write_changes(home, address)
    found = asked(address, "SELECT count(section), (SELECT count(*) FROM visits), (SELECT schema_version > 1 FROM snapshot_meta) FROM articles")
    assert found == [(0, 0, True)]
    with connect_lake(parse_address(address), is_read_only=False) as connection:
        connection.execute("UPDATE snapshot_meta SET schema_version = 99")
    publish(home, "again", is_whole=True)
    with pytest.raises(LakeError, match=r"tables of version 99.*update bilateral"):
        write_changes(home, address)


@NEEDS_LAKE
@pytest.mark.slow
def test_everything_of_the_spec_is_in_the_lake_with_its_comment(tmp_path: Path) -> None:
    address = f"ducklake:{tmp_path}/lake"
    write_changes(home_with(tmp_path / "one", (1, 1)), address)
    with open_lake(address) as connection:
        rows = connection.execute(
            "SELECT table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns() WHERE database_name = 'lake'").fetchall()
        views = connection.execute("SELECT view_name FROM duckdb_views() WHERE database_name = 'lake' AND comment IS NOT NULL").fetchall()
    spec = [(t.name, c.name, c.type, c.nullable, c.comment) for t in TABLES if t.published for c in t.columns]
    assert set(spec) <= set(rows)
    assert {t for t, *_ in rows} - {v[0] for v in views} == {t.name for t in TABLES if t.published} | {"article_homes", "snapshot_meta"}
    assert len(views) == 12 and all(comment for table, *_, comment in rows if (table,) not in views)
