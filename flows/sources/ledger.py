"""What was fetched: one row an address and source, in SQLite beside the raw documents. The warehouse knows what was landed; this knows the way there.

An address is *pending* from the moment a feed or list names it, *fetched* when its bytes lie under ``raw``, *landed* when its article
is in the warehouse, *failed* after too many tries. A run that is killed leaves every address in one of these, so the next run goes on
just there.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

MOST_TRIES = 5
SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
  source_id TEXT, address TEXT, kind TEXT, state TEXT CHECK (state IN ('pending', 'fetched', 'landed', 'failed')), tries INTEGER DEFAULT 0,
  raw_hash TEXT, marker TEXT DEFAULT '', etag TEXT, last_modified TEXT, hints TEXT DEFAULT '{}', reason TEXT, named_at TEXT, fetched_at TEXT,
  PRIMARY KEY (source_id, address));
CREATE TABLE IF NOT EXISTS lists (address TEXT PRIMARY KEY, etag TEXT, last_modified TEXT, checked_at TEXT);
CREATE TABLE IF NOT EXISTS days (scope TEXT, day TEXT, PRIMARY KEY (scope, day));
CREATE INDEX IF NOT EXISTS documents_state ON documents (source_id, state);
CREATE INDEX IF NOT EXISTS documents_raw ON documents (raw_hash);
-- What an address gave before it was edited: its bytes are kept, and so is what the list said of them then.
CREATE TABLE IF NOT EXISTS versions (
  source_id TEXT, address TEXT, kind TEXT, raw_hash TEXT, marker TEXT, hints TEXT, fetched_at TEXT, PRIMARY KEY (source_id, address, raw_hash));
CREATE TRIGGER IF NOT EXISTS keep_version AFTER UPDATE OF state ON documents
WHEN OLD.state = 'landed' AND NEW.state IN ('pending', 'fetched') AND OLD.raw_hash IS NOT NULL
BEGIN
  INSERT OR IGNORE INTO versions VALUES (OLD.source_id, OLD.address, OLD.kind, OLD.raw_hash, OLD.marker, OLD.hints, OLD.fetched_at);
END;
CREATE VIEW IF NOT EXISTS kept_raw AS
SELECT raw_hash, fetched_at, state FROM documents WHERE raw_hash IS NOT NULL UNION ALL SELECT raw_hash, fetched_at, 'landed' FROM versions;
"""


@dataclass(slots=True)
class Document:
    """A row of the ledger; ``hints`` is what the list said of the article (title, time, author, language)."""

    source_id: str
    address: str
    kind: str
    state: str = "pending"
    tries: int = 0
    raw_hash: str | None = None
    marker: str = ""
    etag: str | None = None
    last_modified: str | None = None
    hints: dict[str, Any] = field(default_factory=dict)
    reason: str | None = None
    fetched_at: str | None = None


COLUMNS = "source_id, address, kind, state, tries, raw_hash, marker, etag, last_modified, hints, reason, fetched_at"


def _document(row: tuple[Any, ...]) -> Document:
    values = dict(zip(COLUMNS.split(", "), row, strict=True))
    return Document(**values | {"hints": json.loads(values["hints"])})


def _now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")


class Ledger:
    """The ledger of one home. Every call is its own transaction; SQLite's WAL lets runs at once wait for each other."""

    def __init__(self, raw: Path) -> None:
        raw.mkdir(parents=True, exist_ok=True)
        self.path = raw / "ledger.sqlite"
        with self._open() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(SCHEMA)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=60)
        try:
            with connection:
                yield connection
        finally:
            connection.close()

    def name(self, documents: Iterable[Document]) -> int:
        """Note addresses that a list names. One that is there with the same marker stays as it is; an edited one is pending again."""
        count = 0
        with self._open() as connection:
            for d in documents:
                done = connection.execute(
                    "INSERT INTO documents (source_id, address, kind, state, raw_hash, marker, hints, named_at, fetched_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
                    "ON CONFLICT DO UPDATE SET state = excluded.state, tries = 0, kind = excluded.kind, marker = excluded.marker, "
                    "raw_hash = coalesce(excluded.raw_hash, raw_hash), hints = excluded.hints, fetched_at = coalesce(excluded.fetched_at, fetched_at) "
                    "WHERE documents.marker <> excluded.marker",
                    [d.source_id, d.address, d.kind, d.state, d.raw_hash, d.marker, json.dumps(d.hints, ensure_ascii=False), _now(),
                     _now() if d.state == "fetched" else None],
                )
                count += done.rowcount
        return count

    def find(self, source_id: str, *states: str, limit: int = 1_000_000) -> list[Document]:
        """Documents of a source in these states, in the order in which they were named."""
        marks = ", ".join("?" * len(states))
        with self._open() as connection:
            rows = connection.execute(
                f"SELECT {COLUMNS} FROM documents WHERE source_id = ? AND state IN ({marks}) ORDER BY named_at, rowid LIMIT ?", [source_id, *states, limit]
            ).fetchall()
        return [_document(r) for r in rows]

    def with_raw(self) -> Iterator[Document]:
        """All documents whose bytes are kept, earlier versions among them, for reparsing."""
        past = "SELECT source_id, address, kind, 'landed', 0, raw_hash, marker, NULL, NULL, hints, NULL, fetched_at FROM versions v"
        with self._open() as connection:
            rows = connection.execute(
                f"SELECT {COLUMNS} FROM documents WHERE raw_hash IS NOT NULL UNION ALL {past} WHERE NOT EXISTS (SELECT 1 FROM documents d "
                "WHERE d.source_id = v.source_id AND d.address = v.address AND d.raw_hash = v.raw_hash) ORDER BY source_id, address, fetched_at"
            ).fetchall()
        yield from (_document(r) for r in rows)

    def fetched(self, d: Document, raw_hash: str, etag: str | None, last_modified: str | None) -> None:
        """The bytes are kept. The same bytes as before are landed already."""
        with self._open() as connection:
            connection.execute(
                "UPDATE documents SET state = CASE WHEN raw_hash = ? AND state = 'landed' THEN 'landed' ELSE 'fetched' END, raw_hash = ?, etag = ?, "
                "last_modified = ?, reason = NULL, fetched_at = ? WHERE source_id = ? AND address = ?",
                [raw_hash, raw_hash, etag, last_modified, _now(), d.source_id, d.address],
            )

    def unchanged(self, d: Document) -> None:
        with self._open() as connection:
            connection.execute("UPDATE documents SET state = 'landed' WHERE source_id = ? AND address = ?", [d.source_id, d.address])

    def missed(self, d: Document, reason: str, is_final: bool) -> None:
        """A try that failed; the next run tries again until there were too many."""
        with self._open() as connection:
            connection.execute(
                "UPDATE documents SET tries = tries + 1, reason = ?, state = CASE WHEN ? OR tries + 1 >= ? THEN 'failed' ELSE 'pending' END "
                "WHERE source_id = ? AND address = ?", [reason, is_final, MOST_TRIES, d.source_id, d.address],
            )

    def landed(self, keys: Iterable[tuple[str, str]]) -> None:
        """The warehouse holds these (or has refused them by name): keys are source and address."""
        with self._open() as connection:
            connection.executemany("UPDATE documents SET state = 'landed' WHERE source_id = ? AND address = ?", list(keys))

    def prunable(self, before: str) -> list[str]:
        """Hashes of raw documents that were landed before this moment and that no younger document shares."""
        with self._open() as connection:
            rows = connection.execute(
                "SELECT raw_hash FROM kept_raw GROUP BY raw_hash HAVING max(fetched_at) < ? AND min(state = 'landed') = 1", [before]
            ).fetchall()
        return [r[0] for r in rows]

    def forget_raw(self, before: str) -> None:
        """Note that the raw documents of ``prunable`` are gone."""
        with self._open() as connection:
            gone = [(r[0],) for r in connection.execute(
                "SELECT raw_hash FROM kept_raw GROUP BY raw_hash HAVING max(fetched_at) < ? AND min(state = 'landed') = 1", [before]).fetchall()]
            connection.executemany("UPDATE documents SET raw_hash = NULL WHERE raw_hash = ?", gone)
            connection.executemany("DELETE FROM versions WHERE raw_hash = ?", gone)

    def days_done(self, scope: str) -> set[date]:
        """Days of a backfill's scope (its places) that were worked through."""
        with self._open() as connection:
            return {date.fromisoformat(r[0]) for r in connection.execute("SELECT day FROM days WHERE scope = ?", [scope]).fetchall()}

    def day_done(self, scope: str, day: date) -> None:
        """Noted once the day's last batch is landed."""
        with self._open() as connection:
            connection.execute("INSERT OR IGNORE INTO days VALUES (?, ?)", [scope, day.isoformat()])

    def list_state(self, address: str) -> tuple[str | None, str | None]:
        """ETag and Last-Modified of a feed or list when it was read last."""
        with self._open() as connection:
            row = connection.execute("SELECT etag, last_modified FROM lists WHERE address = ?", [address]).fetchone()
        return (row[0], row[1]) if row else (None, None)

    def list_read(self, address: str, etag: str | None, last_modified: str | None) -> None:
        """Noted only after all its entries are named: a run killed before reads the list again."""
        with self._open() as connection:
            connection.execute("INSERT OR REPLACE INTO lists VALUES (?, ?, ?, ?)", [address, etag, last_modified, _now()])
