"""What export and rollback say on the command line."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from flows.exporting import ExportError, export_rows, put_back, show_snapshots
from tests.warehouse.rows import article, key, load, mention, source
from warehouse.publish import publish
from warehouse.rollback import RollbackError
from warehouse.store import Home, open_warehouse


@pytest.fixture
def landed(home: Home) -> Home:
    with open_warehouse(home) as connection:
        load(connection, sources=[source()], articles=[article(published_at=None, mention_count=2)],
             mentions=[mention(), mention(mention_id=key("b"), event_date=None, char_start=30, char_end=40)])
    publish(home, "run-1")
    return home


def test_what_was_written_is_said(landed: Home, tmp_path: Path) -> None:
    out = tmp_path / "out"
    said = export_rows(landed.published, out, "csv", dyad="mar-fra", since=datetime(2024, 5, 1), until=datetime(2024, 5, 1))
    assert said == f"1 mentions, 0 mention_sectors, 0 mention_actors, 1 articles of dyad FRA-MAR, since 2024-05-01, until 2024-05-01 written to {out}"
    assert export_rows(landed.published, out, "csv", dyad="DZA-MAR", replace=True).endswith("no mention fits: the files have their headings only")


def test_events_without_a_day_are_said(landed: Home, tmp_path: Path) -> None:
    said = export_rows(landed.published, tmp_path / "e.tsv", "gdelt").splitlines()
    assert said == [f"1 events of everything written to {tmp_path / 'e.tsv'}; e.mentions.csv leads to their sentences",
                    "1 events have no day and are left out: gdelt has no place for them"]
    with pytest.raises(ExportError, match="is no dyad"):
        export_rows(landed.published, tmp_path / "x", "csv", dyad="France")


@pytest.mark.parametrize("layout", ["polecat", "icews", "gdelt", "gdelt1"])
def test_a_layout_without_an_ending_is_tsv(landed: Home, tmp_path: Path, layout: str) -> None:
    said = export_rows(landed.published, tmp_path / "events", layout)
    assert f"written to {tmp_path / 'events.tsv'}; events.mentions.csv" in said
    assert sorted(p.name for p in tmp_path.iterdir() if p != landed.path) == ["events.mentions.csv", "events.tsv"]
    export_rows(landed.published, tmp_path / "own.txt", layout)
    assert (tmp_path / "own.txt").is_file()


def test_a_folder_is_not_named_like_a_file(landed: Home, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"all\.csv would be a folder: csv writes one file a table .*without \.csv, as .*/all; for one table alone"):
        export_rows(landed.published, tmp_path / "all.csv", "csv")
    with pytest.raises(ExportError, match=r"all\.parquet would be a folder"):
        export_rows(landed.published, tmp_path / "all.parquet", "parquet")
    assert not list(tmp_path.glob("all*"))
    export_rows(landed.published, tmp_path / "v1.2", "csv")
    assert (tmp_path / "v1.2" / "mentions.csv").is_file()


def test_rollback_says_what_it_did(landed: Home) -> None:
    publish(landed, "run-2")
    assert [("(published now)" in line, line.split()[-1] if "now" not in line else line.split()[-3]) for line in show_snapshots(landed.path).splitlines()] == [
        (True, next(p.name for p in (landed.path / "snapshots").iterdir() if "run-2" in p.name)),
        (False, next(p.name for p in (landed.path / "snapshots").iterdir() if "run-1" in p.name))]
    said = put_back(landed.path, None)
    assert said.startswith("published.duckdb is again what run run-1 published on ") and "the next publish brings its rows" in said
    with pytest.raises(RollbackError, match="no snapshot begins with run-9"):
        put_back(landed.path, "run-9")


def test_no_snapshots(home: Home) -> None:
    assert show_snapshots(home.path) == "there are no snapshots yet: each publish keeps one"
