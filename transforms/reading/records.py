"""Bytes into raw records: one function per kind of file, refusals instead of exceptions for bad records."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from charset_normalizer import from_bytes

FIELDS = ("id", "url", "title", "text", "published_at", "source", "language")
MOST_LINE_BYTES = 64 * 1024 * 1024


@dataclass(slots=True)
class Record:
    """One raw article as a source gave it: ``values`` has any of ``FIELDS`` (and author, section); ``where`` names file and
    line for messages; ``raw_hash`` is the SHA-256 of the raw document, None for records of a bulk file."""

    where: str
    key: str
    values: dict[str, Any] = field(default_factory=dict)
    raw_hash: str | None = None


@dataclass(slots=True)
class Refusal:
    """Input that gave no article: ``reason`` says what is wrong and the mend; ``content`` is what could be read of it."""

    where: str
    reason: str
    content: str = ""
    rule: str = "readable"


def decode(content: bytes, where: str) -> tuple[str, Refusal | None]:
    """Text of ``content``: UTF-8 if it is that, else by charset detection; null bytes are a refusal."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        encoding = _guess_encoding(content[:200_000])
        if encoding is None:
            return "", Refusal(where, "no character encoding fits: save the file as UTF-8", repr(content[:200]), "encoding")
        try:
            text = content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            return "", Refusal(where, f"not {encoding} throughout: save the file as UTF-8", repr(content[:200]), "encoding")
    if "\x00" in text:
        return "", Refusal(where, "null bytes: this is a binary file or a broken download; fetch it again", repr(text[:200]), "null-bytes")
    return text, None


CHARSET = re.compile(rb"""(?i)<meta[^>]{0,200}charset\s*=\s*["']?\s*([a-z0-9_-]{2,30})""")


def decode_page(content: bytes) -> str:
    """Text of a page, whatever its server says of the charset: UTF-8 if it is that, else as the page itself says, else by detection."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        told = CHARSET.search(content[:4096])
        # A few accents in Latin letters say little to a detector; then the web's own default is likelier than any guess.
        is_latin = sum(b >= 0x80 for b in content) < 0.15 * sum(65 <= (b & 0xDF) <= 90 for b in content)
        for name in (told.group(1).decode() if told else None, None if is_latin else _guess_encoding(content[:200_000]), "cp1252"):
            try:
                if name and name.lower() not in ("utf-8", "utf8"):
                    return content.decode(name)
            except (LookupError, UnicodeDecodeError):
                continue
        return content.decode("utf-8", "replace")


def whole(text: str) -> str:
    """The text with ``?`` for half characters (lone surrogates), which neither Arrow nor DuckDB can store."""
    return text.encode("utf-8", "replace").decode()


def _guess_encoding(content: bytes) -> str | None:
    """The likeliest encoding. Where Western (Windows-1252, Latin-1) fits as well as another it wins: in English news it is the usual one."""
    found = from_bytes(content)
    best = found.best()
    if best is None:
        return None
    western = next((m for m in found if m.encoding == "cp1252"), None)
    return "cp1252" if western and western.chaos <= best.chaos and western.coherence >= best.coherence else best.encoding


def parse_jsonl(lines: Iterable[bytes], name: str) -> Iterator[Record | Refusal]:
    """One record a line. A line that is no JSON object, or without ``text``, is refused by name and number."""
    for number, line in enumerate(lines, 1):
        where = f"{name}, line {number}"
        if not line.strip():
            continue
        if len(line) > MOST_LINE_BYTES:
            yield Refusal(where, f"line of {len(line):,} bytes: split it into articles", repr(line[:200]), "size")
            continue
        text, refusal = decode(line, where)
        if refusal:
            yield refusal
            continue
        try:
            values = json.loads(text)
        except json.JSONDecodeError as error:
            yield Refusal(where, f"no JSON ({error.msg} at column {error.colno}): mend the line", text[:500], "json")
            continue
        except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets nested without end
            yield Refusal(where, f"no usable JSON ({error}): mend the line", text[:500], "json")
            continue
        if not isinstance(values, dict):
            yield Refusal(where, "the line is no JSON object: write {\"text\": …}", text[:500], "json")
            continue
        yield from _checked(values, where, f"{name}#{number}")


def _checked(values: dict[str, Any], where: str, key: str) -> Iterator[Record | Refusal]:
    values = {whole(k): whole(v) if isinstance(v, str) else v for k, v in values.items()}
    text = values.get("text")
    if text is None or (isinstance(text, str) and not text.strip()):
        what = "text is missing" if text is None else "text is empty"
        yield Refusal(where, f"{what}: every record needs a text", json.dumps(values, ensure_ascii=False, default=str)[:2000], "text")
    elif not isinstance(text, str):
        yield Refusal(where, f"text is a {type(text).__name__}, not a string: write the text in quotes", json.dumps(values, default=str)[:2000], "text")
    elif "\x00" in text:
        yield Refusal(where, "null bytes in text: the source is broken; fetch it again", repr(text[:200]), "null-bytes")
    else:
        yield Record(where, key, values)


def parse_csv(content: bytes, name: str) -> Iterator[Record | Refusal]:
    """A header with any of ``FIELDS``, then one record a row; ``text`` must be among the columns."""
    text, refusal = decode(content, name)
    if refusal:
        yield refusal
        return
    csv.field_size_limit(MOST_LINE_BYTES)
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if not reader.fieldnames or "text" not in reader.fieldnames:
        found = ", ".join(reader.fieldnames or ()) or "nothing"
        yield Refusal(name, f"the header lacks a column text (found {found}): name the column of the text so", text[:500], "header")
        return
    try:
        for number, row in enumerate(reader, 2):
            where = f"{name}, row {number}"
            if None in row or None in row.values():
                yield Refusal(where, "the row has not as many fields as the header: quote fields with commas", json.dumps(row, default=str)[:2000], "fields")
                continue
            yield from _checked({k: v or None for k, v in row.items()}, where, f"{name}#{number}")
    except csv.Error as error:
        yield Refusal(f"{name}, row {reader.line_num}", f"no CSV ({error}): mend the row", "", "csv")


def parse_parquet(content: bytes, name: str) -> Iterator[Record | Refusal]:
    """One record a row; a column ``text`` is needed."""
    import polars as pl

    try:
        frame = pl.read_parquet(io.BytesIO(content))
    except (Exception, pl.exceptions.PanicException) as error:  # noqa: BLE001 - polars raises many kinds; all mean the file cannot be read
        yield Refusal(name, f"no Parquet file ({str(error).splitlines()[0]}): write it again", "", "parquet")
        return
    if "text" not in frame.columns:
        yield Refusal(name, f"no column text (found {', '.join(frame.columns)}): name the column of the text so", "", "header")
        return
    for number, row in enumerate(frame.iter_rows(named=True), 1):
        yield from _checked(row, f"{name}, row {number}", f"{name}#{number}")


def parse_text(content: bytes, name: str) -> Iterator[Record | Refusal]:
    """One article a file; a first line followed by a blank line is the title."""
    text, refusal = decode(content, name)
    if refusal:
        yield refusal
        return
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        yield Refusal(name, "the file is empty: fetch it again or remove it", "", "text")
        return
    first, _, rest = text.partition("\n")
    title, body = (first.strip(), rest.strip()) if rest.startswith("\n") and rest.strip() else (None, text)
    yield Record(name, name, {"id": name, "title": title, "text": body}, hashlib.sha256(content).hexdigest())


def parse_html(content: bytes, name: str) -> Iterator[Record | Refusal]:
    """One article a page: body, title, date, address and author as trafilatura finds them."""
    if b"\x00" in content[:1000]:
        yield Refusal(name, "null bytes: no HTML page; fetch it again", repr(content[:200]), "null-bytes")
        return
    from trafilatura import bare_extraction

    try:
        found = bare_extraction(decode_page(content), with_metadata=True, include_comments=False, favor_precision=True)
    except Exception as error:  # noqa: BLE001 - a hostile page must not stop the others
        yield Refusal(name, f"the page cannot be parsed ({type(error).__name__}: {error}): fetch it again", "", "html")
        return
    values = found.as_dict() if found is not None else {}
    if not (values.get("text") or "").strip():
        yield Refusal(name, "no article text found in the page: is it a list page or behind a script? Fetch the article's own page", "", "text")
        return
    first, _, rest = values["text"].strip().partition("\n")
    text = rest if rest.strip() and first.strip() == (values.get("title") or "").strip() else values["text"]  # the headline is no part of the body
    yield Record(
        name, name,
        {"id": name, "url": values.get("url"), "title": values.get("title"), "text": text, "published_at": values.get("date"),
         "source": values.get("sitename"), "author": values.get("author"), "language": values.get("language")},
        hashlib.sha256(content).hexdigest(),
    )


PARSERS = {".txt": parse_text, ".html": parse_html, ".htm": parse_html, ".csv": parse_csv, ".parquet": parse_parquet}
