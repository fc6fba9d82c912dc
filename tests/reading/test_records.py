"""Bytes in, records and refusals out. Each refusal names the place and the mend."""

from __future__ import annotations

import io
import json
from datetime import datetime

import polars as pl
import pytest

from transforms.reading.records import MOST_LINE_BYTES, PARSERS, Record, Refusal, decode, parse_csv, parse_html, parse_jsonl, parse_parquet, parse_text

Read = list[Record | Refusal]
PAGE = """<!doctype html><html lang="en"><head><title>Spain and Morocco reopen post</title>
<meta property="og:site_name" content="Rif Daily"><meta property="article:published_time" content="2026-07-01T09:00:00Z">
<link rel="canonical" href="https://example.org/rif/1"></head><body><nav><a href="/">Home</a></nav><article><h1>Spain and Morocco reopen post</h1>
<p>Spain and Morocco reopened the border post on Wednesday after two years, the two interior ministries said in a joint statement.</p>
<p>Lorries with fish were the first to cross, and customs officers of both countries shook hands in front of the cameras.</p>
</article><footer>Cookie settings</footer></body></html>"""


def lines(*rows: object) -> list[bytes]:
    return [(r if isinstance(r, bytes) else json.dumps(r).encode()) + b"\n" for r in rows]


def texts(read: Read) -> list[str]:
    return [r.values["text"] for r in read if isinstance(r, Record)]


def refusals(read: Read) -> list[tuple[str, str]]:
    return [(r.where, r.rule) for r in read if isinstance(r, Refusal)]


def parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


# --- JSON lines


def test_jsonl_gives_a_record_a_line_and_passes_over_empty_lines() -> None:
    read = list(parse_jsonl(lines({"id": "a", "text": "One"}, b"", {"text": "Two", "title": "T"}), "news.jsonl"))
    assert read == [
        Record("news.jsonl, line 1", "news.jsonl#1", {"id": "a", "text": "One"}),
        Record("news.jsonl, line 3", "news.jsonl#3", {"text": "Two", "title": "T"}),
    ]


def test_jsonl_refuses_the_broken_line_and_keeps_the_others() -> None:
    read = list(parse_jsonl(lines({"text": "One"}, {"text": "Two"}, b'{"text": "cut o', {"text": "Four"}), "news.jsonl"))
    assert texts(read) == ["One", "Two", "Four"]
    assert refusals(read) == [("news.jsonl, line 3", "json")]


@pytest.mark.parametrize(("line", "rule"), [
    (b'{"text": "a', "json"), (b"[1, 2]", "json"), (b"nonsense", "json"), (b"[" * 100_000, "json"), (b'{"text": "a", "n": ' + b"1" * 5_000 + b"}", "json"),
    (b'{"title": "a"}', "text"), (b'{"text": null}', "text"), (b'{"text": "  "}', "text"), (b'{"text": 5}', "text"), (b'{"text": ["a"]}', "text"),
    (b'{"text": "a\x00b"}', "null-bytes"), (b'{"text": "a\\u0000b"}', "null-bytes"),
])
def test_jsonl_names_what_is_wrong_with_a_line(line: bytes, rule: str) -> None:
    assert refusals(list(parse_jsonl([line], "x.jsonl"))) == [("x.jsonl, line 1", rule)]


def test_line_beyond_all_measure_is_refused() -> None:
    assert refusals(list(parse_jsonl([b"x" * (MOST_LINE_BYTES + 1)], "x.jsonl"))) == [("x.jsonl, line 1", "size")]


def test_half_characters_are_replaced() -> None:
    """Neither Arrow nor DuckDB can store a lone surrogate: one of them in one title would end the whole run."""
    [record] = parse_jsonl([b'{"text": "Good text", "title": "\\ud83d cut", "id": "\\ud800"}'], "x.jsonl")
    assert isinstance(record, Record) and record.values == {"text": "Good text", "title": "? cut", "id": "?"}
    [refusal] = parse_jsonl([b'{"title": "\\ud83d", "\\ud83d": 1}'], "x.jsonl")
    assert isinstance(refusal, Refusal) and refusal.content.encode()


# --- encodings


@pytest.mark.parametrize(("text", "encoding"), [
    ("The Élysée said “no” – again", "utf-8"), ("The Élysée said no", "utf-8-sig"),
    ("L'Élysée a salué l'accord à Paris, où les ministres se réunissaient", "latin-1"),
    ("The minister said “naïve” talks in Paris at the Élysée – he said", "cp1252"), ("Президент России встретился с президентом Франции в Москве", "cp1251"),
    ("التقى الرئيس الفرنسي نظيره المغربي في الرباط", "cp1256"),
])
def test_text_is_decoded(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "x") == (text, None)


def test_null_bytes_are_refused() -> None:
    _, refusal = decode(b"France\x00Morocco", "x.txt")
    assert refusal is not None and (refusal.where, refusal.rule) == ("x.txt", "null-bytes")


# --- CSV and Parquet


def test_csv_gives_a_record_a_row() -> None:
    read = list(parse_csv('id,title,text\n1,,"Talks, again"\n2,T,"Two\nlines"\n'.encode("utf-8-sig"), "a.csv"))
    assert [(r.where, r.key, r.values) for r in read if isinstance(r, Record)] == [
        ("a.csv, row 2", "a.csv#2", {"id": "1", "title": None, "text": "Talks, again"}),
        ("a.csv, row 3", "a.csv#3", {"id": "2", "title": "T", "text": "Two\nlines"}),
    ]


def test_csv_refuses_rows_that_do_not_fit_the_header() -> None:
    read = list(parse_csv(b"id,text\n1,a,b\n2\n3,ok\n4,\n", "a.csv"))
    assert texts(read) == ["ok"]
    assert refusals(read) == [("a.csv, row 2", "fields"), ("a.csv, row 3", "fields"), ("a.csv, row 5", "text")]


@pytest.mark.parametrize("content", [b"id,title\n1,a\n", b"\n", b"France praised Morocco"])
def test_csv_needs_a_column_text(content: bytes) -> None:
    [refusal] = parse_csv(content, "a.csv")
    assert isinstance(refusal, Refusal) and refusal.rule == "header" and "lacks a column text" in refusal.reason


def test_parquet_gives_a_record_a_row() -> None:
    frame = pl.DataFrame({"id": [1, 2], "text": ["One", None], "published_at": [datetime(2026, 1, 2, 3), None]})
    read = list(parse_parquet(parquet(frame), "a.parquet"))
    assert read[0] == Record("a.parquet, row 1", "a.parquet#1", {"id": 1, "text": "One", "published_at": datetime(2026, 1, 2, 3)})
    assert refusals(read) == [("a.parquet, row 2", "text")]


@pytest.mark.parametrize(("content", "rule"), [(b"no parquet", "parquet"), (parquet(pl.DataFrame({"body": ["a"]})), "header")])
def test_parquet_that_cannot_be_used_is_refused(content: bytes, rule: str) -> None:
    assert refusals(list(parse_parquet(content, "a.parquet"))) == [("a.parquet", rule)]


# --- whole documents


@pytest.mark.parametrize(("content", "title", "body"), [
    (b"Talks in Rabat\n\nFrance and Morocco met.\n\nThey agreed.\n", "Talks in Rabat", "France and Morocco met.\n\nThey agreed."),
    (b"Talks in Rabat\r\n\r\nFrance and Morocco met.", "Talks in Rabat", "France and Morocco met."),
    (b"France and Morocco met.\nThey agreed.\n", None, "France and Morocco met.\nThey agreed."),
    (b"\n\nFrance and Morocco met.", None, "France and Morocco met."),
])
def test_text_file_is_one_article(content: bytes, title: str | None, body: str) -> None:
    [record] = parse_text(content, "a.txt")
    assert isinstance(record, Record) and len(record.raw_hash or "") == 64
    assert (record.values["id"], record.values["title"], record.values["text"]) == ("a.txt", title, body)


def test_text_file_without_text_is_refused() -> None:
    assert refusals(list(parse_text(b" \r\n ", "a.txt"))) == [("a.txt", "text")]


def test_page_gives_article_without_furniture() -> None:
    [record] = parse_html(PAGE.encode(), "a.html")
    assert isinstance(record, Record)
    assert record.values["text"].startswith("Spain and Morocco reopened") and "Cookie" not in record.values["text"]
    assert {k: record.values[k] for k in ("title", "url", "source", "published_at")} == {
        "title": "Spain and Morocco reopen post", "url": "https://example.org/rif/1", "source": "Rif Daily", "published_at": "2026-07-01",
    }


@pytest.mark.parametrize(("content", "rule"), [
    (b"<html><body><script>load()</script></body></html>", "text"), (b"", "text"), (b"\x00\x01\x02", "null-bytes"), (b"<<<>>>", "text"),
])
def test_page_without_article_is_refused(content: bytes, rule: str) -> None:
    assert refusals(list(parse_html(content, "a.html"))) == [("a.html", rule)]


# --- all refusals

BAD = {
    ".txt": [b"", b"a\x00b"], ".html": [b"<p>", b"\x00"], ".csv": [b"a,b\n", b"id,text\n1\n", b"a\x00b", b"id,text\n1,\n"],
    ".parquet": [b"x", parquet(pl.DataFrame({"a": [1]})), parquet(pl.DataFrame({"text": [5]}))],
    ".jsonl": [b"{", b"[]", b"{}", b'{"text": 1}', b'{"text": "\\u0000"}', b"\x00", b"[" * 9_999, b'{"text": ""}'],
}
MENDS = ("mend", "write", "fetch", "save", "split", "needs", "name the column", "quote", "check", "remove")


@pytest.mark.parametrize(("suffix", "content"), [(s, c) for s, contents in BAD.items() for c in contents])
def test_every_refusal_names_place_and_mend(suffix: str, content: bytes) -> None:
    read = list(parse_jsonl([content], "bad.jsonl") if suffix == ".jsonl" else PARSERS[suffix](content, f"bad{suffix}"))
    assert read and all(isinstance(r, Refusal) for r in read)
    for refusal in read:
        assert isinstance(refusal, Refusal) and refusal.where.startswith(f"bad{suffix}")
        assert any(word in refusal.reason.lower() for word in MENDS), refusal.reason
