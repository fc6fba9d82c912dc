"""Old material day by day: files of archives whose name or time says the day, and documents fetched for it; a day that is done stays done."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

os.environ.setdefault("GX_ANALYTICS_ENABLED", "False")

from prefect import flow, runtime, task
from prefect.cache_policies import NO_CACHE
from pydantic import Field

from flows import steps
from flows.artifacts import Progress, show_counts, show_validation
from flows.ingest import Item, batched, stream_paths
from flows.params import A_DAY, HomeFolder, documented
from flows.pipeline import work_batch
from flows.progress import tell
from flows.publish import check_and_publish
from flows.settings import Settings, load_settings
from flows.sources.files import find_files
from flows.sources.ledger import Ledger
from flows.sources.registry import choose, read_sources
from flows.steps import Tally
from warehouse.store import Home

Since = Annotated[date, Field(description="First day", examples=["2026-01-01"])]
Until = Annotated[date, Field(description="Last day, included", examples=["2026-01-31"])]
Folders = Annotated[list[Path], Field(description="Folders of archives and files; the day stands in the file's name (20260314, 2026-03-14) or is its time")]
Archives = Annotated[list[str], Field(description="Sources of kind folder or archive whose files are taken, by their names in sources.toml")]
DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?:\d{6})?(?!\d)")


def name_run() -> str:
    given = runtime.flow_run.parameters
    return f"backfill {given.get('since')} to {given.get('until')}"


@task(name="day", task_run_name="day-{day}", cache_policy=NO_CACHE)
def work_day(day: date, files: list[Path], first_batch: int, run_id: str, home: Home, settings: Settings, tally: Tally) -> int:
    """One day's files; returns the number of the next batch."""
    number = first_batch
    for batch in batched(_read(files, home.raw), settings.batch_articles, number):
        work_batch(batch.number, batch, run_id, home, settings, tally)
        number = batch.number + 1
    return number


@flow(name="backfill", flow_run_name=name_run, validate_parameters=True, timeout_seconds=A_DAY)
@documented
def backfill(
    since: Since, until: Until, folders: Folders = [], archives: Archives = [], home: HomeFolder = None,  # noqa: B006 - shown in the form
    again: Annotated[bool, Field(description="Also the days that an earlier backfill has done")] = False,
) -> dict[str, Any]:
    """Read archived files of a range of days in daily chunks. Started again, it goes on after the last day that was done."""
    if until < since:
        raise ValueError(f"until ({until}) lies before since ({since})")
    settings = load_settings(home=home)
    chosen = choose(read_sources(settings.sources), archives) if archives else []
    wrong = [s.id for s in chosen if s.kind not in ("folder", "archive")]
    if wrong or not (folders or chosen):
        raise ValueError(f"source {wrong[0]} is no folder or archive" if wrong else "nothing to read: name folders or archives")
    place, tally = Home(Path(settings.home)).prepare(), Tally()
    places = [*folders, *(Path(a) for s in chosen for a in s.address)]
    ledger, scope = Ledger(place.raw), "|".join(sorted(str(p.absolute()) for p in places))
    by_day = _days(places)
    run_id, wait, progress, watch = str(runtime.flow_run.id or steps.now().isoformat()), settings.lock_wait_seconds, Progress(), steps.Stopwatch()
    days = [since + timedelta(days=n) for n in range((until - since).days + 1)]
    done = set() if again else ledger.days_done(scope)
    steps.start_run(place, run_id, "backfill", {"since": since, "until": until, "places": places}, wait)
    state, message, number, seconds = "failed", "the run ended early; start it again and it goes on", 0, 0.0
    try:
        for place_of_day, day in enumerate(days, 1):
            files = by_day.get(day, [])
            if files and day not in done:
                number = work_day(day, files, number, run_id, place, settings, tally)
                tell(f"{day}: {len(files)} files")
            if day not in done:
                ledger.day_done(scope, day)
            seconds += watch.lap()
            progress.show(place_of_day / len(days), seconds)
        state, message = check_and_publish(place, run_id, settings, tally, True)
        show_counts(place, run_id, tally)
        show_validation(place, run_id, state, message)
    except BaseException as error:
        message = steps.words_of(error)
        raise
    finally:
        steps.end_run(place, run_id, state, message, None, wait)
    return tally.summary() | {"state": state, "message": message, "run_id": run_id, "home": str(place.path), "skipped_days": len(done & set(days))}


def _read(files: list[Path], raw: Path) -> Iterator[Item]:
    return stream_paths(files, raw)


def day_of(path: Path) -> date:
    """The day in the file's name, else the day on which it was written last (UTC)."""
    found = DAY.search(path.name)
    if found:
        try:
            return date(*map(int, found.groups()))
        except ValueError:
            pass  # 2026-02-31
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()


def _days(places: list[Path]) -> dict[date, list[Path]]:
    files, refusals = find_files(places)
    for r in refusals:
        tell(f"{r.where}: {r.reason}")
    found: dict[date, list[Path]] = {}
    for file in files:
        found.setdefault(day_of(file), []).append(file)
    return found
