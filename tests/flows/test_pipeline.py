"""The pipeline end to end on Prefect: one run over the samples, then a second, a killed one, a requeued one, and runs that cannot be done."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.requeueing import requeue_rows
from flows.running import RunFailed, run_pipeline, run_recode
from tests.conftest import ROOT
from tests.flows.street import TEXT, ask, content, record, write_jsonl
from tests.warehouse.test_store import held_by_another
from warehouse.store import Home, open_warehouse
from warehouse.tables import BY_NAME

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_api")]
SAMPLES = ROOT / "tests/samples/articles"
# Of 84 records: two are broken on purpose, three copies of a story are exact or near; see tests/samples/README.md.
READ, KEPT, REFUSED = 84, 82, 2


@dataclass
class SampleRun:
    """What two runs over the samples gave: the summaries, and the published rows after each."""

    home: Home
    first: dict[str, Any]
    second: dict[str, Any]
    rows: list[dict[str, list[tuple[Any, ...]]]]
    stamps: list[list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def samples(prefect_api: str, tmp_path_factory: pytest.TempPathFactory) -> SampleRun:
    home = Home(tmp_path_factory.mktemp("samples") / "home")
    results, rows, stamps = [], [], []
    for _ in range(2):
        results.append(run_pipeline([SAMPLES], home.path, None, True, True))
        rows.append(content(home.published))
        stamps.append(ask(home.published, "SELECT article_id, run_id, fetched_at FROM articles ORDER BY 1"))
    return SampleRun(home, *results, rows, stamps)


# --- the samples


def test_first_run_counts(samples: SampleRun) -> None:
    assert {k: samples.first[k] for k in ("read", "kept", "known", "quarantined", "state", "articles_written")} == {
        "read": READ, "kept": KEPT, "known": 0, "quarantined": REFUSED, "state": "completed", "articles_written": KEPT,
    }
    assert samples.first["mentions_written"] == len(samples.rows[0]["mentions"]) > 50


def test_second_run_changes_nothing(samples: SampleRun) -> None:
    assert samples.rows[1] == samples.rows[0]
    assert samples.stamps[1] == samples.stamps[0]
    assert (samples.second["known"], samples.second["articles_written"], samples.second["mentions_written"]) == (KEPT, 0, 0)


def test_broken_lines_are_named(samples: SampleRun) -> None:
    assert [line.split(":")[0] for line in samples.first["refusals"]] == ["broken.jsonl, line 2", "broken.jsonl, line 3"]
    rows = ask(samples.home.published, "SELECT row_key, table_name, is_requeued FROM quarantine ORDER BY 1")
    assert rows == [("broken.jsonl, line 2", "documents", False), ("broken.jsonl, line 3", "documents", False)]


def test_other_languages_are_landed_and_not_coded(samples: SampleRun) -> None:
    rows = ask(samples.home.published, "SELECT external_id, language, mention_count FROM articles WHERE NOT is_coded ORDER BY 1")
    assert rows == [("other-16", "fr", 0), ("other-17", "ar", 0)]


def test_exact_copies_share_a_story(samples: SampleRun) -> None:
    rows = ask(samples.home.published, "SELECT count(DISTINCT story_id), count(*) FILTER (is_lead) FROM articles WHERE external_id LIKE 'border-08%'")
    assert rows == [(1, 1)]
    assert ask(samples.home.published, "SELECT count(*) FROM articles a JOIN articles b ON a.story_id = b.article_id WHERE NOT b.is_lead") == [(0,)]


def test_times_are_utc(samples: SampleRun) -> None:
    rows = ask(samples.home.published, "SELECT published_at::VARCHAR FROM articles WHERE external_id = 'mixed-01' OR external_id LIKE 'alliance-joint%'")
    assert rows and all(r[0].startswith("2026-07-29") or r[0][:2] == "20" for r in rows)


def test_every_mention_stands_in_its_article(samples: SampleRun) -> None:
    wrong = """SELECT count(*) FROM mentions m JOIN articles a USING (article_id) WHERE m.sentence <> body[char_start + 1:char_end]
               OR m.country_a <> least(source_country, target_country) OR m.country_b <> greatest(source_country, target_country)"""
    assert ask(samples.home.published, wrong) == [(0,)]
    for table in ("mention_sectors", "mention_actors"):
        assert ask(samples.home.published, f"SELECT count(*) FROM {table} ANTI JOIN mentions USING (mention_id)") == [(0,)]


def test_stories_of_the_samples_are_seen(samples: SampleRun) -> None:
    pairs = {r[0] + r[1] for r in ask(samples.home.published, "SELECT country_a, country_b FROM dyad_year WHERE story_count >= 3")}
    assert {"DZAMAR", "CANIND", "KHMTHA", "JPNPHL", "MWINOR"} <= pairs


def test_foreign_headline_among_related_links_gives_nothing(samples: SampleRun) -> None:
    rows = ask(samples.home.published, "SELECT count(*) FROM mentions m JOIN articles a USING (article_id) "
               "WHERE a.external_id = 'thaw-border-post-reopens.html' AND country_a = 'ESP' AND country_b = 'MAR'")
    assert rows == [(0,)]
    assert ask(samples.home.published, "SELECT count(*) FROM articles WHERE body LIKE '%Tuna quotas%'") == [(0,)]


def test_lineage(samples: SampleRun) -> None:
    runs = ask(samples.home.warehouse, "SELECT run_id, state, coder_version IS NOT NULL, ended_at >= started_at FROM runs ORDER BY started_at")
    assert runs == [(samples.first["run_id"], "completed", True, True), (samples.second["run_id"], "completed", True, True)]
    steps = ask(samples.home.warehouse, "SELECT in_count, loaded_count FROM run_steps WHERE step = 'load' ORDER BY loaded_count DESC")
    assert steps == [(READ, KEPT), (READ, 0)]
    assert ask(samples.home.published, "SELECT count(DISTINCT suite) FROM validations") == [(5,)]
    assert (samples.home.data_docs / samples.first["run_id"] / "index.html").is_file()
    assert sum(1 for p in samples.home.raw.rglob("*.gz")) == 5, "the three text files and two pages"


def test_every_view_runs_on_real_rows(samples: SampleRun) -> None:
    with duckdb.connect(str(samples.home.published), read_only=True) as connection:
        views = [r[0] for r in connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()]
        counts = {v: len(connection.execute(f"SELECT * FROM {v}").fetchall()) for v in views}
    assert counts["dyad_day"] >= counts["dyad_month"] >= counts["dyad_year"] > 0 and counts["icews"] >= counts["polecat"] > 0


def test_explain_shows_sentence_and_scores(samples: SampleRun) -> None:
    [(identity, sentence)] = ask(samples.home.published, "SELECT mention_id, sentence FROM mentions ORDER BY confidence DESC, mention_id LIMIT 1")
    answer = CliRunner().invoke(app, ["explain", identity[:12], "--home", str(samples.home.path)])
    assert answer.exit_code == 0 and sentence in answer.output
    assert all(word in answer.output for word in ("article ", "speaker ", "sectors ", "rules ", "scores ", "coder "))


def test_summary_is_printed(samples: SampleRun, capsys: pytest.CaptureFixture[str]) -> None:
    from flows.summary import print_summary

    print_summary(samples.first)
    printed = capsys.readouterr().out
    assert "broken.jsonl, line 2" in printed and "bilateral explain" in printed and "published.duckdb" in printed


def test_recode_writes_the_same_rows(samples: SampleRun) -> None:
    """Last of those on the samples: it stamps the rows with its own run."""
    done = run_recode(samples.home.path, False)
    assert done["read"] == 0
    done = run_recode(samples.home.path, True)
    assert done["state"] == "completed" and done["articles_written"] == KEPT - 2
    assert content(samples.home.warehouse) == samples.rows[0]


# --- killed in the middle


@pytest.fixture(scope="module")
def forty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pairs = [("France", "Morocco", "Rabat"), ("Japan", "Malaysia", "Tokyo"), ("Norway", "Malawi", "Lilongwe"), ("Canada", "India", "Delhi")]
    rows = []
    for n in range(42):
        a, b, city = pairs[n % 4]
        rows.append(record(f"made-{n}", f"{a} and {b} signed agreement number {n} in {city} on Tuesday.\n\n{a} later accused {b} of delay number {n}."))
    return write_jsonl(tmp_path_factory.mktemp("forty") / "forty.jsonl", *rows)


def command(prefect_api: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "flows.cli", *map(str, arguments)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"PREFECT_API_URL": prefect_api}, start_new_session=True,
    )


def test_killed_run_is_completed_by_the_next(prefect_api: str, forty: Path, tmp_path: Path) -> None:
    killed, whole = Home(tmp_path / "killed"), Home(tmp_path / "whole")
    process = command(prefect_api, "run", forty, "--home", killed.path, "--batch", 5)
    assert process.stderr is not None
    for line in process.stderr:
        if "batch 2:" in line:
            break
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert ask(killed.warehouse, "SELECT state, ended_at FROM runs") == [("running", None)]
    landed = ask(killed.warehouse, "SELECT count(*) FROM articles")[0][0]
    assert 15 <= landed < 42 and landed % 5 == 0, "whole batches only"
    assert not killed.published.exists()
    again = run_pipeline([forty], killed.path, 5, True, True)
    assert again["known"] == landed and again["articles_written"] == 42 - landed
    run_pipeline([forty], whole.path, 5, True, True)
    assert content(killed.published) == content(whole.published)
    states = ask(killed.warehouse, "SELECT state FROM runs ORDER BY started_at")
    assert states == [("running",), ("completed",)]


# --- requeue


def test_requeue_puts_articles_back_and_what_is_refused_again_waits_again(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    path = write_jsonl(tmp_path / "a.jsonl", record("far", published_at="2190-01-01"), record("good", TEXT + " Again."), "{broken")
    run_pipeline([path], home.path, None, True, True)
    before = content(home.warehouse)
    answer = requeue_rows(home.path, None, None)
    assert "1 articles put back: 0 written" in answer and "1 documents must be mended where they lie" in answer and "a.jsonl, line 3" in answer
    assert content(home.warehouse) == before, "refused again, waits again"
    with open_warehouse(home) as connection:  # the cause is mended: the date is one of the past
        connection.execute("UPDATE quarantine SET row_json = replace(row_json, '2190-', '2019-') WHERE table_name = 'articles'")
    assert "1 articles put back: 1 written" in requeue_rows(home.path, None, "published_at is at most 2 days after fetched_at")
    rows = ask(home.published, "SELECT external_id, source_id, year(published_at), published_precision FROM articles ORDER BY 1")
    assert rows == [("far", "rif-daily", 2019, "day"), ("good", "rif-daily", 2026, "day")]
    [refused] = [r for r in before["quarantine"] if r[1] == "articles"]
    assert ask(home.published, "SELECT article_id FROM articles WHERE external_id = 'far'") == [(refused[2],)], "the id that it had"
    assert requeue_rows(home.path, None, "no such rule") == "nothing in quarantine fits"


def test_refused_mention_brings_its_article_back(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    run_pipeline([write_jsonl(tmp_path / "a.jsonl", record("good", author="A. B."))], home.path, None, True, True)
    before = content(home.warehouse)
    with open_warehouse(home) as connection:
        [(article,)] = connection.execute("SELECT article_id FROM articles").fetchall()
        row = json.dumps({"mention_id": "f" * 20, "article_id": article})
        connection.execute(f"INSERT INTO quarantine VALUES ('{'e' * 20}', 'r', 'mentions', 'f', 'rule', 'critical', 'bad', ?, now()::TIMESTAMP, false)", [row])
        connection.execute("DELETE FROM mention_sectors")
        connection.execute("DELETE FROM mention_actors")
        connection.execute("DELETE FROM mentions")
    assert "1 articles put back: 1 written, 0 refused again" in requeue_rows(home.path, "r", None)
    after = content(home.warehouse)
    assert [r[-1] for r in after.pop("quarantine")] == [True]
    before.pop("quarantine")
    assert after == before


# --- runs that cannot be done


@pytest.fixture
def input_file(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "a.jsonl", record("1"))


def test_locked_warehouse(home: Home, input_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILATERAL_LOCK_WAIT_SECONDS", "0.2")
    with open_warehouse(home):
        pass
    with held_by_another(home.warehouse), pytest.raises(RunFailed, match="held by another process"):
        run_pipeline([input_file], home.path, None, True, True)


def test_home_below_a_file(tmp_path: Path, input_file: Path) -> None:
    with pytest.raises(RunFailed, match=r"cannot be written to.*--home"):
        run_pipeline([input_file], input_file / "home", None, True, True)


def test_newer_warehouse(home: Home, input_file: Path) -> None:
    with open_warehouse(home) as connection:
        connection.execute("INSERT INTO schema_migrations VALUES (99, now()::TIMESTAMP)")
    with pytest.raises(RunFailed, match="schema version 99"):
        run_pipeline([input_file], home.path, None, True, True)


def test_missing_model(tmp_path: Path, input_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILATERAL_MODEL_FOLDER", str(tmp_path))
    with pytest.raises(RunFailed, match=r"model lacks encoder.onnx"):
        run_pipeline([input_file], tmp_path / "home", None, True, True)


def test_recode_without_a_warehouse(tmp_path: Path) -> None:
    with pytest.raises(RunFailed, match="there is no warehouse"):
        run_recode(tmp_path / "home", False)


def test_nothing_but_broken_input(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", "{broken", "{}")
    answer = CliRunner().invoke(app, ["run", str(path), "--home", str(tmp_path / "home"), "-q"])
    assert answer.exit_code == 2 and "a.jsonl, line 1" in answer.output


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB, less than a warehouse with its tables needs."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk, and not in every container")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_full_disk_is_told_and_what_was_landed_stands(small_disk: Path, forty: Path, prefect_api: str) -> None:
    process = command(prefect_api, "run", forty, "--home", small_disk / "home", "--batch", 5)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 2, out + err
    assert "free space or choose another --home" in err and "Traceback" not in err
    assert not (small_disk / "home" / "published.duckdb").exists()


def test_tables_compared_are_all_that_runs_do_not_stamp() -> None:
    not_published = {t.name for t in BY_NAME.values() if not t.published}
    assert set(BY_NAME) - set(content.__globals__["CONTENT"]) == {"runs", "run_steps", "validations"} | not_published
