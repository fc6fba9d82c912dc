"""From paths and sources to article rows in batches; what gives no article is refused by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

from flows.sources.documents import Key, read_fetched
from flows.sources.files import find_files, find_remote, read_named
from flows.sources.ledger import Document, Ledger
from flows.sources.registry import Source
from transforms.reading.articles import make_article
from transforms.reading.records import Record, Refusal

# A record, a refusal, or None where a file ends; with the key in the ledger of what is landed once this is.
Item = tuple[Key | None, Record | Refusal | None]


@dataclass(slots=True)
class Batch:
    """Articles read together: rows as in ``tables.ARTICLES`` (with ``source_name``), refusals, and how many records came in.

    ``landed`` are the ledger's keys that are done once the batch is in the warehouse.
    """

    number: int
    articles: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    in_count: int = 0
    copy_count: int = 0
    landed: list[Key] = field(default_factory=list)


class Meter:
    """How much of the input is read, by bytes of files: what a progress bar needs, nothing more exact."""

    def __init__(self) -> None:
        self.total = self.done = 0
        self.current: IO[bytes] | None = None

    def open(self, path: Path) -> IO[bytes]:
        self.current = path.open("rb")
        return self.current

    def share(self) -> float:
        """0 to 1; input that is no file counts as nothing, so the share is 1 where there is none."""
        here = 0 if self.current is None or self.current.closed else self.current.tell()
        return (self.done + here) / self.total if self.total else 1.0


def stream_paths(paths: Iterable[Path], raw: Path | None = None, meter: Meter | None = None) -> Iterator[Item]:
    """Everything in the files and folders."""
    files, missing = find_files(paths)
    meter = meter or Meter()
    sizes = [path.stat().st_size for path in files]
    meter.total += sum(sizes)
    yield from ((None, m) for m in missing)
    for path, size in zip(files, sizes, strict=True):
        yield from ((None, r) for r in read_named(path.name, partial(meter.open, path), raw))
        meter.done, meter.current = meter.done + size, None


def stream_sources(sources: Iterable[Source], raw: Path) -> Iterator[Item]:
    """What was fetched of network sources and not landed yet, and the files of folders and archives that are new or changed."""
    sources = list(sources)
    yield from read_fetched([s for s in sources if s.kind not in ("folder", "archive")], raw)
    for source in sources:
        if source.kind in ("folder", "archive"):
            yield from _stream_folder(source, raw)


def _stream_folder(source: Source, raw: Path) -> Iterator[Item]:
    ledger = Ledger(raw)
    openers = {}
    for address in source.address:
        try:
            for name, state, opener in find_remote(address):
                openers[name] = opener
                ledger.name([Document(source.id, name, "file", marker=state)])
        except Exception as error:  # noqa: BLE001 - each file system behind fsspec has errors of its own
            yield None, Refusal(f"source {source.id}: {address}", f"cannot be listed ({type(error).__name__}: {error}): check address and rights", "", "source")
    for document in ledger.find(source.id, "pending"):
        if document.address not in openers:
            continue  # it is gone; should it come back it is named again
        for record in read_named(document.address.rpartition("/")[2], openers[document.address], raw):
            if isinstance(record, Record):
                record.values.setdefault("source", source.name)
            yield None, record
        yield (source.id, document.address), None


def read_batches(
    paths: Iterable[Path], size: int, raw: Path | None = None, sources: Iterable[Source] = (), meter: Meter | None = None,
) -> Iterator[Batch]:
    """Batches of at most ``size`` articles. One id for two different texts in one run refuses the second; the same record twice is one."""
    known = {s.name: s for s in sources}
    return batched(_all(paths, known.values(), raw, meter), size, 0, known)


def batched(items: Iterable[Item], size: int, first: int = 0, known: Mapping[str, Source] = MappingProxyType({})) -> Iterator[Batch]:
    """Batches of ``items``, numbered from ``first``; ``known`` are the registered sources by name."""
    batch = Batch(first)
    seen: dict[tuple[str, str], tuple[str, str]] = {}
    fetched = datetime.now(UTC).replace(tzinfo=None)
    for key, record in items:
        if key is not None:
            batch.landed.append(key)
        if record is None:
            continue
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
        identity = (row["source_name"], row["external_id"]) if is_given else ("", row["article_id"])
        if identity in seen:
            hashed, standing = seen[identity]
            if hashed == row["content_hash"]:
                batch.copy_count += 1
            else:
                reason = f"id {row['external_id']!r} stands already at {standing} with another text: give each article its own id"
                batch.refusals.append(Refusal(record.where, reason, row["body"][:500], "id"))
            continue
        seen[identity] = (row["content_hash"], record.where)
        source = known.get(row["source_name"])
        batch.articles.append(row | {"fetched_at": fetched, "source_id": source.id if source else None})
        if len(batch.articles) >= size:
            yield batch
            batch = Batch(batch.number + 1)
    if batch.in_count or batch.landed or batch.number == first:
        yield batch


def _all(paths: Iterable[Path], sources: Iterable[Source], raw: Path | None, meter: Meter | None) -> Iterator[Item]:
    yield from stream_paths(paths, raw, meter)
    if raw is not None:
        yield from stream_sources(sources, raw)
