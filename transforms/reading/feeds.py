"""Feeds into items: RSS, RDF and Atom by feedparser, JSON Feed by hand (it is plain JSON)."""

from __future__ import annotations

import calendar
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

from transforms.reading.addresses import canonical
from transforms.reading.articles import parse_time

# Shorter texts are teasers: the article itself is behind the link.
FULL_TEXT_CHARACTERS = 1500
MOST_ITEMS = 2000


class FeedError(ValueError):
    """The document is no feed that can be read; the message says why and the mend."""


@dataclass(slots=True)
class FeedItem:
    """One entry: ``text`` is plain, ``is_full`` if it is the article and not a teaser; ``marker`` changes when the entry is edited."""

    address: str | None
    identity: str
    title: str | None = None
    text: str = ""
    is_full: bool = False
    published_at: datetime | None = None
    author: str | None = None
    marker: str = ""


@dataclass(slots=True)
class Feed:
    """A feed that was read: what it is called, its items, and what was odd about it."""

    title: str | None
    language: str | None
    items: list[FeedItem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def read_feed(content: bytes, address: str, content_type: str = "") -> Feed:
    """The feed in ``content``, fetched from ``address``. Raises ``FeedError`` when it is none."""
    if not content.strip():
        raise FeedError("the feed is empty: check the address")
    if content.lstrip()[:1] == b"{":
        return _json_feed(content, address)
    return _xml_feed(content, address, content_type)


def _xml_feed(content: bytes, address: str, content_type: str) -> Feed:
    import feedparser

    # What the server says of the charset counts for feedparser, as RFC 7303 has it; a wrong one falls back to the document's own.
    headers = {"content-location": address, "content-type": content_type or "application/xml"}
    parsed = feedparser.parse(BytesIO(content), response_headers=headers, sanitize_html=True)
    if not parsed.version and not parsed.entries:
        what = _reason(parsed)
        raise FeedError(f"no RSS, RDF or Atom feed{f' ({what})' if what else ''}: check the address, and that the site still has the feed")
    feed = Feed(plain(parsed.feed.get("title")) or None, (parsed.feed.get("language") or "")[:2].lower() or None)
    if parsed.bozo and (what := _reason(parsed)):
        feed.warnings.append(f"ill-formed: {what}")
    for entry in parsed.entries[:MOST_ITEMS]:
        item = _item(entry, address, feed)
        if item is not None:
            feed.items.append(item)
    return feed


def _reason(parsed: Any) -> str:
    return re.sub(r"\s+", " ", str(parsed.get("bozo_exception") or ""))[:160]


def _item(entry: Any, base: str, feed: Feed) -> FeedItem | None:
    address = _address(entry.get("link"), base)
    identity = entry.get("id") or address
    if not identity:
        feed.warnings.append(f"entry without link and id: {plain(entry.get('title'))[:60]!r}")
        return None
    bodies = [c.get("value") or "" for c in entry.get("content") or []] + [entry.get("summary") or ""]
    text = max((plain(b) for b in bodies), key=len)
    published = _moment(entry)
    if published is None and (entry.get("published") or entry.get("updated")):
        feed.warnings.append(f"date not understood: {str(entry.get('published') or entry.get('updated'))[:40]!r}")
    return FeedItem(
        address, str(identity), plain(entry.get("title")) or None, text, len(text) >= FULL_TEXT_CHARACTERS, published,
        plain(entry.get("author")) or None, str(entry.get("updated") or entry.get("published") or ""),
    )


def _moment(entry: Any) -> datetime | None:
    """The entry's time in UTC; months and days of the week may be written in the feed's own language."""
    found = entry.get("published_parsed") or entry.get("updated_parsed")
    if found and found[0] > 0:
        return datetime.fromtimestamp(calendar.timegm(found), UTC).replace(tzinfo=None)
    written = str(entry.get("published") or entry.get("updated") or "").strip()
    if not written or len(written) > 80:
        return None
    import dateparser

    told = dateparser.parse(written, settings={"TIMEZONE": "UTC", "RETURN_AS_TIMEZONE_AWARE": True, "REQUIRE_PARTS": ["day", "month", "year"]})
    return told.astimezone(UTC).replace(tzinfo=None) if told else None


def _json_feed(content: bytes, address: str) -> Feed:
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise FeedError(f"no JSON feed ({str(error)[:100]}): check the address") from None
    if not isinstance(data, dict) or "jsonfeed.org/version" not in str(data.get("version")) or not isinstance(data.get("items"), list):
        raise FeedError("JSON, but no JSON feed (no version, no items): check the address")
    feed = Feed(plain(data.get("title")) or None, str(data.get("language") or "")[:2].lower() or None)
    for entry in data["items"][:MOST_ITEMS]:
        if not isinstance(entry, dict) or not (entry.get("id") or entry.get("url")):
            feed.warnings.append("entry without id")
            continue
        text = max(plain(entry.get("content_html")), str(entry.get("content_text") or "").strip(), plain(entry.get("summary")), key=len)
        try:
            published = parse_time(entry.get("date_published"))[0]
        except ValueError as error:
            feed.warnings.append(str(error))
            published = None
        authors = entry.get("authors") if isinstance(entry.get("authors"), list) else [entry.get("author")]
        names = [plain(a.get("name")) for a in authors or [] if isinstance(a, dict)]
        feed.items.append(FeedItem(
            _address(entry.get("url"), address), str(entry.get("id") or entry.get("url")), plain(entry.get("title")) or None, text,
            len(text) >= FULL_TEXT_CHARACTERS, published, ", ".join(n for n in names if n) or None, str(entry.get("date_modified") or ""),
        ))
    return feed


def _address(link: Any, base: str) -> str | None:
    if not link:
        return None
    try:
        return canonical(urljoin(base, str(link)))
    except ValueError:
        return None


def plain(markup: Any) -> str:
    """Text of a piece of HTML: paragraphs apart, no tags, entities resolved."""
    text = str(markup or "").strip()
    if not text:
        return ""
    if "<" not in text and "&" not in text:
        return text
    from lxml import etree, html

    try:
        tree = html.fromstring(f"<div>{text}</div>")
    except (ValueError, etree.LxmlError):
        return re.sub(r"<[^>]*>", " ", text).strip()
    for dead in tree.xpath("//script | //style"):
        dead.drop_tree()
    for block in tree.iter("p", "br", "div", "li", "h1", "h2", "h3", "h4", "tr", "blockquote"):
        block.tail = "\n\n" + (block.tail or "") if block.tag != "br" else "\n" + (block.tail or "")
    return re.sub(r"[ \t\r\f\v]+", " ", re.sub(r"\s*\n\s*\n\s*", "\n\n", str(tree.text_content()))).strip()
