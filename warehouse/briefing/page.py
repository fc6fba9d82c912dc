"""The page: facts and words into one HTML file that needs nothing else. Article text is hostile: it is escaped everywhere, and a link is
made of an address only if it is plain http or https.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from warehouse.briefing import terms, words
from warehouse.briefing.charts import draw_lines, draw_timeline
from warehouse.briefing.facts import Facts
from warehouse.briefing.rows import Row
from warehouse.briefing.timeline import say_day

HERE: Final = Path(__file__).parent
TITLE, NAME, SENTENCE, ADDRESS = 200, 80, 900, 2_000  # characters shown at most
REFERENCES: Final = 24
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\s]+")
NOT_IN_ADDRESS = re.compile(r"[\x00-\x20\x7f-\x9f\\<>\"'`{}|^\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


def render(facts: Facts) -> str:
    """The whole page as text."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )
    environment.filters |= {"clip": clip, "link": safe_link, "host": host, "anchor": _anchor(facts)}
    environment.filters |= {"day": say_day, "stories": words.stories, "first_up": words.first_up}
    environment.globals |= {"w": words, "terms": terms, "title_length": TITLE, "name_length": NAME, "sentence_length": SENTENCE, "reference_count": REFERENCES}
    page = environment.get_template("brief.html.j2").render(
        f=facts, scope=facts.scope, charts=_charts(facts), style=Markup((HERE / "style.css").read_text(encoding="utf-8")), act=_act(facts),  # noqa: S704 - own file
    )
    return re.sub(r"\n\s*\n+", "\n", page)


def _charts(facts: Facts) -> dict[str, list[Markup]]:
    drawn = {"timeline": draw_timeline(facts.timeline)}
    if facts.sectors:
        drawn["sectors"] = draw_lines(facts.sectors)
    if facts.partners:
        drawn["partners"] = draw_lines([p.line for p in facts.partners])
    # The SVG is made here of codes, lexicon names and numbers, and its texts are escaped by the renderer.
    return {name: [Markup(svg) for svg in both.values()] for name, both in drawn.items()}  # noqa: S704


def _act(facts: Facts) -> Callable[[Row], str]:
    return lambda row: words.say_act(facts.scope, row)


def _anchor(facts: Facts) -> Callable[[Any], str]:
    """Where a figure leads: to its line in the list of references, or straight to its sentence if it has one alone."""
    return lambda figure: f"s{facts.numbers[figure.rows[0].mention_id]}" if len(figure.rows) == 1 else figure.key


def clip(text: str | None, length: int) -> str:
    """Text on one line, without control characters, cut to ``length`` characters."""
    plain = UNSEEN.sub(" ", text or "").strip()
    return plain if len(plain) <= length else plain[: length - 1].rstrip() + "…"


def safe_link(address: str | None) -> str | None:
    """The address if a page may link to it: plain http or https with a host, of ordinary length, without tricks; else None."""
    if not address or len(address) > ADDRESS or NOT_IN_ADDRESS.search(address):
        return None
    try:
        parts = urlsplit(address)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None and (parts.port or 1) > 0
    except ValueError:
        return None
    return address if is_good else None


def host(address: str) -> str:
    """The host of a safe address, as the words of its link."""
    return clip(urlsplit(address).hostname, NAME)
