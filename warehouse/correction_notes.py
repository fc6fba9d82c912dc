"""What the published copy keeps of the corrections that went into it, and whether it holds those of today."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

import duckdb

from warehouse.correction_lines import corrections_file
from warehouse.corrections import Corrections
from warehouse.store import Home


def corrections_hash(home: Home) -> str | None:
    """SHA-256 of the file's bytes; None where there is none."""
    path = corrections_file(home)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


def note_corrections(connection: duckdb.DuckDBPyConnection, done: Corrections, run_id: str, home: Home) -> None:
    """Keep in the published copy what was done: one row of ``validations``, and each line that could not be applied in ``quarantine``."""
    if not done.counts:
        return

    def key(*parts: object) -> str:
        return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:20]

    details = json.dumps(done.counts | {"sha256": corrections_hash(home)})
    connection.execute(
        "INSERT OR REPLACE INTO validations VALUES (?, ?, 0, 'corrections', 'line of corrections.csv can be applied', NULL, 'warning', ?, ?, ?, ?, ?)",
        [key(run_id, "corrections"), run_id, not done.faults, done.counts["lines"], len(done.faults), "A broken line never stops a publish", details],
    )
    for fault in done.faults:
        connection.execute(
            "INSERT OR REPLACE INTO quarantine VALUES (?, ?, 'corrections', ?, 'line of corrections.csv can be applied', 'warning', ?, ?, ?, false)",
            [key("corrections", fault.line, fault.text, fault.reason), run_id, f"corrections.csv, line {fault.line}", fault.reason,
             json.dumps({"line": fault.line, "text": fault.text}, ensure_ascii=False), datetime.now(UTC).replace(tzinfo=None)],
        )


def are_corrections_published(home: Home) -> bool:
    """Does the published file hold the corrections as they stand in the file now? true where there is neither."""
    try:
        with duckdb.connect(str(home.published), read_only=True) as connection:
            row = connection.execute("SELECT details FROM validations WHERE suite = 'corrections'").fetchone()
    except duckdb.Error:
        return False
    return (json.loads(row[0])["sha256"] if row else None) == corrections_hash(home)
