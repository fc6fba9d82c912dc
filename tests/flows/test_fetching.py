"""Fetching from servers that behave badly: each fault has its own word, none hangs, none reaches where it must not."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpcore
import pytest

from flows.sources.fetching import Fetched, Fetcher, FetchError, Limits
from flows.sources.guard import GuardedBackend, is_public
from flows.sources.registry import Source
from tests.flows import fault_server
from tests.flows.fault_server import Site, page, serving

QUICK = Limits(document_seconds=1.5, connect_seconds=1.0, document_bytes=2 * 1024 * 1024, tries=3, first_wait_seconds=0.01, longest_wait_seconds=2.0)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as found:
        yield found


def source(address: str, **values: Any) -> Source:
    return Source(**{"id": "t", "name": "Test", "kind": "page", "address": address, "allow_private": True, "delay_seconds": 0} | values)


def get(address: str, limits: Limits = QUICK, backend: GuardedBackend | None = None, etag: str | None = None, **values: Any) -> Fetched:
    async def run() -> Fetched:
        fetcher = Fetcher("test@example.org", limits, backend)
        try:
            return await fetcher.get(source(address, **values), address, etag)
        finally:
            await fetcher.close()

    return asyncio.run(run())


def refused(address: str, **values: Any) -> FetchError:
    with pytest.raises(FetchError) as caught:
        get(address, **values)
    return caught.value


def test_plain_page_comes_whole_and_the_agent_says_who_asks(site: Site) -> None:
    site.text("/a", page("A"), ETag='"x"')
    found = get(f"{site.base}/a")
    assert (found.status, found.content.decode(), found.etag) == (200, page("A"), '"x"')
    assert "Bilateral" in site.told["/a"]["user-agent"] and "test@example.org" in site.told["/a"]["user-agent"]


@pytest.mark.parametrize(("reply", "rule", "tries"), [
    (fault_server.slow_drip, "time", 3), (fault_server.wrong_length, "connection", 3), (fault_server.hang_up, "connection", 3),
    (fault_server.cut_gzip, "connection", 3), (fault_server.gzip_bomb, "size", 1), (fault_server.huge_told, "size", 1), (fault_server.huge_untold, "size", 1),
])
def test_fault_is_named_and_ends_in_time(site: Site, reply: Any, rule: str, tries: int) -> None:
    site.replies["/bad"] = reply
    started = time.monotonic()
    error = refused(f"{site.base}/bad")
    assert (error.rule, site.hits["/bad"]) == (rule, tries), str(error)
    assert f"{site.base}/bad" in str(error)
    assert time.monotonic() - started < 6


def test_server_error_is_tried_again_and_then_named(site: Site) -> None:
    site.text("/500", "", status="500 Internal Server Error")
    error = refused(f"{site.base}/500")
    assert error.rule == "status" and "500" in str(error) and "3 times" in str(error)
    assert site.hits["/500"] == 3


def test_missing_page_is_not_tried_again(site: Site) -> None:
    assert refused(f"{site.base}/gone").rule == "status"
    assert site.hits["/gone"] == 1


def test_busy_server_is_waited_for_as_it_asks(site: Site) -> None:
    site.replies["/busy"] = fault_server.twice_busy
    assert b"Busy no more" in get(f"{site.base}/busy").content
    site.text("/later", "", status="503 Service Unavailable", Retry_After="3600")
    error = refused(f"{site.base}/later")
    assert "3600" in str(error) and site.hits["/later"] == 1, "an hour is not waited in a run"


def test_retry_after_as_a_date(site: Site) -> None:
    when = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    site.text("/date", "", status="429 Too Many Requests", Retry_After=when)
    assert "asks to wait" in str(refused(f"{site.base}/date"))


def test_redirects_are_followed_five_times(site: Site) -> None:
    site.text("/end", page("End"))
    for n in range(5):
        site.redirect(f"/r{n}", f"/r{n - 1}" if n else "/end")
    found = get(f"{site.base}/r4")
    assert (found.asked, found.address) == (f"{site.base}/r4", f"{site.base}/end")
    site.redirect("/loop", "/loop")
    assert refused(f"{site.base}/loop").rule == "redirects" and site.hits["/loop"] == 6


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/", "data:text/html,x"])
def test_redirect_to_another_scheme_is_refused(site: Site, to: str) -> None:
    site.redirect("/r", to)
    assert refused(f"{site.base}/r").rule in ("scheme", "address")


def test_broken_tls_is_refused(tmp_path: Path) -> None:
    pair = [str(tmp_path / "key.pem"), str(tmp_path / "cert.pem")]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", pair[0], "-out", pair[1], "-days", "1", "-subj", "/CN=wrong.example"]
    subprocess.run(made, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair[1], pair[0])
    with serving(context) as secure:
        secure.text("/a", page("A"))
        error = refused(f"{secure.base}/a")
        assert error.rule == "tls" and "certificate" in str(error)
        assert secure.hits["/a"] == 0


def test_robots_are_asked_and_obeyed(site: Site) -> None:
    site.text("/robots.txt", "User-agent: Bilateral\nDisallow: /private/\n", "text/plain")
    site.text("/private/a", page("A"))
    site.text("/b", page("B"))
    assert refused(f"{site.base}/private/a").rule == "robots" and site.hits["/private/a"] == 0
    assert get(f"{site.base}/b").status == 200
    assert get(f"{site.base}/private/a", respect_robots=False).status == 200


def test_host_whose_robots_fail_is_left_alone(site: Site) -> None:
    site.text("/robots.txt", "", status="503 Service Unavailable")
    site.text("/a", page("A"))
    refused(f"{site.base}/a")
    assert site.hits["/a"] == 0


def test_unchanged_document_is_not_sent_again(site: Site) -> None:
    site.replies["/feed"] = fault_server.with_etag
    first = get(f"{site.base}/feed")
    assert get(f"{site.base}/feed", etag=first.etag).status == 304
    site.state["etag"] = '"two"'
    assert get(f"{site.base}/feed", etag=first.etag).status == 200


def test_host_is_not_hurried(site: Site) -> None:
    for n in range(4):
        site.text(f"/{n}", page("x"))

    async def run() -> float:
        fetcher = Fetcher(limits=QUICK)
        own, started = source(site.base, delay_seconds=0.2, respect_robots=False), time.monotonic()
        await asyncio.gather(*(fetcher.get(own, f"{site.base}/{n}") for n in range(4)))
        await fetcher.close()
        return time.monotonic() - started

    assert 0.6 <= asyncio.run(run()) < 3


# --- where nothing may be sent: a stubbed resolver, and a connector that only notes where it would have gone


class Noting(httpcore.AsyncNetworkBackend):
    """Never opens anything."""

    def __init__(self) -> None:
        self.gone_to: list[str] = []

    async def connect_tcp(self, host: str, port: int, *rest: Any, **more: Any) -> httpcore.AsyncNetworkStream:
        self.gone_to.append(host)
        raise httpcore.ConnectError("noted")


def stubbed(**names: str) -> tuple[GuardedBackend, Noting]:
    connector = Noting()

    async def resolver(host: str, port: int) -> list[str]:
        return names.get(host.replace(".", "_"), host).split(",")

    return GuardedBackend(resolver, connector), connector


@pytest.mark.parametrize("address", [
    "127.0.0.1", "10.1.2.3", "192.168.0.9", "172.16.5.5", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1", "240.0.0.1", "::1", "fe80::1", "fc00::1",
    "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1", "::",
])
def test_special_address_is_refused_before_anything_is_sent(address: str) -> None:
    assert not is_public(address)
    backend, connector = stubbed(news_example=address)
    error = refused("http://news.example/a", backend=backend, allow_private=False, respect_robots=False)
    assert error.rule == "address" and connector.gone_to == []


def test_one_private_answer_among_public_ones_is_enough() -> None:
    backend, connector = stubbed(news_example="93.184.215.14,10.0.0.1")
    assert refused("http://news.example/a", backend=backend, allow_private=False, respect_robots=False).rule == "address"
    assert connector.gone_to == []


def test_connection_goes_to_the_address_that_was_judged() -> None:
    backend, connector = stubbed(news_example="93.184.215.14")
    refused("http://news.example/a", limits=Limits(tries=1), backend=backend, allow_private=False, respect_robots=False)
    assert connector.gone_to == ["93.184.215.14"]


def test_redirect_into_the_private_net_is_refused(site: Site) -> None:
    """Leave to read one's own loopback server is no leave to be sent on to another private host."""
    site.redirect("/r", "http://metadata.example/latest")
    real = httpcore.AnyIOBackend()

    class OnlyLoopback(httpcore.AsyncNetworkBackend):
        async def connect_tcp(self, host: str, port: int, *rest: Any, **more: Any) -> httpcore.AsyncNetworkStream:
            assert host == "127.0.0.1", f"a packet would have gone to {host}"
            return await real.connect_tcp(host, port, *rest, **more)

    async def resolver(host: str, port: int) -> list[str]:
        return ["169.254.169.254"] if host == "metadata.example" else [host]

    assert refused(f"{site.base}/r", backend=GuardedBackend(resolver, OnlyLoopback())).rule == "address"
