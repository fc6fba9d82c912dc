"""Search over what is published: built with the file, asked in read-only files that nothing can leave."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.querying import QueryError, ask, ask_named, open_published
from tests.warehouse.rows import article, key, load, mention
from warehouse import search as module
from warehouse.publish import publish
from warehouse.queries import run_query
from warehouse.search import NoSearch, extension_path, load_search, search
from warehouse.store import Home, open_warehouse

FREED = "Algeria released the Moroccan fishermen."
VISIT = "The United States envoy visited Rabat."


def text(letter: str, title: str, body: str, **values: Any) -> dict[str, Any]:
    return article(**{"article_id": key(letter), "story_id": key(letter), "title": title, "body": body, "content_hash": letter * 64,
                      "published_at": datetime(2024, 5, 1)} | values)


def said(number: int, letter: str, sentence: str, other: str = "DZA", **values: Any) -> dict[str, Any]:
    a, b = sorted((other, "MAR"))
    return mention(mention_id=f"{number:020x}", article_id=key(letter), sentence=sentence, source_country=other, country_a=a, country_b=b, **values)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Home(tmp_path_factory.mktemp("search") / "home").prepare()
    with open_warehouse(home) as connection:
        load(connection, articles=[
            text("a", "Fishermen home", f"Nothing of it here. {FREED} They wept."), text("b", "Copy", FREED, story_id=key("a"), is_lead=False),
            text("c", "US envoy in Rabat", f"{VISIT}\nHe spoke of the U.S. aid bill of 2024 and\nof Tłumacz. It rained."),
            text("d", "قوارب الصيد", "وصلت قوارب الصيد إلى الميناء.", is_coded=False, language="ar"),
        ], mentions=[
            said(1, "a", FREED), said(2, "a", FREED, event_type="RETREAT"), said(3, "b", FREED), said(4, "c", VISIT, "USA"),
        ])
    publish(home, "run-1")
    return home.published


def found(path: Path, words: str, limit: int = 20) -> list[tuple[str, str, str]]:
    with open_published(path) as connection:
        return [(r["kind"], r["article_id"][0], r["sentence"]) for r in search(connection, words, limit)]


def test_sentences_and_articles_of_leads(published: Path) -> None:
    assert found(published, "fisherman") == []  # word forms are stems, no grammar
    assert found(published, "FISHERMEN release") == [("article", "a", FREED), ("sentence", "a", FREED)]


def test_rows_lead_back_to_their_mentions(published: Path) -> None:
    with open_published(published) as connection:
        best, sentence = search(connection, "fishermen")
    assert (best["kind"], best["mention_ids"], best["title"], best["countries"]) == ("article", None, "Fishermen home", None)
    assert (sentence["kind"], sentence["mention_ids"], sentence["countries"]) == ("sentence", [f"{1:020x}", f"{2:020x}"], ["DZA-MAR"])
    assert (sentence["day"].isoformat(), sentence["url"], sentence["score"]) == ("2024-05-01", f"https://example.org/{key('a')}", 1.0)


@pytest.mark.parametrize(("words", "letter", "passage"), [
    ("us", "c", "He spoke of the U.S."), ("2024 bill", "c", "aid bill of 2024 and of Tłumacz."), ("tłumacz", "c", "aid bill of 2024 and of Tłumacz."),
    ("الصيد", "d", "وصلت قوارب الصيد إلى الميناء."),
], ids=["a word of two letters", "figures", "letters beyond a to z", "a language that is not coded"])
def test_words_of_any_kind(published: Path, words: str, letter: str, passage: str) -> None:
    assert found(published, words)[0] == ("article", letter, passage)


@pytest.mark.parametrize("words", ["", "the", "' OR 1=1 --", "zzz", "*", "%", "\\", "NULL", "fishermen'; DROP TABLE mentions; --"])
def test_words_are_only_words(published: Path, words: str) -> None:
    assert {row[1] for row in found(published, words)} <= ({"a"} if "fishermen" in words else set())


def test_limit(published: Path) -> None:
    assert len(found(published, "fishermen rabat")) == 4 and len(found(published, "fishermen rabat", 3)) == 3


def test_named_question(published: Path) -> None:
    with open_published(published) as connection:
        assert run_query(connection, "search", words="envoy", top=1).project("kind, article_id[1], score").fetchall() == [("article", "c", 1.0)]
    assert ask_named(published, "search", ["words=envoy rabat", "top=1"], "csv", None, 5).splitlines()[1].startswith("article,1.0,2024-05-01,")


def test_sql_may_use_the_index_and_still_reach_nothing_else(published: Path, tmp_path: Path) -> None:
    sql = "SELECT mention_id[-1], fts_main_mentions.match_bm25(mention_id, 'envoy') IS NOT NULL FROM mentions ORDER BY 1"
    assert ask(published, sql, "csv", None, 5).splitlines()[1:] == ["1,false", "2,false", "3,false", "4,true"]
    assert ask(published, "SELECT title FROM search_articles('envoy')", "csv", None, 5).splitlines()[1:] == ["US envoy in Rabat"]
    attach = f"ATTACH '{tmp_path / 'x.duckdb'}'"
    for refused in ("LOAD httpfs", "INSTALL fts", "SET autoload_known_extensions = true", "SELECT * FROM read_text('/etc/passwd')", attach):
        with pytest.raises(QueryError):
            ask(published, refused, "csv", None, 5)


def test_extension_is_of_this_duckdb() -> None:
    path = extension_path()
    assert path is not None and duckdb.__version__ in str(path)


def test_file_opens_and_answers_without_the_extension(published: Path) -> None:
    config = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    with duckdb.connect(str(published), read_only=True, config=config) as connection:
        assert connection.execute("SELECT count(*) FROM mentions").fetchone() == (4,)
        with pytest.raises(duckdb.CatalogException, match="fts"):
            connection.execute("FROM search('envoy')")


def test_connection_that_was_shut_before_loading(published: Path) -> None:
    config = {"enable_external_access": "false"}
    with duckdb.connect(str(published), read_only=True, config=config) as connection, pytest.raises(NoSearch, match="before access is shut"):
        search(connection, "envoy")


def test_published_without_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is whole but for the search, and says so."""
    home = Home(tmp_path / "home").prepare()
    with open_warehouse(home) as connection:
        load(connection, articles=[text("a", "Fishermen home", FREED)], mentions=[said(1, "a", FREED)])
    with monkeypatch.context() as without:
        without.setattr(module, "extension_path", lambda: None)
        done = publish(home, "run-1")
        with duckdb.connect(str(home.published), read_only=True) as connection:
            assert not load_search(connection)
            with pytest.raises(NoSearch, match="needs the package duckdb-extension-fts"):
                search(connection, "fishermen")
            assert connection.execute("SELECT sentence FROM dyad('MAR', 'DZA')").fetchall() == [(FREED,)]
    assert [n for n in done.notes if re.search("no full-text search.*make setup", n)]
    with open_published(home.published) as connection, pytest.raises(NoSearch, match=r"no search index: .*publish again"):
        search(connection, "fishermen")
    assert ask_named(home.published, "search", ["words=fishermen"], "auto", None, 5).startswith("No search index here")
