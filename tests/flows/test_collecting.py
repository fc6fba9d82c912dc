"""From sources to batches of articles: new ones once, edited ones again, a bad source beside good ones, a killed run gone on with."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.ingest import Batch, read_batches
from flows.sources.collecting import SourceReport, collect
from flows.sources.fetching import Fetcher, Limits
from flows.sources.ledger import MOST_TRIES, Ledger
from flows.sources.previewing import preview_source, source_at
from flows.sources.registry import Source
from tests.flows import fault_server
from tests.flows.fault_server import LINE, Site, feed, page, serving
from tests.flows.street import TEXT, record, write_jsonl

QUICK = Limits(document_seconds=5, connect_seconds=5, tries=2, first_wait_seconds=0.01)


class KilledError(BaseException):
    """Ends a run as a signal would: no handler for mere errors sees it."""


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as found:
        yield found


def source(name: str, kind: str, *addresses: str, **values: Any) -> Source:
    return Source(**{"id": name, "name": f"The {name}", "kind": kind, "address": list(addresses), "allow_private": True, "delay_seconds": 0} | values)


def run(raw: Path, *sources: Source, land: bool = True) -> tuple[list[SourceReport], list[Batch]]:
    """Collect and read; what was read counts as landed, as after a load."""
    reports = collect([s for s in sources if s.kind not in ("folder", "archive")], raw, Fetcher(limits=QUICK))
    batches = list(read_batches([], 100, raw, sources))
    if land:
        for batch in batches:
            Ledger(raw).landed(batch.landed)
    return reports, batches


def titles(batches: list[Batch]) -> list[str]:
    return sorted(a["title"] for b in batches for a in b.articles)


def test_feed_with_teasers_gives_the_articles_behind_the_links_once(site: Site, tmp_path: Path) -> None:
    site.replies["/feed"] = fault_server.with_etag
    for name in "abc":
        site.text(f"/{name}", page(f"Story {name}", f"{name.upper()} {LINE * 6}"))
    press = source("press", "feed", f"{site.base}/feed", language="en")
    reports, batches = run(tmp_path, press)
    assert (reports[0].listed, reports[0].new, reports[0].fetched) == (2, 2, 2)
    assert titles(batches) == ["Story a", "Story b"]
    article = batches[0].articles[0]
    assert article["source_name"] == "The press" and article["source_id"] == "press"
    assert article["url"] == f"{site.base}/a" and str(article["published_at"]) == "2026-03-17 09:30:00"
    assert article["raw_hash"] and (tmp_path / article["raw_hash"][:2] / f"{article['raw_hash']}.gz").exists()

    before = dict(site.hits)
    reports, batches = run(tmp_path, press)
    assert titles(batches) == [] and (reports[0].new, reports[0].fetched) == (0, 0)
    assert {p: n - before[p] for p, n in site.hits.items() if n != before[p]} == {"/feed": 1, "/robots.txt": 1}

    site.state |= {"etag": '"two"', "entries": "a,b,c"}
    reports, batches = run(tmp_path, press)
    assert titles(batches) == ["Story c"] and site.hits["/a"] == 1


def test_edited_entry_is_a_new_version_of_the_same_address(site: Site, tmp_path: Path) -> None:
    press = source("press", "feed", f"{site.base}/feed")
    site.text("/feed", feed(site.base, "a"), "application/rss+xml")
    site.text("/a", page("Story a", LINE * 6))
    _, first = run(tmp_path, press)
    site.text("/feed", feed(site.base, "a").replace("09:30:00", "11:00:00"), "application/rss+xml")
    site.text("/a", page("Story a", LINE * 5 + "A correction was added at eleven."))
    _, second = run(tmp_path, press)
    one, two = first[0].articles[0], second[0].articles[0]
    assert one["url"] == two["url"] and one["article_id"] != two["article_id"] and "correction" in two["body"]


def test_full_entries_need_no_page(site: Site, tmp_path: Path) -> None:
    body = "".join(f"<p>{LINE}</p>" for _ in range(14))
    entry = f"<item><title>Whole</title><link>{site.base}/whole</link><description><![CDATA[{body}]]></description></item>"
    site.text("/feed", f"<rss version='2.0'><channel><title>t</title>{entry}</channel></rss>", "application/rss+xml")
    _, batches = run(tmp_path, source("press", "feed", f"{site.base}/feed"))
    assert titles(batches) == ["Whole"] and site.hits["/whole"] == 0
    assert batches[0].articles[0]["body"].startswith(LINE.strip())


@pytest.mark.parametrize("kind", ["sitemap", "list", "gdelt", "json"])
def test_other_lists_give_articles(site: Site, tmp_path: Path, kind: str) -> None:
    for name in ("one", "two"):
        site.text(f"/news/{name}", page(f"Story {name}", f"{name} {LINE * 6}"))
    if kind == "sitemap":
        news = "xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'"
        parts = "".join(
            f"<url><loc>{site.base}/news/{n}</loc><news:news><news:publication_date>2026-05-0{i}T08:00:00Z</news:publication_date></news:news></url>"
            for i, n in enumerate(("one", "two"), 1)
        )
        urls = f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' {news}>{parts}<url><loc>{site.base}/shop/x</loc></url></urlset>"
        site.text("/map.xml", urls, "application/xml")
        site.text("/index.xml", f"<sitemapindex><sitemap><loc>{site.base}/map.xml</loc></sitemap></sitemapindex>", "application/xml")
        made = source("s", "sitemap", f"{site.base}/index.xml", link_pattern="/news/")
    elif kind == "list":
        site.text("/all", "<html><body><a href='/news/one'>1</a><a href='news/two#top'>2</a><a href='/shop'>x</a><a href='mailto:a@b'>m</a></body></html>")
        made = source("s", "list", f"{site.base}/all", link_pattern="/news/")
    elif kind == "gdelt":
        rows = "".join("\t".join(["x"] * 60 + [f"{site.base}/news/{n}"]) + "\n" for n in ("one", "two", "one"))
        site.text("/events.csv", rows, "text/csv")
        made = source("s", "gdelt", f"{site.base}/events.csv")
    else:
        items = [{"id": n, "url": f"{site.base}/news/{n}", "title": f"Story {n}", "date_published": "2026-05-01T08:00:00+02:00"} for n in ("one", "two")]
        site.text("/feed.json", json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": items}), "application/feed+json")
        made = source("s", "feed", f"{site.base}/feed.json")
    _, batches = run(tmp_path / "raw", made)
    assert titles(batches) == ["Story one", "Story two"]
    if kind in ("sitemap", "json"):
        day = next(a for a in batches[0].articles if a["title"] == "Story one")["published_at"]
        assert str(day) == ("2026-05-01 08:00:00" if kind == "sitemap" else "2026-05-01 06:00:00")


def test_folder_gives_new_and_changed_files_only(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    write_jsonl(inbox / "a.jsonl", {"text": TEXT})
    (inbox / "b.jsonl.gz").write_bytes(gzip.compress(json.dumps(record("b-1")).encode()))
    box = source("box", "folder", str(inbox))
    _, batches = run(tmp_path / "raw", box)
    assert sorted(a["source_name"] for b in batches for a in b.articles) == ["Rif Daily", "The box"]
    _, batches = run(tmp_path / "raw", box)
    assert sum(b.in_count for b in batches) == 0
    write_jsonl(inbox / "a.jsonl", {"text": TEXT}, {"text": TEXT + " Another sentence about Spain."})
    _, batches = run(tmp_path / "raw", box)
    assert sum(len(b.articles) for b in batches) == 2


def test_fifty_sources_with_ten_bad_ones_land_the_other_forty(site: Site, tmp_path: Path) -> None:
    for n in range(40):
        site.text(f"/f{n}", feed(site.base, f"p{n}"), "application/rss+xml")
        site.text(f"/p{n}", page(f"Story p{n}", f"Number {n}. {LINE * 6}"))
    faults: list[Any] = [fault_server.slow_drip, fault_server.wrong_length, fault_server.hang_up, fault_server.gzip_bomb, fault_server.huge_told]
    for n, reply in enumerate(faults):
        site.replies[f"/b{n}"] = reply
    site.text("/b5", "", status="500 Internal Server Error")
    site.text("/b6", "<html><body>no feed</body></html>")
    site.redirect("/b7", "/b7")
    site.redirect("/b8", "file:///etc/passwd")
    sources = [source(f"s{n}", "feed", f"{site.base}/{f'b{n // 5}' if n % 5 == 4 else f'f{n - n // 5}'}", parallel=8) for n in range(50)]
    started = time.monotonic()
    reports, batches = run(tmp_path, *sources)
    assert len(titles(batches)) == 40
    bad = {r.source_id for r in reports if r.error}
    assert len(bad) == 10 and all(r.refusals and r.source_id in r.refusals[0].where for r in reports if r.error)
    assert time.monotonic() - started < 30


def test_run_killed_while_fetching_goes_on_where_it_was(site: Site, tmp_path: Path) -> None:
    names = [f"p{n}" for n in range(8)]
    site.text("/feed", feed(site.base, *names), "application/rss+xml", ETag='"one"')
    for n in names:
        site.text(f"/{n}", page(f"Story {n}", f"{n}. {LINE * 6}"))
    press = source("press", "feed", f"{site.base}/feed", parallel=1)

    class Dies(Fetcher):
        async def _body(self, *answer: Any) -> bytes:
            if self.requests > 5:
                raise KilledError
            return await super()._body(*answer)

    with pytest.raises(KilledError):
        collect([press], tmp_path, Dies(limits=QUICK))
    fetched_before = {n for n in names if site.hits[f"/{n}"]}
    assert 0 < len(fetched_before) < 8
    kept = {d.address.rpartition("/")[2] for d in Ledger(tmp_path).find("press", "fetched")}
    _, batches = run(tmp_path, press)
    assert titles(batches) == [f"Story {n}" for n in names]
    assert all(site.hits[f"/{n}"] == 1 for n in kept), "what was kept is not fetched again"


def test_run_killed_before_landing_reads_from_disk(site: Site, tmp_path: Path) -> None:
    site.text("/feed", feed(site.base, "a"), "application/rss+xml")
    site.text("/a", page("Story a", LINE * 6))
    press = source("press", "feed", f"{site.base}/feed")
    run(tmp_path, press, land=False)
    _, batches = run(tmp_path, press)
    assert titles(batches) == ["Story a"] and site.hits["/a"] == 1


def test_page_that_fails_is_tried_by_later_runs_and_then_given_up(site: Site, tmp_path: Path) -> None:
    site.text("/feed", feed(site.base, "gone"), "application/rss+xml")
    press = source("press", "feed", f"{site.base}/feed")
    for _ in range(MOST_TRIES):
        reports, _ = run(tmp_path, press)
        assert reports[0].failed == 1 and "404" in reports[0].refusals[0].reason
    reports, _ = run(tmp_path, press)
    assert reports[0].failed == 0 and site.hits["/gone"] == MOST_TRIES
    assert [d.state for d in Ledger(tmp_path).find("press", "failed")] == ["failed"]


def test_preview_keeps_nothing_and_says_what_comes_out(site: Site) -> None:
    site.text("/feed.xml", feed(site.base, "a"), "application/rss+xml")
    site.text("/a", page("Story a", LINE * 6))
    found = preview_source(source_at(f"{site.base}/feed.xml", None, True), 1)
    assert found.source.kind == "feed" and [a["title"] for a in found.articles] == ["Story a"]
    assert "Story a" in found.summary() and "1 listed" in found.summary()
    empty = preview_source(source_at(f"{site.base}/none", None, True), 1)
    assert "nothing came out" in empty.summary() and "404" in empty.summary()


def test_wrong_charset_in_the_header_is_read_rightly(site: Site, tmp_path: Path) -> None:
    text = "Le Président Müller visited Málaga. " + LINE * 6
    html = f"<html><head><title>Café</title></head><body><article><h1>Café</h1><p>{text}</p></article></body></html>"
    site.text("/a", html.encode("cp1252"), "text/html; charset=utf-8")
    _, batches = run(tmp_path, source("p", "page", f"{site.base}/a"))
    assert "Müller visited Málaga" in batches[0].articles[0]["body"]


def test_fetcher_is_closed_once_all_is_done(site: Site, tmp_path: Path) -> None:
    fetcher = Fetcher(limits=QUICK)
    collect([source("p", "page", f"{site.base}/a")], tmp_path, fetcher)
    assert fetcher.client.is_closed
    asyncio.run(asyncio.sleep(0))
