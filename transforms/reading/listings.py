"""Lists of article addresses: news sitemaps and their indexes, and GDELT's event tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from transforms.reading.addresses import canonical
from transforms.reading.articles import parse_time

MOST_ADDRESSES = 50_000
# GDELT 1.0 has 58 columns, 2.0 has 61; the address of the article is the last of either.
GDELT_WIDTHS = (58, 61)


class ListingError(ValueError):
    """The document is no list of addresses; the message says why and the mend."""


@dataclass(slots=True)
class Listed:
    """One address of a list; ``marker`` changes when the list says that the article was edited."""

    address: str
    title: str | None = None
    published_at: datetime | None = None
    language: str | None = None
    marker: str = ""


@dataclass(slots=True)
class Sitemap:
    """A sitemap's articles, or the further sitemaps of an index."""

    articles: list[Listed] = field(default_factory=list)
    further: list[str] = field(default_factory=list)


def read_sitemap(content: bytes) -> Sitemap:
    """A sitemap (with Google's news tags where it has them) or a sitemap index. Raises ``ListingError``."""
    from lxml import etree

    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ListingError(f"no sitemap ({error}): check the address") from None
    kind = str(root.tag).rpartition("}")[2] if root is not None else ""
    if kind not in ("urlset", "sitemapindex"):
        raise ListingError(f"no sitemap (root element {kind or 'missing'}): check the address")
    found = Sitemap()
    for entry in list(root)[:MOST_ADDRESSES]:
        values = {str(e.tag).rpartition("}")[2]: (e.text or "").strip() for e in entry.iter() if isinstance(e.tag, str)}
        try:
            address = canonical(values.get("loc", ""))
        except ValueError:
            continue
        if kind == "sitemapindex":
            found.further.append(address)
            continue
        found.articles.append(Listed(
            address, values.get("title") or None, _moment(values.get("publication_date")), (values.get("language") or "")[:2].lower() or None,
            values.get("lastmod", ""),
        ))
    return found


def _moment(written: str | None) -> datetime | None:
    try:
        return parse_time(written)[0]
    except ValueError:
        return None


def read_gdelt(content: bytes) -> Iterator[str]:
    """Addresses in the column SOURCEURL of a GDELT event table (tab separated, no header), each once. Raises ``ListingError``."""
    csv.field_size_limit(1 << 22)
    seen: set[str] = set()
    rows = csv.reader(io.StringIO(content.decode("utf-8", "replace"), newline=""), delimiter="\t", quoting=csv.QUOTE_NONE)
    for number, row in enumerate(rows, 1):
        if not row:
            continue
        if len(row) not in GDELT_WIDTHS:
            raise ListingError(f"row {number} has {len(row)} columns, not {' or '.join(map(str, GDELT_WIDTHS))}: no GDELT event table")
        try:
            address = canonical(row[-1])
        except ValueError:
            continue  # GDELT also lists printed sources by name
        if address not in seen:
            seen.add(address)
            yield address
