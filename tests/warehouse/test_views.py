"""A handful of rows in, the views' rows out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import duckdb
import pytest

from tests.warehouse.rows import actor, article, key, load, mention, sector, source
from warehouse.publish import publish
from warehouse.store import Home, open_warehouse
from warehouse.stories import settle_stories

MAY, JUNE = date(2024, 5, 1), date(2024, 6, 3)
VISIT = {"event_type": "CONSULT", "quad_class": "verbal cooperation", "intensity": 4.0, "mode": "visit"}
ATTACK = {"event_type": "ASSAULT", "quad_class": "material conflict", "intensity": -9.0, "event_date": JUNE}
RELATE = {"event_type": "RELATE", "quad_class": "standing relation", "intensity": None}


def text(letter: str, content: str, **values: Any) -> dict[str, Any]:
    return article(article_id=key(letter), story_id=key(letter), content_hash=content * 64, **values)


def said(number: int, letter: str, **values: Any) -> dict[str, Any]:
    return mention(mention_id=f"{number:020x}", article_id=key(letter), **values)


ARTICLES = [
    text("a", "1", published_at=datetime(2024, 5, 1, 9)),
    text("b", "1", published_at=datetime(2024, 5, 1, 12), source_id="herald"),  # a copy of a in another outlet
    text("c", "2", published_at=datetime(2024, 6, 3, 9), source_id="herald"),
    text("d", "3", published_at=None),  # neither its rows nor the outlet give a day
]
MENTIONS = [
    said(1, "a"), said(2, "b"),  # France praises Morocco, and the copy of it
    said(3, "a", **VISIT, speaker_country="FRA", speaker="the Élysée", place="Rabat", place_country="MAR", is_quoted=True),
    said(4, "a", status="planned", event_type="AGREE", is_reciprocal=True, sentence="France and Morocco will sign a treaty.", event_date=JUNE),
    said(5, "a", **RELATE),
    said(6, "c", **ATTACK), said(7, "c", **ATTACK | {"status": "negated"}),
    said(8, "c", event_date=JUNE, is_reciprocal=True, sentence="The treaty was signed."),
    said(9, "c", source_country="DZA", country_a="DZA", country_b="MAR", event_type="ACCUSE", quad_class="verbal conflict", intensity=-2.0, event_date=None),
    said(10, "d", event_date=None),
]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    home = Home(tmp_path_factory.mktemp("views") / "home").prepare()
    with open_warehouse(home) as connection:
        load(
            connection, articles=ARTICLES, mentions=MENTIONS, sources=[source(), source(source_id="herald", name="Herald")],
            mention_sectors=[sector(mention_id=f"{n:020x}", sector=s) for n, s in ((1, "trade"), (2, "trade"), (6, "defence"), (6, "conflict"))],
            mention_actors=[actor(mention_id=f"{3:020x}", text="President Macron", name="Emmanuel Macron", title="president")],
        )
        for code, name in (("FRA", "France"), ("MAR", "Morocco"), ("DZA", "Algeria")):
            connection.execute("INSERT INTO countries VALUES (?, ?, 'state', NULL, NULL, NULL)", [code, name])
        settle_stories(connection)
    publish(home, "run-1")
    with duckdb.connect(str(home.published), read_only=True) as connection:
        yield connection


def test_copies_count_once(published: duckdb.DuckDBPyConnection) -> None:
    rows = published.execute("SELECT country_a, country_b, day, story_count, cooperation_count, conflict_count FROM dyad_day ORDER BY ALL").fetchall()
    assert rows == [("DZA", "MAR", JUNE, 1, 0, 1), ("FRA", "MAR", MAY, 1, 1, 0), ("FRA", "MAR", JUNE, 2, 1, 1)]


def test_plans_and_denials_are_not_acts(published: duckdb.DuckDBPyConnection) -> None:
    rows = published.execute("""
        SELECT month, verbal_cooperation_count, material_conflict_count, not_yet_count, denied_count, cooperation_intensity, conflict_intensity
        FROM dyad_month WHERE country_a = 'FRA' ORDER BY month
    """).fetchall()
    assert rows == [(MAY, 1, 0, 0, 0, 4.5, None), (date(2024, 6, 1), 1, 1, 1, 1, 5.0, -9.0)]


def test_year_and_profile(published: duckdb.DuckDBPyConnection) -> None:
    year = date(2024, 1, 1)
    rows = published.execute("SELECT country_a, year, story_count, cooperation_count, conflict_count FROM dyad_year ORDER BY 1").fetchall()
    assert rows == [("DZA", year, 1, 0, 1), ("FRA", year, 2, 2, 1)]
    assert published.execute("SELECT country, partner_count, story_count, closest_partner, chief_opponent FROM country_profile ORDER BY 1").fetchall() == [
        ("DZA", 1, 1, "MAR", "MAR"), ("FRA", 1, 2, "MAR", "MAR"), ("MAR", 2, 3, "FRA", "FRA"),
    ]


def test_sectors_by_month(published: duckdb.DuckDBPyConnection) -> None:
    rows = published.execute("SELECT sector, month, story_count, cooperation_count, conflict_count FROM dyad_sector_month ORDER BY sector").fetchall()
    assert rows == [("conflict", date(2024, 6, 1), 1, 0, 1), ("defence", date(2024, 6, 1), 1, 0, 1), ("trade", MAY, 1, 1, 0)]


def test_visits_and_statements(published: duckdb.DuckDBPyConnection) -> None:
    assert published.execute("SELECT visitor_country, host_country, visitor, visitor_title, place, event_date FROM visits").fetchall() == [
        ("FRA", "MAR", "Emmanuel Macron", "president", "Rabat", MAY)
    ]
    assert published.execute("SELECT speaker_country, speaker, target_country, event_type, is_quoted, day, source_id FROM statements").fetchall() == [
        ("FRA", "the Élysée", "MAR", "CONSULT", True, MAY, "monde")
    ]


def test_agreements_have_their_stage(published: duckdb.DuckDBPyConnection) -> None:
    assert published.execute("SELECT country_a, country_b, stage, event_date, mention_id[-1] FROM agreements ORDER BY stage").fetchall() == [
        ("FRA", "MAR", "promised", JUNE, "4"), ("FRA", "MAR", "signed", JUNE, "8"),
    ]


def test_polecat_has_actual_events_of_leads(published: duckdb.DuckDBPyConnection) -> None:
    rows = published.execute("""
        SELECT "Event ID"[-1], "Event Date", "Event Type", "Event Mode", "Quad Code", "Contexts", "Actor Name", "Actor Country" FROM polecat ORDER BY "Event ID"
    """).fetchall()
    assert rows == [
        ("1", MAY, "SUPPORT", "None", "VERBAL COOPERATION", "trade", "None", "FRA"),
        ("3", MAY, "CONSULT", "visit", "VERBAL COOPERATION", "None", "Emmanuel Macron", "FRA"),
        ("6", JUNE, "ASSAULT", "None", "MATERIAL CONFLICT", "conflict|defence", "None", "FRA"),
        ("8", JUNE, "SUPPORT", "None", "VERBAL COOPERATION", "None", "None", "FRA"),
        ("9", JUNE, "ACCUSE", "None", "VERBAL CONFLICT", "None", "None", "DZA"),
        ("a", None, "SUPPORT", "None", "VERBAL COOPERATION", "None", "None", "FRA"),
    ]


def test_icews_has_reciprocal_events_twice(published: duckdb.DuckDBPyConnection) -> None:
    rows = published.execute("""
        SELECT "Event ID"[-1], "Source Country", "Target Country", "CAMEO Code", "Source Name" FROM icews ORDER BY "Event ID", "Source Country"
    """).fetchall()
    assert rows == [
        ("1", "France", "Morocco", "05", "France"), ("3", "France", "Morocco", "04", "Emmanuel Macron"), ("6", "France", "Morocco", "19", "France"),
        ("8", "France", "Morocco", "05", "France"), ("8", "Morocco", "France", "05", "Morocco"), ("9", "Algeria", "Morocco", "11", "Algeria"),
        ("a", "France", "Morocco", "05", "France"),
    ]
