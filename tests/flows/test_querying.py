"""A question in, an answer or a refusal out; nothing can be written, attached or read from elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.querying import QueryError, ask
from tests.warehouse.rows import article, load, mention
from warehouse.publish import publish
from warehouse.store import Home, open_warehouse

PAIRS = "SELECT source_country, target_country, confidence, event_date FROM mentions"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published file with one article and one mention."""
    home = Home(tmp_path_factory.mktemp("query") / "home").prepare()
    with open_warehouse(home) as connection:
        load(connection, articles=[article(mention_count=1)], mentions=[mention()])
    publish(home, "run-1")
    return home.published


@pytest.mark.parametrize("sql", [
    "CREATE TABLE x AS SELECT 1", "INSERT INTO sectors VALUES ('x', 'y')", "DELETE FROM mentions", "UPDATE mentions SET confidence = 1", "DROP VIEW visits",
    "ATTACH 'other.duckdb'", "ATTACH ':memory:' AS x; CREATE TABLE x.y AS SELECT * FROM mentions; COPY x.y TO 'y.csv'", "COPY mentions TO 'm.csv'",
    "COPY (SELECT 1) TO 'm.parquet' (FORMAT parquet)", "EXPORT DATABASE 'copy'", "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM read_text('/etc/passwd')", "SELECT * FROM glob('/*')", "SELECT * FROM read_parquet('https://example.org/a.parquet')", "INSTALL httpfs",
    "LOAD httpfs", "SET enable_external_access = true", "SET threads = 1", "RESET enable_external_access", "SELECT * FROM frame", "nonsense",
    "SELECT nothing FROM mentions", "SELECT 1; DROP TABLE mentions",
])
def test_refused(published: Path, sql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = published.read_bytes()
    with pytest.raises(QueryError):
        ask(published, sql, "csv", None, 50)
    assert published.read_bytes() == before and list(tmp_path.iterdir()) == []


def test_formats(published: Path, tmp_path: Path) -> None:
    assert ask(published, PAIRS, "csv", None, 50) == "source_country,target_country,confidence,event_date\nFRA,MAR,0.9,2024-05-01\n"
    assert json.loads(ask(published, PAIRS, "json", None, 50)) == [
        {"source_country": "FRA", "target_country": "MAR", "confidence": 0.9, "event_date": "2024-05-01"}
    ]
    table = ask(published, PAIRS, "table", None, 50)
    assert all(word in table for word in ("source_country", "FRA", "MAR", "0.9", "2024-05-01", "1 rows"))
    assert ask(published, PAIRS, "parquet", tmp_path / "a.parquet", 50) == f"1 rows written to {tmp_path / 'a.parquet'}"
    assert pl.read_parquet(tmp_path / "a.parquet").select("source_country", "confidence").rows() == [("FRA", 0.9)]
    assert ask(published, PAIRS, "csv", tmp_path / "a.csv", 50).startswith("1 rows written")
    assert (tmp_path / "a.csv").read_text().startswith("source_country,")


@pytest.mark.parametrize("sql", [
    "SELECT [1, 2] AS a, {'x': 1} AS b", "SELECT sum(mention_count) AS n FROM articles", "SELECT NULL AS x", "SELECT 1 WHERE false",
    "SELECT INTERVAL 1 DAY AS d, 2 AS \"a \"\"b\"", "SELECT map {'a': 1} AS m", "SELECT '101'::BIT AS b", "SELECT uuid() AS u",
    "SELECT TIMETZ '10:00:00+01' AS t",
    "DESCRIBE mentions", "SHOW TABLES", "SUMMARIZE mentions", "SELECT comment FROM duckdb_columns()", "SELECT 1::DECIMAL(9,2) AS d", "SELECT '[red]x' AS x",
    "WITH a AS (SELECT 1 AS b) SELECT * FROM a", "PRAGMA version", "EXPLAIN SELECT 1",
])
@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_any_type_has_an_answer(published: Path, sql: str, form: str) -> None:
    assert isinstance(ask(published, sql, form, None, 5), str)


def test_long_tables_are_cut_and_say_so(published: Path) -> None:
    answer = ask(published, "SELECT * FROM range(9)", "table", None, 4)
    assert "… 5 more rows (--rows)" in answer and answer.endswith("9 rows")


@pytest.mark.parametrize(("form", "out", "says"), [
    ("xml", None, "unknown format xml: table, csv, json or parquet"), ("parquet", None, "parquet needs a file"),
    ("csv", "no/such/folder.csv", "cannot be written"),
    ("parquet", "no/such/folder.parquet", "cannot be written"),
])
def test_answers_that_cannot_be_given(published: Path, tmp_path: Path, form: str, out: str | None, says: str) -> None:
    with pytest.raises(QueryError, match=says):
        ask(published, PAIRS, form, tmp_path / out if out else None, 50)


def test_nothing_published_and_damaged_file(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match=r"nothing is published.*bilateral run"):
        ask(tmp_path / "published.duckdb", "SELECT 1", "csv", None, 5)
    (tmp_path / "published.duckdb").write_bytes(b"no database" * 1_000)
    with pytest.raises(QueryError, match="cannot be opened"):
        ask(tmp_path / "published.duckdb", "SELECT 1", "csv", None, 5)


def test_command(published: Path) -> None:
    answer = CliRunner().invoke(app, ["query", "--home", str(published.parent), "-f", "csv", PAIRS])
    assert (answer.exit_code, answer.output.splitlines()[1]) == (0, "FRA,MAR,0.9,2024-05-01")
    answer = CliRunner().invoke(app, ["query", "--home", str(published.parent), "DROP TABLE mentions"])
    assert answer.exit_code == 2 and "read-only" in answer.output
