"""Mutated feeds, lists, pages, records and archives through all that reads and codes them: no crash, no hang, no span outside its text.

    python benchmarks/fuzz.py [--minutes 60] [--seed 1] [--keep FOLDER]

Seeds are written here and made of the samples in ``tests/samples``; each case is a seed with one to eight mutations (bytes flipped, taken
out, doubled, hostile pieces put in, spliced with another seed). A case fails where something else is raised than what the reader declares,
where reading it or coding an article of it takes more than 5 seconds of the processor, or where a mention's span is not in its text.
Failed cases are kept as files; the exit status is 1.
"""

from __future__ import annotations

import argparse
import gzip
import io
import random
import signal
import sys
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

import polars as pl  # noqa: E402
import zstandard  # noqa: E402
from warcio.warcwriter import WARCWriter  # noqa: E402

from flows.sources.files import read_named  # noqa: E402
from transforms.coding.coder import ArticleText, Coder  # noqa: E402
from transforms.reading.articles import make_article  # noqa: E402
from transforms.reading.feeds import FeedError, read_feed  # noqa: E402
from transforms.reading.listings import ListingError, read_gdelt, read_sitemap  # noqa: E402
from transforms.reading.records import Refusal  # noqa: E402

SAMPLES = PROJECT / "tests" / "samples" / "articles"
SECONDS = 5
MOST_CODED = 2  # articles of a case that are coded
HOSTILE = [
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", "\u202e".encode(), "\u200b".encode(), "\U0001f1eb\U0001f1f7".encode(), "\u0421hina \u041dungary".encode(),
    b"<![CDATA[", b"]]>",
    b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>", b"&b;&#0;&#x110000;", b"<div>" * 300, b"[" * 900, b'{"a":' * 400, b'"' * 70,
    "\u201c\u201d\u201e".encode() * 60,
    b"France told Morocco that " * 120, b"FRANCE MOROCCO " * 200, b"9" * 400, b"1e999", b"-1", b"2026-13-45T99:99:99Z", b"\r\n\r\n", b"\t", b",,,,",
    b"x" * 30_000, b"the two countries he said " * 100,
]
FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Monde</title><link>https://example.org/</link><item><title>Talks in Rabat</title>
<link>https://example.org/1</link><pubDate>Mon, 19 Jun 2023 10:00:00 GMT</pubDate><description>France praised Morocco.</description></item></channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>M</title><entry><title>A</title><link href="https://example.org/2"/><updated>2023-06-19T10:00:00Z</updated>
<content type="html">&lt;p&gt;France warned Mali.&lt;/p&gt;</content></entry></feed>"""
JSON_FEED = b"""{"version": "https://jsonfeed.org/version/1.1", "title": "M", "items": [{"id": "1", "url": "https://example.org/3",
"content_html": "<p>Peru thanked Chile.</p>"}]}"""
SITEMAP = b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://example.org/4</loc>
<news:news><news:title>T</news:title><news:publication_date>2023-06-19</news:publication_date></news:news></url></urlset>"""
NITF = b"""<nitf><head><title>T</title></head><body><body.head><hedline><hl1>Talks</hl1></hedline><dateline><story.date norm="20230619"/></dateline></body.head>
<body.content><p>Norway told Sweden that the two countries would sign.</p></body.content></body></nitf>"""


def seeds() -> dict[str, list[bytes]]:
    """Contents by kind: an ending that ``read_named`` knows, or feed, sitemap, gdelt."""
    found: dict[str, list[bytes]] = {"feed": [FEED, ATOM, JSON_FEED], "sitemap": [SITEMAP], "gdelt": [b"1\t2\thttps://example.org/5\n" * 3], "xml": [NITF]}
    for path in sorted(SAMPLES.iterdir()):
        content = path.read_bytes()
        found.setdefault(path.suffix[1:], []).append(b"\n".join(content.splitlines()[:4]) if path.suffix == ".jsonl" else content)
    page, lines = found["html"][0], found["jsonl"][0]
    packed, warc, table = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.html", page)
        archive.writestr("b.jsonl", lines)
    writer = WARCWriter(warc, gzip=True)
    answer = io.BytesIO(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page)
    writer.write_record(writer.create_warc_record("https://example.org/6", "response", payload=answer))
    text = "France praised Morocco. The two countries met."
    pl.DataFrame({"id": ["1"], "title": ["T"], "text": [text], "published_at": ["2023-06-19"]}).write_parquet(table)
    return found | {"zip": [packed.getvalue()], "warc.gz": [warc.getvalue()], "parquet": [table.getvalue()], "jsonl.gz": [gzip.compress(lines)],
                    "jsonl.zst": [zstandard.compress(lines)]}


def mutate(content: bytes, others: list[bytes], chooser: random.Random) -> bytes:
    """One to eight mutations."""
    data = bytearray(content)
    for _ in range(chooser.randint(1, 8)):
        at, length = chooser.randrange(len(data) + 1), chooser.choice((1, 1, 2, 8, 64, 600))
        match chooser.randrange(6):
            case 0:
                data[at : at + 1] = bytes([chooser.randrange(256)])
            case 1:
                del data[at : at + length]
            case 2:
                data[at:at] = data[at : at + length] * chooser.choice((1, 2, 40))
            case 3 | 4:
                data[at:at] = chooser.choice(HOSTILE)
            case _:
                other = chooser.choice(others)
                data[at:] = other[chooser.randrange(len(other) + 1) :]
    return bytes(data)


@contextmanager
def limited(seconds: int) -> Iterator[None]:
    def late(*_: object) -> None:
        raise TimeoutError(f"more than {seconds} s")

    signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


class Street:
    """Reads and codes one case; counts what came out."""

    def __init__(self) -> None:
        self.coder = Coder(threads=1)
        self.counts: Counter[str] = Counter()

    def run(self, kind: str, content: bytes) -> None:
        readers: dict[str, Callable[[], object]] = {
            "feed": lambda: read_feed(content, "https://example.org/feed"), "sitemap": lambda: read_sitemap(content),
            "gdelt": lambda: list(read_gdelt(content)),
        }
        if kind in readers:
            try:
                with limited(SECONDS):
                    readers[kind]()
                self.counts["lists read"] += 1
            except (FeedError, ListingError):
                self.counts["lists refused"] += 1
            return
        coded = 0
        with limited(SECONDS):
            records = list(read_named(f"case.{kind}", lambda: io.BytesIO(content)))
            articles = [r if isinstance(r, Refusal) else make_article(r) for r in records]
        for article in articles:
            if isinstance(article, Refusal):
                self.counts["refused"] += 1
                continue
            self.counts["articles"] += 1
            if coded < MOST_CODED and article["language"] == "en":
                coded += 1
                self._code(article)

    def _code(self, article: dict) -> None:
        day = article["published_at"].date() if article["published_at"] else None
        body = article["body"]
        with limited(SECONDS):
            mentions = self.coder.code([ArticleText(article["title"], body, day, None)])[0]
        for mention in mentions:
            if not 0 <= mention.start < mention.end <= len(body) or not body[mention.start : mention.end].strip():
                raise AssertionError(f"span {mention.start}-{mention.end} in a text of {len(body)} characters")
            self.counts["mentions"] += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-faults"))
    args = parser.parse_args()
    chooser, street, given = random.Random(args.seed), Street(), seeds()
    until, faults, slowest = time.monotonic() + args.minutes * 60, 0, 0.0
    kinds = sorted(given)
    while time.monotonic() < until:
        kind = chooser.choice(kinds)
        content = mutate(chooser.choice(given[kind]), given[kind], chooser)
        street.counts["cases"] += 1
        since = time.monotonic()
        try:
            street.run(kind, content)
        except Exception:  # noqa: BLE001 - whatever it is, it is a fault
            faults += 1
            args.keep.mkdir(parents=True, exist_ok=True)
            (args.keep / f"{args.seed}-{street.counts['cases']}.{kind}").write_bytes(content)
            print(f"fault in case {street.counts['cases']} ({kind}): {traceback.format_exc(limit=-2)}", flush=True)
        slowest = max(slowest, time.monotonic() - since)
    print(f"{dict(street.counts)}; slowest case {slowest:.1f} s; {faults} faults")
    raise SystemExit(1 if faults else 0)


if __name__ == "__main__":
    main()
