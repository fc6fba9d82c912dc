"""A web server on loopback that does all that web servers do wrong; one handler a path, counted."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import threading
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Reply = Callable[["Site", dict[str, str], asyncio.StreamWriter], Awaitable[None]]
LINE = "France and Morocco signed an agreement on fishing in Rabat on Tuesday, the French foreign ministry said in a statement. "


def page(title: str, text: str = LINE * 8) -> str:
    paragraphs = "".join(f"<p>{p}</p>" for p in text.split("\n"))
    return f"<html lang='en'><head><title>{title}</title><meta charset='utf-8'></head><body><article><h1>{title}</h1>{paragraphs}</article></body></html>"


def feed(base: str, *names: str) -> str:
    items = "".join(
        f"<item><title>Story {n}</title><link>{base}/{n}</link><guid>{base}/{n}</guid><pubDate>Tue, 17 Mar 2026 09:30:00 GMT</pubDate></item>" for n in names
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Test</title><language>en</language>{items}</channel></rss>"


@dataclass
class Site:
    """The running server: ``hits`` counts requests by path, ``told`` keeps the headers of the last one."""

    base: str = ""
    port: int = 0
    hits: Counter = field(default_factory=Counter)
    told: dict[str, dict[str, str]] = field(default_factory=dict)
    replies: dict[str, Reply] = field(default_factory=dict)
    state: dict[str, str] = field(default_factory=dict)

    def text(self, path: str, body: str | bytes, kind: str = "text/html; charset=utf-8", status: str = "200 OK", **headers: str) -> None:
        """A plain answer at ``path``."""
        content = body.encode() if isinstance(body, str) else body

        async def reply(site: Site, asked: dict[str, str], out: asyncio.StreamWriter) -> None:
            lines = "".join(f"{k.replace('_', '-')}: {v}\r\n" for k, v in headers.items())
            out.write(f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n{lines}\r\n".encode() + content)

        self.replies[path] = reply

    def redirect(self, path: str, to: str) -> None:
        self.text(path, "", status="302 Found", Location=to)


async def slow_drip(site: Site, asked: dict[str, str], out: asyncio.StreamWriter) -> None:
    out.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(200):
        out.write(b"x")
        await out.drain()
        await asyncio.sleep(0.1)


async def gzip_bomb(site: Site, asked: dict[str, str], out: asyncio.StreamWriter) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    content = b"".join(packer.compress(bytes(1 << 20)) for _ in range(300)) + packer.flush()
    out.write(f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content)


async def cut_gzip(site: Site, asked: dict[str, str], out: asyncio.StreamWriter) -> None:
    content = gzip.compress(page("Cut").encode())[:-12]
    out.write(f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content)


async def huge_told(site: Site, asked: dict[str, str], out: asyncio.StreamWriter) -> None:
    out.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 209715200\r\n\r\n" + b"x" * 1000)


async def huge_untold(site: Site, asked: dict[str, str], out: asyncio.StreamWriter) -> None:
    out.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(200):
        out.write(b"100000\r\n" + b"x" * (1 << 20) + b"\r\n")
        await out.drain()
    out.write(b"0\r\n\r\n")


async def wrong_length(site: Site, asked: dict[str, str], out: asyncio.StreamWriter) -> None:
    out.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n" + page("Short").encode()[:300])


async def hang_up(site: Site, asked: dict[str, str], out: asyncio.StreamWriter) -> None:
    out.close()


async def twice_busy(site: Site, asked: dict[str, str], out: asyncio.StreamWriter) -> None:
    if site.hits["/busy"] < 3:
        out.write(b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n")
    else:
        content = page("Busy no more").encode()
        out.write(f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content)


async def with_etag(site: Site, asked: dict[str, str], out: asyncio.StreamWriter) -> None:
    tag = site.state.get("etag", '"one"')
    if asked.get("if-none-match") == tag:
        out.write(f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode())
        return
    content = feed(site.base, *site.state.get("entries", "a,b").split(",")).encode()
    out.write(f"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: {tag}\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content)


async def _serve(site: Site, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        path = head[0].split(" ")[1]
        asked = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
        site.hits[path] += 1
        site.told[path] = asked
        reply = site.replies.get(path)
        if reply is None:
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        else:
            await reply(site, asked, writer)
        await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        pass
    finally:
        writer.close()


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Site]:
    """The server in a thread of its own, on a free port of loopback, for the length of the block."""
    site, ready, loop = Site(), threading.Event(), asyncio.new_event_loop()

    async def start() -> asyncio.Server:
        server = await asyncio.start_server(lambda r, w: _serve(site, r, w), "127.0.0.1", 0, ssl=context)
        site.port = server.sockets[0].getsockname()[1]
        site.base = f"{'https' if context else 'http'}://127.0.0.1:{site.port}"
        return server

    def work() -> None:
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(start())
        ready.set()
        loop.run_forever()
        server.close()
        for left in asyncio.all_tasks(loop):
            left.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield site
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
