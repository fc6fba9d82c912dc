"""A question in, an answer or a refusal out; nothing can be written, attached or read from elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.explaining import explain_mention
from flows.querying import QueryError, ask, ask_named
from tests.warehouse.rows import article, key, load, mention
from warehouse.correction_lines import read_lines
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
    assert all(word in table for word in ("source_country", "FRA", "MAR", "0.9", "2024-05-01", "1 row"))
    assert ask(published, PAIRS, "parquet", tmp_path / "a.parquet", 50) == f"1 row written to {tmp_path / 'a.parquet'}"
    assert pl.read_parquet(tmp_path / "a.parquet").select("source_country", "confidence").rows() == [("FRA", 0.9)]
    assert ask(published, PAIRS, "csv", tmp_path / "a.csv", 50).startswith("1 row written")
    assert (tmp_path / "a.csv").read_text().startswith("source_country,")


def test_the_ending_of_a_file_says_its_format(published: Path, tmp_path: Path) -> None:
    for name in ("a.parquet", "a.csv", "a.JSON", "a.txt"):
        assert ask(published, PAIRS, "auto", tmp_path / name, 50) == f"1 row written to {tmp_path / name}"
    assert pl.read_parquet(tmp_path / "a.parquet").height == 1 and json.loads((tmp_path / "a.JSON").read_text())[0]["target_country"] == "MAR"
    assert (tmp_path / "a.csv").read_text().startswith("source_country,") and "┃" in (tmp_path / "a.txt").read_text()


@pytest.mark.parametrize(("sql", "rows", "says"), [(" \n", 5, "nothing is asked"), ("SELECT 1", -3, "--rows -3: write how many")])
def test_a_question_that_is_none_is_refused(published: Path, sql: str, rows: int, says: str) -> None:
    with pytest.raises(QueryError, match=says):
        ask(published, sql, "table", None, rows)


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
    ("xml", None, "unknown format xml: auto, table, csv, json or parquet"), ("", None, "unknown format : auto"), ("parquet", None, "parquet needs a file"),
    ("csv", "no/such/folder.csv", "cannot be written"),
    ("parquet", "no/such/folder.parquet", "cannot be written"), ("auto", "a.xlsx", r"a.xlsx: name the file .*csv.*bilateral export --format xlsx"),
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


# --- what is seen in a terminal


WIDE = "SELECT 1 AS a, 2 AS b, 3 AS c, 4 AS d, repeat('long words ', 9) AS e, NULL AS f, 'x' || chr(10) || chr(27) || 'y' AS g"


def test_a_table_that_is_too_wide_becomes_blocks(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = "SELECT " + ", ".join(f"{n} AS a_long_heading_{n}" for n in range(8))
    monkeypatch.setenv("COLUMNS", "80")
    assert "a_long_heading_7: 7" in ask(published, asked, "auto", None, 5)
    monkeypatch.setenv("COLUMNS", "200")
    assert "┃" in ask(published, asked, "auto", None, 5)


def test_rows_with_long_text_are_blocks_unless_a_table_is_asked_for(published: Path) -> None:
    lines = ask(published, WIDE, "auto", None, 5).splitlines()
    assert lines[:4] == ["a: 1", "b: 2", "c: 3", "d: 4"] and lines[4].startswith("e: long words long") and "g: x y" in lines
    assert not any(line.startswith("f:") for line in lines) and lines[-1] == "1 row; 1 empty column left out"
    table = ask(published, WIDE, "table", None, 5)
    assert "a: 1" not in table and "┃" in table
    assert "┃" in ask(published, "SELECT 1 AS a, repeat('long words ', 9) AS e", "auto", None, 5), "few columns have room for long text"


def test_empty_values_of_a_block_are_left_out(published: Path) -> None:
    sql = f"SELECT * FROM ({WIDE}) UNION ALL SELECT NULL, 2, 3, 4, 'short', 6, 'z'"
    first, second = ask(published, sql, "auto", None, 5).split("\n\n")[:2]
    assert "a: 1" in first and "f:" not in first and second.splitlines() == ["b: 2", "c: 3", "d: 4", "e: short", "f: 6", "g: z"]


def test_lists_are_trimmed_and_line_breaks_are_blanks_in_the_terminal_alone(published: Path) -> None:
    sql = "SELECT [1, 2, 3, 4, 5] AS many, ['a', 'b'] AS few, 'one' || chr(10) || 'two' AS text, NULL::INTEGER AS nothing"
    answer = ask(published, sql, "auto", None, 5)
    assert all(word in answer for word in ("1, 2, 3 +2", "a, b", "one two")) and "nothing" not in answer
    assert json.loads(ask(published, sql, "json", None, 5)) == [{"many": [1, 2, 3, 4, 5], "few": ["a", "b"], "text": "one\ntwo", "nothing": None}]
    assert ask(published, sql, "csv", None, 5).startswith("many,few,text,nothing\n")


def test_no_rows_say_what_to_try(published: Path) -> None:
    none = f"{PAIRS} WHERE source_country = 'ESP'"
    for form in ("auto", "table"):
        answer = ask(published, none, form, None, 5)
        assert len(answer.splitlines()) == 1 and answer.startswith("0 rows: nothing fits.") and 'bilateral query "FROM dyad_year"' in answer
    assert ask(published, none, "csv", None, 5) == "source_country,target_country,confidence,event_date\n"


# --- searching without the index


@pytest.fixture(scope="module")
def unindexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As published without the extension: no index and no search macros."""
    home = Home(tmp_path_factory.mktemp("plain") / "home").prepare()
    with open_warehouse(home) as connection:
        copy = {"article_id": key("b"), "is_lead": False, "title": "Praise of 100_percent"}
        load(connection, articles=[article(title="Praise of 100%"), article(**copy)], mentions=[mention()])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("warehouse.search.extension_path", lambda: None)
        publish(home, "run-1")
    return home.published


def test_search_without_index_says_so_and_looks_for_the_words_as_they_stand(unindexed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = ask_named(unindexed, "search", ["words=morocco PRAISED"], "auto", None, 5)
    assert answer.startswith("No search index here") and "duckdb-extension-fts" in answer.splitlines()[0] and "\n1 row" in answer
    found = json.loads(ask_named(unindexed, "search", ["words=praise"], "json", None, 5))
    assert [(r["kind"], r["sentence"], r["countries"]) for r in found] == [("sentence", "France praised Morocco.", ["FRA-MAR"]), ("article", None, None)]
    assert found[1]["title"] == "Praise of 100%", "leads of stories only"
    assert capsys.readouterr().err.startswith("No search index here"), "what other programs read stays as it is"
    assert json.loads(ask_named(unindexed, "search", ["words=%"], "json", None, 5)) == []
    assert len(json.loads(ask_named(unindexed, "search", ["words=praise", "top=1"], "json", None, 5))) == 1


def test_own_search_without_index_leads_with_the_mend(unindexed: Path) -> None:
    with pytest.raises(QueryError, match=r"^This file has no search index: install duckdb-extension-fts"):
        ask(unindexed, "FROM search('praise')", "csv", None, 5)
    with pytest.raises(QueryError) as raised:
        ask(unindexed, "SELECT nothing FROM searches", "csv", None, 5)
    assert "search index" not in str(raised.value)


def test_search_with_index_is_ranked(published: Path) -> None:
    assert json.loads(ask_named(published, "search", ["words=praising"], "json", None, 5))[0]["score"] == 1.0


# --- from a row back to its reasons


@pytest.mark.slow
def test_explain_shows_both_opinions_the_origin_of_a_carried_country_and_the_correction(home: Home, tmp_path: Path) -> None:
    first, second = "Morocco opened its border on Monday.", "France praised the decision at once."
    row = {"sentence_index": 1, "sentence": second, "char_start": len(first) + 1, "char_end": len(first) + 1 + len(second)}
    with open_warehouse(home) as connection:
        load(connection, articles=[article(title="Open again", body=f"{first} {second}")],
             mentions=[mention(**row), mention(**row, mention_id=key("b"), event_type="CONSULT", confidence=0.25)])
    publish(home, "run-1")
    lines = explain_mention(home.published, mention()["mention_id"]).splitlines()
    assert "country   FRA: France" in lines and "country   MAR: carried over; last named in sentence 0 (Morocco): Morocco opened its border on Monday." in lines
    heads = [n for n, line in enumerate(lines) if line.split() == ["scores", "type", "together", "encoder", "word", "table"]]
    types = [line.split() for line in lines[heads[0] + 1 : heads[0] + 6]]
    assert len({t[0] for t in types}) == 5 and types[-1][0] == "any" and all(0 <= float(n) <= 1 for t in types for n in t[1:])
    assert [float(t[1]) for t in types[:4]] == sorted((float(t[1]) for t in types[:4]), reverse=True)
    assert any(line.startswith("threshold a pair is a mention where any reaches 0.") for line in lines)
    assert any(line.startswith("confidence score 0.") and " of SUPPORT stands for 0." in line for line in lines)
    assert f"other row FRA -> MAR  CONSULT, actual, confidence 0.25  {key('b')}" in lines
    heading = next(n for n, line in enumerate(lines) if line.startswith("correct "))
    copied = tmp_path / "corrections.csv"
    copied.write_text("\n".join([lines[heading].rsplit(" ", 1)[1], *lines[heading + 1 :]]), encoding="utf-8")
    good, faults = read_lines(copied, {"FRA", "MAR"})
    assert faults == [] and {line.field for line in good} == {
        "event_type", "status", "source_country", "target_country", "is_reciprocal", "speaker_country", "sectors", "row"}
