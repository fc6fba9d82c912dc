"""Feeds of every kind into items; what is no feed is refused with a reason; nothing raises anything else."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from transforms.reading.feeds import FeedError, plain, read_feed

BASE = "https://news.example/feed"
CORPUS = ROOT.parent / "shared/corpus/feeds"


def rss(items: str, head: str = "") -> bytes:
    return f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>Rif Daily</title>{head}{items}</channel></rss>".encode()


def test_rss_item_has_its_fields() -> None:
    feed = read_feed(rss(
        "<item><title>Talks &amp; more</title><link>/a?utm_source=rss#top</link><guid>g-1</guid><author>Ana Sosa</author>"
        "<pubDate>Tue, 17 Mar 2026 10:30:00 +0100</pubDate><description>&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</description></item>",
        "<language>fr-FR</language>"), BASE)
    item = feed.items[0]
    assert (feed.title, feed.language, len(feed.items)) == ("Rif Daily", "fr", 1)
    assert (item.address, item.identity, item.title, item.author) == ("https://news.example/a", "https://news.example/g-1", "Talks & more", "Ana Sosa")
    assert item.published_at == datetime(2026, 3, 17, 9, 30) and item.text == "One.\n\nTwo." and not item.is_full


def test_atom_and_rdf() -> None:
    atom = b"""<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry><id>x</id><title>A</title><link href='https://news.example/x'/>
        <updated>2026-03-17T10:30:00Z</updated><content type='html'>&lt;p&gt;Body&lt;/p&gt;</content></entry></feed>"""
    rdf = b"""<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'>
        <channel><title>T</title></channel><item><title>A</title><link>https://news.example/x</link><dc:date>2026-03-17T10:30:00Z</dc:date></item></rdf:RDF>"""
    for content in (atom, rdf):
        item = read_feed(content, BASE).items[0]
        assert (item.address, item.title, item.published_at) == ("https://news.example/x", "A", datetime(2026, 3, 17, 10, 30))


def test_long_entry_is_the_article_itself() -> None:
    text = "The two ministers met again. " * 80
    assert read_feed(rss(f"<item><link>/a</link><description>{text}</description></item>"), BASE).items[0].is_full


def test_date_in_the_feeds_own_language() -> None:
    item = read_feed(rss("<item><link>/a</link><pubDate>Seg, 24 Set 2018 19:42:40 -0300</pubDate></item>"), BASE).items[0]
    assert item.published_at == datetime(2018, 9, 24, 22, 42, 40)


def test_date_that_is_none_is_a_warning() -> None:
    feed = read_feed(rss("<item><link>/a</link><pubDate>yesterday or so, maybe</pubDate></item>"), BASE)
    assert feed.items[0].published_at is None and any("date not understood" in w for w in feed.warnings)


def test_json_feed() -> None:
    data = {"version": "https://jsonfeed.org/version/1.1", "title": "T", "language": "en-GB", "items": [
        {"id": "1", "url": "https://news.example/1", "title": "A", "content_html": "<p>One</p>", "date_published": "2026-03-17T10:30:00+01:00",
         "authors": [{"name": "Ana"}, {"name": "Bo"}]},
        {"title": "no id"},
    ]}
    feed = read_feed(json.dumps(data).encode(), BASE)
    assert [(i.identity, i.text, i.author, i.published_at) for i in feed.items] == [("1", "One", "Ana, Bo", datetime(2026, 3, 17, 9, 30))]
    assert feed.language == "en" and feed.warnings == ["entry without id"]


@pytest.mark.parametrize(("content", "what"), [
    (b"", "empty"), (b"<html><body>Not found</body></html>", "no RSS"), (b"{}", "no JSON feed"), (b"{\"version\": \"1\"", "no JSON feed"),
    (b"\x00\x01\x02", "no RSS"),
])
def test_what_is_no_feed_is_refused_with_the_mend(content: bytes, what: str) -> None:
    with pytest.raises(FeedError, match=what) as caught:
        read_feed(content, BASE)
    assert "check the address" in str(caught.value)


def test_entities_from_outside_are_not_read() -> None:
    content = b"""<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><rss version='2.0'><channel><title>T</title>
        <item><link>https://news.example/a</link><title>&x;</title></item></channel></rss>"""
    try:
        found = read_feed(content, BASE)
    except FeedError:
        return
    assert "root:" not in repr(found)


def test_many_entities_do_not_blow_up() -> None:
    levels = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
    content = f"<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY l0 'lol'>{levels}]><rss version='2.0'><channel><title>&l9;</title></channel></rss>".encode()
    try:
        found = read_feed(content, BASE)
    except FeedError:
        return
    assert len(found.title or "") < 10_000


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"<rss version='2.0'><channel>", b"<feed>", b"{\"items\": ["]))
def test_any_bytes_give_a_feed_or_a_refusal(tail: bytes, head: bytes) -> None:
    try:
        feed = read_feed(head + tail, BASE)
    except FeedError as error:
        assert str(error)
    else:
        assert all(i.address is None or i.address.startswith("http") for i in feed.items)


def test_plain_keeps_text_and_drops_scripts() -> None:
    assert plain("<p>A<script>alert(1)</script></p><p>B &amp; C</p>") == "A\n\nB & C"
    assert plain("5 < 6 and 7") .startswith("5") and plain(None) == ""


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus does not lie beside the project")
def test_real_and_ill_formed_feeds_are_read_or_refused() -> None:
    read, refused = {}, {}
    for path in sorted(CORPUS.iterdir()):
        try:
            read[path.name] = read_feed(path.read_bytes(), BASE)
        except FeedError as error:
            refused[path.name] = str(error)
    assert set(refused) == {"rss_empty_document.xml", "unrecognized.rss"}
    assert {n: len(read[n].items) for n in ("guardian.rss", "reddit.rss", "craigslist.rss", "uolNoticias.rss")} == {
        "guardian.rss": 55, "reddit.rss": 24, "craigslist.rss": 25, "uolNoticias.rss": 15}
    assert read["encoding.rss"].items[0].title == "Mãe de utente é a nova presidente da Raríssimas"
    dated = [i for n in ("guardian.rss", "uolNoticias.rss", "heise.atom", "rss-1.rss") for i in read[n].items]
    assert all(i.published_at for i in dated)
