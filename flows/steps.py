"""The steps of the street as plain functions: each can be called from a test with literals; the flows only chain them."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb

from flows.events import emit
from flows.ingest import Batch
from flows.progress import tell
from warehouse.store import Home, WarehouseError, open_warehouse

if TYPE_CHECKING:
    import polars as pl

    from flows.sources.collecting import SourceReport
    from flows.sources.registry import Source
    from transforms.reading.records import Refusal

VERSION = "0.1.0"


@dataclass(slots=True)
class Tally:
    """Counts of a run, for the summary, the record and the publish decision."""

    read: int = 0
    kept: int = 0
    copies: int = 0
    known: int = 0
    quarantined: int = 0
    refused_rows: int = 0
    checked_rows: int = 0
    mentions: int = 0
    articles_written: int = 0
    mentions_written: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    results: list[dict[str, Any]] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    fetch_refusals: list[Refusal] = field(default_factory=list)

    def take_reports(self, reports: list[SourceReport]) -> None:
        """What the sources gave: their counts for the record, their faults among the refusals."""
        for r in reports:
            self.sources.append({k: getattr(r, k) for k in ("source_id", "listed", "new", "fetched", "unchanged", "failed", "seconds", "error")})
            self.fetch_refusals += r.refusals

    def summary(self) -> dict[str, Any]:
        """The counts as a dictionary, without GX's raw results."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("results", "fetch_refusals")}

    @property
    def refused_share(self) -> float:
        """Share of rows that the expectations refused, 0 to 1."""
        return self.refused_rows / self.checked_rows if self.checked_rows else 0.0


def now() -> datetime:
    """This moment as naive UTC, the way the warehouse stores it."""
    return datetime.now(UTC).replace(tzinfo=None)


def start_run(home: Home, run_id: str, flow: str, parameters: dict[str, Any], wait: float) -> None:
    """Write the run's record as running; runs whose process died are told apart by it."""
    from warehouse.dimensions import fill_dimensions

    with open_warehouse(home, wait) as connection:
        fill_dimensions(connection, country_rows())
        connection.execute(
            "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, NULL, 'running', ?, NULL, ?, NULL)",
            [run_id, flow, now(), VERSION, json.dumps(parameters, default=str)],
        )


def country_rows() -> list[dict[str, Any]]:
    """The coder's countries as rows of the dimension table."""
    from transforms.coding.lexicon import countries

    return [
        {"code": c.code, "name": c.name, "kind": c.kind, "start_year": c.start_year or None,
         "end_year": c.end_year if c.end_year < 9999 else None, "sovereign": c.sovereign}
        for c in countries().values()
    ]


# The spec's kinds are what a reader needs to know; how an address is found is the registry's.
SHOWN_KINDS = {"folder": "file", "gdelt": "list"}


def note_sources(home: Home, sources: list[Source], wait: float) -> None:
    """Write the registry's facts of the sources; when a source was first seen stays."""
    with open_warehouse(home, wait) as connection:
        for s in sources:
            connection.execute(
                "INSERT INTO sources (source_id, name, kind, outlet_type, country, language, first_seen_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE "
                "SET name = excluded.name, kind = excluded.kind, outlet_type = excluded.outlet_type, country = excluded.country, language = excluded.language",
                [s.id, s.name, SHOWN_KINDS.get(s.kind, s.kind), s.outlet_type, s.country, s.language, now()],
            )


def dry_warnings(home: Home, sources: list[Source], wait: float) -> list[str]:
    """A line for each source that has dried up; told in the run's log too."""
    from flows.sources.dryness import dry_sources

    with open_warehouse(home, wait) as connection:
        found = dry_sources(connection, sources, now())
    for dry in found:
        tell(dry.words())
        emit("source.dry", f"source.{dry.source_id}", usual_hours=dry.usual_hours, silent_hours=dry.silent_hours)
    return [d.words() for d in found]


def end_run(home: Home, run_id: str, state: str, message: str, coder_version: str | None, wait: float) -> None:
    """Close the run's record: completed, refused (nothing published) or failed."""
    try:
        with open_warehouse(home, wait) as connection:
            connection.execute(
                "UPDATE runs SET ended_at = ?, state = ?, message = ?, coder_version = ? WHERE run_id = ?",
                [now(), state, message, coder_version, run_id],
            )
    except (duckdb.Error, WarehouseError):
        if state != "failed":  # of a failed run the error that ended it says more than that its record cannot be written
            raise


def words_of(error: BaseException) -> str:
    """What ended a run, for its record."""
    if type(error).__name__ in ("CancelledError", "AlarmError"):  # how Prefect ends a flow whose time is up
        return "TimeoutError: the run took longer than its longest time (flows/params.py) and was ended; start it again, it goes on"
    return f"{type(error).__name__}: {error}"


def without_known(home: Home, articles: list[dict[str, Any]], coder_version: str, wait: float) -> list[dict[str, Any]]:
    """The articles that the warehouse does not hold as coded by this coder: only these need work."""
    if not articles or not home.warehouse.exists():
        return articles
    with open_warehouse(home, wait) as connection:
        found = connection.execute(
            "SELECT article_id FROM articles WHERE article_id IN (SELECT unnest(?::VARCHAR[])) AND (coder_version = ? OR NOT is_coded)",
            [[a["article_id"] for a in articles], coder_version],
        ).fetchall()
    known = {row[0] for row in found}
    return [a for a in articles if a["article_id"] not in known]


def refusals_frame(batch: Batch, run_id: str) -> pl.DataFrame:
    """Refused documents as quarantine rows: the same refusal has the same id in every run."""
    import polars as pl

    from warehouse.load import polars_schema
    from warehouse.tables import QUARANTINE

    rows = [
        {
            "quarantine_id": hashlib.sha256(f"documents\x1f{r.where}\x1f{r.reason}\x1f{r.content}".encode()).hexdigest()[:20],
            "run_id": run_id, "table_name": "documents", "row_key": r.where, "expectation": r.rule, "severity": "critical",
            "reason": r.reason, "row_json": json.dumps({"where": r.where, "content": r.content}, ensure_ascii=False),
            "refused_at": now(), "is_requeued": False,
        }
        for r in batch.refusals
    ]
    return pl.DataFrame(rows, schema=polars_schema(QUARANTINE))


def step_frame(run_id: str, batch: int, step: str, counts: tuple[int, int, int], seconds: float) -> pl.DataFrame:
    """One row of ``run_steps``; ``counts`` are in, kept, quarantined; the load fills in what it wrote."""
    import polars as pl

    from warehouse.load import polars_schema
    from warehouse.tables import RUN_STEPS

    row = {"run_id": run_id, "step": step, "batch": batch, "in_count": counts[0], "kept_count": counts[1],
           "quarantined_count": counts[2], "loaded_count": 0, "seconds": round(seconds, 3)}
    return pl.DataFrame([row], schema=polars_schema(RUN_STEPS))


def load(home: Home, frames: dict[str, pl.DataFrame], steps: pl.DataFrame, wait: float) -> dict[str, int]:
    """Write one checked batch; retried by the caller's lock wait only."""
    from warehouse.load import load_batch

    with open_warehouse(home, wait) as connection:
        return load_batch(connection, frames, steps)


class Stopwatch:
    """Seconds since it was made or last read."""

    def __init__(self) -> None:
        self.since = time.perf_counter()

    def lap(self) -> float:
        before, self.since = self.since, time.perf_counter()
        return self.since - before
