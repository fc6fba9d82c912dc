"""Rows in, rows out: loading twice, loading anew, loading half."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import duckdb
import pytest

from tests.expectations.rows import ARTICLE_ID, CONSULT_ID, SUPPORT_ID, frame
from tests.warehouse.rows import actor, article, frames, key, load, mention, sector, source, step, tables, talks
from warehouse.dimensions import fill_dimensions
from warehouse.load import insert_missing, load_batch, upsert
from warehouse.store import Home, open_warehouse

CONTENT = ("articles", "mentions", "mention_sectors", "mention_actors", "sources")
GOOD = {
    "articles": [article()], "mentions": [mention(), talks()], "mention_sectors": [sector(), sector(mention_id=CONSULT_ID, sector="trade")],
    "mention_actors": [actor(), actor(role="target", text="Morocco", country="MAR")],
}


@pytest.fixture
def connection(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_warehouse(home) as opened:
        yield opened


def test_batch_lands_whole(connection: duckdb.DuckDBPyConnection) -> None:
    assert load(connection, **GOOD) == {"sources": 1, "articles": 1, "mentions": 2, "mention_sectors": 2, "mention_actors": 2}
    found = tables(connection, *CONTENT)
    assert {n: len(rows) for n, rows in found.items()} == {"articles": 1, "mentions": 2, "mention_sectors": 2, "mention_actors": 2, "sources": 1}
    assert found["articles"] == [tuple(article().values())]
    assert connection.execute("SELECT loaded_count FROM run_steps").fetchall() == [(1,)]


def test_second_time_changes_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    load(connection, **GOOD)
    before = tables(connection, *CONTENT)
    later = {"fetched_at": datetime(2026, 1, 1), "run_id": "run-2"}
    again = GOOD | {
        "articles": [article(**later)], "mentions": [mention(run_id="run-2"), talks(run_id="run-2")],
        "sources": [source(first_seen_at=datetime(2026, 1, 1))],
    }
    assert load(connection, "run-2", **again) == {"sources": 0}
    assert tables(connection, *CONTENT) == before
    assert connection.execute("SELECT run_id, loaded_count FROM run_steps ORDER BY 1").fetchall() == [("run-1", 1), ("run-2", 0)]


def test_another_coder_replaces_the_mentions_of_its_articles_only(connection: duckdb.DuckDBPyConnection) -> None:
    other = {"article_id": key("b"), "story_id": key("b")}
    load(connection, **GOOD | {
        "articles": [article(), article(**other)], "mentions": [*GOOD["mentions"], mention(mention_id=key("c"), article_id=key("b"))],
        "mention_sectors": [*GOOD["mention_sectors"], sector(mention_id=key("c"))],
    })
    load(connection, "run-2", articles=[article(coder_version="2", mention_count=1)],
         mentions=[mention(mention_id=key("d"), coder_version="2", run_id="run-2")], mention_actors=[actor(mention_id=key("d"))])
    rows = connection.execute("SELECT mention_id, article_id, coder_version FROM mentions ORDER BY 1").fetchall()
    assert rows == sorted([(key("c"), key("b"), "1"), (key("d"), ARTICLE_ID, "2")])
    assert connection.execute("SELECT mention_id FROM mention_sectors").fetchall() == [(key("c"),)]
    assert connection.execute("SELECT mention_id FROM mention_actors").fetchall() == [(key("d"),)]


def test_another_version_of_an_article_stands_beside_the_first(connection: duckdb.DuckDBPyConnection) -> None:
    load(connection, articles=[article(mention_count=0)])
    load(connection, articles=[article(article_id=key("b"), content_hash="1" * 64, mention_count=0)])
    assert connection.execute("SELECT count(*), count(DISTINCT external_id) FROM articles").fetchone() == (2, 1)


def test_error_rolls_the_whole_batch_back(connection: duckdb.DuckDBPyConnection) -> None:
    load(connection, **GOOD)
    before = tables(connection)
    broken = frames(
        articles=[article(coder_version="2"), article(article_id=key("b"))], mentions=[mention(coder_version="2")],
        mention_sectors=[sector(), sector()],  # one key twice: the last insert fails
        sources=[source(source_id="new")],
    )
    with pytest.raises(ValueError, match=r"mention_sectors: 2 rows share their key mention_id, sector"):
        load_batch(connection, broken, step("run-2"))
    assert tables(connection) == before
    assert load(connection, "run-3", articles=[article(article_id=key("b"), mention_count=0)])["articles"] == 1, "the connection is still good"


def test_upsert_counts_only_what_changed(connection: duckdb.DuckDBPyConnection) -> None:
    assert upsert(connection, "sources", frame("sources", [source(), source(source_id="b")])) == 2
    assert upsert(connection, "sources", frame("sources", [source(), source(source_id="b", country=None), source(source_id="c")])) == 2
    assert connection.execute("SELECT source_id, country FROM sources ORDER BY 1").fetchall() == [("b", None), ("c", "FRA"), ("monde", "FRA")]


def test_insert_missing_leaves_what_is_there(connection: duckdb.DuckDBPyConnection) -> None:
    insert_missing(connection, "sources", frame("sources", [source()]))
    assert insert_missing(connection, "sources", frame("sources", [source(name="Other"), source(source_id="b"), source(source_id="b")])) == 1
    assert connection.execute("SELECT name FROM sources ORDER BY source_id").fetchall() == [("Monde",), ("Monde",)]


def refused(**values: object) -> dict[str, object]:
    return {
        "quarantine_id": key("e"), "run_id": "run-1", "table_name": "articles", "row_key": "x", "expectation": "body has text", "severity": "critical",
        "reason": "empty", "row_json": "{}", "refused_at": datetime(2024, 5, 1), "is_requeued": False,
    } | values


def test_refusal_is_kept_once_and_waits_again_if_refused_again(connection: duckdb.DuckDBPyConnection) -> None:
    load(connection, quarantine=[refused()])
    load(connection, "run-2", quarantine=[refused(run_id="run-2")])
    connection.execute("UPDATE quarantine SET is_requeued = true")
    load(connection, "run-3")
    assert connection.execute("SELECT run_id, is_requeued FROM quarantine").fetchall() == [("run-1", True)]
    load(connection, "run-4", quarantine=[refused(run_id="run-4")])
    assert connection.execute("SELECT run_id, is_requeued FROM quarantine").fetchall() == [("run-1", False)]


def test_mention_ids_of_the_rows_are_as_the_spec_wants() -> None:
    assert len({SUPPORT_ID, CONSULT_ID, ARTICLE_ID}) == 3


def test_dimensions_are_filled_once(connection: duckdb.DuckDBPyConnection) -> None:
    countries = [{"code": "FRA", "name": "France", "kind": "state", "start_year": None, "end_year": None, "sovereign": None}]
    assert fill_dimensions(connection, countries) > 40
    assert fill_dimensions(connection, countries) == 0
    assert fill_dimensions(connection, [countries[0] | {"name": "French Republic"}]) == 1
    assert connection.execute("SELECT name FROM countries").fetchall() == [("French Republic",)]
