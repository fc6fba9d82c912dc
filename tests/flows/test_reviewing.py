"""A list of answers in, two files out: what a person decided, taken down at once and never asked again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rich.console import Console

from flows.querying import QueryError
from flows.review_items import Item, clean, find_marks, least_certain, read_item
from flows.review_screen import ask_on, draw, publish_corrections, review_here
from flows.reviewing import KEYS, login_name, review
from tests.warehouse.rows import actor, article, key, load, mention, sector, source
from warehouse.dimensions import fill_dimensions
from warehouse.publish import publish
from warehouse.store import Home, open_warehouse

NAMES = {"FRA": "France", "MAR": "Morocco", "DZA": "Algeria"}
BODY = "Talks went on.\n\nIt rained in Rabat. France praised Morocco. Algeria said nothing."
START = BODY.index("France")


def said(letter: str, confidence: float, article_letter: str = "a", **values: Any) -> dict[str, Any]:
    return mention(mention_id=key(letter), article_id=key(article_letter), confidence=confidence, char_start=START, char_end=START + 23, **values)


@pytest.fixture
def landed(home: Home) -> Home:
    """Rows in the order of review: c and b (leads, actual, by confidence), d (a plan), e (a copy)."""
    with open_warehouse(home) as connection:
        countries = [{"code": c, "name": n, "kind": "state", "start_year": None, "end_year": None, "sovereign": None} for c, n in NAMES.items()]
        fill_dimensions(connection, countries)
        load(
            connection, sources=[source()],
            articles=[article(article_id=key("a"), story_id=key("a"), body=BODY),
                      article(article_id=key("f"), story_id=key("a"), is_lead=False)],
            mentions=[said("b", 0.4), said("c", 0.2, event_type="ACCUSE", quad_class="verbal conflict", intensity=-3.0), said("d", 0.1, status="planned"),
                      said("e", 0.1, "f")],
            mention_actors=[actor(mention_id=key("c")), actor(mention_id=key("c"), role="target", text="Morocco", country="MAR")],
            mention_sectors=[sector(mention_id=key("c"), sector="trade")],
        )
    publish(home, "run-1")
    return home


class Answers:
    """Answers one after another; when they are through, the person leaves."""

    def __init__(self, answers: Iterable[str]) -> None:
        self.left, self.questions, self.shown = list(answers), [], []

    def ask(self, question: str, choices: tuple[str, ...]) -> str:
        self.questions.append(question)
        if not self.left:
            raise EOFError
        answer = self.left.pop(0)
        assert not choices or answer in choices, f"{answer!r} is none of {choices}"
        return answer

    def show(self, item: Item, number: int, total: int) -> None:
        self.shown.append((item.mention_id[0], number, total))


def sit(home: Home, *answers: str, **options: Any) -> tuple[Answers, str]:
    given = Answers(answers)
    return given, str(review(home, "ada", given.show, given.ask, **options))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_the_least_certain_come_first(landed: Home) -> None:
    assert [i[0] for i in least_certain(landed)] == ["c", "b", "d", "e"]
    assert [i[0] for i in least_certain(landed, near=0.4)] == ["b", "c", "d", "e"]
    assert least_certain(landed, dyad=("DZA", "MAR")) == []


def test_right_is_remembered_and_not_shown_again(landed: Home) -> None:
    given, said = sit(landed, "r", "s", "q")
    assert (given.shown, said) == ([("c", 1, 4), ("b", 2, 4), ("d", 3, 4)], "1 right, 0 wrong, 0 dropped, 1 skipped")
    kept = rows(landed.path / "reviewed.csv")
    assert [(r["mention_id"], r["verdict"], r["author"], r["coder_version"], r["confidence"]) for r in kept] == [(key("c"), "right", "ada", "1", "0.2")]
    assert kept[0]["reviewed_at"].endswith("Z") and not (landed.path / "corrections.csv").exists()
    assert [i[0] for i in least_certain(landed)] == ["b", "d", "e"], "what was skipped comes again"


def test_wrong_takes_fields_values_and_a_reason(landed: Home) -> None:
    _, said = sit(landed, "w", "event_type", "support", "speaker_country", "mar", "sectors", "trade energy", "", "it is praise", "q")
    assert said == "0 right, 1 wrong, 0 dropped, 0 skipped"
    kept = [(r["mention_id"], r["rule"], r["field"], r["value"], r["reason"], r["author"]) for r in rows(landed.path / "corrections.csv")]
    set_to = (("event_type", "SUPPORT"), ("speaker_country", "MAR"), ("sectors", "trade energy"))
    assert kept == [(key("c"), "", name, value, "it is praise", "ada") for name, value in set_to]
    assert [i[0] for i in least_certain(landed)] == ["b", "d", "e"]


def test_value_that_cannot_be_is_told_and_asked_for_again(landed: Home) -> None:
    given, said = sit(landed, "w", "status", "soon", "", "status", "", "source_country", "QQQ", "", "status", "negated", "", "", "q")
    assert said == "0 right, 1 wrong, 0 dropped, 0 skipped"
    assert [q for q in given.questions if "cannot be" in q] == [
        "status cannot be 'soon': it is one of actual, planned, hypothetical, negated (Enter)",
        "source_country cannot be 'QQQ': the table countries has no such code (Enter)"]
    assert [(r["field"], r["value"], r["reason"]) for r in rows(landed.path / "corrections.csv")] == [("status", "negated", "")]


def test_wrong_without_a_field_comes_back_to_the_keys(landed: Home) -> None:
    _, said = sit(landed, "w", "", "r", "q")
    assert said == "1 right, 0 wrong, 0 dropped, 0 skipped" and not (landed.path / "corrections.csv").exists()


def test_drop(landed: Home) -> None:
    sit(landed, "d", "no mention at all", "q")
    kept = [(r["mention_id"], r["field"], r["value"], r["reason"]) for r in rows(landed.path / "corrections.csv")]
    assert kept == [(key("c"), "row", "drop", "no mention at all")]


@pytest.mark.parametrize("answers", [(), ("r",), ("w", "status"), ("w", "status", "planned", "")])
def test_sitting_that_breaks_off_keeps_what_was_decided(landed: Home, answers: tuple[str, ...]) -> None:
    _, said = sit(landed, *answers)
    assert said == f"{int(answers == ('r',))} right, 0 wrong, 0 dropped, 0 skipped"
    assert not (landed.path / "corrections.csv").exists()


def test_a_bound_and_the_end(landed: Home) -> None:
    given, said = sit(landed, "s", "s", most=2)
    assert given.shown == [("c", 1, 2), ("b", 2, 2)] and said.endswith("2 skipped")
    given, _ = sit(landed, "r", "r", "r", "r")
    assert len(given.shown) == 4 and least_certain(landed) == []


def test_decisions_show_in_the_next_publish(landed: Home) -> None:
    sit(landed, "w", "event_type", "AID", "", "", "d", "", "q")
    assert publish_corrections(landed.path) == "published anew: 1 mention corrected, 1 dropped"
    with duckdb.connect(str(landed.published), read_only=True) as connection:
        found = connection.execute("SELECT mention_id[1], event_type, is_corrected FROM mentions ORDER BY 1").fetchall()
        assert connection.execute("SELECT run_id FROM snapshot_meta").fetchall() == [("run-1",)]
    assert found == [("c", "AID", True), ("d", "SUPPORT", False), ("e", "SUPPORT", False)]
    (landed.path / "corrections.csv").unlink()
    assert [i[0] for i in least_certain(landed)] == ["d", "e"], "the published row says that it is corrected"


def test_item_has_context_marks_and_words(landed: Home) -> None:
    item = read_item(landed, key("c"))
    assert (item.before, item.sentence) == ("It rained in Rabat.", "France praised Morocco.")
    assert [(item.sentence[m.start : m.end], m.kind) for m in item.marks] == [("France", "source"), ("praised", "trigger"), ("Morocco", "target")]
    assert item.words[0] == "France to Morocco: ACCUSE, as done, under way or habitual (actual)" and item.words[1].startswith("ACCUSE is: criticise")
    assert item.words[2] == "in the reporter's own voice; sectors: trade; confidence 0.20"
    with pytest.raises(QueryError, match="no mention ffff"):
        read_item(landed, key("f"))


def test_countries_without_actors_are_marked_by_name_and_carried_ones_are_told(landed: Home) -> None:
    row = {"actors": None, "source_name": "France", "target_name": "Spain", "trigger": None}
    assert [m.kind for m in find_marks("Frances and France.", row)] == ["source"] and find_marks("Frances and France.", row)[0].start == 12
    screen = Console(file=io.StringIO(), width=120)
    item = read_item(landed, key("b"))
    screen.print(draw(Item(item.mention_id, item.row | {"target_name": "Spain"}, "", item.sentence, (item.marks[0],), item.words), 1, 1))
    assert "not named in the sentence itself: Spain" in screen.file.getvalue()  # type: ignore[attr-defined]


def test_hostile_text_stays_text() -> None:
    assert clean("\x1b[2J\x1b]0;title\x07[red]all\r\nclear\u202e") == "[2J ]0;title [red]all clear"
    row = {"source_name": "France", "target_name": "Morocco"}
    item = Item(key("a"), row, "[bold]before[/bold]", clean("[red]France[/red] \x1b[31mpraised"), (), ("[link=x]words",))
    screen = Console(file=io.StringIO(), width=120, force_terminal=True, color_system="truecolor")
    screen.print(draw(item, 1, 1))
    text = screen.file.getvalue()  # type: ignore[attr-defined]
    assert "[red]France[/red] [31mpraised" in text and "[bold]before[/bold]" in text and "[link=x]words" in text and "\x1b[31m" not in text


def test_terminal_asks_until_the_answer_is_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("x\nr\n\nfree text\n"))
    screen = Console(file=io.StringIO(), width=100)
    assert ask_on(screen, "right, wrong", tuple(KEYS)) == "r"
    assert ask_on(screen, "which field?", ("", "status")) == ""
    assert ask_on(screen, "[why]?", ()) == "free text"
    assert "(r) right" in screen.file.getvalue() and "[why]?" in screen.file.getvalue()  # type: ignore[attr-defined]


def test_sitting_at_a_terminal(landed: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("r\nd\ntwice\nq\n"))
    screen = Console(file=io.StringIO(), width=120)
    assert str(review_here(landed.path, None, "mar-fra", console=screen)) == "1 right, 0 wrong, 1 dropped, 0 skipped"
    assert rows(landed.path / "reviewed.csv")[0]["author"] == login_name()
    shown = screen.file.getvalue()  # type: ignore[attr-defined]
    assert "[1 France] *praised* [2 Morocco]." in shown and "1 of 4" in shown
    with pytest.raises(QueryError, match="is no dyad"):
        review_here(landed.path, None, "France", console=screen)


def test_nothing_published(home: Home) -> None:
    with pytest.raises(QueryError, match="nothing is published"):
        least_certain(home)
    with pytest.raises(QueryError, match="there is no warehouse"):
        publish_corrections(home.path)
