"""WARC files, as Common Crawl's CC-NEWS has them, one response after another; nothing but the current one is held."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from transforms.reading.addresses import canonical
from transforms.reading.records import Record, Refusal, parse_html

MOST_PAGE_BYTES = 20 * 1024 * 1024
PAGES = ("text/html", "application/xhtml")


def read_warc(file: IO[bytes], name: str) -> Iterator[Record | Refusal]:
    """Records of the HTML responses. An archive that is cut off gives what was whole and a refusal that says where it ends."""
    for found in _responses(file, name):
        yield found if isinstance(found, Refusal) else _page(*found)


def _responses(file: IO[bytes], name: str) -> Iterator[tuple[bytes, str, str | None, str] | Refusal]:
    """Content, address, time and place of each page; what warcio raises ends the archive with a refusal."""
    from warcio.archiveiterator import ArchiveIterator

    class Records(ArchiveIterator):  # type: ignore[misc]  # its own words print the rest of the archive
        INC_RECORD = f"{name}: the record at byte {{0}} has another length than its header says\n"

    number = 0
    try:
        for entry in Records(file):
            if entry.rec_type != "response" or entry.http_headers is None:
                continue
            number += 1
            where = f"{name}, response {number}"
            if not entry.http_headers.get_header("content-type", "").lower().startswith(PAGES) or entry.http_headers.get_statuscode() != "200":
                continue
            content = entry.content_stream().read(MOST_PAGE_BYTES + 1)
            if getattr(entry.raw_stream, "limit", 0) > 0 and len(content) <= MOST_PAGE_BYTES:  # fewer bytes than the record's header says
                raise EOFError(f"{entry.raw_stream.limit:,} bytes of the last record are missing")
            if len(content) > MOST_PAGE_BYTES:
                yield Refusal(where, f"page of more than {MOST_PAGE_BYTES >> 20} MiB: it is no article", rule="size")
                continue
            yield content, entry.rec_headers.get_header("WARC-Target-URI") or "", entry.rec_headers.get_header("WARC-Date"), where
    except OSError:
        raise  # of the disk, told by whoever opened the file
    except Exception as error:  # noqa: BLE001 - of a damaged header warcio raises whatever its code comes upon
        yield Refusal(f"{name}, after response {number}", f"the archive is cut off or damaged ({str(error).strip()[:120]}): fetch it again", rule="readable")


def _page(content: bytes, address: str, fetched: str | None, where: str) -> Record | Refusal:
    found = next(iter(parse_html(content, where)))
    if isinstance(found, Refusal):
        return found
    try:
        found.values["url"] = canonical(address)
    except ValueError:
        return Refusal(where, f"the record names no address of the page ({address[:80]!r}): the archive is not of web pages", rule="address")
    found.values["id"] = None  # the address is what the page is known by
    found.values["published_at"] = found.values.get("published_at") or fetched
    found.key = found.values["url"]
    return found
