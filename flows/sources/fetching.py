"""Fetching politely and safely: one client for all sources of a run.

Per host a limit and a pause; robots.txt; conditional requests; retries with backoff, jitter and Retry-After; limits of time, size,
redirects and decompression; only http and https, and only public addresses unless a source says otherwise.
"""

from __future__ import annotations

import asyncio
import random
import time
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import httpx
from protego import Protego

from flows.sources.guard import ForbiddenAddress, GuardedBackend, GuardedTransport
from flows.sources.registry import Source

AGENT = "Bilateral/0.1 (news coding for research; contact: {contact})"
RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
MOST_REDIRECTS = 5
NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes; ``tries`` counts the first one."""

    document_seconds: float = 60.0
    connect_seconds: float = 10.0
    document_bytes: int = 20 * 1024 * 1024
    tries: int = 3
    first_wait_seconds: float = 1.0
    longest_wait_seconds: float = 60.0


@dataclass(slots=True)
class Fetched:
    """A document as it came: ``content`` is decompressed, ``address`` where it was found after redirects."""

    asked: str
    address: str
    status: int
    content: bytes
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None


class FetchError(RuntimeError):
    """A document that did not come; ``rule`` names the kind of fault, the message what is wrong and the mend."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


@dataclass(slots=True)
class _Host:
    gate: asyncio.Semaphore
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0
    robots: Protego | None = None
    is_asked: bool = False
    robots_lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Fetcher:
    """One client for all sources; ``get`` is safe to call from many tasks."""

    def __init__(self, contact: str = "not given", limits: Limits | None = None, backend: GuardedBackend | None = None) -> None:
        self.limits = limits or Limits()
        self.backend = backend or GuardedBackend()
        self.agent = AGENT.format(contact=contact)
        self.hosts: dict[str, _Host] = {}
        self.requests = 0
        self.client = httpx.AsyncClient(
            transport=GuardedTransport(self.backend, limits=httpx.Limits(max_connections=64, max_keepalive_connections=32)),
            headers={"User-Agent": self.agent, "Accept-Encoding": "gzip, deflate", "Accept": "*/*"}, follow_redirects=False, trust_env=False,
            timeout=httpx.Timeout(self.limits.document_seconds, connect=self.limits.connect_seconds),
        )

    async def close(self) -> None:
        await self.client.aclose()

    async def get(self, source: Source, address: str, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        """The document at ``address``; status 304 and no content if it has not changed. Raises ``FetchError``."""
        asked = {"If-None-Match": etag} if etag else {}
        asked |= {"If-Modified-Since": last_modified} if last_modified else {}
        wait = self.limits.first_wait_seconds
        for left in range(self.limits.tries - 1, -1, -1):
            try:
                return await self._follow(source, address, asked)
            except _TryAgainError as again:
                if not left:
                    raise FetchError(again.rule, f"{again}; tried {self.limits.tries} times") from None
                pause = again.after if again.after is not None else wait * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, no secret
                if pause > self.limits.longest_wait_seconds:
                    raise FetchError(again.rule, f"{again}; asks to wait {pause:.0f} s: the next run tries again") from None
                await asyncio.sleep(pause)
                wait *= 2
        raise AssertionError("the loop ends in its last turn")

    async def _follow(self, source: Source, address: str, headers: dict[str, str]) -> Fetched:
        here = address
        for _ in range(MOST_REDIRECTS + 1):
            self._check_scheme(here)
            if source.respect_robots and not await self._may(source, here):
                raise FetchError("robots", f"{here}: robots.txt of the site asks not to read it; leave it, or ask the publisher")
            found, further = await self._once(source, address, here, headers)
            if further is None:
                return found
            here = urljoin(here, further)
        raise FetchError("redirects", f"{address}: more than {MOST_REDIRECTS} redirects; check the address in a browser")

    @staticmethod
    def _check_scheme(address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
            raise FetchError("scheme", f"{address[:200]}: only http and https addresses are fetched")

    def _host(self, source: Source, address: str) -> _Host:
        parts = urlsplit(address)
        name = f"{parts.hostname}:{parts.port or ''}"
        if name not in self.hosts:
            self.hosts[name] = _Host(asyncio.Semaphore(source.parallel))
        if source.allow_private and parts.hostname:
            own = {urlsplit(a).hostname for a in source.address}
            if parts.hostname in own:  # leave to reach its own private server is no leave to be sent on to another
                self.backend.private_hosts.add(parts.hostname)
        return self.hosts[name]

    @asynccontextmanager
    async def _turn(self, host: _Host, delay: float) -> AsyncIterator[None]:
        async with host.gate:
            async with host.lock:
                pause = host.free_at - time.monotonic()
                host.free_at = max(time.monotonic(), host.free_at) + delay
            if pause > 0:
                await asyncio.sleep(pause)
            yield

    async def _may(self, source: Source, address: str) -> bool:
        host = self._host(source, address)
        async with host.robots_lock:
            if not host.is_asked:
                host.robots = await self._robots(source, address)
                host.is_asked = True
        return host.robots is None or bool(host.robots.can_fetch(address, self.agent))

    async def _robots(self, source: Source, address: str) -> Protego | None:
        """Rules of the host; none where it has none. A host that cannot say is left alone, as RFC 9309 asks."""
        here = urljoin(address, "/robots.txt")
        for _ in range(MOST_REDIRECTS + 1):
            self._check_scheme(here)
            try:
                found, further = await self._once(source, here, here, {})
            except FetchError as error:
                if error.rule == "status":
                    return None
                raise
            if further is None:
                rules = Protego.parse(found.content[:512_000].decode("utf-8", "replace"))
                delay = rules.crawl_delay(self.agent)
                if delay and delay > source.delay_seconds:
                    host = self._host(source, address)
                    host.free_at = time.monotonic() + min(float(delay), 30.0)
                return rules
            here = urljoin(here, further)
        return None

    async def _once(self, source: Source, asked: str, here: str, headers: dict[str, str]) -> tuple[Fetched, str | None]:
        """One request: the document, or where it redirects to."""
        async with self._turn(self._host(source, here), source.delay_seconds):
            self.requests += 1
            try:
                async with asyncio.timeout(self.limits.document_seconds), self.client.stream("GET", here, headers=headers) as answer:
                    if answer.has_redirect_location:
                        return Fetched(asked, here, answer.status_code, b""), answer.headers["location"]
                    if answer.status_code in RETRIED:
                        raise _TryAgainError("status", f"{here}: status {answer.status_code}", _retry_after(answer.headers.get("retry-after")))
                    if answer.status_code == NOT_MODIFIED:
                        return Fetched(asked, here, NOT_MODIFIED, b"", etag=headers.get("If-None-Match"), last_modified=headers.get("If-Modified-Since")), None
                    if answer.status_code != httpx.codes.OK:
                        raise FetchError("status", f"{here}: status {answer.status_code}; check the address")
                    content = await self._body(answer, here)
                    return Fetched(
                        asked, here, answer.status_code, content, answer.headers.get("content-type", ""), answer.headers.get("etag"),
                        answer.headers.get("last-modified"),
                    ), None
            except TimeoutError:
                raise _TryAgainError("time", f"{here}: not there after {self.limits.document_seconds:.0f} s") from None
            except ForbiddenAddress as error:
                raise FetchError("address", str(error)) from None
            except httpx.InvalidURL as error:
                raise FetchError("address", f"{here[:200]}: no usable address ({error})") from None
            except httpx.TimeoutException:
                raise _TryAgainError("time", f"{here}: the server is too slow") from None
            except httpx.ConnectError as error:
                if "certificate" in str(error).lower() or "ssl" in str(error).lower():
                    raise FetchError("tls", f"{here}: the connection is not safe ({error}); the site must mend its certificate") from None
                raise _TryAgainError("connection", f"{here}: no connection ({error})") from None
            except httpx.TransportError as error:
                raise _TryAgainError("connection", f"{here}: broken off ({error or type(error).__name__})") from None

    async def _body(self, answer: httpx.Response, here: str) -> bytes:
        """The content, decompressed under the size limit: what would grow beyond it is refused, not held."""
        most = self.limits.document_bytes
        told = answer.headers.get("content-length", "")
        if told.isdigit() and int(told) > most:
            raise FetchError("size", f"{here}: {int(told):,} bytes, more than {most:,}; raise the limit if it is really one article")
        coding = answer.headers.get("content-encoding", "identity").lower().strip()
        if coding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise FetchError("encoding", f"{here}: content-encoding {coding[:40]} was not asked for")
        inflate = None if coding in ("", "identity") else zlib.decompressobj(47 if coding != "deflate" else zlib.MAX_WBITS)
        content = bytearray()
        try:
            async for chunk in answer.aiter_raw(65_536):
                content += chunk if inflate is None else inflate.decompress(chunk, most + 1 - len(content))
                if len(content) > most or (inflate is not None and inflate.unconsumed_tail):
                    raise FetchError("size", f"{here}: more than {most:,} bytes when unpacked; it is no article")
        except zlib.error as error:
            raise FetchError("encoding", f"{here}: broken compression ({error})") from None
        if inflate is not None and not inflate.eof:
            raise _TryAgainError("connection", f"{here}: the compressed document is cut off")
        return bytes(content)


class _TryAgainError(Exception):
    def __init__(self, rule: str, message: str, after: float | None = None) -> None:
        super().__init__(message)
        self.rule, self.after = rule, after


def _retry_after(value: str | None) -> float | None:
    """Seconds that the server asks to wait: a number or a date."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
