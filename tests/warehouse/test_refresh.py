"""A publish of what changed holds what a whole publish holds: rows, search and all."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.expectations.rows import actor, sector
from tests.warehouse.rows import article, load, mention, tables
from warehouse import refresh
from warehouse.correction_lines import HEADER
from warehouse.load import delete_articles
from warehouse.publish import publish, view_files
from warehouse.search import search
from warehouse.store import Home, open_warehouse
from warehouse.tables import TABLES

VERBS = ("praised", "blamed", "visited", "sanctioned", "thanked", "warned", "rüstete", "日本")
SHOWN = [t.name for t in TABLES if t.published]


def batch(numbers: list[int], run_id: str, chooser: random.Random) -> dict[str, list[dict[str, Any]]]:
    """Articles with none to three mentions each, in words drawn at random."""
    rows: dict[str, list[dict[str, Any]]] = {"articles": [], "mentions": [], "mention_sectors": [], "mention_actors": []}
    for n in numbers:
        said = [f"France {chooser.choice(VERBS)} Morocco number {chooser.randint(0, 9)} in {n}." for _ in range(chooser.randint(0, 3))]
        identity = f"{n:020x}"
        rows["articles"].append(article(article_id=identity, story_id=identity, external_id=str(n), body=" ".join([*said, f"End of {n}."]),
                                        title=f"Day {n}", mention_count=len(said), run_id=run_id, content_hash=f"{chooser.getrandbits(64):064x}"))
        for k, sentence in enumerate(said):
            key = f"{n * 100 + k:020x}"
            rows["mentions"].append(mention(mention_id=key, article_id=identity, sentence=sentence, sentence_index=k, char_start=k, run_id=run_id))
            rows["mention_sectors"].append(sector(mention_id=key))
            rows["mention_actors"].append(actor(mention_id=key))
    return rows


def land(home: Home, numbers: list[int], run_id: str, chooser: random.Random) -> None:
    with open_warehouse(home) as connection:
        load(connection, run_id, **batch(numbers, run_id, chooser))


def shown(home: Home) -> dict[str, Any]:
    """All published rows, and what is found for some words with its score."""
    with duckdb.connect(str(home.published), read_only=True) as connection:
        found = {words: [(r["kind"], r["article_id"], r["sentence"], round(r["score"], 9)) for r in search(connection, words, 50)]
                 for words in ("praised", "Morocco 3", "day 7", "end", "rustete", "日本", "warned thanked")}
        # Sums of fractions depend on the order of rows on disk.
        days = connection.execute("SELECT COLUMNS(c -> c NOT LIKE '%likely'), round(cooperation_likely, 6) FROM dyad_day").fetchall()
        return tables(connection, *SHOWN) | {"search": found, "views": days}


@pytest.fixture
def spied(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each publish was a refresh."""
    done: list[bool] = []
    real = refresh.refresh
    monkeypatch.setattr("warehouse.publish.refresh", lambda *given: done.append(real(*given)) or done[-1])
    return done


@pytest.mark.parametrize("seed", range(3))
def test_refreshed_file_equals_a_whole_build(home: Home, spied: list[bool], seed: int) -> None:
    chooser = random.Random(seed)
    land(home, list(range(60)), "run-0", chooser)
    publish(home, "run-0")
    corrections = home.path / "corrections.csv"
    for turn in range(1, 5):
        land(home, chooser.sample(range(60 + turn), 4), f"run-{turn}", chooser)
        with open_warehouse(home) as connection:
            delete_articles(connection, [f"{chooser.randint(0, 50):020x}"])
            connection.execute("UPDATE articles SET is_lead = NOT is_lead WHERE article_id = ?", [f"{chooser.randint(0, 50):020x}"])
        if turn == 2:
            corrections.write_text(f"{','.join(HEADER)}\n,trigger=praised speaker_country=null,status,planned,tried,anna\n", encoding="utf-8")
        if turn == 4:
            corrections.unlink()
        publish(home, f"run-{turn}")
        refreshed = shown(home)
        publish(home, f"run-{turn}", is_whole=True)
        assert refreshed == shown(home)
    # With the correction that fits every row all articles count as changed: that publish and the one after it are whole.
    assert len(spied) == 4 and spied[0] and any(refreshed["search"].values())


def test_much_changed_is_built_whole(home: Home, spied: list[bool]) -> None:
    land(home, list(range(10)), "run-0", random.Random(1))
    publish(home, "run-0")
    land(home, list(range(10, 14)), "run-1", random.Random(2))
    publish(home, "run-1")
    assert spied == [False] and not list(home.path.glob(".published-*"))


def test_another_form_is_built_whole(home: Home, spied: list[bool], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    land(home, list(range(30)), "run-0", random.Random(1))
    publish(home, "run-0")
    for view in view_files():
        (tmp_path / view.name).write_text(view.read_text(encoding="utf-8"))
    (tmp_path / "90_more.sql").write_text("CREATE VIEW mention_total AS SELECT count(*) AS n FROM mentions")
    monkeypatch.setattr("warehouse.publish.VIEWS", tmp_path)
    publish(home, "run-1")
    assert spied == []
    with duckdb.connect(str(home.published), read_only=True) as connection:
        assert connection.execute("SELECT n FROM mention_total").fetchone()


def test_reader_of_the_old_file_keeps_it_through_a_refresh(home: Home, spied: list[bool]) -> None:
    land(home, list(range(30)), "run-0", random.Random(1))
    publish(home, "run-0")
    with duckdb.connect(str(home.published), read_only=True) as reader:
        land(home, [30], "run-1", random.Random(2))
        publish(home, "run-1")
        assert reader.execute("SELECT count(*) FROM articles").fetchone() == (30,)
    assert spied == [True]
    with duckdb.connect(str(home.published), read_only=True) as reader:
        assert reader.execute("SELECT count(*) FROM articles").fetchone() == (31,)
