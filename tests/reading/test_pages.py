"""Pages into articles: real ones against bodies marked by hand, and what a hostile or empty page gives."""

from __future__ import annotations

import pytest

from benchmarks.pages import CORPUS, measure
from transforms.reading.articles import make_article
from transforms.reading.records import Record, Refusal, decode_page, parse_html


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus does not lie beside the project")
def test_bodies_titles_and_dates_of_real_pages() -> None:
    found = measure(CORPUS)
    scores = [r["f1"] for r in found.values()]
    assert sum(scores) / len(scores) >= 0.95 and min(scores) >= 0.5
    for field in ("title", "date"):
        assert sum(r[field] for r in found.values()) >= 0.9 * len(found)


PAGE = """<html lang="en"><head><title>Talks in Rabat | Rif Daily</title><meta property="article:published_time" content="2026-03-14T09:30:00+01:00">
<meta name="author" content="Ana Sosa"></head><body><nav><a href="/">Home</a><a href="/world">World</a></nav><article><h1>Talks in Rabat</h1>
<p>France and Morocco held talks in Rabat on Tuesday, the two governments said in a joint statement that was read to reporters.</p>
<p>The French minister thanked his counterpart and said that the accord on fishing would be signed within a month in Paris.</p>
<p>Read also: What the accord means for boats</p></article><div class="cookie">We use cookies to improve your experience.</div>
<footer>Copyright Rif Daily</footer></body></html>"""


def test_body_without_furniture() -> None:
    (record,) = parse_html(PAGE.encode(), "page.html")
    assert isinstance(record, Record)
    article = make_article(record)
    assert isinstance(article, dict)
    assert article["title"].startswith("Talks in Rabat") and str(article["published_at"]).startswith("2026-03-14")
    assert "held talks" in article["body"] and "signed within a month" in article["body"]
    for furniture in ("cookies", "Copyright", "Home", "Read also"):
        assert furniture not in article["body"]


@pytest.mark.parametrize(("content", "what"), [
    (b"", "no article text"), (b"\x00\x00\x00", "null bytes"), (b"<html><body><ul><li><a href='/a'>A</a></li></ul></body></html>", "no article text"),
])
def test_page_without_an_article_is_refused(content: bytes, what: str) -> None:
    (found,) = parse_html(content, "page.html")
    assert isinstance(found, Refusal) and what in found.reason


@pytest.mark.parametrize(("text", "encoding", "head"), [
    ("Müller visited Málaga", "utf-8", ""), ("Müller visited Málaga", "cp1252", ""), ("Müller visited Málaga", "cp1252", "<meta charset='utf-8'>"),
    ("Президент прибыл в Рабат и провел переговоры с королем", "cp1251", "<meta charset='windows-1251'>"),
    ("Президент прибыл в Рабат и провел переговоры с королем. " * 5, "koi8-r", "<meta http-equiv='Content-Type' content='text/html; charset=koi8-r'>"),
    ("Müller", "cp1252", "<meta charset='no-such-charset'>"),
])
def test_charset_is_found_whatever_the_page_says(text: str, encoding: str, head: str) -> None:
    assert text in decode_page(f"<html><head>{head}</head><body><p>{text}</p></body></html>".encode(encoding))
