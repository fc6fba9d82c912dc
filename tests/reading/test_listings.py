"""Addresses: canonical form, links of a page, sitemaps, GDELT's table."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.reading.addresses import canonical, links
from transforms.reading.listings import ListingError, read_gdelt, read_sitemap


@pytest.mark.parametrize(("given_address", "wanted"), [
    ("HTTPS://News.Example:443/a/?utm_source=x&id=7&fbclid=q#part", "https://news.example/a/?id=7"), ("http://news.example", "http://news.example/"),
    ("http://news.example:8080/a", "http://news.example:8080/a"), (" https://news.example/a?b=&c=1 ", "https://news.example/a?b=&c=1"),
    ("https://[::1]:443/x", "https://[::1]/x"),
])
def test_canonical(given_address: str, wanted: str) -> None:
    assert canonical(given_address) == wanted
    assert canonical(wanted) == wanted, "canonical once is canonical for good"


@pytest.mark.parametrize("bad", ["", "mailto:a@b.example", "javascript:alert(1)", "file:///etc/passwd", "//news.example/a", "https://"])
def test_what_is_no_web_address_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="no http or https address"):
        canonical(bad)


@given(st.text(max_size=80))
def test_canonical_never_fails_otherwise(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert canonical("https://news.example/" + text).startswith("https://")


def test_links_are_absolute_matched_and_once() -> None:
    page = b"<a href='/story/1'>x</a><a href='../story/2?utm_medium=y'>x</a><a href='/story/1#c'>x</a><a href='/shop'>x</a><a href='javascript:x'>x</a><a>x</a>"
    assert list(links(page, "https://news.example/world/", r"/story/\d")) == ["https://news.example/story/1", "https://news.example/story/2"]
    with pytest.raises(ValueError, match="no HTML"):
        list(links(b"", "https://news.example/", "x"))


def test_sitemap_and_index() -> None:
    sitemap = read_sitemap(b"""<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>
        <url><loc>https://news.example/a</loc><lastmod>2026-03-02</lastmod><news:news><news:publication><news:language>en</news:language></news:publication>
        <news:publication_date>2026-03-01T10:00:00+02:00</news:publication_date><news:title>A</news:title></news:news></url>
        <url><loc>ftp://news.example/b</loc></url></urlset>""")
    found = sitemap.articles[0]
    assert (len(sitemap.articles), found.address, found.title, found.language, found.marker) == (1, "https://news.example/a", "A", "en", "2026-03-02")
    assert str(found.published_at) == "2026-03-01 08:00:00"
    assert read_sitemap(b"<sitemapindex><sitemap><loc>https://news.example/m.xml</loc></sitemap></sitemapindex>").further == ["https://news.example/m.xml"]


@pytest.mark.parametrize("bad", [b"", b"<html/>", b"plain text", b"<urlset"])
def test_what_is_no_sitemap_is_refused(bad: bytes) -> None:
    try:
        assert not read_sitemap(bad).articles
    except ListingError as error:
        assert "check the address" in str(error)


@pytest.mark.parametrize("width", [58, 61])
def test_gdelt_addresses(width: int) -> None:
    row = "\t".join(["1"] * (width - 1))
    content = f"{row}\thttps://news.example/a\n{row}\tBBC Monitoring\n{row}\thttps://news.example/a#x\n{row}\thttps://news.example/b\n".encode()
    assert list(read_gdelt(content)) == ["https://news.example/a", "https://news.example/b"]
    with pytest.raises(ListingError, match="row 1 has 3 columns"):
        list(read_gdelt(b"a\tb\tc\n"))
