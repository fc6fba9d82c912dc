"""Agency XML into records: NewsML-G2 (news items and messages with many), NITF alone or inside it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from transforms.reading.records import Record, Refusal

MOST_BYTES = 64 * 1024 * 1024


def parse_newsml(content: bytes, name: str) -> Iterator[Record | Refusal]:
    """One record a news item or NITF document; external entities and the network are never touched."""
    from lxml import etree

    if len(content) > MOST_BYTES:
        yield Refusal(name, f"XML of {len(content):,} bytes: split it", "", "size")
        return
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        yield Refusal(name, f"no well-formed XML ({error}): fetch it again", repr(content[:200]), "xml")
        return
    digest = hashlib.sha256(content).hexdigest()
    found = list(_all(root, "newsItem")) or list(_all(root, "nitf"))
    if not found:
        yield Refusal(name, f"XML, but neither NewsML-G2 nor NITF (root {_local(root)}): check the source's kind", "", "xml")
        return
    for number, item in enumerate(found, 1):
        where = name if len(found) == 1 else f"{name}, item {number}"
        values = _news_item(item) if _local(item) == "newsItem" else _nitf(item)
        if not (values.get("text") or "").strip():
            yield Refusal(where, "the item has no text: is it a picture or a correction notice?", str(values.get("title") or ""), "text")
            continue
        values["id"] = values.get("id") or f"{name}#{number}"
        yield Record(where, f"{name}#{number}", values, digest)


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def _all(root: Any, *names: str) -> Iterator[Any]:
    return (e for e in root.iter() if _local(e) in names)


def _first(root: Any, *names: str) -> Any | None:
    return next(_all(root, *names), None)


def _text(element: Any | None) -> str | None:
    if element is None:
        return None
    text = re.sub(r"\s+", " ", " ".join(element.itertext())).strip()
    return text or None


def _paragraphs(element: Any | None) -> str:
    if element is None:
        return ""
    found = [_text(p) for p in _all(element, "p", "hl2", "li")]
    return "\n\n".join(p for p in found if p) or (_text(element) or "")


def _news_item(item: Any) -> dict[str, Any]:
    """Fields of a NewsML-G2 ``newsItem``; its content is NITF, XHTML or plain text inside ``inlineXML`` or ``inlineData``."""
    nitf = _first(item, "nitf")
    values = _nitf(nitf) if nitf is not None else {}
    body = _first(item, "inlineXML", "inlineData")
    content = _first(body, "body") if body is not None else None
    language = next((v for e in _all(item, "contentMeta", "newsItem", "language") for k, v in e.attrib.items() if k.endswith("lang") or k == "tag"), None)
    version = item.get("version")
    inner = content if content is not None else body
    return {
        "id": item.get("guid"), "title": values.get("title") or _text(_first(item, "headline")), "text": values.get("text") or _paragraphs(inner),
        "published_at": _text(_first(item, "firstCreated", "contentCreated")) or _text(_first(item, "versionCreated")) or values.get("published_at"),
        "source": _text(_first(item, "provider")) or values.get("source"), "author": _text(_first(item, "by")) or values.get("author"),
        "language": (language or values.get("language") or "")[:2].lower() or None, "section": f"version {version}" if version and version != "1" else None,
    }


def _nitf(root: Any) -> dict[str, Any]:
    """Fields of an NITF document."""
    identity, issued = _first(root, "doc-id"), _first(root, "date.issue")
    publication = _first(root, "pubdata")
    body = _first(root, "body.content")
    when = issued.get("norm") if issued is not None else (publication.get("date.publication") if publication is not None else None)
    return {
        "id": identity.get("id-string") if identity is not None else None, "title": _text(_first(root, "hl1")) or _text(_first(root, "title")),
        "text": _paragraphs(body), "published_at": _iso(when), "author": _text(_first(root, "byline")),
        "source": publication.get("name") if publication is not None else None,
        "language": next((v[:2].lower() for k, v in root.attrib.items() if k.endswith("lang")), None),
    }


def _iso(compact: str | None) -> str | None:
    """NITF writes 20260314T093000Z; both forms are ISO 8601."""
    return compact.strip() if compact and compact.strip() else None
