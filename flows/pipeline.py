"""The whole street as one flow: read, enrich, validate, land, publish."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("GX_ANALYTICS_ENABLED", "False")
os.environ.setdefault("DO_NOT_TRACK", "1")

from prefect import flow, runtime, task
from prefect.cache_policies import NO_CACHE

from flows import steps
from flows.artifacts import Progress, show_counts, show_movers, show_validation
from flows.enrich import coder_for, enrich
from flows.ingest import Batch, Meter, read_batches
from flows.params import LONGEST_RUN, BatchArticles, DaskAddress, DoPublish, Group, HomeFolder, Paths, RunnerName, SourceIds, documented
from flows.progress import tell
from flows.settings import Settings, load_settings
from flows.sources.collecting import SourceReport, collect
from flows.sources.fetching import Fetcher
from flows.sources.ledger import Ledger
from flows.sources.registry import Source, choose, read_sources
from flows.spread import Coding, coded_ahead
from flows.steps import Stopwatch, Tally
from warehouse.store import Home


@task(name="batch", task_run_name="batch-{number}", cache_policy=NO_CACHE, log_prints=False)
def work_batch(number: int, batch: Batch, run_id: str, home: Home, settings: Settings, tally: Tally, coding: Coding | None = None) -> None:
    """Code (or wait for who codes it elsewhere), check and land one batch. Coarse on purpose: a task run costs a tenth of a second."""
    from expectations.staging import check_batch
    from transforms.coding.lexicon import countries

    watch = Stopwatch()
    if coding is not None:
        frames, known = coding.frames(), coding.known
    else:
        coder = coder_for(settings)
        fresh = steps.without_known(home, batch.articles, coder.version, settings.lock_wait_seconds)
        frames, known = enrich(fresh, run_id, coder), len(batch.articles) - len(fresh)
    _spend(tally, "enrich", watch)
    checked = check_batch(frames, run_id, number, frozenset(countries()))
    _spend(tally, "validate", watch)
    refused = steps.refusals_frame(batch, run_id)
    import polars as pl

    landing = checked.kept | {"validations": checked.validations, "quarantine": pl.concat([refused, checked.quarantine])}
    rows_in = sum(f.height for name, f in frames.items() if name != "sources")
    kept = checked.kept["articles"].height
    record = steps.step_frame(run_id, number, "load", (batch.in_count, kept, landing["quarantine"].height), watch.lap())
    written = steps.load(home, landing, record, settings.lock_wait_seconds)
    if batch.landed:
        Ledger(home.raw).landed(batch.landed)
    _spend(tally, "load", watch)
    tally.read += batch.in_count
    tally.copies += batch.copy_count
    tally.known += known
    tally.kept += kept + known
    tally.quarantined += len(batch.refusals) + checked.quarantine.height
    tally.refused_rows += checked.quarantine.height
    tally.results += checked.results
    tally.checked_rows += rows_in
    tally.mentions += checked.kept["mentions"].height
    tally.articles_written += written.get("articles", 0)
    tally.mentions_written += written.get("mentions", 0)
    tally.refusals += [f"{r.where}: {r.reason}" for r in batch.refusals]
    tally.refusals += [f"{r['table_name']} {r['row_key']}: {r['reason']}" for r in checked.quarantine.head(20).iter_rows(named=True)]
    tell(f"batch {number}: {batch.in_count} read, {kept} coded, {checked.kept['mentions'].height} mentions,"
         f" {len(batch.refusals) + checked.quarantine.height} refused, {known} known")


def _spend(tally: Tally, step: str, watch: Stopwatch) -> None:
    tally.seconds[step] = tally.seconds.get(step, 0.0) + watch.lap()


@task(name="fetch", task_run_name="fetch {names}", cache_policy=NO_CACHE, log_prints=False)
def fetch(names: str, sources: list[Source], home: Home, settings: Settings) -> list[SourceReport]:
    """Fetch what is new of the network sources. Requests are tried again inside, each by the rules of its host; the task is not."""
    reports = collect([s for s in sources if s.kind not in ("folder", "archive")], home.raw, Fetcher(settings.contact))
    for r in reports:
        tell(f"source {r.source_id}: {r.new} new, {r.fetched} fetched, {r.unchanged} unchanged, {r.failed} failed" + (f"; {r.error}" if r.error else ""))
    return reports


def name_run() -> str:
    """What the run is called in the UI: when, and what it reads."""
    given = runtime.flow_run.parameters
    what = [*given.get("sources", []), *([f"group {given['group']}"] if given.get("group") else []), *(Path(str(p)).name for p in given.get("paths", []))]
    label = what[0] + (f"+{len(what) - 1}" if len(what) > 1 else "") if what else "nothing"
    return f"{steps.now():%Y-%m-%dT%H:%M} · {label}"


def _chosen(settings: Settings, ids: list[str], group: str | None) -> list[Source]:
    return choose(read_sources(settings.sources), ids, group) if ids or group else []


@flow(name="pipeline", flow_run_name=name_run, validate_parameters=True, timeout_seconds=LONGEST_RUN, log_prints=False)
@documented
def pipeline(
    paths: Paths = [], sources: SourceIds = [], group: Group = None, home: HomeFolder = None,  # noqa: B006 - Prefect shows the defaults in its form
    batch_articles: BatchArticles = None, publish: DoPublish = True, runner: RunnerName = None, address: DaskAddress = None,
) -> dict[str, Any]:
    """Read files and sources, code them, check the rows, land them, publish them for the analysts. A second run on the same input changes nothing."""
    settings = load_settings(home=home, batch_articles=batch_articles, runner=runner, dask_address=address)
    if not (paths or sources or group):
        raise ValueError("nothing to read: name paths, sources or a schedule group")
    chosen = _chosen(settings, sources, group)
    place = Home(Path(settings.home)).prepare()
    run_id = str(runtime.flow_run.id or steps.now().isoformat())
    wait = settings.lock_wait_seconds
    tally, watch = Tally(), Stopwatch()
    told = {"paths": [str(p) for p in paths], "sources": [s.id for s in chosen], "group": group, "batch_articles": settings.batch_articles,
            "runner": settings.runner}
    steps.start_run(place, run_id, "pipeline", told, wait)
    state, message = "failed", "the run ended early; see the log"
    try:
        if chosen:
            steps.note_sources(place, chosen, wait)
            tally.take_reports(fetch(chosen[0].id + (f"+{len(chosen) - 1}" if len(chosen) > 1 else ""), chosen, place, settings))
            _spend(tally, "fetch", watch)
        progress, meter, started = Progress(), Meter(), time.monotonic()
        with coded_ahead(read_batches(paths, settings.batch_articles, place.raw, chosen, meter), run_id, place, settings) as coded:
            for batch, coding in coded:
                if batch.number == 0:
                    batch.refusals[:0] = tally.fetch_refusals
                    batch.in_count += len(tally.fetch_refusals)
                _spend(tally, "read", watch)
                work_batch(batch.number, batch, run_id, place, settings, tally, coding)
                progress.show(meter.share(), time.monotonic() - started)
                watch.lap()
        if chosen:
            tally.warnings += steps.dry_warnings(place, chosen, wait)
        state, message = _conclude(place, run_id, settings, tally, publish)
        _spend(tally, "publish", watch)
        show_counts(place, run_id, tally)
        show_validation(place, run_id, state, message)
        show_movers(place)
    except BaseException as error:
        message = steps.words_of(error)
        raise
    finally:
        version = coder_for(settings).version if tally.read else None
        steps.end_run(place, run_id, state, message, version, wait)
    return tally.summary() | {"state": state, "message": message, "run_id": run_id, "home": str(place.path)}


def _conclude(place: Home, run_id: str, settings: Settings, tally: Tally, publish: bool) -> tuple[str, str]:
    """Rules over the whole warehouse, stories, Data Docs, then the publish, unless too much was refused."""
    from flows.publish import check_and_publish

    return check_and_publish(place, run_id, settings, tally, publish)
