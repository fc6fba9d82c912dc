"""What the operator has: every deployment's flow under Prefect's harness, artifacts, events, the list of runs, housekeeping."""

from __future__ import annotations

import asyncio
import gzip
import importlib
import inspect
import json
import time
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from prefect.server.schemas.schedules import CronSchedule

from flows.backfill import day_of
from flows.deployed import list_runs, show_runs, start_deployment
from flows.maintenance import compact, maintenance, prune_raw, verify
from flows.running import RunFailed, run_backfill, run_maintenance, run_pipeline
from flows.sources.files import keep_raw
from flows.sources.ledger import Document, Ledger
from tests.conftest import ROOT
from tests.flows.street import TEXT, ask, record, write_jsonl
from tests.warehouse.rows import article, load
from warehouse.store import Home, WarehouseError, open_warehouse

DEPLOYMENTS = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]


def flow_of(deployment: dict[str, Any]) -> Any:
    module, _, name = deployment["entrypoint"].rpartition(".")
    return getattr(importlib.import_module(module), name)


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda d: d["entrypoint"].rpartition(".")[2] + "/" + d["name"])
def test_deployment_is_complete(deployment: dict[str, Any]) -> None:
    flow = flow_of(deployment)
    assert deployment["description"] and deployment["tags"] and deployment["concurrency_limit"] == {"limit": 1, "collision_strategy": "ENQUEUE"}
    flow.validate_parameters({**{n: p.default for n, p in inspect.signature(flow.fn).parameters.items() if p.default is not inspect.Parameter.empty},
                              **deployment.get("parameters", {}), **({"since": "2026-01-01", "until": "2026-01-02"} if flow.name == "backfill" else {})})
    described = flow.parameters.model_dump()["properties"]
    assert described.keys() == inspect.signature(flow.fn).parameters.keys()
    assert all(p.get("description") for p in described.values()), "every field of the form says what it is"


def test_names_are_those_of_the_docs() -> None:
    names = {flow_of(d).name + "/" + d["name"] for d in DEPLOYMENTS}
    assert names >= {"pipeline/hourly", "pipeline/on-demand", "backfill/backfill", "recode/recode", "reparse/reparse", "brief/weekly", "maintenance/nightly"}


# --- artifacts and events of a run


@pytest.mark.slow
def test_run_leaves_its_artifacts_and_events(prefect_api: str, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from prefect.client.orchestration import get_client

    sent: list[str] = []
    monkeypatch.setattr("prefect.events.emit_event", lambda event, **rest: sent.append(event))
    monkeypatch.setattr("flows.artifacts.Progress.PATIENCE", 0.0)
    lines = write_jsonl(tmp_path / "in.jsonl", record("a"), record("b", TEXT.replace("fishing", "visas")), "broken")
    done = run_pipeline([lines], home.path, None, True, True)
    assert sent == ["bilateral.published"]
    with get_client(sync_client=True) as client:
        run = client.read_flow_run(done["run_id"])
        from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId

        made = {a.key: a for a in client.read_artifacts(artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run.id])))}
    assert "in.jsonl" in run.name
    assert set(made) == {"progress", "counts-per-source", "counts-per-step", "validation", "dyads-moved", "dyads-moved-picture"}
    assert made["progress"].data == 100.0
    rows = json.loads(made["counts-per-source"].data)
    assert [(r["source"], r["articles"]) for r in rows] == [("rif-daily", 2)]
    assert "1 of documents" in made["validation"].data and "index.html" in made["validation"].data
    assert made["dyads-moved-picture"].data.startswith("data:image/png;base64,")

    listed = list_runs(home.published, 5)
    assert [(r["flow"], r["state"], r["prefect"], r["read"], r["written"], r["refused"]) for r in listed] == [("pipeline", "completed", "Completed", 3, 2, 1)]
    assert done["run_id"][:8] in show_runs(home.published, 5)


@pytest.mark.slow
def test_run_that_is_refused_says_so_in_an_event(prefect_api: str, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr("prefect.events.emit_event", lambda event, **rest: sent.append(event))
    monkeypatch.setattr("flows.publish._figures", lambda *given: (_ for _ in ()).throw(AssertionError) if not given else _bad_figures(*given))
    lines = write_jsonl(tmp_path / "in.jsonl", record("a"))
    assert run_pipeline([lines], home.path, None, True, True)["state"] == "refused"
    assert sent == ["bilateral.validation.refused"] and not home.published.exists()


def _bad_figures(home: Home, run_id: str, wait: float) -> Any:
    from warehouse.metrics import METRICS_SQL

    with open_warehouse(home, wait) as connection:
        connection.execute("INSERT INTO mention_sectors VALUES ('ffffffffffffffffffff', 'trade', 0.5)")
        return connection.execute(METRICS_SQL, {"run_id": run_id}).pl()


@pytest.mark.slow
def test_run_that_hangs_ends_with_its_time_and_says_so(prefect_api: str, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.pipeline import pipeline

    monkeypatch.setattr("flows.pipeline.work_batch", lambda *given: time.sleep(60))
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        pipeline.with_options(timeout_seconds=3)([write_jsonl(tmp_path / "in.jsonl", record("a"))], home=home.path)
    assert time.monotonic() - began < 30
    ((state, message),) = ask(home.warehouse, "SELECT state, message FROM runs")
    assert state == "failed" and "Timeout" in message


@pytest.mark.slow
def test_deployment_that_is_not_there_is_named(prefect_api: str) -> None:
    with pytest.raises(RunFailed, match="no deployment 'pipeline/nowhere'"):
        start_deployment("pipeline/nowhere", {})


# --- backfill


@pytest.mark.parametrize(("name", "day"), [
    ("CC-NEWS-20260314010203-00001.jsonl", date(2026, 3, 14)), ("2026-03-15.jsonl", date(2026, 3, 15)), ("x20260231.jsonl", None), ("plain.jsonl", None),
])
def test_day_of_a_file(tmp_path: Path, name: str, day: date | None) -> None:
    path = tmp_path / name
    path.write_bytes(b"x")
    assert day_of(path) == (day or date.fromtimestamp(path.stat().st_mtime)) or day is None


@pytest.mark.slow
def test_backfill_goes_on_after_the_last_day_that_was_done(prefect_api: str, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    for day in (1, 2, 3, 9):
        write_jsonl(archive / f"news-2026030{day}.jsonl", record(f"a-{day}", TEXT.replace("fishing", f"matter {day}")))
    import flows.backfill as module

    real, count = module.work_batch, iter(range(100))

    def dies_on_the_third(*given: Any) -> None:
        if next(count) == 2:
            raise RuntimeError("the worker was lost")
        real(*given)

    monkeypatch.setattr(module, "work_batch", dies_on_the_third)
    with pytest.raises(RuntimeError, match="lost"):
        run_backfill(date(2026, 3, 1), date(2026, 3, 5), [archive], [], home.path, False)
    monkeypatch.setattr(module, "work_batch", real)
    done = run_backfill(date(2026, 3, 1), date(2026, 3, 5), [archive], [], home.path, False)
    assert (done["read"], done["skipped_days"], done["state"]) == (1, 2, "completed")
    assert ask(home.published, "SELECT external_id FROM articles ORDER BY 1") == [("a-1",), ("a-2",), ("a-3",)]
    again = run_backfill(date(2026, 3, 1), date(2026, 3, 5), [archive], [], home.path, True)
    assert (again["read"], again["known"]) == (3, 3)


@pytest.mark.slow
def test_backfill_without_anything_to_read_is_refused(prefect_api: str, home: Home) -> None:
    with pytest.raises(ValueError, match="name folders or archives"):
        run_backfill(date(2026, 3, 1), date(2026, 3, 5), [], [], home.path, False)
    with pytest.raises(ValueError, match="lies before"):
        run_backfill(date(2026, 3, 5), date(2026, 3, 1), [home.path], [], home.path, False)


# --- maintenance


def landed(home: Home, **values: Any) -> None:
    with open_warehouse(home) as connection:
        load(connection, articles=[article(mention_count=0, **values)])


def test_prune_keeps_what_is_young_or_not_landed(home: Home) -> None:
    ledger = Ledger(home.raw)
    old, young, waiting = (keep_raw(home.raw, text) for text in (b"old", b"young", b"waiting"))
    ledger.name([Document("s", name, "page", "fetched", raw_hash=digest, marker="1") for name, digest in (("o", old), ("y", young), ("w", waiting))])
    ledger.landed([("s", "o"), ("s", "y")])
    import sqlite3

    with sqlite3.connect(ledger.path) as connection:
        connection.execute("UPDATE documents SET fetched_at = '2020-01-01T00:00:00' WHERE address IN ('o', 'w')")
    (home.raw / "ab").mkdir(exist_ok=True)
    (home.raw / "ab" / "half.part").write_bytes(b"")
    assert prune_raw(home, 30) == 1
    assert [(home.raw / d[:2] / f"{d}.gz").exists() for d in (old, young, waiting)] == [False, True, True]
    assert not (home.raw / "ab" / "half.part").exists() and prune_raw(home, 30) == 0


def test_verify_names_what_is_wrong(home: Home) -> None:
    digest = keep_raw(home.raw, b"the page")
    landed(home, raw_hash=digest)
    assert verify(home, 5, 10) == []
    (home.raw / digest[:2] / f"{digest}.gz").write_bytes(gzip.compress(b"another page"))
    with open_warehouse(home) as connection:
        connection.execute("UPDATE articles SET is_lead = false, mention_count = 3")
        connection.execute("INSERT INTO mention_sectors VALUES ('ffffffffffffffffffff', 'trade', 0.5)")
    faults = verify(home, 5, 10)
    assert len(faults) == 4
    for what in ("sectors without their mention", "without exactly one lead", "wrong count of mentions", "is not what its name says"):
        assert any(what in f for f in faults), what


def test_compact_wins_back_dead_space_and_keeps_every_row(home: Home) -> None:
    with open_warehouse(home) as connection:
        rows = [article(mention_count=0, article_id=f"{n:020x}", story_id=f"{n:020x}", body=f"{n} " + "words " * 3000) for n in range(600)]
        load(connection, articles=rows)
        connection.execute("CHECKPOINT")
        connection.execute("DELETE FROM articles WHERE article_id > ?", [f"{9:020x}"])
        connection.execute("CHECKPOINT")
    before = home.warehouse.stat().st_size
    won = compact(home, 5)
    assert won >= 0 and home.warehouse.stat().st_size == before - won
    with open_warehouse(home) as connection:
        assert connection.execute("SELECT count(*) FROM articles").fetchone() == (10,)
    assert not list(home.path.glob(".compact-*"))


@pytest.mark.slow
def test_maintenance_fails_with_the_faults_named(prefect_api: str, home: Home) -> None:
    landed(home)
    assert run_maintenance(home.path, 365)["faults"] == []
    with open_warehouse(home) as connection:
        connection.execute("UPDATE articles SET mention_count = 9")
    with pytest.raises(RunFailed, match="wrong count of mentions"):
        run_maintenance(home.path, 365)


def test_maintenance_without_a_warehouse_says_what_to_do(home: Home) -> None:
    with pytest.raises(WarehouseError, match="run bilateral run"):
        maintenance.fn(home=home.path)
    with pytest.raises(duckdb.Error):
        duckdb.connect(str(home.warehouse), read_only=True)


def test_example_automation_is_one_that_prefect_takes_and_names_our_events() -> None:
    from prefect.events.schemas.automations import AutomationCore

    found = yaml.safe_load((ROOT / "docs/automations/tell-the-operator.yaml").read_text(encoding="utf-8"))["automations"]
    made = [AutomationCore.model_validate(a) for a in found]
    assert {e for a in made for e in a.trigger.expect} == {"bilateral.source.dry", "bilateral.validation.refused"}


def test_every_setting_stands_in_the_example_with_its_default() -> None:
    from flows.settings import PROJECT, Settings

    lines = dict(line.removeprefix("# ").split("=", 1) for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines() if "=" in line)
    for name, setting in Settings.model_fields.items():
        shown, default = lines.pop(f"BILATERAL_{name.upper()}"), setting.default
        if isinstance(default, Path):
            default = default.relative_to(PROJECT)
        wanted = "" if default is None else f"{default:g}" if isinstance(default, float) else str(default)
        assert shown == wanted, name
    assert not lines, "settings that are no more"


def test_schedules_do_not_move_when_clocks_change() -> None:
    """Spring and autumn, where the operator's clock jumps an hour: every hour of the world's time has its run, every night and week too."""
    schedules = [s for d in DEPLOYMENTS for s in d.get("schedules", [])]
    assert {s["timezone"] for s in schedules} == {"UTC"}
    for start in (datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)):
        for schedule in schedules:
            times = asyncio.run(CronSchedule(cron=schedule["cron"], timezone=schedule["timezone"]).get_dates(60, start))
            gaps = {(later - earlier).total_seconds() for earlier, later in pairwise(times)}
            assert len(gaps) == 1, schedule["slug"]
