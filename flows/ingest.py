"""From files to article rows in batches; what gives no article is refused by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.sources.files import find_files, read_file
from transforms.reading.articles import make_article
from transforms.reading.records import Refusal


@dataclass(slots=True)
class Batch:
    """Articles read together: rows as in ``tables.ARTICLES`` (with ``source_name``), refusals, and how many records came in."""

    number: int
    articles: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    in_count: int = 0
    copy_count: int = 0


def read_batches(paths: Iterable[Path], size: int, raw: Path | None = None) -> Iterator[Batch]:
    """Batches of at most ``size`` articles. One id for two different texts in one run refuses the second; the same record twice is one."""
    files, missing = find_files(paths)
    batch = Batch(0, refusals=missing, in_count=len(missing))
    seen: dict[tuple[str, str], tuple[str, str]] = {}
    fetched = datetime.now(UTC).replace(tzinfo=None)
    for path in files:
        for record in read_file(path, raw):
            batch.in_count += 1
            if isinstance(record, Refusal):
                batch.refusals.append(record)
                continue
            row = make_article(record)
            if isinstance(row, Refusal):
                batch.refusals.append(row)
                continue
            # Only an id that the source gave must be unique; the names of files in two folders may be alike.
            is_given = record.raw_hash is None and bool(record.values.get("id"))
            key = (row["source_name"], row["external_id"]) if is_given else ("", row["article_id"])
            where = record.where
            if key in seen:
                hashed, first = seen[key]
                if hashed == row["content_hash"]:
                    batch.copy_count += 1
                else:
                    reason = f"id {row['external_id']!r} stands already at {first} with another text: give each article its own id"
                    batch.refusals.append(Refusal(where, reason, row["body"][:500], "id"))
                continue
            seen[key] = (row["content_hash"], where)
            batch.articles.append(row | {"fetched_at": fetched})
            if len(batch.articles) >= size:
                yield batch
                batch = Batch(batch.number + 1)
    if batch.in_count or batch.number == 0:
        yield batch
