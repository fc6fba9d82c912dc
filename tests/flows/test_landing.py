"""Files in, rows of the warehouse out, by the functions that the flow chains; no Prefect server."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.steps import end_run, start_run
from tests.flows.street import ARABIC, FRENCH, TEXT, ask, content, land, record, write_jsonl
from warehouse.store import Home


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Path]:
    """One run over a file with all kinds of records."""
    folder = tmp_path_factory.mktemp("landing")
    home = Home(folder / "home").prepare()
    path = write_jsonl(
        folder / "a.jsonl", record("good", title="Talks in Rabat"), record("arabic", ARABIC), record("french", FRENCH),
        record("far", published_at="2190-01-01"), record("no-date", TEXT + " Again.", published_at=None), record("good", "Another text."),
        '{"text": "\\ud800 half a character", "id": "\\ud800"}', "{broken",
    )
    land(home, path)
    return home, path


def test_text_in_arabic_is_landed_and_not_coded(landed: tuple[Home, Path]) -> None:
    rows = ask(landed[0].warehouse, "SELECT external_id, language, is_coded, mention_count, coder_version IS NULL FROM articles WHERE NOT is_coded ORDER BY 1")
    assert rows == [("?", "und", False, 0, True), ("arabic", "ar", False, 0, True), ("french", "fr", False, 0, True)]


def test_date_in_2190_is_refused_by_the_expectations(landed: tuple[Home, Path]) -> None:
    rows = ask(landed[0].warehouse, "SELECT table_name, expectation, reason FROM quarantine WHERE table_name = 'articles'")
    assert [r[:2] for r in rows] == [("articles", "published_at is at most 2 days after fetched_at")] and "2190" in rows[0][2]
    assert ask(landed[0].warehouse, "SELECT count(*) FROM articles WHERE external_id = 'far'") == [(0,)]
    assert ask(landed[0].warehouse, "SELECT count(*) FROM validations WHERE NOT is_met AND severity = 'critical'") >= [(1,)]


def test_documents_are_refused_by_file_and_line(landed: tuple[Home, Path]) -> None:
    rows = ask(landed[0].warehouse, "SELECT row_key, expectation FROM quarantine WHERE table_name = 'documents' ORDER BY 1")
    assert rows == [("a.jsonl, line 6", "id"), ("a.jsonl, line 8", "json")]


def test_good_articles_are_landed_with_what_the_coder_found(landed: tuple[Home, Path]) -> None:
    rows = ask(landed[0].warehouse, "SELECT external_id, source_id, published_precision FROM articles WHERE is_coded ORDER BY 1")
    assert ("good", "rif-daily", "day") in rows and ("no-date", "rif-daily", "unknown") in rows
    counted = "(SELECT count(*) FROM mentions m WHERE m.article_id = a.article_id)"
    assert ask(landed[0].warehouse, f"SELECT count(*) FROM articles a WHERE mention_count <> {counted}") == [(0,)]
    pairs = ask(landed[0].warehouse, "SELECT DISTINCT country_a, country_b FROM mentions")
    assert pairs in ([("FRA", "MAR")], [])  # the model decides whether, the countries decide who
    wrong = "SELECT count(*) FROM mentions m JOIN articles a USING (article_id) WHERE sentence <> body[char_start + 1:char_end]"
    assert ask(landed[0].warehouse, wrong) == [(0,)]


def test_second_run_changes_nothing(landed: tuple[Home, Path]) -> None:
    home, path = landed
    before = content(home.warehouse)
    stamps = ask(home.warehouse, "SELECT article_id, run_id, fetched_at FROM articles ORDER BY 1")
    tally = land(home, path, run_id="run-2")
    assert content(home.warehouse) == before
    assert ask(home.warehouse, "SELECT article_id, run_id, fetched_at FROM articles ORDER BY 1") == stamps
    assert (tally.articles_written, tally.mentions_written, tally.known) == (0, 0, len(before["articles"]))


def test_size_of_batches_does_not_matter(landed: tuple[Home, Path], tmp_path: Path) -> None:
    other = Home(tmp_path / "home").prepare()
    land(other, landed[1], size=2)
    assert content(other.warehouse) == content(landed[0].warehouse)


def test_run_is_recorded_from_start_to_end(home: Home) -> None:
    start_run(home, "run-1", "pipeline", {"paths": ["a"]}, 1)
    assert ask(home.warehouse, "SELECT state, ended_at, parameters FROM runs") == [("running", None, '{"paths": ["a"]}')]
    end_run(home, "run-1", "failed", "the disk was full", None, 1)
    assert ask(home.warehouse, "SELECT state, ended_at > started_at, message FROM runs") == [("failed", True, "the disk was full")]
    assert ask(home.warehouse, "SELECT count(*) FROM countries")[0][0] > 190
