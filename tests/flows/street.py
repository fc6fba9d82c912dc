"""The street without Prefect: files in, rows of the warehouse out, by the same functions that the flow chains."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from flows.ingest import read_batches
from flows.settings import load_settings
from flows.steps import Tally, start_run
from warehouse.store import Home
from warehouse.tables import BY_NAME

TEXT = "France praised Morocco for the agreement on fishing that the two countries signed in Rabat on Tuesday."
FRENCH = "Le président français a rencontré son homologue marocain à Rabat, où ils ont signé un accord sur la pêche."
ARABIC = "التقى الرئيس الفرنسي نظيره المغربي في الرباط ووقع معه اتفاقا حول الصيد البحري بين البلدين"
# Reason and JSON of a refused row show its stamps.
STAMPS = ("run_id", "fetched_at", "first_seen_at", "refused_at", "reason", "row_json")
CONTENT = ("articles", "mentions", "mention_sectors", "mention_actors", "sources", "countries", "event_types", "sectors", "quarantine")


def record(identity: str, text: str = TEXT, **values: Any) -> dict[str, Any]:
    return {"id": identity, "text": text, "published_at": "2026-03-14", "source": "Rif Daily"} | values


def write_jsonl(path: Path, *rows: dict[str, Any] | str) -> Path:
    path.write_text("".join((r if isinstance(r, str) else json.dumps(r, ensure_ascii=False)) + "\n" for r in rows), encoding="utf-8")
    return path


def land(home: Home, *paths: Path, run_id: str = "run-1", size: int = 400) -> Tally:
    """Read, code, check and load; no publish."""
    from flows.pipeline import work_batch

    settings, tally = load_settings(home=home.path), Tally()
    start_run(home, run_id, "pipeline", {}, 5)
    for batch in read_batches(paths, size, home.raw):
        work_batch.fn(batch.number, batch, run_id, home, settings, tally)
    return tally


def ask(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def content(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the tables that a second run must not change, without the stamps of runs."""
    return {
        name: ask(path, f"SELECT {', '.join(c for c in BY_NAME[name].names if c not in STAMPS)} FROM {name} ORDER BY {', '.join(BY_NAME[name].key)}")
        for name in CONTENT
    }
