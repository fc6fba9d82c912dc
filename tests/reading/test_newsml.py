"""Agency XML into records."""

from __future__ import annotations

import pytest

from transforms.reading.articles import make_article
from transforms.reading.newsml import parse_newsml
from transforms.reading.records import Record, Refusal

NITF = """<nitf xml:lang='en'><head><title>T</title><docdata><doc-id id-string='n-1'/><date.issue norm='20260314T093000Z'/></docdata>
<pubdata name='Arcadian Press' date.publication='20260315'/></head><body><body.head><hedline><hl1>France  praises Morocco</hl1></hedline>
<byline>By Ana Sosa</byline></body.head><body.content><p>PARIS - France praised Morocco.</p><p>The two countries
signed an accord.</p></body.content></body></nitf>"""
NEWSML = """<newsMessage xmlns='http://iptc.org/std/nar/2006-10-01/'><itemSet>
<newsItem guid='urn:newsml:arcadia:1' version='2' xml:lang='en'><itemMeta><versionCreated>2026-03-14T10:00:00+01:00</versionCreated>
<firstCreated>2026-03-14T09:00:00+01:00</firstCreated><provider><name>Arcadian Press</name></provider></itemMeta>
<contentMeta><headline>Talks in Rabat</headline><by>Bo Li</by></contentMeta>
<contentSet><inlineXML contenttype='application/xhtml+xml'><html xmlns='http://www.w3.org/1999/xhtml'><head><title>x</title></head><body><p>First paragraph.</p>
<p>Second <b>one</b>.</p></body></html></inlineXML></contentSet></newsItem>
<newsItem guid='urn:newsml:arcadia:2'><contentSet><remoteContent href='picture.jpg'/></contentSet></newsItem></itemSet></newsMessage>"""


def test_nitf() -> None:
    (found,) = parse_newsml(NITF.encode(), "a.xml")
    assert isinstance(found, Record)
    article = make_article(found)
    assert isinstance(article, dict)
    shown = [article[k] for k in ("external_id", "title", "source_name", "author")]
    assert shown == ["n-1", "France praises Morocco", "Arcadian Press", "By Ana Sosa"]
    assert str(article["published_at"]) == "2026-03-14 09:30:00"
    assert article["body"] == "PARIS - France praised Morocco.\n\nThe two countries signed an accord."


def test_news_items_of_a_message() -> None:
    one, two = parse_newsml(NEWSML.encode(), "m.xml")
    assert isinstance(one, Record) and isinstance(two, Refusal)
    values = one.values
    assert (values["id"], values["title"], values["source"], values["author"], values["language"], values["section"]) == (
        "urn:newsml:arcadia:1", "Talks in Rabat", "Arcadian Press", "Bo Li", "en", "version 2")
    assert values["text"] == "First paragraph.\n\nSecond one ." and values["published_at"].startswith("2026-03-14T09:00")
    assert two.where == "m.xml, item 2" and "no text" in two.reason


@pytest.mark.parametrize(("content", "what"), [(b"<a", "well-formed"), (b"<html/>", "neither NewsML"), (b"", "well-formed")])
def test_other_xml_is_refused(content: bytes, what: str) -> None:
    (found,) = parse_newsml(content, "x.xml")
    assert isinstance(found, Refusal) and what in found.reason


def test_external_entities_are_not_read() -> None:
    content = NITF.replace("<nitf", "<!DOCTYPE nitf [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><nitf", 1).replace("France praised", "&x; France praised")
    for found in parse_newsml(content.encode(), "a.xml"):
        assert "root:" not in repr(found)
