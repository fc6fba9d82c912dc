"""Each publish leaves a snapshot; one of them can be put back whole, and the next publish goes on from the write file."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.warehouse.rows import article, key, load, mention
from warehouse.publish import publish
from warehouse.rollback import RollbackError, folder, keep_snapshot, list_snapshots, roll_back_to
from warehouse.store import Home, open_warehouse


def land_and_publish(home: Home, *letters: str, keep: int = 5) -> None:
    """One more article for each letter, published by the run of that letter."""
    for letter in letters:
        with open_warehouse(home) as connection:
            one = {"article_id": key(letter), "story_id": key(letter), "mention_count": 1}
            load(connection, articles=[article(**one)], mentions=[mention(mention_id=key(letter), article_id=key(letter))])
        publish(home, f"run-{letter}", keep)


def articles(home: Home) -> int:
    with duckdb.connect(str(home.published), read_only=True) as connection:
        row = connection.execute("SELECT count(*) FROM articles").fetchone()
        assert row is not None
        return int(row[0])


def test_each_publish_leaves_one_and_the_oldest_go(home: Home) -> None:
    land_and_publish(home, "a", "b", "c", "d", keep=3)
    found = list_snapshots(home)
    assert [(s.run_id, s.is_current) for s in found] == [("run-d", True), ("run-c", False), ("run-b", False)]
    assert found[0].path.samefile(home.published), "the newest costs no bytes"
    assert found[0].published_at > found[1].published_at > found[2].published_at


def test_none_is_kept_as_asked(home: Home) -> None:
    land_and_publish(home, "a", keep=0)
    assert list_snapshots(home) == [] and not folder(home).exists()


def test_the_one_before_is_put_back_and_the_next_publish_goes_on(home: Home) -> None:
    land_and_publish(home, "a", "b", "c")
    assert roll_back_to(home).run_id == "run-b" and articles(home) == 2
    assert [(s.run_id, s.is_current) for s in list_snapshots(home)] == [("run-c", False), ("run-b", True), ("run-a", False)]
    assert roll_back_to(home).run_id == "run-a" and articles(home) == 1, "again: one further back"
    with pytest.raises(RollbackError, match="no snapshot is older"):
        roll_back_to(home)
    land_and_publish(home, "d")
    assert articles(home) == 4
    assert sorted(p.name for p in home.path.iterdir()) == ["published.duckdb", "snapshots", "warehouse.duckdb"]


@pytest.mark.parametrize("how", ["run id", "file name", "path", "beginning"])
def test_one_is_chosen_by_name(home: Home, how: str) -> None:
    land_and_publish(home, "a", "b", "c")
    path = next(s.path for s in list_snapshots(home) if s.run_id == "run-a")
    name = {"run id": "run-a", "file name": path.name, "path": str(path), "beginning": path.name[:32]}[how]
    assert roll_back_to(home, name).run_id == "run-a" and articles(home) == 1


def test_names_that_fit_none_several_or_the_current(home: Home) -> None:
    with pytest.raises(RollbackError, match="no snapshots yet"):
        roll_back_to(home)
    land_and_publish(home, "a", "b")
    with pytest.raises(RollbackError, match=r"several snapshots begin with run-.*run-b.*run-a"):
        roll_back_to(home, "run-")
    with pytest.raises(RollbackError, match=r"no snapshot begins with run-z; there are"):
        roll_back_to(home, "run-z")
    with pytest.raises(RollbackError, match="is what is published now"):
        roll_back_to(home, "run-b")
    assert articles(home) == 2


def test_damaged_snapshot_is_refused_and_what_was_published_stands(home: Home) -> None:
    land_and_publish(home, "a", "b")
    old = next(s.path for s in list_snapshots(home) if s.run_id == "run-a")
    old.write_bytes(b"no database" * 1_000)
    with pytest.raises(RollbackError, match=r"cannot be read .*what was published stands"):
        roll_back_to(home, "run-a")
    assert articles(home) == 2


def test_readers_keep_what_they_opened(home: Home) -> None:
    land_and_publish(home, "a", "b")
    with duckdb.connect(str(home.published), read_only=True) as reader:
        before = home.published.stat().st_ino
        roll_back_to(home)
        assert home.published.stat().st_ino != before
        assert reader.execute("SELECT count(*) FROM articles").fetchone() == (2,)


def test_copies_where_the_file_system_knows_no_links(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    land_and_publish(home, "a", "b")
    assert [(s.run_id, s.is_current) for s in list_snapshots(home)] == [("run-b", True), ("run-a", False)]
    assert roll_back_to(home).run_id == "run-a" and articles(home) == 1
    assert [(s.run_id, s.is_current) for s in list_snapshots(home)] == [("run-b", False), ("run-a", True)]


def test_run_id_is_no_path(home: Home) -> None:
    land_and_publish(home, "a", keep=0)
    kept = keep_snapshot(home, "../../x y/z")
    assert kept is not None and kept.parent == folder(home) and kept.name.endswith("Z-.._.._x_y_z.duckdb")
    assert [s.path for s in list_snapshots(home)] == [kept]


def test_snapshot_that_cannot_be_kept_is_told_and_the_file_stands(home: Home) -> None:
    (home.path / "snapshots").write_text("a file where the folder should be")
    with open_warehouse(home):
        pass
    done = publish(home, "run-a")
    assert "no snapshot could be kept" in done.notes[0] and home.published.exists()
