"""Code again what another coder version read: rows are replaced article by article, from the stored bodies."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

os.environ.setdefault("GX_ANALYTICS_ENABLED", "False")

from prefect import flow, runtime  # noqa: E402
from pydantic import Field  # noqa: E402

from flows import steps  # noqa: E402
from flows.enrich import coder_of  # noqa: E402
from flows.ingest import Batch  # noqa: E402
from flows.params import HomeFolder  # noqa: E402
from flows.pipeline import work_batch  # noqa: E402
from flows.publish import check_and_publish  # noqa: E402
from flows.settings import load_settings  # noqa: E402
from flows.steps import Tally  # noqa: E402
from warehouse.store import Home, WarehouseError, open_warehouse  # noqa: E402


@flow(name="recode", flow_run_name="recode", validate_parameters=True)
def recode(
    home: HomeFolder = None,
    everything: Annotated[bool, Field(description="Also the articles that this coder version has read")] = False,
) -> dict[str, Any]:
    """Read stored articles with the present coder and replace their mentions."""
    settings = load_settings(home=home)
    place = Home(Path(settings.home))
    if not place.warehouse.exists():
        raise WarehouseError(f"there is no warehouse in {place.path}: run bilateral run PATH first")
    run_id, wait, tally = str(runtime.flow_run.id or steps.now().isoformat()), settings.lock_wait_seconds, Tally()
    coder = coder_of(settings.model_folder, settings.threads)
    steps.start_run(place, run_id, "recode", {"everything": everything}, wait)
    state, message = "failed", "the run ended early; see the log"
    try:
        for number, articles in enumerate(_stale(place, coder.version, everything, settings.batch_articles, wait)):
            batch = Batch(number, articles, [], len(articles))
            work_batch(number, batch, run_id, place, settings, tally)
        state, message = check_and_publish(place, run_id, settings, tally, True)
    except BaseException as error:
        message = f"{type(error).__name__}: {error}"
        raise
    finally:
        steps.end_run(place, run_id, state, message, coder.version, wait)
    return tally.summary() | {"state": state, "message": message, "run_id": run_id, "home": str(place.path)}


def _stale(home: Home, version: str, everything: bool, size: int, wait: float):  # noqa: ANN202 - an iterator of article rows
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
                "SELECT a.*, s.name AS source_name FROM articles a JOIN sources s USING (source_id) WHERE list_contains(?, article_id) ORDER BY article_id",
                [ids[start : start + size]],
            )
            names = [d[0] for d in cursor.description]
            yield [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
