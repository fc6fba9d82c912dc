"""A corrections file in, a corrected published copy out; the write file is never touched."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.expectations.rows import CONSULT_ID, SUPPORT_ID
from tests.warehouse.rows import actor, article, key, load, mention, sector, source, tables, talks
from warehouse.correction_lines import HEADER, append_row, read_lines
from warehouse.correction_notes import are_corrections_published
from warehouse.corrections import apply_corrections
from warehouse.dimensions import fill_dimensions
from warehouse.publish import publish
from warehouse.store import Home, open_warehouse

NAMES = {"FRA": "France", "MAR": "Morocco", "DZA": "Algeria", "ESP": "Spain"}
COERCE = {"event_type": "COERCE", "quad_class": "material conflict", "intensity": -7.0, "trigger": "arrested", "mode": "arrest"}


@pytest.fixture
def landed(home: Home) -> Home:
    """France praises Morocco, both hold talks; France arrests two, one of them by a plan."""
    countries = [{"code": c, "name": n, "kind": "state", "start_year": None, "end_year": None, "sovereign": None} for c, n in NAMES.items()]
    with open_warehouse(home) as connection:
        fill_dimensions(connection, countries)
        load(
            connection, articles=[article(mention_count=4)], sources=[source()],
            mentions=[mention(), talks(), mention(mention_id=key("c"), char_start=100, char_end=120, **COERCE),
                      mention(mention_id=key("d"), char_start=130, char_end=150, status="planned", **COERCE | {"trigger": "arrests"})],
            mention_sectors=[sector(), sector(mention_id=CONSULT_ID)],
            mention_actors=[actor(), actor(role="target", text="Morocco", country="MAR"), actor(mention_id=CONSULT_ID, role="speaker", text="the Élysée")],
        )
    return home


def write(home: Home, *lines: str, heading: str = ",".join(HEADER)) -> None:
    (home.path / "corrections.csv").write_text("\n".join([heading, *lines]) + "\n", encoding="utf-8")


def ask(home: Home, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home.published), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def row(home: Home, mention_id: str) -> dict[str, Any]:
    with duckdb.connect(str(home.published), read_only=True) as connection:
        found = connection.execute("SELECT * FROM mentions WHERE mention_id = ?", [mention_id])
        return dict(zip([d[0] for d in found.description], found.fetchone() or (), strict=True))


def test_without_a_file_nothing_is_done(landed: Home) -> None:
    done = publish(landed, "run-1")
    assert (done.corrections.counts, done.corrections.faults, done.notes) == ({}, (), ())
    assert ask(landed, "SELECT count(*) FROM mentions WHERE is_corrected") == [(0,)]
    assert ask(landed, "SELECT count(*) FROM validations WHERE suite = 'corrections'") == [(0,)]


def test_event_type_brings_what_rests_on_it(landed: Home) -> None:
    write(landed, f"{key('c')},,event_type,ACCUSE,only a complaint,ada")
    done = publish(landed, "run-1")
    found = row(landed, key("c"))
    assert (found["event_type"], found["quad_class"], found["intensity"], found["mode"], found["trigger"], found["is_corrected"]) == (
        "ACCUSE", "verbal conflict", -3.0, None, None, True)
    assert done.corrections.counts == {"lines": 1, "corrected": 1, "dropped": 0, "merged": 0, "unchanged": 0}
    assert row(landed, key("d"))["is_corrected"] is False


def test_relate_has_no_intensity(landed: Home) -> None:
    write(landed, f"{SUPPORT_ID},,event_type,RELATE,,")
    publish(landed, "run-1")
    found = row(landed, SUPPORT_ID)
    assert (found["quad_class"], found["intensity"]) == ("standing relation", None)


def test_direction_takes_its_actors_along(landed: Home) -> None:
    write(landed, f"{SUPPORT_ID},,source_country,MAR,,", f"{SUPPORT_ID},,target_country,FRA,,")
    assert publish(landed, "run-1").corrections.faults == ()
    found = row(landed, SUPPORT_ID)
    assert [found[n] for n in ("source_country", "target_country", "country_a", "country_b")] == ["MAR", "FRA", "FRA", "MAR"]
    roles = ask(landed, f"SELECT role, text FROM mention_actors WHERE mention_id = '{SUPPORT_ID}' ORDER BY role")
    assert roles == [("source", "Morocco"), ("target", "France")]


def test_another_country_loses_the_actor_of_the_wrong_one(landed: Home) -> None:
    write(landed, f"{SUPPORT_ID},,target_country,DZA,,")
    publish(landed, "run-1")
    found = row(landed, SUPPORT_ID)
    assert [found[n] for n in ("source_country", "target_country", "country_a", "country_b")] == ["FRA", "DZA", "DZA", "FRA"]
    assert ask(landed, f"SELECT role, country FROM mention_actors WHERE mention_id = '{SUPPORT_ID}'") == [("source", "FRA")]
    assert ask(landed, "SELECT country_a, country_b FROM dyad_day WHERE country_a = 'DZA'") == [("DZA", "FRA")]


def test_reciprocal_rows_stand_in_the_order_of_the_alphabet(landed: Home) -> None:
    write(landed, f"{SUPPORT_ID},,source_country,MAR,,", f"{SUPPORT_ID},,target_country,FRA,,", f"{SUPPORT_ID},,is_reciprocal,TRUE,,",
          f"{CONSULT_ID},,is_reciprocal,false,,")
    publish(landed, "run-1")
    found = row(landed, SUPPORT_ID)
    assert (found["source_country"], found["target_country"], found["is_reciprocal"]) == ("FRA", "MAR", True)
    roles = ask(landed, f"SELECT role, text FROM mention_actors WHERE mention_id = '{SUPPORT_ID}' ORDER BY role")
    assert roles == [("source", "France"), ("target", "Morocco")]
    assert row(landed, CONSULT_ID)["is_reciprocal"] is False


def test_speaker_and_status_and_sectors(landed: Home) -> None:
    write(landed, f"{CONSULT_ID},,speaker_country,null,,", f"{CONSULT_ID},,status,planned,,",
          f'{CONSULT_ID},,sectors,"trade, energy",,', f"{SUPPORT_ID},,sectors,none,,")
    publish(landed, "run-1")
    found = row(landed, CONSULT_ID)
    assert (found["speaker_country"], found["speaker"], found["status"]) == (None, None, "planned")
    sectors = ask(landed, "SELECT mention_id, sector, confidence FROM mention_sectors ORDER BY sector")
    assert sectors == [(CONSULT_ID, "energy", 1.0), (CONSULT_ID, "trade", 1.0)]
    assert ask(landed, "SELECT count(*) FROM mention_actors WHERE role = 'speaker'") == [(0,)]
    assert row(landed, SUPPORT_ID)["is_corrected"] is True


def test_speaker_of_another_country_keeps_the_words(landed: Home) -> None:
    write(landed, f"{CONSULT_ID},,speaker_country,ESP,,")
    publish(landed, "run-1")
    assert row(landed, CONSULT_ID)["speaker"] == "the Élysée"
    assert ask(landed, "SELECT text, country FROM mention_actors WHERE role = 'speaker'") == [("the Élysée", "ESP")]


def test_drop_takes_all_that_hangs_on_a_row(landed: Home) -> None:
    write(landed, f"{SUPPORT_ID},,row,drop,not a mention,ada")
    done = publish(landed, "run-1")
    assert (done.corrections.counts["dropped"], done.counts["mentions"], done.counts["mention_actors"]) == (1, 3, 1)
    for name in ("mentions", "mention_sectors", "mention_actors"):
        assert ask(landed, f"SELECT count(*) FROM {name} WHERE mention_id = '{SUPPORT_ID}'") == [(0,)]
    assert ask(landed, "SELECT mention_count FROM articles") == [(3,)]


@pytest.mark.parametrize(("rule", "fits"), [
    ("event_type=COERCE source_country=FRA trigger=arrested", {"c"}), ("event_type=COERCE trigger=ARREST*", {"c", "d"}),
    ("event_type=COERCE status=actual", {"c"}),
    ("trigger=arrest", set()), ("event_type=COERCE speaker_country=null", {"c", "d"}), ("mode=arrest source_id=monde is_quoted=no", {"c", "d"}),
    ("event_type=COERCE sector=diplomacy", set()), ("event_type=COERCE sector=null", {"c", "d"}), ("event_type=COERCE country_b=DZA", set()),
])
def test_rule_fits_where_all_its_parts_do(landed: Home, rule: str, fits: set[str]) -> None:
    write(landed, f",{rule},status,negated,,")
    done = publish(landed, "run-1")
    assert {r[0][0] for r in ask(landed, "SELECT mention_id FROM mentions WHERE is_corrected AND status = 'negated'")} == fits
    assert (done.corrections.faults, done.corrections.counts["corrected"]) == ((), len(fits))


def test_a_line_on_one_mention_counts_before_a_rule_and_the_later_before_the_earlier(landed: Home) -> None:
    write(landed, f"{key('c')},,status,hypothetical,,", f"{key('c')},,status,planned,,", ",event_type=COERCE,status,negated,,",
          ",status=negated,event_type,AID,,")
    publish(landed, "run-1")
    assert ask(landed, "SELECT mention_id[1], status, event_type FROM mentions WHERE event_type <> 'SUPPORT' AND event_type <> 'CONSULT' ORDER BY 1") == [
        ("c", "planned", "COERCE"), ("d", "negated", "COERCE")], "rules look at what the coder wrote"


def test_what_is_said_twice_in_one_sentence_counts_once(landed: Home) -> None:
    with open_warehouse(landed) as connection:
        connection.execute("UPDATE mentions SET char_start = 100 WHERE mention_id = ?", [key("d")])
        connection.execute("UPDATE mentions SET event_type = 'ACCUSE' WHERE mention_id = ?", [key("d")])
    write(landed, f"{key('d')},,event_type,COERCE,,")
    done = publish(landed, "run-1")
    assert (done.corrections.counts["merged"], done.corrections.counts["corrected"]) == (1, 0)
    assert ask(landed, "SELECT mention_id[1] FROM mentions WHERE event_type = 'COERCE'") == [("c",)]


def test_unchanged_rows_are_not_called_corrected(landed: Home) -> None:
    write(landed, f"{SUPPORT_ID},,event_type,SUPPORT,,", f"{SUPPORT_ID},,sectors,diplomacy,,")
    assert publish(landed, "run-1").corrections.counts == {"lines": 2, "corrected": 0, "dropped": 0, "merged": 0, "unchanged": 1}
    assert row(landed, SUPPORT_ID)["is_corrected"] is False


FAULTY = [
    (f"{SUPPORT_ID},,colour,red,,", "unknown field 'colour'"), (f"{SUPPORT_ID},,event_type,KISS,,", "event_type cannot be 'KISS'"),
    (f"{SUPPORT_ID},,status,,,", "status cannot be ''"), (f"{SUPPORT_ID},,source_country,France,,", "a code of three capitals"),
    (f"{SUPPORT_ID},,source_country,XYZ,,", "no such code"), (f"{SUPPORT_ID},,source_country,null,,", "source_country cannot be 'null'"),
    (f"{SUPPORT_ID},,is_reciprocal,maybe,,", "true or false"), (f"{SUPPORT_ID},,sectors,peace,,", "unknown sector 'peace'"),
    (f"{SUPPORT_ID},,sectors,trade energy aid health sport,,", "at most 4"), (f"{SUPPORT_ID},,row,keep,,", "takes the value drop"),
    (f"{key('f')},,status,planned,,", "no mention ffffffff"), ("abc,,status,planned,,", "'abc' is no mention id"),
    (",,status,planned,,", "neither a mention_id nor a rule"), (f"{SUPPORT_ID},event_type=AID,status,planned,,", "both a mention_id and a rule"),
    (",event_type,status,planned,,", "each part is field=value"), (",sentence=x,status,planned,,", "each part is field=value"),
    (",event_type=KISS,status,planned,,", "no row can have"), (",trigger=,status,planned,,", "no value"),
    (",is_quoted=perhaps,status,planned,,", "true or false"),
    (",trigger='open,status,planned,,", "cannot be read"), (f"{SUPPORT_ID},,sectors,trade,energy,x,y", "more cells than the heading"),
    (f"{SUPPORT_ID},,target_country,FRA,,", "would both be FRA"), (",1=1; DROP TABLE mentions,status,planned,,", "each part is field=value"),
]


@pytest.mark.parametrize(("line", "says"), FAULTY, ids=[says for _, says in FAULTY])
def test_broken_line_is_told_and_does_not_stop_the_publish(landed: Home, line: str, says: str) -> None:
    write(landed, f"{key('c')},,status,planned,,", "", line, f"{key('d')},,status,negated,,")
    done = publish(landed, "run-1")
    assert [f.line for f in done.corrections.faults] == [4] and says in done.corrections.faults[0].reason
    assert done.notes[0].startswith("corrections.csv, line 4: ")
    assert done.corrections.counts["corrected"] == 2 and row(landed, SUPPORT_ID)["is_corrected"] is False
    kept = ask(landed, "SELECT row_key, reason, run_id FROM quarantine WHERE table_name = 'corrections'")
    assert kept == [("corrections.csv, line 4", done.corrections.faults[0].reason, "run-1")]
    check = ask(landed, "SELECT is_met, checked_count, unexpected_count, details FROM validations WHERE suite = 'corrections'")
    assert check[0][:3] == (False, 3, 1) and json.loads(check[0][3])["corrected"] == 2


def test_value_in_a_rule_is_a_value_and_never_sql(landed: Home) -> None:
    write(landed, ',"trigger=""x\' OR 1=1 --""",row,drop,,', ',trigger="x\' OR 1=1 --",row,drop,,')
    assert publish(landed, "run-1").corrections.counts["dropped"] == 0
    assert ask(landed, "SELECT count(*) FROM mentions") == [(4,)]


@pytest.mark.parametrize(("content", "line", "says"), [
    (b"mention_id,rule,value\nx,y,z\n", 1, "the heading lacks field"), (b"\xff\xfe\x00", 1, "not UTF-8"), (b"", None, ""),
    (f"{','.join(HEADER)}\n".encode(), None, ""),
])
def test_file_that_is_none(landed: Home, content: bytes, line: int | None, says: str) -> None:
    (landed.path / "corrections.csv").write_bytes(content)
    faults = publish(landed, "run-1").corrections.faults
    assert [f.line for f in faults] == ([] if line is None else [line]) and all(says in f.reason for f in faults)
    assert ask(landed, "SELECT count(*) FROM mentions") == [(4,)]


def test_file_of_a_spreadsheet(landed: Home) -> None:
    """A byte order mark, semicolons, columns in another order, a reason over two lines: numbers of lines stay those of the file."""
    text = f'\ufefffield;value;mention_id;rule;reason\r\nstatus;planned;{key("c")};;"first\r\nsecond"\r\nstatus;soon;{key("d")};;\r\n'
    (landed.path / "corrections.csv").write_bytes(text.encode())
    done = publish(landed, "run-1")
    assert row(landed, key("c"))["status"] == "planned" and [f.line for f in done.corrections.faults] == [4]


def test_write_file_is_never_touched(landed: Home) -> None:
    with open_warehouse(landed) as connection:
        before = tables(connection)
    write(landed, f"{SUPPORT_ID},,row,drop,,", f"{key('c')},,status,planned,,", "broken,,,,,")
    publish(landed, "run-1")
    with open_warehouse(landed) as connection:
        assert tables(connection) == before
    (landed.path / "corrections.csv").unlink()
    publish(landed, "run-2")
    assert ask(landed, "SELECT count(*), count(*) FILTER (is_corrected) FROM mentions") == [(4, 0)]


def test_published_file_knows_whether_it_has_todays_corrections(landed: Home) -> None:
    publish(landed, "run-1")
    assert are_corrections_published(landed)
    write(landed, f"{SUPPORT_ID},,row,drop,,")
    assert not are_corrections_published(landed)
    publish(landed, "run-2")
    assert are_corrections_published(landed)
    (landed.path / "corrections.csv").unlink()
    assert not are_corrections_published(landed)


@pytest.fixture
def bare(home: Home) -> Iterator[tuple[Home, duckdb.DuckDBPyConnection]]:
    """A database whose dimensions are not filled."""
    with open_warehouse(home) as connection:
        load(connection, articles=[article()], mentions=[mention(), talks()])
        yield home, connection


def test_types_are_known_where_dimensions_are_not_filled(bare: tuple[Home, duckdb.DuckDBPyConnection]) -> None:
    home, connection = bare
    write(home, f"{SUPPORT_ID},,event_type,AID,,", f"{CONSULT_ID},,target_country,XYZ,,")
    done = apply_corrections(connection, home)
    assert done.counts["corrected"] == 2 and str(done) == "2 mentions corrected, 0 dropped"
    assert connection.execute("SELECT quad_class, intensity FROM mentions WHERE event_type = 'AID'").fetchall() == [("material cooperation", 10.0)]


def test_rows_are_appended_in_the_files_own_order(tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    append_row(path, HEADER, {"mention_id": key("a"), "field": "status", "value": "planned", "reason": 'said "soon", twice\nover', "author": "ada"})
    assert path.read_text() == f'{",".join(HEADER)}\n{key("a")},,status,planned,"said ""soon"", twice over",ada\n'
    path.write_text("value;field;rule;mention_id")
    append_row(path, HEADER, {"mention_id": key("a"), "field": "row", "value": "drop", "author": "ada"})
    assert path.read_text() == f"value;field;rule;mention_id\ndrop;row;;{key('a')}\n"
    assert len(read_lines(path, set())[0]) == 1
    path.write_text("a,b\n")
    with pytest.raises(ValueError, match="the heading lacks field, mention_id, rule, value"):
        append_row(path, HEADER, {})
