"""A handful of rows in, the views' rows out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import duckdb
import pytest

from tests.conftest import ROOT
from tests.warehouse.rows import actor, article, frames, key, load, mention, sector, source
from warehouse.days import DAY_SQL
from warehouse.dictionary import dictionary
from warehouse.load import insert
from warehouse.publish import publish, view_files
from warehouse.spec import create_sql
from warehouse.store import Home, open_warehouse
from warehouse.stories import settle_stories
from warehouse.tables import TABLES

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


def test_a_dyad_is_asked_for_by_code_or_name(published: duckdb.DuckDBPyConnection) -> None:
    pairs = ("'FRA', 'MAR'", "'mar', 'fra'", "'Morocco', 'france'", "'FRA', 'Peru'")
    asked = [published.execute(f"SELECT mention_id FROM dyad({pair})").fetchall() for pair in pairs]
    assert asked[0] == asked[1] == asked[2] and asked[0] and asked[3] == []


def test_copies_count_once(published: duckdb.DuckDBPyConnection) -> None:
    rows = published.execute("SELECT country_a, country_b, day, story_count, cooperation_count, conflict_count FROM dyad_day ORDER BY ALL").fetchall()
    assert rows == [("DZA", "MAR", JUNE, 1, 0, 1), ("FRA", "MAR", MAY, 1, 1, 0), ("FRA", "MAR", JUNE, 1, 1, 1)]


def test_plans_and_denials_are_not_acts(published: duckdb.DuckDBPyConnection) -> None:
    rows = published.execute("""
        SELECT month, verbal_cooperation_count, material_conflict_count, not_yet_count, denied_count, cooperation_intensity, conflict_intensity
        FROM dyad_month WHERE country_a = 'FRA' ORDER BY month
    """).fetchall()
    assert rows == [(MAY, 1, 0, 1, 0, 4.5, None), (date(2024, 6, 1), 1, 1, 0, 1, 5.0, -9.0)], "a plan stands in the month in which it was told"


def test_the_day_of_a_row_is_said_in_one_way(published: duckdb.DuckDBPyConnection) -> None:
    """The view and what Python asks with."""
    assert DAY_SQL in (ROOT / "warehouse" / "views" / "05_told.sql").read_text(encoding="utf-8")
    rows = published.execute("SELECT mention_id[-1], day FROM told ORDER BY mention_id").fetchall()
    assert dict(rows) == {"1": MAY, "2": MAY, "3": MAY, "4": MAY, "5": MAY, "6": JUNE, "7": JUNE, "8": JUNE, "9": JUNE, "a": None}


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
    assert published.execute("SELECT visitor_country, host_country, visitor, visitor_title, rank, place, event_date, story_id FROM visits").fetchall() == [
        ("FRA", "MAR", "Emmanuel Macron", "president", "head of state", "Rabat", MAY, key("a"))
    ]
    assert published.execute("SELECT speaker_country, speaker, target_country, event_type, is_quoted, day, source_id, story_id FROM statements").fetchall() == [
        ("FRA", "the Élysée", "MAR", "CONSULT", True, MAY, "monde", key("a"))
    ]


@pytest.fixture
def bare() -> Iterator[duckdb.DuckDBPyConnection]:
    """Tables and views in memory, empty."""
    with duckdb.connect() as connection:
        for table in TABLES:
            connection.execute(create_sql(table))
        for file in view_files():
            connection.execute(file.read_text(encoding="utf-8"))
        yield connection


def put(connection: duckdb.DuckDBPyConnection, articles: list[dict[str, Any]], mentions: list[dict[str, Any]], **rows: list[dict[str, Any]]) -> None:
    for name, part in frames(articles=articles, mentions=mentions, **rows).items():
        insert(connection, name, part)


@pytest.mark.parametrize("view", ["dyad_day", "dyad_month", "dyad_year", "dyad_sector_month"])
def test_likely_stories_are_the_surest_of_each_side_summed(bare: duckdb.DuckDBPyConnection, view: str) -> None:
    conflict = {"event_type": "ACCUSE", "quad_class": "verbal conflict", "intensity": -2.0}
    rows = [said(1, "a", confidence=0.5), said(2, "a", confidence=0.75), said(3, "b", confidence=0.25), said(4, "c", confidence=0.5),  # b is a copy of a
            said(5, "c", confidence=0.9, status="planned"), said(6, "c", confidence=0.25, **conflict),
            said(7, "c", confidence=0.9, status="negated", **conflict)]
    put(bare, [text("a", "1"), text("b", "2") | {"story_id": key("a"), "is_lead": False, "source_id": "herald"}, text("c", "3")], rows,
        mention_sectors=[sector(mention_id=f"{n:020x}", sector="trade") for n in range(1, 8)])
    assert bare.execute(f"SELECT story_count, cooperation_count, conflict_count, cooperation_likely, conflict_likely FROM {view}").fetchall() == [
        (2, 2, 1, 1.25, 0.25)]
    if view != "dyad_sector_month":
        assert bare.execute(f"SELECT source_count, cooperation_intensity, conflict_intensity FROM {view}").fetchall() == [(2, 5.0, -2.0)]


@pytest.mark.parametrize(("name", "title", "visitor", "rank"), [
    ("Emmanuel Macron", "President", "Emmanuel Macron", "head of state"), ("Merkel", "federal\n\nchancellor", "Merkel", "head of government"),
    ("Jeremy Hunt", "chancellor of the exchequer", "Jeremy Hunt", "other"), ("Li Keqiang", "premier", "Li Keqiang", "head of government"),
    ("Kamala Harris", "vice president", "Kamala Harris", "other"), ("John McEwen", "deputy prime minister", "John McEwen", "minister"),
    ("Colin Powell", "secretary of state", "Colin Powell", "minister"), ("Gordon Brown", "former prime minister", "Gordon Brown", "other"),
    ("Philip", "prince", "Philip", "other"), ("Anna Berg", None, "Anna Berg", None), ("Foreign Affairs", None, None, None),
    ("TO VISIT AUSTRALIA", "prime minister", None, "head of government"),
    ("Reception", None, None, None), (None, "foreign minister", None, "minister"),
])
def test_a_visitor_is_a_person_with_a_rank(bare: duckdb.DuckDBPyConnection, name: str | None, title: str | None, visitor: str | None, rank: str | None) -> None:
    put(bare, [text("a", "1")], [said(1, "a", **VISIT)], mention_actors=[actor(mention_id=f"{1:020x}", name=name, title=title)])
    assert bare.execute("SELECT visitor, rank FROM visits").fetchall() == [(visitor, rank)]


def test_the_title_is_the_named_visitors_and_the_visitor_of_the_visiting_country(bare: duckdb.DuckDBPyConnection) -> None:
    actors = [actor(mention_id=f"{1:020x}", text="x", title="adviser"), actor(mention_id=f"{1:020x}", text="y", name="Emmanuel Macron", title="president"),
              actor(mention_id=f"{1:020x}", text="z", name="Abdelmadjid Tebboune", title="king", country="DZA")]
    put(bare, [text("a", "1")], [said(1, "a", **VISIT)], mention_actors=actors)
    assert bare.execute("SELECT visitor, visitor_title FROM visits").fetchall() == [("Emmanuel Macron", "president")]


def test_agreements_have_their_stage(published: duckdb.DuckDBPyConnection) -> None:
    assert published.execute("SELECT country_a, country_b, stage, event_date, mention_id[-1] FROM agreements ORDER BY stage").fetchall() == [
        ("FRA", "MAR", "promised", JUNE, "4"), ("FRA", "MAR", "signed", JUNE, "8"),
    ]


@pytest.mark.parametrize(("sentence", "event", "stage", "name"), [
    ("The two countries signed the Rabat Treaty.", "SUPPORT", "signed", "Rabat Treaty"),
    ("The Lisbon Accord was ratified on Monday.", "SUPPORT", "signed", "Lisbon Accord"),
    ("They signed the Agreement between France and Morocco on Fisheries.", "SUPPORT", "signed", "Agreement between France and Morocco on Fisheries"),
    ('They signed a pact called "Rivers for All".', "SUPPORT", "signed", "Rivers for All"), ("The Agreement was signed.", "SUPPORT", "signed", None),
    ("The pact will be signed in May.", "SUPPORT", "to be signed", None), ("Both hope to see the deal signed.", "SUPPORT", "to be signed", None),
    ("It is time to get the treaty signed.", "SUPPORT", "to be signed", None),
    ("The accord, when ratified, ends the dispute.", "SUPPORT", "to be signed", None),
    ("We trust that this Agreement will help.", "SUPPORT", None, None), ("They praised the treaty.", "SUPPORT", None, None),
    ("They signed the visitors' book.", "SUPPORT", None, None),
    ("They agreed on a memorandum of understanding.", "AGREE", "promised", None),
    ("They will work on the Amber Sea Treaty.", "AGREE", "promised", "Amber Sea Treaty"),
    ("They agreed to meet again.", "AGREE", None, None), ("A great deal was dealt with according to plan.", "AGREE", None, None),
    ("They signed a convention promised in May.", "AGREE", "signed", None),
])
def test_an_agreement_is_named_and_signed_in_words(bare: duckdb.DuckDBPyConnection, sentence: str, event: str, stage: str | None, name: str | None) -> None:
    put(bare, [text("a", "1")], [said(1, "a", event_type=event, is_reciprocal=True, sentence=sentence)])
    assert bare.execute("SELECT stage, name, story_id FROM agreements").fetchall() == ([(stage, name, key("a"))] if stage else [])


def test_a_sentence_is_a_promise_or_a_signing(bare: duckdb.DuckDBPyConnection) -> None:
    both = {"is_reciprocal": True, "sentence": "They signed a treaty and promised a pact."}
    put(bare, [text("a", "1")], [said(1, "a", event_type="AGREE", **both), said(2, "a", **both),
        said(3, "a", event_type="AGREE", **both, sentence_index=1, status="planned")])
    assert bare.execute("SELECT stage, mention_id[-1] FROM agreements ORDER BY 2").fetchall() == [("signed", "2"), ("promised", "3")]


def test_every_column_of_every_view_has_a_comment(bare: duckdb.DuckDBPyConnection) -> None:
    """POLECAT's and ICEWS' too."""
    rows = bare.execute(
        "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal "
        "AND table_name IN (SELECT view_name FROM duckdb_views() WHERE NOT internal)")
    comments = {f"{view}.{column}": comment for view, column, comment in rows.fetchall()}
    assert len(comments) > 130 and not [name for name, comment in comments.items() if not comment]
    assert "a DATE" in comments["dyad_year.year"] and "years without stories have no row" in comments["dyad_year.year"]


def test_told_says_of_its_columns_what_the_tables_say(bare: duckdb.DuckDBPyConnection) -> None:
    spec = {c.name: c.comment for t in TABLES if t.name in ("articles", "mentions") for c in t.columns}
    told = dict(bare.execute("SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'told'").fetchall())
    assert {name for name, comment in told.items() if comment != spec.get(name)} == {"day"}


def test_dictionary_is_of_these_views() -> None:
    """``make docs`` after a change of a view or a table; it needs no home."""
    assert dictionary() == (ROOT / "docs" / "data_dictionary.md").read_text(encoding="utf-8"), "make docs"


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
    ]


def test_icews_has_reciprocal_events_twice(published: duckdb.DuckDBPyConnection) -> None:
    rows = published.execute("""
        SELECT "Event ID"[-1], "Source Country", "Target Country", "CAMEO Code", "Source Name" FROM icews ORDER BY "Event ID", "Source Country"
    """).fetchall()
    assert rows == [
        ("1", "France", "Morocco", "05", "France"), ("3", "France", "Morocco", "04", "Emmanuel Macron"), ("6", "France", "Morocco", "19", "France"),
        ("8", "France", "Morocco", "05", "France"), ("8", "Morocco", "France", "05", "Morocco"), ("9", "Algeria", "Morocco", "11", "Algeria"),
    ]
