"""Keeping house at night: checkpoint, prune old raw documents, compact the write file, verify what must be so."""

from __future__ import annotations

import gzip
import hashlib
import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

os.environ.setdefault("GX_ANALYTICS_ENABLED", "False")

import duckdb
from prefect import flow
from pydantic import Field

from flows import steps
from flows.params import AN_HOUR, HomeFolder, documented
from flows.progress import tell
from flows.settings import load_settings
from flows.sources.ledger import Ledger
from warehouse.publish import view_files
from warehouse.store import Home, WarehouseError, open_warehouse
from warehouse.tables import TABLES

KeepDays = Annotated[int, Field(ge=1, description="Keep raw documents at least so many days after they were landed; they are what reparse reads")]
SampleCount = Annotated[int, Field(ge=0, description="Raw documents whose bytes are compared with their name; 0 checks none")]
# A file that is a quarter dead space is written anew.
WORTH_COMPACTING = 0.25


@flow(name="maintenance", flow_run_name=lambda: f"maintenance {steps.now():%Y-%m-%d}", validate_parameters=True, timeout_seconds=2 * AN_HOUR)
@documented
def maintenance(home: HomeFolder = None, keep_raw_days: KeepDays = 365, sample: SampleCount = 500) -> dict[str, Any]:
    """Checkpoint, prune, compact, verify. Fails, naming what, if something that must be so is not."""
    settings = load_settings(home=home)
    place, wait = Home(Path(settings.home)), settings.lock_wait_seconds
    if not place.warehouse.exists():
        raise WarehouseError(f"there is no warehouse in {place.path}: run bilateral run PATH first")
    with open_warehouse(place, wait) as connection:
        connection.execute("CHECKPOINT")
    pruned, won, faults = prune_raw(place, keep_raw_days), compact(place, wait), verify(place, wait, sample)
    tell(f"{pruned} raw documents pruned, {won:,} bytes won, {len(faults)} faults")
    if faults:
        raise WarehouseError("; ".join(faults[:10]) + ": see bilateral doctor")
    return {"pruned": pruned, "compacted_bytes": won, "faults": faults}


def prune_raw(home: Home, keep_days: int) -> int:
    """Remove raw documents that were landed longer ago, and half-written ones; returns how many. Articles keep their text and hash."""
    ledger, before = Ledger(home.raw), (steps.now() - timedelta(days=keep_days)).isoformat(timespec="seconds")
    gone = 0
    for digest in ledger.prunable(before):
        path = home.raw / digest[:2] / f"{digest}.gz"
        if path.exists():
            path.unlink()
            gone += 1
    ledger.forget_raw(before)
    for left in home.raw.glob("*/*.part"):
        left.unlink(missing_ok=True)
    return gone


def compact(home: Home, wait: float) -> int:
    """Write the write file anew when much of it is dead space; returns the bytes won. The new file takes the old one's place whole."""
    fresh = home.path / f".compact-{os.getpid()}.duckdb"
    before = home.warehouse.stat().st_size
    with open_warehouse(home, wait) as connection:
        row = connection.execute("SELECT free_blocks::DOUBLE / greatest(total_blocks, 1) FROM pragma_database_size()").fetchone()
        if row is None or row[0] < WORTH_COMPACTING:
            return 0
        name = connection.execute("SELECT current_database()").fetchone()
        assert name is not None
        fresh.unlink(missing_ok=True)
        quoted = str(fresh).replace("'", "''")
        connection.execute(f"ATTACH '{quoted}' AS fresh")
        connection.execute(f'COPY FROM DATABASE "{name[0]}" TO fresh')
        connection.execute("DETACH fresh")
        # Inside the block: the lock on the old file keeps other writers out until the new one stands.
        with fresh.open("rb") as handle:
            os.fsync(handle.fileno())
        fresh.replace(home.warehouse)
    return before - home.warehouse.stat().st_size


def verify(home: Home, wait: float, sample: int) -> list[str]:
    """What is not as it must be, a line each: keys, spans, leads, references, views, raw bytes."""
    faults = []
    with open_warehouse(home, wait) as connection:
        for table in TABLES:
            key = ", ".join(table.key)
            if _count(connection, f"SELECT count(*) FROM (SELECT {key} FROM {table.name} GROUP BY ALL HAVING count(*) > 1)"):
                faults.append(f"{table.name}: keys that stand twice")
        rules = {
            "mentions without their article": "SELECT count(*) FROM mentions ANTI JOIN articles USING (article_id)",
            "sectors without their mention": "SELECT count(*) FROM mention_sectors ANTI JOIN mentions USING (mention_id)",
            "actors without their mention": "SELECT count(*) FROM mention_actors ANTI JOIN mentions USING (mention_id)",
            "sentences that are not what their span says": "SELECT count(*) FROM mentions m JOIN articles a USING (article_id) "
            "WHERE m.sentence <> substring(a.body, m.char_start + 1, m.char_end - m.char_start)",
            "stories without exactly one lead": "SELECT count(*) FROM (SELECT story_id FROM articles GROUP BY ALL HAVING count(*) FILTER (is_lead) <> 1)",
            "articles with a wrong count of mentions": "SELECT count(*) FROM (SELECT a.article_id FROM articles a LEFT JOIN mentions m USING (article_id) "
            "GROUP BY a.article_id, a.mention_count HAVING a.mention_count <> count(m.mention_id))",
        }
        faults += [f"{found} {what}" for what, sql in rules.items() if (found := _count(connection, sql))]
        hashes = "SELECT DISTINCT raw_hash FROM articles WHERE raw_hash IS NOT NULL ORDER BY hash(raw_hash) LIMIT ?"
        kept = [r[0] for r in connection.execute(hashes, [sample]).fetchall()]
    if home.published.exists():
        with duckdb.connect(str(home.published), read_only=True) as published:
            for view in view_files():
                name = view.stem.split("_", 1)[1]
                try:
                    published.execute(f"SELECT * FROM {name} LIMIT 1").fetchall()
                except duckdb.Error as error:
                    faults.append(f"view {name}: {str(error).splitlines()[0]}")
    for digest in kept:
        path = home.raw / digest[:2] / f"{digest}.gz"
        try:
            if path.exists() and hashlib.sha256(gzip.decompress(path.read_bytes())).hexdigest() != digest:
                faults.append(f"raw document {digest[:12]} is not what its name says")
        except (OSError, EOFError) as error:
            faults.append(f"raw document {digest[:12]} cannot be read ({error})")
    return faults


def _count(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    return int(row[0]) if row else 0
