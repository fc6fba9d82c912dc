"""Every named question on rows written here: rows in, answer out. A number stands for a mention, its sentence is S and the number."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.conftest import ROOT
from tests.warehouse.rows import actor, article, frames, mention, sector, source
from warehouse.briefing.chance import chance_of
from warehouse.load import insert
from warehouse.publish import publish, view_files
from warehouse.queries import QUERIES, UnknownQuery, bind, left_out, query_names, read_query, run_query, what_to_try
from warehouse.questions import example_of, name_countries, write_questions
from warehouse.search import load_search
from warehouse.spec import create_sql
from warehouse.store import Home, open_warehouse
from warehouse.tables import TABLES

Said = dict[str, Any]
TYPES = {r["event_type"]: r for r in csv.DictReader((ROOT / "warehouse/dimensions/event_types.csv").open(encoding="utf-8"))}
PAIR = {"a": "FRA", "b": "MAR"}


def day(text: str) -> date:
    """2024-05-01 from 05-01."""
    return date.fromisoformat(text if len(text) > 5 else f"2024-{text}")


def said(number: int, when: str, pair: str, event: str, **values: Any) -> Said:
    """One mention in an article of its own, published and dated ``when``. ``pair`` is FRA>MAR, or FRA=MAR when reciprocal.

    ``text`` names an article that holds several, ``copy_of`` makes it a copy of that one, ``outlet`` is its source; ``sectors``, ``who``
    (source actor) and ``voice`` (speaker) go to their tables; the rest overrides the mention's columns.
    """
    doer, sign, other = pair[:3], pair[3], pair[4:]
    a, b = sorted((doer, other))
    return {
        "number": number, "when": day(when), "text": values.pop("text", number), "copy_of": values.pop("copy_of", None),
        "outlet": values.pop("outlet", "monde"),
        "sectors": values.pop("sectors", "").split(), "who": values.pop("who", {}), "voice": values.pop("voice", {}), "page": values.pop("page", {}),
        "row": {
            "mention_id": f"{number:020x}", "sentence": f"S{number}", "sentence_index": number, "source_country": doer, "target_country": other,
            "country_a": a, "country_b": b, "is_reciprocal": sign == "=", "event_type": event, "quad_class": TYPES[event]["quad_class"],
            "intensity": float(TYPES[event]["intensity"]) if TYPES[event]["intensity"] else None, "event_date": day(when), "event_date_precision": "day",
        } | values,
    }


def land(connection: duckdb.DuckDBPyConnection, rows: list[Said]) -> None:
    articles: dict[int, dict[str, Any]] = {}
    for r in rows:
        lead = r["copy_of"] or r["text"]
        articles.setdefault(r["text"], article(
            article_id=f"{r['text']:020x}", story_id=f"{lead:020x}", is_lead=lead == r["text"], source_id=r["outlet"],
            published_at=datetime.combine(r["when"], datetime.min.time()), title=f"T{r['text']}", mention_count=1) | r["page"])
    parts = frames(
        articles=list(articles.values()), mentions=[mention(**r["row"], article_id=f"{r['text']:020x}") for r in rows],
        mention_sectors=[sector(mention_id=r["row"]["mention_id"], sector=s) for r in rows for s in r["sectors"]],
        mention_actors=[actor(mention_id=r["row"]["mention_id"], role=role, text=part.get("name") or "one", **{"country": r["row"]["source_country"]} | part)
                        for r in rows for role, part in (("source", r["who"]), ("speaker", r["voice"])) if part],
        sources=[source(source_id=s, name=s.title()) for s in sorted({r["outlet"] for r in rows})],
    )
    for name, part in parts.items():
        insert(connection, name, part)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """The published tables and views, empty, in memory."""
    with duckdb.connect() as opened:
        for table in TABLES:
            opened.execute(create_sql(table))
        for file in view_files():
            opened.execute(file.read_text(encoding="utf-8"))
        yield opened


@pytest.fixture
def asked(connection: duckdb.DuckDBPyConnection) -> Any:
    def ask(name: str, rows: list[Said], columns: str, **given: Any) -> list[tuple[Any, ...]]:
        land(connection, rows)
        answer = run_query(connection, name, **given)
        return answer.project(columns.replace(" ", ", ")).fetchall()

    return ask


# --- figures of a dyad


def test_dyad_by_month(asked: Any) -> None:
    rows = [said(1, "05-01", "FRA>MAR", "AID"), said(2, "05-02", "FRA>MAR", "AID", text=9, copy_of=1, outlet="herald"), said(3, "05-30", "MAR>FRA", "ACCUSE"),
            said(4, "06-02", "MAR>FRA", "CONSULT", status="planned"), said(5, "07-01", "FRA>MAR", "ASSAULT"), said(6, "06-02", "FRA>DZA", "AID")]
    columns = "month story_count source_count cooperation_count material_cooperation_count conflict_count not_yet_count"
    assert asked("dyad_by_month", rows, columns, a="mar", b="FRA", until="2024-06-30") == [
        (day("05-01"), 2, 2, 1, 1, 1, 0), (day("06-01"), 1, 1, 0, 0, 0, 1),
    ]


@pytest.mark.parametrize("name", [n for n in query_names() if "day IS NULL AND $since" in read_query(n).sql])
def test_a_window_leaves_undated_rows_out(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    rows = [said(n, "05-01", "FRA>MAR", event, event_date=None, sectors="conflict") for n, event in ((1, "AID"), (2, "CONSULT"), (3, "MOBILIZE"))]
    land(connection, rows)
    connection.execute("UPDATE articles SET published_at = NULL")
    given = {"a": "FRA", **({"b": "MAR"} if "b" in {p.name for p in read_query(name).parameters} else {})}
    given = {k: v for k, v in given.items() if k in {p.name for p in read_query(name).parameters}}
    assert run_query(connection, name, **given, until="2030-01-01").fetchall() == []


def test_left_out_rows_are_counted(connection: duckdb.DuckDBPyConnection) -> None:
    land(connection, [said(1, "05-01", "FRA>MAR", "AID", confidence=0.9), said(2, "05-02", "FRA>MAR", "AID", confidence=0.3)])
    query = read_query("strongest_acts")
    values = bind(query, PAIR)
    assert left_out(connection, query, values, 1) == "1 row more with least=0: less certain than 0.5"
    assert left_out(connection, query, values | {"least": "0"}, 2) == ""
    assert left_out(connection, read_query("partners"), bind(read_query("partners"), {"a": "FRA"}), 1) == "", "counts there are of all rows"


def test_one_country_is_no_pair(connection: duckdb.DuckDBPyConnection) -> None:
    query = read_query("dyad_by_month")
    with pytest.raises(UnknownQuery, match="a and b are both FRA: name two countries"):
        name_countries(connection, query, bind(query, {"a": "fra", "b": "FRA"}))


def test_dyads_moved(asked: Any) -> None:
    before = [said(n, "05-01", "FRA>MAR", "AID") for n in range(8)]
    now = [said(n, "06-15", "FRA>MAR", "ACCUSE") for n in range(10, 19)]
    columns = "country_a country_b movement cooperation_before cooperation_now conflict_before conflict_now is_beyond_chance"
    assert asked("dyads_moved", before + now, columns) == [
        ("FRA", "MAR", "cooled", 8, 0, 0, 9, True)]


def test_dyads_moved_over_chosen_days(asked: Any) -> None:
    rows = [said(1, "05-01", "FRA>MAR", "AID"), said(2, "06-15", "FRA>MAR", "ACCUSE")]
    assert asked("dyads_moved", rows, "movement cooperation_before conflict_now is_beyond_chance", days=40, until="2024-06-20") == [("too few", 1, 1, False)]


def collection(count: int, when: str, start: int) -> list[Said]:
    """Stories of a pair that nobody asks about: they give a period its size."""
    return [said(n, when, "CAN>IND", "RELATE") for n in range(start, start + count)]


def test_dyads_moved_no_more_than_the_collection_did_not_move(asked: Any) -> None:
    """Three times the stories on everything: twice the cooperation is rather less than chance gives."""
    rows = [said(n, "05-01", "FRA>MAR", "AID") for n in range(6)] + [said(n, "06-15", "FRA>MAR", "AID") for n in range(10, 25)]
    rows += collection(20, "05-01", 100) + collection(60, "06-15", 200)
    columns = "country_a stories_before stories_now cooperation_before cooperation_now share_now cooperation_chance conflict_chance is_beyond_chance"
    found = {r[0]: r[1:] for r in asked("dyads_moved", rows, columns)}
    assert found["FRA"] == (6, 15, 6, 15, 0.743, round(chance_of(15, 6, 75 / 101), 4), 1.0, False)


def test_dyads_moved_keeps_the_two_sides_apart(asked: Any) -> None:
    """Both sides rose beyond chance; a side that moved within it gives the movement no name."""
    risen = [("FRA>MAR", "AID")] * 20 + [("FRA>MAR", "ACCUSE")] * 20 + [("DZA>ESP", "AID")] * 20
    rows = [said(n, "06-15", pair, event) for n, (pair, event) in enumerate(risen)]
    rows += [said(70, "06-15", "DZA>ESP", "ACCUSE"), *(said(n, "05-01", "NOR>SWE", e) for n, e in enumerate(["AID", "ACCUSE"] * 15, 80))]
    rows += collection(70, "05-01", 200) + collection(40, "06-15", 300)
    found = asked("dyads_moved", rows, "country_a movement is_beyond_chance")
    assert sorted(found) == [("CAN", "unchanged", False), ("DZA", "warmed", True), ("FRA", "both rose", True), ("NOR", "both fell", True)]


def test_what_lay_ahead_moves_no_dyad(asked: Any) -> None:
    rows = [said(n, "06-01", "FRA>MAR", "AID") for n in range(5)]
    rows += [said(9, "06-02", "FRA>MAR", "AID", event_date=day("06-20")), said(10, "06-20", "FRA>MAR", "ACCUSE")]
    assert asked("dyads_moved", rows, "stories_now cooperation_now conflict_now", until="2024-06-20") == [(7, 5, 1)]


def test_sectors_of_dyad(asked: Any) -> None:
    rows = [said(1, "05-01", "FRA>MAR", "COOPERATE", sectors="trade energy"), said(2, "05-02", "FRA>MAR", "ACCUSE", sectors="trade"),
            said(3, "05-03", "FRA>MAR", "CONSULT", sectors="energy", status="planned"), said(4, "05-03", "DZA>MAR", "ACCUSE", sectors="trade")]
    columns = "sector story_count cooperation_count conflict_count not_yet_count cooperation_sentence conflict_sentence first_day last_day"
    assert asked("sectors_of_dyad", rows, columns, **PAIR) == [
        ("energy", 2, 1, 0, 1, "S1", None, day("05-01"), day("05-03")), ("trade", 2, 1, 1, 0, "S1", "S2", day("05-01"), day("05-02"))]


def test_busiest_days(asked: Any) -> None:
    rows = [said(1, "05-01", "FRA>MAR", "CONSULT"), said(2, "05-01", "MAR>FRA", "ASSAULT", outlet="herald"), said(3, "05-02", "FRA>MAR", "ACCUSE"),
            said(4, "01-01", "FRA>MAR", "ACCUSE", event_date_precision="year")]
    columns = "day story_count times_the_usual source_count cooperation_count conflict_count lead_act lead_sentence"
    assert asked("busiest_days", rows, columns, **PAIR) == [
        (day("05-01"), 2, 1.3, 2, 1, 1, "ASSAULT", "S2"), (day("05-02"), 1, 0.7, 1, 0, 1, "ACCUSE", "S3")]


def test_first_mention(asked: Any) -> None:
    rows = [said(1, "05-03", "FRA>MAR", "AID"), said(2, "05-01", "FRA=MAR", "RELATE"), said(3, "05-02", "MAR>FRA", "ACCUSE", status="negated"),
            said(4, "05-04", "MAR>FRA", "ACCUSE"), said(5, "05-05", "MAR>FRA", "ACCUSE")]
    assert asked("first_mention", rows, "kind first_published_on sentence", **PAIR) == [
        ("any mention", day("05-01"), "S2"), ("actual cooperation", day("05-03"), "S1"), ("actual conflict", day("05-04"), "S4"),
        ("standing relation", day("05-01"), "S2")]


def test_first_mention_in_a_sector(asked: Any) -> None:
    rows = [said(1, "05-01", "FRA>MAR", "AID", sectors="energy"), said(2, "05-03", "FRA>MAR", "AID", sectors="trade")]
    assert asked("first_mention", rows, "kind sentence", **PAIR, sector="trade") == [("any mention", "S2"), ("actual cooperation", "S2")]


def test_dyad_by_year(asked: Any) -> None:
    rows = [said(1, "2022-05-01", "FRA>MAR", "AID", confidence=0.75), said(2, "2022-11-02", "MAR>FRA", "ACCUSE", confidence=0.5),
            said(3, "01-04", "FRA>MAR", "AID"),
            said(4, "2020-01-04", "FRA>MAR", "AID")]
    columns = "year story_count cooperation_count conflict_count cooperation_likely conflict_likely"
    assert asked("dyad_by_year", rows, columns, **PAIR, since="2022-06-30") == [(2022, 2, 1, 1, 0.8, 0.5), (2024, 1, 1, 0, 0.9, 0.0)]


def test_strongest_acts(asked: Any) -> None:
    rows = [said(1, "05-01", "FRA>MAR", "ACCUSE"), said(2, "05-02", "FRA>MAR", "ASSAULT"), said(3, "05-03", "FRA>MAR", "AID"),
            said(4, "05-03", "FRA=MAR", "RELATE"),
            said(5, "05-03", "FRA>MAR", "ASSAULT", status="planned")]
    assert asked("strongest_acts", rows, "side event_type sentence", **PAIR, top=1) == [("conflict", "ASSAULT", "S2"), ("cooperation", "AID", "S3")]


def test_strongest_acts_are_sure_ones(connection: duckdb.DuckDBPyConnection, asked: Any) -> None:
    rows = [said(1, "05-01", "FRA>MAR", "ACCUSE", confidence=0.5), said(2, "05-02", "FRA>MAR", "ASSAULT", confidence=0.3)]
    assert asked("strongest_acts", rows, "event_type sentence", **PAIR, top=1) == [("ACCUSE", "S1")]
    every = run_query(connection, "strongest_acts", **PAIR, top=1, least=0).project("event_type, sentence").fetchall()
    assert every == [("ASSAULT", "S2")]


# question -> what to ask it, and the event that it shows
SURE: dict[str, tuple[dict[str, str], str]] = {
    "answers": (PAIR, "MAR>FRA ACCUSE"), "demands_refused": ({}, "FRA>MAR REQUEST"), "denials": ({}, "FRA>MAR AID negated"),
    "exercises_and_arms": ({}, "FRA>MAR MOBILIZE"), "first_mention": (PAIR, "FRA>MAR AID"), "plans_came_true": ({}, "FRA>MAR AID planned"),
    "reciprocity": (PAIR, "FRA>MAR AID"), "sanctions_lifted": ({}, "FRA>MAR SANCTION"), "standing_relations": (PAIR, "FRA=MAR RELATE"),
    "threats_carried_out": ({}, "FRA>MAR THREATEN"), "aid_flows": ({}, "FRA>MAR AID"), "who_visits_whom": ({}, "FRA>MAR CONSULT"),
    "visits_and_results": ({}, "FRA>MAR CONSULT"), "mentions_behind": (PAIR | {"status": "any"}, "FRA>MAR AID"), "strongest_acts": (PAIR, "FRA>MAR AID"),
}


@pytest.mark.parametrize("name", SURE)
def test_unsure_rows_are_shown_only_when_asked_for(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    given, event = SURE[name]
    pair, kind, status = (*event.split(), "actual")[:3]
    land(connection, [said(1, "05-01", pair, kind, status=status, confidence=0.4)])
    assert run_query(connection, name, **given).fetchall() == []
    assert run_query(connection, name, **given, least=0.4).fetchall()


@pytest.mark.parametrize(("name", "columns", "given"), [
    ("partners", "story_count surest_sentence", {"a": "FRA"}), ("most_active_dyads", "story_count surest_sentence", {}),
    ("new_dyads", "story_count surest_sentence", {}),
    ("busiest_days", "story_count lead_sentence", PAIR), ("sectors_of_dyad", "story_count cooperation_sentence", PAIR),
    ("voices", "story_count surest_sentence", {"a": "FRA"}),
])
def test_examples_are_sure_and_counts_are_of_all(asked: Any, name: str, columns: str, given: dict[str, str]) -> None:
    rows = [said(1, "05-01", "FRA>MAR", "AID", confidence=0.4, sectors="trade", speaker_country="FRA", speaker="he")]
    assert asked(name, rows, columns, **given) == [(1, None)]


def test_standing_relations(asked: Any) -> None:
    rows = [said(1, "05-01", "FRA=MAR", "RELATE", sectors="trade diaspora"), said(2, "05-02", "FRA>MAR", "AID", sectors="trade"),
            said(3, "05-02", "FRA=MAR", "RELATE")]
    assert asked("standing_relations", rows, "published_on is_reciprocal sectors sentence", **PAIR, sector="trade") == [
        (day("05-01"), True, ["diaspora", "trade"], "S1")]


def test_mentions_behind_a_figure_of_dyad_month(connection: duckdb.DuckDBPyConnection, asked: Any) -> None:
    rows = [said(1, "05-01", "FRA>MAR", "SANCTION"),
            said(2, "05-09", "FRA>MAR", "SANCTION", text=9, copy_of=1, event_date=None, event_date_precision="unknown"),
            said(3, "05-30", "MAR>FRA", "ACCUSE"), said(4, "05-30", "MAR>FRA", "SANCTION", status="planned"), said(5, "06-01", "MAR>FRA", "SANCTION"),
            said(6, "05-30", "MAR>FRA", "AID")]
    behind = asked("mentions_behind", rows, "sentence story_id is_lead day", **PAIR, month="2024-05", quad="material-conflict", least=0)
    assert [(s, lead, d) for s, _, lead, d in behind] == [("S1", True, day("05-01")), ("S2", False, day("05-01"))]
    figure = connection.execute("SELECT material_conflict_count FROM dyad_month WHERE month = DATE '2024-05-01'").fetchone()
    assert figure == (len({story for _, story, _, _ in behind}),) == (1,)
    every = run_query(connection, "mentions_behind", **PAIR, quad="conflict", status="any").project("sentence").fetchall()
    assert [r[0] for r in every] == ["S1", "S2", "S3", "S4", "S5"]


def test_mentions_behind_a_year_and_a_period(connection: duckdb.DuckDBPyConnection, asked: Any) -> None:
    rows = [said(n, when, "FRA>MAR", "AID") for n, when in ((1, "2002-01-31"), (2, "2002-11-30"), (3, "2003-01-01"), (4, "2020-02-01"))]
    assert asked("mentions_behind", rows, "sentence", **PAIR, month="2002") == [("S1",), ("S2",)]
    assert run_query(connection, "mentions_behind", **PAIR, month="2002-11").project("sentence").fetchall() == [("S2",)]
    found = run_query(connection, "mentions_behind", **PAIR, since="2002-11-30", until="2003-01-01").project("sentence").fetchall()
    assert found == [("S2",), ("S3",)]


# --- who says and does what


def test_who_visits_whom(connection: duckdb.DuckDBPyConnection, asked: Any) -> None:
    rows = [said(1, "05-01", "FRA>MAR", "CONSULT", who={"name": "Emmanuel Macron", "title": "president"}),
            said(2, "05-04", "FRA>MAR", "CONSULT", confidence=0.95),
            said(3, "05-05", "FRA>MAR", "CONSULT", status="planned", who={"title": "foreign minister"}),
            said(4, "05-05", "MAR>FRA", "CONSULT", status="negated"),
            said(5, "05-05", "FRA=MAR", "CONSULT"),
            said(6, "05-01", "FRA>MAR", "CONSULT", text=99, copy_of=1), said(7, "05-05", "ESP>MAR", "CONSULT", status="hypothetical")]
    columns = "visitor_country host_country done_story_count planned_story_count denied_story_count first_day last_day visitors ranks surest_sentence"
    assert asked("who_visits_whom", rows, columns) == [
        ("FRA", "MAR", 2, 1, 0, day("05-01"), day("05-04"), "Emmanuel Macron", "head of state, minister", "S2"),
        ("MAR", "FRA", 0, 0, 1, None, None, None, None, "S4")]
    ministers = run_query(connection, "who_visits_whom", rank="minister").project("done_story_count, planned_story_count, visitors").fetchall()
    assert ministers == [(0, 1, None)]


def test_visits_and_results(asked: Any) -> None:
    treaty, will = "The two countries signed the Rabat Treaty.", "They agreed to do more."
    rows = [said(1, "05-01", "FRA>MAR", "CONSULT", text=50, status="planned"),
            said(2, "05-01", "FRA>MAR", "CONSULT", text=50, who={"name": "Emmanuel Macron", "title": "president"}),
            said(3, "05-01", "FRA=MAR", "SUPPORT", text=50, sentence=treaty), said(4, "05-01", "FRA>MAR", "AGREE", text=50, sentence=will, confidence=0.6),
            said(5, "05-01", "FRA=ESP", "AGREE", text=50), said(6, "05-01", "FRA=MAR", "SUPPORT", text=50, sentence="They praised the treaty."),
            said(7, "05-02", "MAR>FRA", "CONSULT"), said(8, "05-02", "FRA=MAR", "AGREE")]
    columns = "visitor_country visitor rank status sentence result agreement_name result_sentence"
    assert asked("visits_and_results", rows, columns) == [
        ("FRA", "Emmanuel Macron", "head of state", "actual", "S2", "signed", "Rabat Treaty", treaty),
        ("FRA", "Emmanuel Macron", "head of state", "actual", "S2", "agreed, no agreement named", None, will),
        ("MAR", None, None, "actual", "S7", "nothing found", None, None)]


def test_said_of(asked: Any) -> None:
    one = {"name": "Gérald Darmanin", "title": "minister", "actor_type": "GOV"}
    rows = [said(1, "05-01", "FRA>MAR", "SUPPORT", speaker_country="FRA", speaker="Darmanin", voice=one),
            said(2, "05-02", "DZA>MAR", "ACCUSE", speaker_country="FRA", speaker="a student", voice={"actor_type": "CVL"}),
            said(3, "05-02", "FRA>MAR", "ACCUSE"),
            said(4, "05-03", "FRA>MAR", "ACCUSE", speaker_country="MAR")]
    columns = "said_on speaker speaker_title source_country event_type sentence"
    assert asked("said_of", rows, columns, **PAIR) == [
        (day("05-02"), "a student", None, "DZA", "ACCUSE", "S2"), (day("05-01"), "Darmanin", "minister", "FRA", "SUPPORT", "S1")]


def test_said_of_by_ministers_only(asked: Any) -> None:
    rows = [said(1, "05-01", "FRA>MAR", "SUPPORT", speaker_country="FRA", voice={"actor_type": "GOV"}),
            said(2, "05-02", "FRA>MAR", "ACCUSE", speaker_country="FRA", voice={"actor_type": "CVL"})]
    assert asked("said_of", rows, "sentence speaker_type", **PAIR, who="gov") == [("S1", "GOV")]


def test_said_of_by_words_and_sector(connection: duckdb.DuckDBPyConnection, asked: Any) -> None:
    rows = [said(1, "05-01", "FRA>MAR", "SUPPORT", speaker_country="FRA", sentence="Our Tariffs on phosphate fall.", sectors="trade"),
            said(2, "05-02", "FRA>MAR", "SUPPORT", speaker_country="FRA", sentence="The tariff stays."),
            said(3, "05-03", "FRA>MAR", "AID", speaker_country="FRA",
            sentence="No phosphate, no support (tariffless).", sectors="energy")]
    assert asked("said_of", rows, "mention_id[-1]", **PAIR, words="phosphate tariff") == [("3",), ("1",)]
    for given, found in (({"words": "FALL tariff"}, ["1"]), ({"words": "port"}, []), ({"sector": "Trade"}, ["1"]), ({"words": "no", "sector": "trade"}, [])):
        assert [r[0] for r in run_query(connection, "said_of", **PAIR, **given).project("mention_id[-1]").fetchall()] == found


def test_said_of_counts_the_day_of_saying(asked: Any) -> None:
    rows = [said(1, "05-01", "FRA>MAR", "SUPPORT", speaker_country="FRA", event_date=day("2019-02-01")),
            said(2, "2019-02-03", "FRA>MAR", "SUPPORT", speaker_country="FRA", event_date=day("05-01")),
            said(3, "05-01", "FRA>MAR", "SUPPORT", speaker_country="FRA", confidence=0.2)]
    assert asked("said_of", rows, "said_on event_date sentence", **PAIR, since="2024-05-01") == [(day("05-01"), day("2019-02-01"), "S1")]


def test_voices(asked: Any) -> None:
    one = {"speaker_country": "FRA", "speaker": "Darmanin", "voice": {"name": "Gérald Darmanin", "title": "minister", "actor_type": "GOV"}}
    rows = [said(1, "05-01", "FRA>MAR", "SUPPORT", **one), said(2, "05-02", "DZA>FRA", "ACCUSE", **one),
            said(3, "05-02", "FRA>MAR", "ACCUSE", speaker_country="FRA", speaker="he"),
            said(4, "05-03", "FRA>MAR", "ACCUSE", speaker_country="MAR", speaker="Bourita")]
    columns = "speaker title story_count cooperation_count conflict_count spoken_of first_day last_day"
    assert asked("voices", rows, columns, a="FRA") == [
        ("Gérald Darmanin", "minister", 2, 1, 1, "DZA, MAR", day("05-01"), day("05-02")), ("he", None, 1, 0, 1, "MAR", day("05-02"), day("05-02"))]


def test_denials(asked: Any) -> None:
    rows = [said(1, "05-10", "MAR>FRA", "COERCE", status="negated", speaker_country="MAR"),
            said(2, "05-01", "MAR>FRA", "COERCE", speaker_country="FRA", outlet="herald"),
            said(3, "01-01", "MAR>FRA", "COERCE"), said(4, "05-10", "FRA>MAR", "COERCE"), said(5, "05-12", "DZA>MAR", "AID", status="negated")]
    columns = "day source_country event_type denied_by denial told_as_done_story_count told_as_done_by said_done_by told_sentence"
    assert asked("denials", rows, columns) == [
        (day("05-12"), "DZA", "AID", None, "S5", 0, None, None, None), (day("05-10"), "MAR", "COERCE", "MAR", "S1", 1, "herald", "FRA", "S2")]


def test_aid_flows(asked: Any) -> None:
    rows = [said(1, "05-01", "FRA>MAR", "AID"), said(2, "05-02", "FRA>MAR", "AGREE", sectors="aid", confidence=0.99),
            said(3, "05-02", "FRA>MAR", "AGREE", sectors="trade"),
            said(4, "05-02", "FRA>MAR", "AID", status="negated"), said(5, "05-03", "ESP>MAR", "AID", status="planned")]
    assert asked("aid_flows", rows, "giver taker given_count promised_count denied_count last_given_on surest_sentence") == [
        ("FRA", "MAR", 1, 1, 1, day("05-01"), "S1"), ("ESP", "MAR", 0, 1, 0, None, "S5")]


def test_exercises_and_arms(asked: Any) -> None:
    rows = [said(1, "05-01", "FRA=MAR", "COOPERATE", sectors="defence", sentence="A joint exercise began."),
            said(2, "05-02", "FRA>MAR", "AID", sectors="defence", sentence="Two frigates were handed over.", status="planned"),
            said(3, "05-03", "DZA>MAR", "MOBILIZE", sentence="Troops moved."),
            said(4, "05-04", "FRA>MAR", "AID", sectors="culture", sentence="Arms of the museum."),
            said(5, "05-04", "FRA>MAR", "CONSULT", sectors="defence", sentence="The ministers met.")]
    assert asked("exercises_and_arms", rows, "day kind status") == [
        (day("05-03"), "deployment", "actual"), (day("05-02"), "arms", "planned"), (day("05-01"), "exercise", "actual")]


def test_mediators(asked: Any) -> None:
    rows = [said(1, "05-01", "DZA=MAR", "ASSAULT", text=50, sectors="conflict"), said(2, "05-01", "OMN>DZA", "CONSULT", text=50, sectors="diplomacy"),
            said(3, "05-01", "OMN>MAR", "CONSULT", text=50, sectors="diplomacy"), said(4, "05-01", "FRA>MAR", "CONSULT", text=50, sectors="diplomacy"),
            said(5, "05-09", "DZA=MAR", "CONSULT", sectors="conflict", place_country="CHE"),
            said(6, "05-10", "DZA=MAR", "AGREE", sectors="conflict", speaker_country="ESP")]
    assert asked("mediators", rows, "mediator country_a country_b story_count deals_count speaks_count hosts_count") == [
        ("CHE", "DZA", "MAR", 1, 0, 0, 1), ("ESP", "DZA", "MAR", 1, 0, 1, 0), ("OMN", "DZA", "MAR", 1, 1, 0, 0)]


# --- one thing after another


def test_agreements_kept(asked: Any) -> None:
    kept = {"sentence": "They agreed on a treaty.", "sectors": "trade"}
    rows = [said(1, "05-01", "FRA=MAR", "AGREE", **kept), said(2, "05-11", "FRA=MAR", "SUPPORT", sentence="The treaty was signed.", sectors="trade energy"),
            said(3, "06-01", "FRA=MAR", "AGREE", **kept), said(4, "05-01", "DZA=MAR", "AGREE", **kept), said(11, "05-02", "DZA=MAR", "AGREE"),
            said(5, "05-20", "DZA=MAR", "SUPPORT", sentence="A pact was signed.", sectors="sport"),
            said(6, "05-01", "ESP=MAR", "AGREE", sentence="They will conclude the Rabat Accord."),
            said(7, "05-09", "ESP=MAR", "SUPPORT", sentence="They signed the Rabat Accord."),
            said(8, "04-01", "ESP=MAR", "AGREE", sentence="They work on the Seville Accord.", sectors="sport"),
            said(9, "04-09", "ESP=MAR", "SUPPORT", sentence="They signed the Fez Accord.", sectors="sport")]
    columns = "country_a name promised_on outcome signed_on days_between signed_name"
    assert asked("agreements_kept", rows, columns) == [
        ("FRA", None, day("06-01"), "no signing found", None, None, None), ("DZA", None, day("05-01"), "no signing found", None, None, None),
        ("ESP", "Rabat Accord", day("05-01"), "signed, same name", day("05-09"), 8, "Rabat Accord"),
        ("FRA", None, day("05-01"), "signed, same sector", day("05-11"), 10, None),
        ("ESP", "Seville Accord", day("04-01"), "no signing found", None, None, None)]


def test_a_sentence_keeps_no_promise_of_its_own(asked: Any) -> None:
    both = {"sentence": "They signed a treaty and promised a pact.", "sectors": "trade", "sentence_index": 0, "text": 9}
    rows = [said(1, "05-01", "FRA=MAR", "AGREE", **both), said(2, "05-01", "FRA=MAR", "SUPPORT", **both)]
    assert asked("agreements_kept", rows, "promise outcome") == []


def test_demands_refused(asked: Any) -> None:
    rows = [said(1, "05-01", "FRA>MAR", "REQUEST"), said(2, "05-01", "MAR>FRA", "REJECT"), said(3, "05-20", "MAR>FRA", "RETREAT"),
            said(4, "07-01", "MAR>FRA", "REQUEST"),
            said(5, "07-05", "MAR>FRA", "REJECT"), said(6, "07-06", "FRA>MAR", "REJECT", status="negated")]
    assert asked("demands_refused", rows, "demand answer refused_on refusal conceded_on concession") == [
        ("S4", "no answer found", None, None, None, None), ("S1", "refused, then conceded", day("05-01"), "S2", day("05-20"), "S3")]


def test_demand_answered_too_late_is_not_answered(asked: Any) -> None:
    rows = [said(1, "05-01", "FRA>MAR", "REQUEST"), said(2, "05-20", "MAR>FRA", "REJECT"), said(3, "05-05", "MAR>FRA", "CONCEDE")]
    assert asked("demands_refused", rows, "answer refusal concession", days=10) == [("conceded", None, "S3")]


def test_threats_carried_out(asked: Any) -> None:
    rows = [said(1, "01-01", "FRA>MAR", "THREATEN", sectors="trade"), said(2, "01-01", "FRA>MAR", "SANCTION"), said(3, "02-01", "MAR>FRA", "SANCTION"),
            said(4, "02-10", "FRA>MAR", "SANCTION", sectors="trade"), said(10, "02-07", "FRA>MAR", "PROTEST", sectors="trade"),
            said(5, "01-05", "MAR>DZA", "THREATEN"), said(6, "12-01", "MAR>DZA", "ASSAULT"), said(7, "11-30", "DZA>MAR", "THREATEN"),
            said(8, "02-05", "FRA>MAR", "SANCTION", status="planned"), said(9, "02-06", "FRA>MAR", "ACCUSE")]
    assert asked("threats_carried_out", rows, "threat outcome is_same_sector act_type acted_on days_between act_sentence") == [
        ("S7", "still open", None, None, None, None, None), ("S5", "none found", None, None, None, None, None),
        ("S1", "a hostile act followed", True, "SANCTION", day("02-10"), 40, "S4")]


def test_sanctions_lifted(asked: Any) -> None:
    rows = [said(1, "01-01", "FRA>MAR", "SANCTION"), said(2, "01-02", "FRA>MAR", "RETREAT", sentence="Prisoners came home."),
            said(3, "03-01", "FRA>MAR", "RETREAT", sentence="The tariffs were lifted."), said(4, "02-01", "MAR>FRA", "SANCTION"),
            said(5, "04-01", "DZA>MAR", "SANCTION"),
            said(6, "04-11", "DZA>MAR", "CONCEDE", sentence="It will lift the ban."), said(7, "01-01", "FRA>MAR", "SANCTION", text=70, copy_of=1)]
    assert asked("sanctions_lifted", rows, "sanction outcome is_same_sector lifted_on days_between") == [
        ("S5", "lifting announced", False, day("04-11"), 10), ("S4", "no lifting found", None, None, None),
        ("S1", "something was lifted", False, day("03-01"), 60)]


def test_plans_came_true(asked: Any) -> None:
    rows = [said(1, "01-01", "FRA>MAR", "CONSULT", status="planned", event_date=day("02-01")), said(2, "02-02", "FRA>MAR", "CONSULT"),
            said(3, "01-05", "FRA>MAR", "AID", status="planned"), said(4, "01-09", "FRA>MAR", "AID", status="negated"),
            said(5, "01-06", "DZA>MAR", "SANCTION", status="planned"), said(6, "12-01", "DZA>MAR", "SANCTION"),
            said(7, "11-01", "DZA>MAR", "AID", status="planned"),
            said(8, "01-01", "FRA>MAR", "CONSULT", text=80)]
    assert asked("plans_came_true", rows, "plan planned_for outcome later_day later_sentence") == [
        ("S7", None, "still open", None, None), ("S5", None, "nothing found", None, None), ("S3", None, "said not to have happened", day("01-09"), "S4"),
        ("S1", day("02-01"), "such an act followed", day("02-02"), "S2")]


TIT_FOR_TAT = [
    said(1, "01-01", "MAR>FRA", "ACCUSE"), said(2, "01-04", "FRA>MAR", "SANCTION"), said(3, "01-04", "FRA>MAR", "ACCUSE", text=2),
    said(4, "03-01", "MAR>FRA", "ASSAULT"),
    said(5, "03-01", "FRA>MAR", "AID"), said(6, "03-02", "FRA=MAR", "ASSAULT"), said(7, "01-02", "FRA>MAR", "SANCTION", status="planned"),
]


def test_reciprocity(asked: Any) -> None:
    columns = "answerer side act_count answered_count answered_share median_days is_small"
    assert asked("reciprocity", TIT_FOR_TAT, columns, **PAIR, days=10) == [
        ("FRA", "conflict", 2, 1, 0.5, 3.0, True), ("MAR", "conflict", 1, 0, 0.0, None, True), ("MAR", "cooperation", 1, 0, 0.0, None, True)]


def test_reciprocity_beside_chance(asked: Any) -> None:
    rows = [said(n, f"01-{n:02}", pair, "ACCUSE") for n, pair in ((1, "MAR>FRA"), (2, "FRA>MAR"), (20, "MAR>FRA"), (31, "FRA>MAR"))]
    # France accuses twice in 31 days: a window of 3 days holds one in 1 - exp(-2 * 3 / 31) of cases anyway.
    assert asked("reciprocity", rows, "answered_share share_by_chance", **PAIR, days=3)[0] == (0.5, 0.18)


def test_answers(asked: Any) -> None:
    assert asked("answers", TIT_FOR_TAT, "day side source_country sentence answered_on days_between answer_sentence", **PAIR, days=10, side="conflict") == [
        (day("01-01"), "conflict", "MAR", "S1", day("01-04"), 3, "S2"), (day("01-04"), "conflict", "FRA", "S2", None, None, None),
        (day("03-01"), "conflict", "MAR", "S4", None, None, None)]


# --- over all dyads


def test_most_active_dyads(asked: Any) -> None:
    rows = [said(1, "05-01", "FRA>MAR", "AID"), said(2, "05-02", "FRA>MAR", "ACCUSE"), said(3, "05-03", "FRA>MAR", "ACCUSE", status="negated"),
            said(4, "05-03", "DZA>MAR", "AID"),
            said(5, "05-03", "DZA>MAR", "AID", text=99, copy_of=4), said(6, "05-03", "ESP>MAR", "AID")]
    columns = "country_a country_b story_count cooperation_count conflict_count denied_count first_day last_day"
    assert asked("most_active_dyads", rows, columns, top=2) == [
        ("FRA", "MAR", 3, 1, 1, 1, day("05-01"), day("05-03")), ("DZA", "MAR", 1, 1, 0, 0, day("05-03"), day("05-03"))]


def test_partners(asked: Any) -> None:
    rows = [said(1, "05-01", "FRA>MAR", "AID"), said(2, "05-02", "MAR>FRA", "ACCUSE"), said(3, "05-03", "DZA=MAR", "ASSAULT"),
            said(4, "05-03", "FRA>DZA", "AID")]
    columns = "partner story_count cooperation_count conflict_count conflict_by_it_count conflict_towards_it_count last_day"
    assert asked("partners", rows, columns, a="MAR") == [("FRA", 2, 1, 1, 1, 0, day("05-02")), ("DZA", 1, 0, 1, 1, 1, day("05-03"))]


def test_country_year(asked: Any) -> None:
    rows = [said(1, "2023-05-01", "FRA>MAR", "AID"), said(2, "05-02", "MAR>FRA", "ACCUSE"), said(3, "05-03", "DZA=MAR", "ASSAULT"),
            said(4, "05-03", "FRA>MAR", "AID", text=3),
            said(5, "2022-05-03", "FRA>MAR", "AID")]
    columns = "partner story_before story_now cooperation_before cooperation_now conflict_before conflict_now year"
    assert asked("country_year", rows, columns, a="MAR") == [
        ("all partners", 1, 2, 1, 1, 0, 2, 2024), ("FRA", 1, 2, 1, 1, 0, 1, 2024), ("DZA", 0, 1, 0, 0, 0, 1, 2024)]


def test_triads(asked: Any) -> None:
    rows = [said(n, "05-01", pair, event) for n, (pair, event) in enumerate([
        ("FRA>MAR", "ACCUSE"), ("FRA>MAR", "ASSAULT"), ("DZA>MAR", "ACCUSE"), ("MAR>DZA", "ACCUSE"), ("DZA>FRA", "AID"), ("ESP>MAR", "ACCUSE"),
        ("ESP>MAR", "ACCUSE"),
        ("ESP>MAR", "AID"), ("USA>MAR", "ACCUSE"),
    ], 1)]
    columns = "country_a country_c common_opponent conflict_a_with_opponent conflict_c_with_opponent cooperation_between conflict_between standing"
    assert asked("triads", rows, columns, a="DZA") == [
        ("DZA", "ESP", "MAR", 2, 2, 0, 0, "nothing said"), ("DZA", "FRA", "MAR", 2, 2, 1, 0, "mostly cooperation")]


def test_new_dyads(asked: Any) -> None:
    rows = [said(1, "01-01", "FRA>MAR", "AID"), said(2, "06-01", "FRA>MAR", "AID"), said(3, "06-01", "DZA>MAR", "ACCUSE"), said(4, "06-02", "DZA>MAR", "AID")]
    columns = "country_a country_b first_published_on story_count cooperation_count conflict_count"
    assert asked("new_dyads", rows, columns) == [("DZA", "MAR", day("06-01"), 2, 1, 1)]


def test_sectors_rising(asked: Any) -> None:
    rows = [said(n, "06-01", "FRA>MAR", "AID", sectors="energy") for n in range(1, 8)]
    rows += [said(11, "01-20", "FRA>MAR", "AID", sectors="trade"), said(12, "06-02", "DZA>ESP", "ACCUSE", sectors="trade")]
    columns = "sector story_before story_now cooperation_before cooperation_now conflict_now before_from now_from until is_beyond_chance"
    assert asked("sectors_rising", rows, columns) == [
        ("energy", 0, 7, 0, 7, 0, date(2023, 12, 6), date(2024, 3, 5), day("06-02"), True),
        ("trade", 1, 1, 1, 0, 1, date(2023, 12, 6), date(2024, 3, 5), day("06-02"), False)]


# --- outlets, runs, the coder


def test_outlets_differ(asked: Any) -> None:
    rows = [said(n, "05-01", "FRA>MAR", "AID", outlet="monde") for n in range(1, 13)]
    rows += [said(n, "05-01", "FRA>MAR", "ACCUSE", outlet="herald") for n in range(21, 33)]
    rows += [said(41, "05-01", "FRA>MAR", "ACCUSE", outlet="wire"), said(42, "05-02", "FRA>MAR", "AID", outlet="wire", text=43, copy_of=1)]
    columns = "source_id story_count cooperation_count conflict_count conflict_share conflict_share_of_others is_beyond_chance is_small"
    assert asked("outlets_differ", rows, columns, **PAIR) == [
        ("herald", 12, 0, 12, 1.0, 0.07, True, False), ("monde", 12, 12, 0, 0.0, 0.93, True, False), ("wire", 2, 1, 1, 0.5, 0.5, False, True)]


def test_outlet_without_others_is_not_compared(asked: Any) -> None:
    assert asked("outlets_differ", [said(1, "05-01", "FRA>MAR", "AID")], "conflict_share conflict_share_of_others is_beyond_chance is_small", **PAIR) == [
        (0.0, None, False, True)]


def test_coverage(asked: Any) -> None:
    rows = [said(1, "05-01", "FRA>MAR", "AID"), said(2, "05-04", "FRA>MAR", "AID"),
            said(3, "05-04", "FRA>MAR", "AID", outlet="herald", copy_of=1, page={"is_coded": True}),
            said(4, "05-04", "FRA>MAR", "AID", page={"is_coded": False, "published_at": None, "language": "ar", "mention_count": 0})]
    columns = "source_id article_count first_day last_day articles_a_day undated_count coded_share copy_share with_mentions_share languages"
    assert asked("coverage", rows, columns) == [
        ("monde", 3, day("05-01"), day("05-04"), 0.5, 1, 0.67, 0.0, 1.0, "ar, en"), ("herald", 1, day("05-04"), day("05-04"), 1.0, 0, 1.0, 1.0, 1.0, "en")]


def test_changed_since(connection: duckdb.DuckDBPyConnection, asked: Any) -> None:
    for run, started in (("run-0", "2024-04-01"), ("run-1", "2024-05-01 09:30:00"), ("run-2", "2024-06-01")):
        connection.execute("INSERT INTO runs VALUES (?, 'pipeline', ?, NULL, 'completed', '1', NULL, '{}', NULL)", [run, started])
    rows = [said(1, "05-01", "FRA>MAR", "AID"), said(2, "05-01", "DZA>MAR", "AID"), said(3, "05-01", "DZA>MAR", "AID", text=1),
            said(4, "05-02", "DZA>MAR", "AID", page={"fetched_at": datetime(2024, 4, 20)})]
    columns = "run_id new_article_count rewritten_article_count mention_count dyad_count refused_count last_published_on most_mentioned"
    assert asked("changed_since", rows, columns, day="2024-05-01") == [
        ("run-2", 0, 0, 0, 0, 0, None, None), ("run-1", 2, 1, 4, 2, 0, day("05-02"), "DZA-MAR 3, FRA-MAR 1")]


def test_coder_versions(asked: Any) -> None:
    rows = [said(1, "05-01", "FRA>MAR", "AID", confidence=0.5), said(2, "05-01", "FRA>MAR", "ACCUSE", confidence=0.7, status="planned", text=1),
            said(3, "05-02", "FRA>MAR", "ACCUSE", confidence=0.9, coder_version="2", is_corrected=True, page={"coder_version": "2"})]
    columns = "coder_version event_type article_count mention_count type_share actual_share mean_confidence corrected_count"
    assert asked("coder_versions", rows, columns) == [
        ("2", "ACCUSE", 1, 1, 1.0, 1.0, 0.9, 1), ("1", "ACCUSE", 1, 1, 0.5, 0.0, 0.7, 0), ("1", "AID", 1, 1, 0.5, 1.0, 0.5, 0)]


def test_least_certain(asked: Any) -> None:
    rows = [said(n, "05-01", "FRA>MAR", "AID", confidence=c, is_corrected=n == 3) for n, c in ((1, 0.9), (2, 0.2), (3, 0.1), (4, 0.3))]
    assert asked("least_certain", rows, "sentence confidence", top=3) == [("S2", 0.2), ("S4", 0.3), ("S1", 0.9)]


# --- all of them


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A published file without an article, and one with a hostile one."""
    homes = {name: Home(tmp_path_factory.mktemp(name) / "home").prepare() for name in ("empty", "full")}
    for name, home in homes.items():
        with open_warehouse(home) as connection:
            if name == "full":
                for code, country in (("FRA", "France"), ("SAU", "Saudi Arabia")):
                    connection.execute("INSERT INTO countries VALUES (?, ?, 'state', NULL, NULL, NULL)", [code, country])
                land(connection, [said(1, "05-01", "FRA>SAU", "ACCUSE", sentence="Fishermen | <script>alert(1)</script> [x](http://evil.example) `a`\n# head")])
        publish(home, "run-1")
    return {name: home.published for name, home in homes.items()}


def opened(path: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(path), read_only=True)
    assert load_search(connection)
    return connection


@pytest.mark.parametrize("name", query_names())
def test_question_runs_on_an_empty_published_file(published: dict[str, Path], name: str) -> None:
    query = read_query(name)
    with opened(published["empty"]) as connection:
        assert connection.sql(query.sql, params=bind(query, example_of(query))).fetchall() == []


@pytest.mark.parametrize("name", query_names())
def test_question_has_a_header_and_a_test(name: str) -> None:
    query = read_query(name)
    assert query.question.endswith("?") and {p.name for p in query.parameters} == set(re.findall(r"\$(\w+)", query.sql))
    assert set(example_of(query)) <= {p.name for p in query.parameters}
    tests = Path(__file__).read_text(encoding="utf-8") + Path(__file__).with_name("test_search.py").read_text(encoding="utf-8")
    assert f'"{name}"' in tests, "write a test on rows for it"


def test_questions_page_is_of_these_questions() -> None:
    """``make docs`` after a change of a question."""
    page = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\w+)$", page, re.MULTILINE) == query_names()
    for file in QUERIES.glob("*.sql"):
        body = [line for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("-- example:")]
        assert "\n".join(body) in page, f"{file.name} has changed: make docs"


def test_page_keeps_what_articles_say_as_text(published: dict[str, Path]) -> None:
    with opened(published["full"]) as connection:
        page = write_questions(connection)
    assert "<script>" not in page and "//evil" not in page.replace("\u200b//", "") and "\n# head" not in page
    assert r"Fishermen \| &lt;script&gt;alert(1)&lt;/script&gt; \[x\](http:" in page
    assert page.count("No row on the sample.") > 10


@pytest.mark.parametrize(("given", "code"), [("FRA", "FRA"), ("fra", "FRA"), ("France", "FRA"), ("saudi arabia", "SAU")])
def test_countries_by_name(published: dict[str, Path], given: str, code: str) -> None:
    query = read_query("partners")
    with opened(published["full"]) as connection:
        assert name_countries(connection, query, bind(query, {"a": given}))["a"] == code


def test_unknown_country_is_told_with_the_nearest(published: dict[str, Path]) -> None:
    query = read_query("aid_flows")
    with opened(published["full"]) as connection:
        assert name_countries(connection, query, bind(query, {}))["a"] == "any"
        with pytest.raises(UnknownQuery, match=r"a=Frence: no such country; did you mean FRA France"):
            name_countries(connection, query, bind(query, {"a": "Frence"}))
    with opened(published["empty"]) as connection:
        assert name_countries(connection, query, bind(query, {"a": "fra"}))["a"] == "FRA"


@pytest.mark.parametrize(("name", "given", "said"), [
    ("mentions_behind", {"month": "May"}, r"^mentions_behind: month=May: write a year as 2002 or a month as 2002-11"),
    ("mentions_behind", {"month": "2002-13"}, "month=2002-13: write"), ("mentions_behind", {"month": "2002-1"}, "month=2002-1: write"),
    ("mentions_behind", {"since": "2002"}, "since=2002: write the day as 2024-01-31"), ("mentions_behind", {"until": "2002-02-30"}, "until=2002-02-30"),
    ("mentions_behind", {"quad": "war"}, "quad=war: it is one of cooperation, conflict"),
    ("mentions_behind", {"status": "done"}, "status=done: it is one of actual"),
    ("said_of", {"sector": "weather"}, "sector=weather: it is one of diplomacy"), ("said_of", {"who": "king"}, "who=king"),
    ("said_of", {"least": "2"}, "from 0 to 1"),
    ("who_visits_whom", {"rank": "queen"}, "rank=queen: it is one of head of state"), ("dyads_moved", {"days": "many"}, "whole number of days"),
    ("triads", {"least_stories": "0.5"}, "whole number of stories"), ("country_year", {"year": "24"}, "write the year as 2024"),
    ("answers", {"side": "both"}, "side=both"),
])
def test_a_value_that_a_parameter_cannot_take_is_refused_in_words(name: str, given: dict[str, str], said: str) -> None:
    query = read_query(name)
    needed = {p.name: "FRA" for p in query.parameters if p.default is None}
    with pytest.raises(UnknownQuery, match=said):
        bind(query, needed | given)


def test_values_that_parameters_take() -> None:
    query = read_query("mentions_behind")
    for given in (
        {"month": "2002"}, {"month": "2002-11"}, {"month": "any"}, {"status": "any"}, {"quad": "material-conflict"}, {"least": "0"}, {"least": ".25"},
    ):
        assert bind(query, PAIR | given) | given == bind(query, PAIR | given)
    assert bind(read_query("dyads_moved"), {"until": "last"})["until"] == "last"


def test_after_no_row_it_says_what_to_try(connection: duckdb.DuckDBPyConnection) -> None:
    land(connection, [said(1, "05-01", "FRA>MAR", "AID", confidence=0.3), said(2, "05-01", "DZA>MAR", "AID", status="planned", confidence=0.3)])

    def tried(**given: str) -> list[str]:
        query = read_query("mentions_behind")
        return what_to_try(connection, query, bind(query, given))

    assert tried(**PAIR) == ["1 row with least=0 instead of 0.5"]
    assert tried(**PAIR, least="0", month="2002") == ["1 row with month=any instead of 2002"]
    assert tried(a="DZA", b="MAR") == ["1 row with month=any, since=0001-01-01, until=9999-12-31, quad=any, status=any, least=0 together"]
    assert tried(a="FRA", b="ESP", month="2002") == ["nothing of this kind is in the file for FRA and ESP: partners a=FRA lists with whom it is mentioned"]


def test_macros_of_a_dyad_and_a_country(published: dict[str, Path]) -> None:
    with duckdb.connect(str(published["full"]), read_only=True) as connection:
        assert connection.execute("SELECT source_country, day, url IS NOT NULL FROM dyad('sau', 'FRA')").fetchall() == [("FRA", day("05-01"), True)]
        assert connection.execute("SELECT partner, part, event_type FROM country('SAU')").fetchall() == [("FRA", "target", "ACCUSE")]
