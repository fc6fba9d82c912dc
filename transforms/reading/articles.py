"""Raw records into article rows: cleaned text, times in UTC, language, stable ids."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

from transforms.reading.records import Record, Refusal

MOST_CHARACTERS = 2_000_000
CODED_LANGUAGES = frozenset({"en"})
# Left over in agency copy: story references, and the marks of page furniture.
FURNITURE = re.compile(r"\[n[A-Z]\w{6,}\]\s*|(?m:^\s*(?:Read also|Also read|Related|Advertisement|Share this)\b:?.{0,120}$\n?)")
CONTROL = {c: None for c in range(32) if c not in (9, 10)} | {0x200B: None, 0x2060: None, 0xFEFF: None, 0x00AD: None}


def stable_id(*parts: object) -> str:
    """20 hex digits of SHA-256 over the parts: the same parts give the same id in every run."""
    joined = "\x1f".join("" if p is None else str(p) for p in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def clean_text(text: str) -> str:
    """Composed characters, plain line ends, no control or zero-width characters, no page furniture; words untouched."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.encode("utf-8", "ignore").decode("utf-8").translate(CONTROL).replace("\u00a0", " ")
    return re.sub(r"\n{3,}", "\n\n", FURNITURE.sub("", text)).strip()


def parse_time(value: Any) -> tuple[datetime | None, str]:
    """A time as naive UTC and its precision (``second``, ``day``, ``unknown``); raises ``ValueError`` for what is no time."""
    if value is None or value == "":
        return None, "unknown"
    if isinstance(value, datetime):
        return (value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value), "second"
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day), "day"
    text = str(value).strip()
    is_day = re.fullmatch(r"\d{4}-?\d{2}-?\d{2}", text) is not None
    try:
        try:
            moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
        except ValueError:
            moment = parsedate_to_datetime(text)
        return (moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment), "day" if is_day else "second"
    except (ValueError, TypeError, IndexError, OverflowError):
        raise ValueError(f"{text[:80]!r} is no date: write it as 2026-03-14 or 2026-03-14T09:30:00Z") from None


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def recognise_language(text: str, claimed: str | None = None) -> str:
    """ISO 639-1 code of the text. A short or mixed text keeps the code that its source claims; ``und`` if nothing is sure."""
    sample = re.sub(r"https?://\S+|[\d\W_]+", " ", text[:4000]).strip()
    claimed = (claimed or "").lower()[:2] or None
    letters = re.findall(r"[^\W\d_]", sample)
    if claimed in CODED_LANGUAGES and sum(c.isascii() for c in letters) * 2 < len(letters):
        claimed = None  # another script: the claim is wrong
    if len(sample) < 20:
        return claimed or "und"
    code, probability = _identifier().classify(sample.lower() if sample.isupper() else sample)
    if probability >= 0.8 or code == claimed:
        return str(code)
    return claimed or ("und" if probability < 0.5 else str(code))


def make_article(record: Record, source_name: str | None = None) -> dict[str, Any] | Refusal:
    """The article row of a record, without what the run and the coder add; a refusal if it cannot be one.

    Keys as in ``warehouse.tables.ARTICLES``, and ``source_name`` as the record or the caller gives it.
    """
    values: Mapping[str, Any] = record.values
    raw = str(values["text"])
    if len(raw) > MOST_CHARACTERS:
        return Refusal(record.where, f"text of {len(raw):,} characters: an article has at most {MOST_CHARACTERS:,}; split it", raw[:500], "size")
    body, title = clean_text(raw), clean_text(str(values.get("title") or "")) or None
    if not body:
        return Refusal(record.where, "nothing is left of the text after cleaning: check what the source gives as text", raw[:500], "text")
    title = re.sub(r"\s+", " ", title) if title else None
    try:
        published, precision = parse_time(values.get("published_at"))
    except ValueError as error:
        return Refusal(record.where, f"published_at: {error}", str(values.get("published_at"))[:200], "published_at")
    source = str(values.get("source") or source_name or "files")
    external = str(values.get("id") or record.key)
    url = str(values["url"]) if values.get("url") else None
    content_hash = hashlib.sha256(f"{title or ''}\n{body}".encode()).hexdigest()
    article_id = stable_id(source, external if values.get("id") else (url or external), content_hash)
    language = recognise_language(f"{title or ''} {body}", str(values["language"]) if values.get("language") else None)
    return {
        "article_id": article_id, "external_id": external, "source_name": source, "url": url, "title": title, "body": body,
        "author": str(values["author"]) if values.get("author") else None, "section": str(values["section"]) if values.get("section") else None,
        "language": language, "published_at": published, "published_precision": precision, "content_hash": content_hash,
        "raw_hash": record.raw_hash, "story_id": article_id, "is_lead": True, "is_coded": language in CODED_LANGUAGES,
    }


def source_key(name: str) -> str:
    """A short stable name for a source: lower case, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    key = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60]
    return key or "source-" + stable_id(name)[:8]
