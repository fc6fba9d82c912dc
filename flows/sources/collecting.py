"""From sources to documents on disk: lists are read, new addresses are fetched, all sources at once, none stopped by another."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from flows.sources.fetching import NOT_MODIFIED, Fetcher, FetchError
from flows.sources.files import keep_raw
from flows.sources.ledger import Document, Ledger
from flows.sources.registry import Source
from transforms.reading.addresses import canonical, links
from transforms.reading.feeds import FeedError, FeedItem, read_feed
from transforms.reading.listings import ListingError, read_gdelt, read_sitemap
from transforms.reading.records import Refusal

MOST_SITEMAPS = 20
AT_ONCE = 32
# These faults stay however often one tries; the others are tried again by the next run.
FINAL = frozenset({"scheme", "address", "robots", "size"})


@dataclass(slots=True)
class SourceReport:
    """What one source gave in one run; ``error`` is why its list could not be read."""

    source_id: str
    listed: int = 0
    new: int = 0
    fetched: int = 0
    unchanged: int = 0
    failed: int = 0
    seconds: float = 0.0
    error: str | None = None
    warnings: list[str] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


def collect(sources: Iterable[Source], raw: Path, fetcher: Fetcher | None = None) -> list[SourceReport]:
    """Fetch what is new of network sources into ``raw`` and its ledger; one report a source, in the order of ``sources``."""
    return asyncio.run(collect_all(list(sources), raw, fetcher or Fetcher()))


async def collect_all(sources: list[Source], raw: Path, fetcher: Fetcher) -> list[SourceReport]:
    """As ``collect``, on a running loop; closes the fetcher."""
    ledger, gate = Ledger(raw), asyncio.Semaphore(AT_ONCE)
    try:
        return list(await asyncio.gather(*(_collect_one(s, raw, fetcher, ledger, gate) for s in sources)))
    finally:
        await fetcher.close()


async def _collect_one(source: Source, raw: Path, fetcher: Fetcher, ledger: Ledger, gate: asyncio.Semaphore) -> SourceReport:
    report, started = SourceReport(source.id), time.monotonic()
    for address in source.address:
        try:
            await _name_entries(source, address, raw, fetcher, ledger, report)
        except (FetchError, FeedError, ListingError, ValueError, OSError) as error:
            report.error = str(error)
            rule = error.rule if isinstance(error, FetchError) else "source"
            report.refusals.append(Refusal(f"source {source.id}: {address}", str(error), "", rule))
        except Exception as error:  # noqa: BLE001 - one bad source never stops another
            report.error = f"{type(error).__name__}: {error}"
            report.refusals.append(Refusal(f"source {source.id}: {address}", report.error, "", "source"))
    waiting = ledger.find(source.id, "pending", limit=source.most_articles)

    async def one(document: Document) -> None:
        async with gate:
            await _fetch_document(source, document, raw, fetcher, ledger, report)

    await asyncio.gather(*(one(d) for d in waiting))
    report.seconds = time.monotonic() - started
    return report


async def _name_entries(source: Source, address: str, raw: Path, fetcher: Fetcher, ledger: Ledger, report: SourceReport) -> None:
    if source.kind == "page":
        _note(ledger, report, [Document(source.id, canonical(address), "page")])
        return
    if source.kind == "sitemap":
        await _read_sitemaps(source, address, fetcher, ledger, report)
        return
    if source.kind == "gdelt" and "://" not in address:
        content = Path(address).read_bytes()
        _note(ledger, report, _wanted(source, (Document(source.id, a, "page") for a in read_gdelt(content))))
        return
    found = await fetcher.get(source, address, *ledger.list_state(address))
    if found.status == NOT_MODIFIED:
        return
    if source.kind == "feed":
        feed = read_feed(found.content, found.address, found.content_type)
        report.warnings += feed.warnings[:5]
        _note(ledger, report, [_entry(source, item, feed.language, raw) for item in feed.items])
    elif source.kind == "gdelt":
        _note(ledger, report, _wanted(source, (Document(source.id, a, "page") for a in read_gdelt(found.content))))
    else:
        _note(ledger, report, [Document(source.id, a, "page") for a in links(found.content, found.address, source.link_pattern or "")])
    ledger.list_read(address, found.etag, found.last_modified)


def _note(ledger: Ledger, report: SourceReport, documents: list[Document]) -> None:
    report.listed += len(documents)
    report.new += ledger.name(documents)


def _wanted(source: Source, documents: Iterable[Document]) -> list[Document]:
    pattern = re.compile(source.link_pattern or "")
    return [d for d in documents if pattern.search(d.address)]


async def _read_sitemaps(source: Source, address: str, fetcher: Fetcher, ledger: Ledger, report: SourceReport) -> None:
    waiting, seen = [address], set[str]()
    while waiting and len(seen) < MOST_SITEMAPS:
        here = waiting.pop(0)
        if here in seen:
            continue
        seen.add(here)
        found = await fetcher.get(source, here, *ledger.list_state(here))
        if found.status == NOT_MODIFIED:
            continue
        sitemap = read_sitemap(found.content)
        waiting += sitemap.further
        _note(ledger, report, _wanted(source, (
            Document(source.id, e.address, "page", marker=e.marker, hints=_hints(e.title, e.published_at, None, e.language)) for e in sitemap.articles
        )))
        if not sitemap.further:  # an index is read again: a 304 of it would hide the changes of its parts
            ledger.list_read(here, found.etag, found.last_modified)


def _hints(title: str | None, published: Any, author: str | None, language: str | None) -> dict[str, Any]:
    values = {"title": title, "published_at": published.isoformat() if published else None, "author": author, "language": language}
    return {k: v for k, v in values.items() if v}


def _entry(source: Source, item: FeedItem, language: str | None, raw: Path) -> Document:
    """A feed's entry: its own text when it is the article, else the page behind its link."""
    hints = _hints(item.title, item.published_at, item.author, language or source.language)
    own = item.is_full if source.full_text == "auto" else source.full_text == "never"
    if item.address and not own:
        return Document(source.id, item.address, "page", marker=item.marker, hints=hints)
    content = json.dumps(asdict(item) | {"published_at": item.published_at.isoformat() if item.published_at else None}, ensure_ascii=False).encode()
    return Document(source.id, item.address or item.identity, "entry", "fetched", raw_hash=keep_raw(raw, content), marker=item.marker or "1", hints=hints)


async def _fetch_document(source: Source, document: Document, raw: Path, fetcher: Fetcher, ledger: Ledger, report: SourceReport) -> None:
    try:
        found = await fetcher.get(source, document.address, document.etag, document.last_modified)
        if found.status == NOT_MODIFIED:
            ledger.unchanged(document)
            report.unchanged += 1
            return
        ledger.fetched(document, keep_raw(raw, found.content), found.etag, found.last_modified)
        report.fetched += 1
    except FetchError as error:
        ledger.missed(document, str(error), error.rule in FINAL)
        report.failed += 1
        report.refusals.append(Refusal(document.address, str(error), "", error.rule))
    except Exception as error:  # noqa: BLE001 - one bad page never stops the others
        reason = f"{type(error).__name__}: {error}"
        ledger.missed(document, reason, False)
        report.failed += 1
        report.refusals.append(Refusal(document.address, reason, "", "source"))
