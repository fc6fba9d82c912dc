"""A look at a source without keeping anything: one way for ``bilateral sources check`` and ``preview``."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.sources.collecting import collect
from flows.sources.fetching import Fetcher
from flows.sources.registry import Source
from transforms.reading.records import Refusal

FEED_ENDINGS = (".rss", ".atom", ".rdf", "/feed", "/rss", "feed.xml", "rss.xml", "feed.json", "atom.xml")


@dataclass(slots=True)
class Preview:
    """What came out: article rows, and what was refused."""

    source: Source
    listed: int = 0
    articles: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    def summary(self) -> str:
        """One line in words."""
        if self.articles:
            first = self.articles[0]
            told = f"{self.listed} listed; " if self.listed else ""
            return (f"{told}{len(first['body']):,} characters, {first['language']}, {first['published_at'] or 'no date'}: "
                    f"{(first['title'] or '(no title)')[:80]}")
        reason = self.refusals[0].reason if self.refusals else "nothing was listed"
        return f"nothing came out: {reason}"


def source_at(address: str, kind: str | None, allow_private: bool) -> Source:
    """A source for an address that stands in no file. Raises ``ValueError`` for a kind that needs more than an address."""
    path = address.split("?")[0].rstrip("/").lower()
    guess = kind or ("feed" if path.endswith(FEED_ENDINGS) else "sitemap" if "sitemap" in path and path.endswith((".xml", ".xml.gz")) else "page")
    return Source(id="preview", name="preview", kind=guess, address=[address], allow_private=allow_private)  # type: ignore[arg-type]


def preview_source(source: Source, count: int, fetcher: Fetcher | None = None) -> Preview:
    """Fetch and read ``count`` articles of the source in a scratch folder that is removed again."""
    from flows.ingest import read_batches

    limited = source.model_copy(update={"most_articles": count})
    found = Preview(source)
    with tempfile.TemporaryDirectory(prefix="bilateral-preview-") as scratch:
        raw = Path(scratch)
        if source.kind not in ("folder", "archive"):
            report = collect([limited], raw, fetcher or Fetcher())[0]
            found.listed, found.refusals = report.listed, list(report.refusals)
        for batch in read_batches([], count, raw, [limited]):
            found.articles += batch.articles
            found.refusals += batch.refusals
            if len(found.articles) >= count:
                break
    return found
