"""Reading the published file from Python: rows as asked for, clear words where it cannot be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from tests.warehouse.rows import article, key, load, mention, sector, source
from warehouse import read
from warehouse.publish import publish
from warehouse.read import ReadError
from warehouse.rollback import list_snapshots
from warehouse.store import Home, open_warehouse
from warehouse.tables import BY_NAME


def said(number: int, letter: str, **values: Any) -> dict[str, Any]:
    return mention(mention_id=f"{number:020x}", article_id=key(letter), **values)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = Home(tmp_path_factory.mktemp("read") / "home").prepare()
    with open_warehouse(place) as connection:
        load(
            connection, sources=[source()],
            articles=[article(article_id=key("a"), story_id=key("a"), content_hash="1" * 64),
                      article(article_id=key("b"), story_id=key("a"), is_lead=False, content_hash="1" * 64),
                      article(article_id=key("c"), story_id=key("c"), published_at=datetime(2025, 1, 9), content_hash="2" * 64)],
            mentions=[said(1, "a"), said(2, "b"), said(3, "a", status="planned"), said(4, "a", event_type="CONSULT", event_date=date(2024, 4, 30)),
                      said(5, "c", source_country="DZA", country_a="DZA", country_b="MAR", event_date=None),
                      said(6, "a", status="negated", event_type="ASSAULT", quad_class="material conflict")],
            mention_sectors=[sector(mention_id=f"{1:020x}", sector=s) for s in ("trade", "energy")],
        )
    publish(place, "run-1")
    return place.path


def numbers(found: pl.DataFrame) -> list[int]:
    return [int(m, 16) for m in found["mention_id"]]


@pytest.mark.parametrize(("asked", "found"), [
    ({}, [4, 1, 5]), ({"dyad": ("MAR", "FRA")}, [4, 1]), ({"dyad": ["DZA", "MAR"]}, [5]), ({"dyad": ("DZA", "FRA")}, []),
    ({"since": "2024-05-01"}, [1, 5]), ({"until": date(2024, 4, 30)}, [4]), ({"dyad": None, "since": "2025-01-09", "until": "2025-01-09"}, [5]),
    ({"event_type": "CONSULT"}, [4]), ({"event_type": ["SUPPORT", "ASSAULT"]}, [1, 5]), ({"status": None}, [4, 1, 3, 6, 5]),
    ({"status": ("planned", "negated")}, [3, 6]), ({"leads_only": False}, [4, 1, 2, 5]),
])
def test_mentions_as_asked_for(home: Path, asked: dict[str, Any], found: list[int]) -> None:
    assert numbers(read.mentions(home, **asked)) == found


def test_mentions_bring_their_day_sectors_and_article(home: Path) -> None:
    found = read.mentions(home, dyad=None)
    assert found.columns == [*BY_NAME["mentions"].names, "day", "sectors", "story_id", "is_lead", "source_id", "title", "url", "published_at"]
    row = found.row(1, named=True)
    assert (row["day"], row["sectors"], row["title"], row["source_id"]) == (date(2024, 5, 1), ["energy", "trade"], "Talks", "monde")
    assert found["sectors"].to_list()[2] == [] and found["day"].to_list()[2] == date(2025, 1, 9), "undated rows stand on the day of publication"


def test_articles(home: Path) -> None:
    assert read.articles(home)["article_id"].to_list() == [key("a"), key("c")]
    assert read.articles(home, leads_only=False).height == 3 and read.articles(home, until="2024-12-31").height == 1
    assert "body" not in read.articles(home).columns and "body" in read.articles(home, with_body=True).columns


def test_dyad_month_keeps_cooperation_and_conflict_apart(home: Path) -> None:
    found = read.dyad_month(home, ("FRA", "MAR"))
    assert found.select("month", "story_count", "cooperation_count", "conflict_count", "not_yet_count", "denied_count").rows() == [
        (date(2024, 4, 1), 1, 1, 0, 0, 0), (date(2024, 5, 1), 1, 1, 0, 1, 1)]
    assert read.dyad_month(home, ("FRA", "MAR"), since="2024-05-20")["month"].to_list() == [date(2024, 5, 1)]
    assert read.dyad_month(home).height == 3


def test_named_questions(home: Path) -> None:
    found = read.query("dyads_moved", home, days=3, until="2024-05-01")
    assert found.select("country_a", "country_b", "cooperation_now").rows() == [("FRA", "MAR", 1)]
    with pytest.raises(ReadError, match=r"no question 'nothing'; there are .*dyads_moved"):
        read.query("nothing", home)
    with pytest.raises(ReadError, match="no parameter dyas; it takes days"):
        read.query("dyads_moved", home, dyas=3)
    with pytest.raises(ReadError, match=r"^dyads_moved: "):
        read.query("dyads_moved", home, days="many")


def test_the_home_comes_from_the_environment_or_the_argument(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BILATERAL_HOME", str(home))
    assert read.mentions().height == 3
    assert read.mentions(home / "published.duckdb").height == 3 and read.mentions(str(home)).height == 3
    assert read.mentions(list_snapshots(Home(home))[0].path).height == 3
    monkeypatch.setenv("BILATERAL_HOME", str(tmp_path))
    with pytest.raises(ReadError, match=r"nothing is published at .* \(from BILATERAL_HOME\): run bilateral run"):
        read.mentions()
    with pytest.raises(ReadError, match=r"from the argument"):
        read.mentions(tmp_path / "other.duckdb")
    monkeypatch.delenv("BILATERAL_HOME")
    assert read.mentions(home).height == 3


@pytest.mark.parametrize(("ask", "says"), [
    (lambda h: read.mentions(h, dyad="FRA"), "give two country codes"), (lambda h: read.mentions(h, dyad=("FRA", "FRA")), "give two country codes"),
    (lambda h: read.dyad_month(h, dyad=("France", "Morocco")), "give two country codes"), (lambda h: read.mentions(h, since="soon"), "since='soon' is no day"),
    (lambda h: read.articles(h, until="2024-13-01"), "until='2024-13-01' is no day"),
    (lambda h: read.mentions(h, event_type="KISS"), "event_type='KISS': it is one of AGREE"),
    (lambda h: read.mentions(h, status="done"), "status='done': it is one of actual"),
])
def test_wrong_questions(home: Path, ask: Callable[[Path], pl.DataFrame], says: str) -> None:
    with pytest.raises(ReadError, match=says):
        ask(home)


def test_nothing_can_be_written_or_reached(home: Path, tmp_path: Path) -> None:
    before = (home / "published.duckdb").read_bytes()
    with read.connect(home) as connection:
        for sql in ("DELETE FROM mentions", f"COPY mentions TO '{tmp_path / 'x.csv'}'", "SELECT * FROM read_text('/etc/hostname')"):
            with pytest.raises(duckdb.Error):
                connection.execute(sql)
    assert (home / "published.duckdb").read_bytes() == before and list(tmp_path.iterdir()) == []


def test_files_that_are_no_published_file(tmp_path: Path) -> None:
    (tmp_path / "published.duckdb").write_bytes(b"no database" * 1_000)
    with pytest.raises(ReadError, match="cannot be opened"):
        read.mentions(tmp_path)
    duckdb.connect(str(tmp_path / "other.duckdb")).close()
    with pytest.raises(ReadError, match="is no published file of this version"):
        read.mentions(tmp_path / "other.duckdb")


def test_a_backward_period_is_refused(home: Path) -> None:
    with pytest.raises(ReadError, match=r"since=2025-01-01 lies after until=2024-01-01"):
        read.mentions(home, since="2025-01-01", until="2024-01-01")
    with pytest.raises(ReadError, match=r"busiest_days: since=2025-01-01 lies after until=2024-01-01"):
        read.query("busiest_days", home, a="FRA", b="MAR", since="2025-01-01", until="2024-01-01")
