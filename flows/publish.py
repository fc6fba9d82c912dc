"""The end of a run: rules over the whole warehouse, stories, Data Docs, and the file that analysts read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.events import emit
from flows.progress import tell
from flows.settings import Settings
from flows.steps import Tally
from warehouse.store import Home, open_warehouse

if TYPE_CHECKING:
    import polars as pl

# The rules over the set come after all batches; their checks carry this number.
SET_BATCH = 1_000_000


def _figures(home: Home, run_id: str, wait: float) -> pl.DataFrame:
    """One row of figures over the whole warehouse, for the set-level rules of ``expectations.sets``."""
    from warehouse.metrics import METRICS_SQL

    with open_warehouse(home, wait) as connection:
        return connection.execute(METRICS_SQL, {"run_id": run_id}).pl()


def check_and_publish(home: Home, run_id: str, settings: Settings, tally: Tally, do_publish: bool) -> tuple[str, str]:
    """State and message of the run: ``completed``, or ``refused`` when a critical rule over the set broke (nothing is published)."""
    from expectations.checks import validate
    from expectations.sets import prepare
    from transforms.reading.near import band_keys, is_copy, text_of
    from warehouse.load import insert_missing
    from warehouse.publish import is_present, publish
    from warehouse.stories import settle_stories

    wait = settings.lock_wait_seconds
    with open_warehouse(home, wait) as connection:
        settle_stories(connection, band_keys, lambda one, other: is_copy(text_of(one), text_of(other)))
    text_of.cache_clear()
    figures = prepare(_figures(home, run_id, wait), tally.refused_rows, tally.checked_rows, settings.max_refused_share)
    report = validate("set", figures, run_id, SET_BATCH)
    with open_warehouse(home, wait) as connection:
        insert_missing(connection, "validations", report.validations)
    _write_data_docs(home, run_id, [*tally.results, *([report.result] if report.result else [])])
    broken = [f"{r['expectation']} ({r['note']})" for r in report.validations.filter(~report.validations["is_met"]).iter_rows(named=True)
              if r["severity"] == "critical"]
    if report.stops_publish:
        tell("not published: " + "; ".join(broken))
        emit("validation.refused", "warehouse", rules=broken, run_id=run_id)
        return "refused", "not published: " + "; ".join(broken) + "; see bilateral query on quarantine, then bilateral requeue"
    if not tally.read or (tally.kept == 0 and tally.known == 0 and not home.warehouse.exists()):
        return "completed", "nothing to read"
    if not do_publish:
        return "completed", "loaded, not published as asked"
    if home.published.exists() and not tally.articles_written and not tally.quarantined and is_present(home):
        return "completed", "nothing changed; what is published stands" + _write_to_lake(home, settings)
    # The record must say completed in the copy that analysts read.
    with open_warehouse(home, wait) as connection:
        connection.execute("UPDATE runs SET state = 'completed', ended_at = now()::TIMESTAMP WHERE run_id = ?", [run_id])
    done = publish(home, run_id)
    emit("published", "warehouse", run_id=run_id, **done.counts)
    for note in done.notes:
        tell(note)
    if done.corrections.counts:
        tell(str(done.corrections))
    tell(f"published {done.counts['mentions']} mentions of {done.counts['articles']} articles")
    return "completed", f"published {done.counts['mentions']} mentions of {done.counts['articles']} articles" + _write_to_lake(home, settings)


def _write_to_lake(home: Home, settings: Settings) -> str:
    """Write what is published to the lake, if one is set; what was done, for the run's message. A lake that cannot be written to fails the run, so
    that somebody sees it; what is published stands, and the next run makes it good."""
    if not settings.warehouse:
        return ""
    from warehouse.lake import LakeError
    from warehouse.lake_load import write_changes

    try:
        done = write_changes(home, settings.warehouse, settings.lake_data, settings.lock_wait_seconds)
    except LakeError as error:
        raise LakeError(f"published on this machine, but not written to the lake: {error}") from error
    tell(str(done))
    return f"; {done}"


def _write_data_docs(home: Home, run_id: str, results: list[dict[str, Any]]) -> None:
    """Great Expectations' report of the run; a fault in the report never fails the run."""
    from expectations.docs import build_data_docs

    try:
        build_data_docs(home.data_docs, results)
    except Exception as error:  # noqa: BLE001 - the checks are in the table validations whatever the report does
        tell(f"Data Docs could not be written ({type(error).__name__}: {error}); the checks are in the table validations")
