"""Code again what another coder version read: rows are replaced article by article, from the stored bodies."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

os.environ.setdefault("GX_ANALYTICS_ENABLED", "False")

from prefect import flow, runtime
from pydantic import Field

from flows import steps
from flows.enrich import coder_for
from flows.ingest import Batch
from flows.params import A_DAY, HomeFolder, documented
from flows.pipeline import work_batch
from flows.publish import check_and_publish
from flows.requeueing import put_back
from flows.settings import Settings, load_settings
from flows.steps import Tally
from warehouse.store import Home, WarehouseError, open_warehouse

Batches = Generator[list[dict[str, Any]], None, None]


@flow(name="recode", flow_run_name="recode", validate_parameters=True, timeout_seconds=A_DAY)
@documented
def recode(
    home: HomeFolder = None,
    everything: Annotated[bool, Field(description="Also the articles that this coder version has read")] = False,
) -> dict[str, Any]:
    """Read stored articles with the present coder and replace their mentions."""
    settings = load_settings(home=home)
    place, wait = Home(Path(settings.home)), settings.lock_wait_seconds
    coder = coder_for(settings)
    return _again(place, settings, "recode", {"everything": everything}, _stale(place, coder.version, everything, settings.batch_articles, wait))


@flow(name="requeue", flow_run_name="requeue", validate_parameters=True)
@documented
def requeue(
    quarantine_ids: Annotated[list[str], Field(min_length=1, description="Ids of refused rows; see the table quarantine")],
    home: HomeFolder = None,
) -> dict[str, Any]:
    """Code, check and land again the articles of refused rows, as they were read."""
    settings = load_settings(home=home)
    place = Home(Path(settings.home))
    return _again(place, settings, "requeue", {"rows": len(quarantine_ids)}, put_back(place, quarantine_ids, settings))


def _again(place: Home, settings: Settings, name: str, parameters: dict[str, Any], batches: Batches) -> dict[str, Any]:
    """The street from the coder on, for article rows that are there already."""
    if not place.warehouse.exists():
        raise WarehouseError(f"there is no warehouse in {place.path}: run bilateral run PATH first")
    run_id, wait, tally = str(runtime.flow_run.id or steps.now().isoformat()), settings.lock_wait_seconds, Tally()
    coder = coder_for(settings)
    steps.start_run(place, run_id, name, parameters, wait)
    state, message = "failed", "the run ended early; see the log"
    try:
        with closing(batches):
            for number, articles in enumerate(batches):
                work_batch(number, Batch(number, articles, [], len(articles)), run_id, place, settings, tally)
        state, message = check_and_publish(place, run_id, settings, tally, True)
    except BaseException as error:
        message = steps.words_of(error)
        raise
    finally:
        steps.end_run(place, run_id, state, message, coder.version, wait)
    return tally.summary() | {"state": state, "message": message, "run_id": run_id, "home": str(place.path)}


def _stale(home: Home, version: str, everything: bool, size: int, wait: float) -> Batches:
    """Stored articles of another coder, in batches; the ids are listed first so that the walk is stable."""
    with open_warehouse(home, wait) as connection:
        if everything:  # forget who coded them, so that nothing counts as known
            connection.execute("UPDATE articles SET coder_version = NULL WHERE is_coded")
        ids = [r[0] for r in connection.execute(
            "SELECT article_id FROM articles WHERE is_coded AND coder_version IS DISTINCT FROM ? ORDER BY article_id", [version]
        ).fetchall()]
    for start in range(0, len(ids), size):
        with open_warehouse(home, wait) as connection:
            cursor = connection.execute(
                "SELECT a.*, s.name AS source_name FROM articles a JOIN sources s USING (source_id) "
                "WHERE article_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY article_id",
                [ids[start : start + size]],
            )
            names = [d[0] for d in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        yield rows
