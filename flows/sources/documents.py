"""From documents on disk to records: what was fetched and not landed yet, read from ``raw`` with the parser of today."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from flows.sources.ledger import Document, Ledger
from flows.sources.registry import Source
from transforms.reading.records import Record, Refusal, parse_html

Key = tuple[str, str]


def read_fetched(sources: Iterable[Source], raw: Path) -> Iterator[tuple[Key, Record | Refusal]]:
    """Records of the sources' fetched documents, each with its key in the ledger."""
    ledger = Ledger(raw)
    for source in sources:
        for document in ledger.find(source.id, "fetched"):
            yield (source.id, document.address), read_document(document, source.name, raw)


def read_document(document: Document, source_name: str, raw: Path) -> Record | Refusal:
    """The record of a kept document; a refusal if its file is missing or holds no article."""
    digest = document.raw_hash or ""
    try:
        content = gzip.decompress((raw / digest[:2] / f"{digest}.gz").read_bytes())
    except (OSError, EOFError) as error:
        return Refusal(document.address, f"the raw document {digest[:12]} cannot be read ({error}): fetch it again", "", "raw")
    if document.kind == "entry":
        item = json.loads(content)
        values = {"title": item["title"], "text": item["text"], "published_at": item["published_at"], "author": item["author"]}
        if not (item["text"] or "").strip():
            return Refusal(document.address, "the feed's entry has no text: set full_text = \"always\" to fetch the page behind it", "", "text")
    else:
        found = next(iter(parse_html(content, document.address)))
        if isinstance(found, Refusal):
            return found
        values = found.values
    hints = document.hints
    values = {
        "title": values.get("title") or hints.get("title"), "text": values["text"], "author": values.get("author") or hints.get("author"),
        # The list knows the minute, a page often only the day.
        "published_at": hints.get("published_at") or values.get("published_at"),
        "language": values.get("language") or hints.get("language"), "url": document.address, "source": source_name,
    }
    return Record(document.address, document.address, values, digest)
