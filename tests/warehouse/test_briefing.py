"""Literal rows in, the facts, words and page of a brief out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import duckdb
import pytest

from tests.warehouse.rows import actor, article, key, load, mention, sector, source
from warehouse.briefing import words
from warehouse.briefing.chance import are_beyond_chance, chance_of, right_range
from warehouse.briefing.examples import Examples, stands_alone
from warehouse.briefing.facts import Facts, gather
from warehouse.briefing.figures import Figure, Register, choose_rows, telling
from warehouse.briefing.page import clip, render, safe_link
from warehouse.briefing.scope import BriefError, settle_scope
from warehouse.briefing.terms import DONE, STATUS
from warehouse.briefing.timeline import make_timeline
from warehouse.briefing.voices import is_name
from warehouse.publish import publish
from warehouse.store import Home, open_warehouse
from warehouse.stories import settle_stories
from warehouse.tables import EVENT_TYPES, STATUSES

ACCUSE = {"event_type": "ACCUSE", "quad_class": "verbal conflict", "intensity": -3.0}
VISIT = {"event_type": "CONSULT", "mode": "visit"}
RELATE = {"event_type": "RELATE", "quad_class": "standing relation", "intensity": None}
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&lt; </style></title>"
RIGHT_TO_LEFT = "\u202eocoroM\u2066 مرحبا"
LONG_NAME = "X" + "x" * 9_999


def told(number: int, day: date, letter: str, **values: Any) -> dict[str, Any]:
    """An article of its own story, published that day."""
    return article(article_id=key(letter), story_id=key(letter), content_hash=f"{number:064x}", url=f"https://example.org/{number}",
                   published_at=datetime(day.year, day.month, day.day, 9), **values)


def said(number: int, letter: str, day: date | None, **values: Any) -> dict[str, Any]:
    return mention(mention_id=f"{number:020x}", article_id=key(letter), event_date=day, **values)


MAY, JUNE, LATER = date(2024, 5, 1), date(2024, 6, 3), date(2024, 9, 1)
ARTICLES = [
    told(1, MAY, "a"), told(1, MAY, "b", source_id="herald"),  # b is a copy of a
    told(2, JUNE, "c", source_id="herald", title=SCRIPT),
    told(3, date(2023, 6, 12), "d"),
    told(4, JUNE, "e", title=RIGHT_TO_LEFT) | {"url": "javascript:alert(3)"},
]
MENTIONS = [
    said(1, "a", MAY, confidence=0.8), said(2, "b", MAY, confidence=0.7),  # the copy counts once
    said(3, "a", MAY, **ACCUSE, confidence=0.4, speaker_country="FRA", speaker="he"),
    said(4, "a", LATER, **VISIT, status="planned"),  # told in May, due in September
    said(5, "c", JUNE, **ACCUSE, confidence=0.9, sentence=f"{SCRIPT} France accused Morocco of a raid {'y' * 5_000}", speaker_country="FRA", speaker=LONG_NAME),
    said(6, "c", JUNE, **ACCUSE | {"event_type": "REJECT"}, status="negated"),
    said(7, "c", date(1956, 1, 1), **RELATE, confidence=0.6),  # a standing relation told in June
    said(8, "c", JUNE, source_country="ESP", target_country="FRA", country_a="ESP", country_b="FRA", **VISIT,
         sentence="Spain and France held talks about their fishing grounds."),
    said(9, "d", date(2023, 6, 10)),  # in the period before
    said(10, "e", JUNE, **VISIT, sentence=RIGHT_TO_LEFT, event_date_precision="day"),
    said(11, "e", date(1999, 5, 1)),  # told in June of long ago
]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    home = Home(tmp_path_factory.mktemp("brief") / "home").prepare()
    with open_warehouse(home) as connection:
        load(
            connection, articles=ARTICLES, mentions=MENTIONS, sources=[source(), source(source_id="herald", name="Herald <b>", kind="feed")],
            mention_sectors=[sector(mention_id=f"{n:020x}", sector=s) for n, s in ((1, "trade"), (3, "trade"), (5, "energy"))],
            mention_actors=[actor(mention_id=f"{5:020x}", role="speaker", text="x", name=LONG_NAME)],
        )
        for code, name in (("FRA", "France"), ("MAR", "Morocco"), ("ESP", "Spain"), ("USA", "United States")):
            connection.execute("INSERT INTO countries VALUES (?, ?, 'state', NULL, NULL, NULL)", [code, name])
        settle_stories(connection)
    publish(home, "run-1")
    with duckdb.connect(str(home.published), read_only=True) as opened:
        yield opened


def facts_of(connection: duckdb.DuckDBPyConnection, *countries: str, **given: Any) -> Facts:
    return gather(connection, settle_scope(connection, list(countries), **given))


@pytest.fixture(scope="module")
def dyad(published: duckdb.DuckDBPyConnection) -> Facts:
    return facts_of(published, "MAR", "FRA", since=date(2024, 4, 1), until=date(2024, 6, 30))


@pytest.fixture(scope="module")
def page(dyad: Facts) -> str:
    return render(dyad)


def ids(rows: Any) -> list[int]:
    return sorted(int(r.mention_id, 16) for r in rows)


# --- what it is about


def test_twelve_months_to_the_last_day_without_days(published: duckdb.DuckDBPyConnection) -> None:
    scope = settle_scope(published, ["morocco", "fra"])
    assert (scope.countries, scope.since, scope.until) == (("FRA", "MAR"), date(2023, 6, 5), JUNE)
    assert scope.before == (date(2022, 6, 5), date(2023, 6, 4)) and scope.day_count == 365


@pytest.mark.parametrize(("countries", "given", "words_of"), [
    (["FRX", "MAR"], {}, "'FRX' is no country here.*near it: FRA France"),
    (["FRA", "FRA"], {}, "stands twice"),
    (["FRA", "MAR", "ESP"], {}, "3 countries: name two"),
    ([], {}, "0 countries"),
    (["USA"], {}, r"nothing is said about United States \(USA\).*nothing at all is published about it"),
    (["ESP", "MAR"], {}, "the pairs with most rows are FRA MAR, ESP FRA"),
    (["FRA", "MAR"], {"since": JUNE, "until": MAY}, "--since 2024-06-03 is after --until 2024-05-01"),
    (["FRA", "MAR"], {"since": date(2030, 1, 1)}, r"after the last day with rows \(2024-06-03\)"),
    (["FRA", "MAR"], {"since": date(2024, 5, 10), "until": date(2024, 5, 12)}, "rows from 1999-05-01 to 2024-06-03"),
    (["FRA"], {"top": 3}, "give it alone"),
    ([], {"top": 0}, "1 or more"),
    (["<script>" * 1000], {}, "…' is no country here"),
])
def test_what_cannot_be_told(published: duckdb.DuckDBPyConnection, countries: list[str], given: dict[str, Any], words_of: str) -> None:
    with pytest.raises(BriefError, match=words_of) as raised:
        settle_scope(published, countries, **given)
    assert len(str(raised.value)) < 500


def test_top_takes_the_day_and_the_week_where_the_day_has_too_few(published: duckdb.DuckDBPyConnection) -> None:
    assert [settle_scope(published, [], top=n).since for n in (1, 2, 3)] == [JUNE, JUNE, date(2024, 5, 28)]


# --- facts


def test_stories_count_once_and_sides_and_statuses_stay_apart(dyad: Facts) -> None:
    assert (dyad.stories.number, dyad.sources.number) == (3, 2)
    found = {status: (ids(a.rows), ids(b.rows)) for status, a, b in dyad.grid}
    assert found == {"actual": ([1, 10], [3, 5]), "planned": ([4], []), "hypothetical": ([], []), "negated": ([], [6])}
    assert ids(dyad.relations.rows) == [7] and dyad.row_count == 7
    assert dyad.left_out == (0, 1, 0)


def test_months_are_those_of_the_view(published: duckdb.DuckDBPyConnection, dyad: Facts) -> None:
    wanted = published.execute("SELECT month, cooperation_count, conflict_count, denied_count FROM dyad_month WHERE country_a = 'FRA' AND country_b = 'MAR' "
                               "AND month BETWEEN '2024-04-01' AND '2024-06-30' ORDER BY 1").fetchall()
    weeks = dyad.timeline.bins
    assert dyad.timeline.unit == "week" and len(weeks) == 13 and weeks[0].start == date(2024, 4, 1)
    by_month = {m: [0, 0, 0] for m, *_ in wanted}
    for week in (w for w in weeks if w.cooperation.rows or w.conflict.rows or w.denied.rows):
        found = by_month[next(r.day for f in (week.cooperation, week.conflict, week.denied) for r in f.rows).replace(day=1)]
        for i, figure in enumerate((week.cooperation, week.conflict, week.denied)):
            found[i] += figure.number
    assert [(m, *counts) for m, counts in by_month.items()] == wanted == [(MAY, 1, 1, 0), (date(2024, 6, 1), 1, 1, 1)]


def test_a_date_known_only_by_its_year_is_not_drawn(published: duckdb.DuckDBPyConnection) -> None:
    facts = facts_of(published, "FRA", "MAR", since=date(1990, 1, 1))
    assert facts.timeline.unit == "year" and len(facts.timeline.bins) == 35
    row = replace(facts.grid[0][1].rows[0], day=MAY, precision="year")
    line = make_timeline(Register(), [row], MAY, date(2024, 12, 31), Examples({}))
    assert line.unit == "month" and line.undrawn.number == 1 and not any(b.cooperation.number for b in line.bins)


def test_lines_deeds_and_speakers(dyad: Facts) -> None:
    assert [(s.code, s.stories.number, s.cooperation.number, s.conflict.number) for s in dyad.sectors] == [("energy", 1, 0, 1), ("trade", 1, 1, 1)]
    assert [(d.kind, d.is_done, d.event_date, d.precision) for d in dyad.deeds] == [("visit", True, JUNE, "day"), ("visit", False, None, "unknown")]
    assert [(s.code, s.stories.number) for s in dyad.speaker_countries] == [("FRA", 2)]
    assert [s.name for s in dyad.speakers] == [LONG_NAME]
    assert ids(dyad.latest) == [5], "the surest of each story; 3 is unsure"


def test_partners_and_the_period_before(published: duckdb.DuckDBPyConnection) -> None:
    facts = facts_of(published, "FRA")
    assert [(p.line.name, p.line.stories.number) for p in facts.partners] == [("Morocco", 4), ("Spain", 1)]
    long = facts_of(published, "FRA", "MAR", since=date(2024, 1, 1))
    assert (long.told_now, long.told_before) == (3, 0)
    facts = facts_of(published, "FRA", "MAR", since=date(2023, 11, 1), until=date(2024, 6, 30))
    assert (facts.told_now, facts.told_before, facts.changes[0].now, facts.changes[0].before) == (3, 1, 2, 1)
    assert not facts.changes[0].is_compared and words.say_changes(facts) == [
        "Nothing to compare with in the period before (from 3 March 2023 to 31 October 2023): it has 1 story, and fewer than 5 are not compared."]


def test_every_figure_leads_to_printed_sentences(dyad: Facts, page: str) -> None:
    anchors = set(re.findall(r'id="([^"]+)"', page))
    links = set(re.findall(r'href="#([^"]+)"', page))
    assert links <= anchors and {"n-stories", "n-actual-cooperation"} <= links
    assert all(dyad.numbers[f.rows[0].mention_id] for f in dyad.figures)
    assert all(f"{n:020x}" in page for n in (1, 3, 4, 5, 6, 7, 10)) and f"{2:020x}" not in page


def test_the_query_gives_the_rows_of_the_brief(published: duckdb.DuckDBPyConnection, dyad: Facts) -> None:
    assert sorted(int(r[0], 16) for r in published.execute(dyad.sql).fetchall()) == [1, 2, 3, 4, 5, 6, 7, 10]


def test_the_first_of_each_figure_is_printed_whatever_the_limit(dyad: Facts) -> None:
    rows = sorted(dyad.stories.rows, key=lambda r: r.mention_id)
    few = choose_rows([Figure("a", "a", 1, (rows[0], rows[1])), Figure("b", "b", 1, (rows[2],))], [], most=1)
    assert few == [rows[0], rows[2]]
    assert choose_rows([Figure("a", "a", 1, tuple(rows))], [rows[3]], most=3) == [rows[3], rows[0], rows[1]]
    assert [r.story_id for r in telling(rows)][:3] == [*dict.fromkeys(r.story_id for r in sorted(rows, key=lambda r: -r.confidence))]


# --- what is fit for the front page


GOOD = "France asked Morocco to open its consulate again."
FAMOUS = "We told them again that the fish belong to nobody."
STATEMENTS = [  # number, sentence, values, countries with an actor
    (1, "They fear you.", {}, "FM"), (2, "Thank you.", {}, "FM"), (3, "May I say many thanks to Rabat airport.", {}, "FM"),
    (4, "JOURNALIST: Will France and Morocco sign the treaty this year?", {}, "FM"), (5, "France will build three more ports by next year.", {}, "F"),
    (6, GOOD, {"confidence": 0.49}, "FM"), (7, GOOD, {"confidence": 0.8}, ""), (8, GOOD.replace(" Morocco", "\nMorocco"), {"confidence": 0.7}, "FM"),
    (9, FAMOUS, {"confidence": 0.6}, "FM"),
]


def published_with(folder: Any, articles: list[dict[str, Any]], mentions: list[dict[str, Any]], **more: Any) -> duckdb.DuckDBPyConnection:
    home = Home(folder / "home").prepare()
    with open_warehouse(home) as connection:
        load(connection, articles=articles, mentions=mentions, **more)
        for code, name in (("FRA", "France"), ("MAR", "Morocco")):
            connection.execute("INSERT INTO countries VALUES (?, ?, 'state', NULL, NULL, NULL)", [code, name])
    publish(home, "run-1")
    return duckdb.connect(str(home.published), read_only=True)


def test_front_page_shows_sentences_that_stand_alone_with_both_countries(tmp_path: Any) -> None:
    articles = [told(n, MAY, "0123456789abcdef"[n]) for n, *_ in STATEMENTS]
    mentions = [said(n, "0123456789abcdef"[n], MAY, sentence=text, speaker_country="FRA", **{"confidence": 0.9} | values) for n, text, values, _ in STATEMENTS]
    actors = [actor(mention_id=f"{n:020x}", role=role, country=code, text="our") for n, _, _, who in STATEMENTS
              for role, code in (("source", "FRA"), ("target", "MAR")) if code[0] in who]
    with published_with(tmp_path, articles, mentions, mention_actors=actors) as connection:
        facts = facts_of(connection, "FRA", "MAR", since=MAY, until=MAY)
    assert ids(facts.latest) == [7, 9], "both named, or both acting; 8 says what 7 says"
    assert [ids(p.rows) for p in facts.timeline.peaks] == [] and facts.stories.number == 9
    assert "Only 2 of 9 do; the others are in the list of sentences." in words.say_latest(facts)
    assert ids([r for f in facts.figures if f.key == "n-stories" for r in f.rows]) == list(range(1, 10)), "numbers lead to all"


def test_peaks_without_a_fit_sentence_say_so(tmp_path: Any) -> None:
    articles = [told(n, MAY, letter) for n, letter in enumerate("ab", 1)]
    with published_with(tmp_path, articles, [said(n, letter, MAY, sentence="They fear you.") for n, letter in enumerate("ab", 1)]) as connection:
        facts = facts_of(connection, "FRA", "MAR", since=date(2024, 4, 1), until=JUNE)
    [peak] = facts.timeline.peaks
    assert peak.rows == () and words.say_peak(peak, "week").startswith("No sentence of this week stands well alone (both countries in it, six words")
    assert words.say_latest(facts) == "No statement in the period has a speaker whose country is known."
    assert words.say_peak(replace(peak, rows=facts.stories.rows), "week") == ""


@pytest.mark.parametrize(("text", "stands"), [
    (GOOD, True), ("They fear you.", False), ("Thank you very much, Mr President, ladies and gentlemen.", False), ("France and Morocco signed today.", False),
    ("Good morning everyone, and welcome to all ministers.", False), ("Thank you all once again for joining us this morning, Minister.", False),
    ("France thanked Morocco; thanks to its divers the crew of the trawler lives.", True), ("We welcome the decision of Morocco to open the port.", True),
    ("PRIME MINISTER: We will go to Rabat with six ministers.", False), ("And so it was.\nJOURNALIST: Will you go to Rabat in June?", False),
    ("Q: Will you go to Rabat with six ministers?", False), ("A" * 50_000 + " " + "A. " * 50_000, True),
])
def test_what_stands_alone(text: str, stands: bool) -> None:
    assert stands_alone(text) == stands


@pytest.mark.parametrize(("text", "is_one"), [
    ("Nadir Belkacemi", True), ("the Prime Minister", True), ("prime minister", True), ("foreign minister of state", True), ("O'Brien", True),
    ("Élysée", True), ("محمد", True), ("lake president", False), ("spoke to president", False), ("and the prime minister", False), ("we", False),
    ("Our two countries", False), ("I've", False), ("The leaders", False), ("both", False), ("", False), ("the", False), ("OPENING SPEECH", False),
    ("A\nHEAD", False),
])
def test_names_and_offices(text: str, is_one: bool) -> None:
    assert is_name(text) == is_one


@pytest.mark.parametrize(("name", "printed", "shown"), [
    ("lake president", "my", ""), (None, "our two nations", ""), (None, "the Prime Minister", "the Prime Minister"), ("Ada Lind", "she", "Ada Lind"),
    ("France", "France", ""), (None, "French", ""),
])
def test_who_is_no_name_is_the_country_alone(dyad: Facts, name: str | None, printed: str, shown: str) -> None:
    row = replace(dyad.stories.rows[0], speaker=name, printed_speaker=printed, speaker_country="FRA")
    assert words.say_speaker(dyad.scope, row) == (shown, "France")


# --- the period


def yearly(count: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """``count`` stories in 2024 and one of 2020, which tells of 1956 too."""
    days = [date(2020, 3, 1), *(date(2024, 6, 1 + n) for n in range(count))]
    articles = [told(n, day, "a") | {"article_id": f"{n:020x}", "story_id": f"{n:020x}"} for n, day in enumerate(days)]
    mentions = [said(n, "a", day) | {"article_id": f"{n:020x}"} for n, day in enumerate(days)]
    return articles, [*mentions, said(99, "a", date(1956, 3, 2), char_start=50, char_end=60) | {"article_id": f"{0:020x}"}]


def test_the_whole_time_is_told_where_the_last_year_has_few_stories(tmp_path: Any) -> None:
    with published_with(tmp_path, *yearly(3)) as connection:
        facts = facts_of(connection, "FRA", "MAR")
        asked = settle_scope(connection, ["FRA", "MAR"], until=date(2024, 6, 3))
    scope = facts.scope
    assert (scope.since, scope.until, facts.stories.number) == (date(2020, 3, 1), date(2024, 6, 3), 4), "from the first story on, not from what it tells of"
    assert words.say_more(scope) == ("The last year holds 3 stories, so this is the whole time. "
                                     "The last year alone: bilateral brief FRA MAR --since 2023-06-05 --until 2024-06-03")
    assert words.say_changes(facts) == ["Nothing to compare with: this is the whole time."] and words.say_more(scope) in render(facts)
    assert asked.since == date(2023, 6, 5) and asked.last_year is None, "a period that was asked for stays"


def test_a_last_year_with_twenty_stories_is_enough(tmp_path: Any) -> None:
    with published_with(tmp_path, *yearly(20)) as connection:
        scope = settle_scope(connection, ["FRA", "MAR"])
    assert (scope.since, scope.last_year) == (date(2023, 6, 22), None)


@pytest.mark.parametrize(("before", "is_compared"), [(4, False), (5, True)])
def test_five_stories_before_are_needed_for_a_test(tmp_path: Any, before: int, is_compared: bool) -> None:
    days = [*(date(2024, 4, 1 + n) for n in range(before)), *(date(2024, 6, 1 + n) for n in range(2))]
    articles = [told(n, day, "0123456789abcdef"[n]) for n, day in enumerate(days)]
    with published_with(tmp_path, articles, [said(n, "0123456789abcdef"[n], day) for n, day in enumerate(days)]) as connection:
        facts = facts_of(connection, "FRA", "MAR", since=date(2024, 5, 1), until=date(2024, 6, 30))
        partners = facts_of(connection, "FRA", since=date(2024, 5, 1), until=date(2024, 6, 30)).partners
    assert [c.is_compared for c in (*facts.changes, *partners[0].changes)] == [is_compared] * 4
    assert words.say_changes(facts)[0].startswith("Cooperation: 2 stories now, 5 before." if is_compared else "Nothing to compare with in the period before")


def test_a_day_after_publication_is_not_done(tmp_path: Any) -> None:
    mentions = [said(1, "a", date(2024, 5, 2)), said(2, "a", MAY, **ACCUSE, char_start=50, char_end=60),
                said(3, "a", date(2024, 5, 9), **VISIT, char_start=70, char_end=80, event_date_precision="day")]
    with published_with(tmp_path, [told(1, MAY, "a")], mentions) as connection:
        facts = facts_of(connection, "FRA", "MAR", since=MAY, until=JUNE)
    assert {status: (ids(a.rows), ids(b.rows)) for status, a, b in facts.grid if a.rows or b.rows} == {"actual": ([], [2]), "planned": ([1, 3], [])}
    assert [(d.is_done, d.event_date) for d in facts.deeds] == [(False, date(2024, 5, 9))]
    assert "2 rows told as done of a day after publication count as planned." in words.say_left_out(facts) and facts.ahead_count == 2


# --- chance


def test_right_range_is_the_distribution_of_the_sum() -> None:
    assert right_range([]).high == 0
    sure = right_range([1.0, 1.0, 0.0])
    assert (sure.low, sure.high, sure.expected) == (2, 2, 2.0)
    coin = right_range([0.5] * 10)  # the binomial's 2.5 % and 97.5 % points
    assert (coin.low, coin.high) == (2, 8)
    exact, normal = right_range([0.3] * 2_000), right_range([0.3] * 2_001)
    assert abs(exact.low - normal.low) <= 2 and abs(exact.high - normal.high) <= 2


@pytest.mark.parametrize(("now", "before", "share", "chance"), [
    (0, 0, 0.5, 1.0), (5, 0, 0.5, 0.0625), (6, 0, 0.5, 0.03125), (3, 3, 0.5, 1.0), (8, 2, 0.8, 1.0), (2, 1, 0.0, 1.0), (600, 400, 0.5, 0.0),
])
def test_binomial_test(now: int, before: int, share: float, chance: float) -> None:
    assert chance_of(now, before, share) == pytest.approx(chance, abs=1e-6)


def test_several_tests_raise_the_bar() -> None:
    assert are_beyond_chance([0.04]) == [True]
    assert are_beyond_chance([0.04, 0.9]) == [False, False]
    assert are_beyond_chance([0.03, 0.001]) == [True, True]


# --- words


def test_words_know_all_codes() -> None:
    assert set(DONE) == set(EVENT_TYPES) and set(STATUS) == set(STATUSES)


def test_little_data_is_said(dyad: Facts) -> None:
    assert words.say_little(dyad).startswith("There is little here: 3 stories.")
    lead = words.say_lead(dyad)
    assert lead[0] == "3 stories from 2 sources tell of France and Morocco from 1 April 2024 to 30 June 2024."
    assert "Cooperation is told as done in 2 stories and conflict in 2 stories" in lead[1]
    assert "Told as planned: cooperation in 1 story. Told as denied: conflict in 1 story." in lead[-1]
    assert words.stories(0) == "no story" and words.name_country(dyad.scope, "USA") == "the United States"


# --- the page


class Reader(HTMLParser):
    """Tags with their attributes, and heads in order."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def tags_of(page: str) -> list[tuple[str, dict[str, str | None]]]:
    reader = Reader()
    reader.feed(page)
    return reader.tags


def test_hostile_text_stays_text(page: str) -> None:
    tags = tags_of(page)
    assert not [t for t, _ in tags if t in ("script", "img", "iframe", "object", "link", "base", "form", "b")]
    assert not [a for _, attributes in tags for a in attributes if a.startswith("on")]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "Herald &lt;b&gt;" in page
    assert "javascript:" not in page
    assert "x" * 81 not in page and "y" * 1_000 not in page, "what is long is cut"
    assert all("<bdi" in line for line in page.splitlines() if "\u202e" in line), "what turns the direction is shut in"


def test_the_page_needs_nothing_else(page: str) -> None:
    tags = tags_of(page)
    assert not [a for _, attributes in tags for a in attributes if a in ("src", "srcset", "action", "xlink:href", "xmlns", "data", "style")]
    links = [a["href"] or "" for t, a in tags if t == "a"]
    assert links and all(x.startswith(("#", "https://example.org/")) for x in links)
    assert not re.search(r"url\(|@import|https?:", page.split("<style>")[1].split("</style>")[0])
    policy = next(a["content"] for t, a in tags if t == "meta" and a.get("http-equiv") == "Content-Security-Policy")
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def test_the_page_can_be_read_by_ear(page: str) -> None:
    tags = tags_of(page)
    heads = [int(t[1]) for t, _ in tags if re.fullmatch("h[1-6]", t)]
    assert heads[0] == 1 and heads.count(1) == 1 and all(b - a <= 1 for a, b in pairwise(heads))
    names = [t for t, _ in tags]
    assert names.count("table") == names.count("caption") >= 5
    assert all(a.get("scope") in ("col", "row") for t, a in tags if t == "th")
    assert next(a for t, a in tags if t == "html")["lang"] == "en"
    pictures = [a["aria-label"] for _, a in tags if a.get("role") == "img"]
    assert len(pictures) == 2 and all("The table below has every number." in str(p) for p in pictures)
    identities = [a["id"] for _, a in tags if "id" in a]
    assert len(identities) == len(set(identities))
    assert next(a["href"] for t, a in tags if t == "a") == "#main"


def test_the_same_data_give_the_same_page(published: duckdb.DuckDBPyConnection, page: str) -> None:
    assert render(facts_of(published, "FRA", "MAR", since=date(2024, 4, 1), until=date(2024, 6, 30))) == page


def test_country_and_top_have_their_partners(published: duckdb.DuckDBPyConnection) -> None:
    country = render(facts_of(published, "FRA"))
    assert "France and its partners" in country and 'href="#p-FRA-MAR"' in country and 'id="p-FRA-MAR"' in country
    top = render(facts_of(published, top=2))
    assert "The dyads with most stories" in top and "bilateral brief ESP FRA --since 2024-06-03 --until 2024-06-03" in top


@pytest.mark.parametrize(("address", "is_good"), [
    ("https://example.org/a?b=1#c", True), ("http://example.org", True), ("javascript:alert(1)", False), ("JAVASCRIPT:alert(1)", False),
    ("data:text/html,x", False), ("//example.org/x", False), ("https://", False), ("https://user@example.org/", False), ("https://example.org/\u202ex", False),
    ("https://example.org/a b", False), ("java\nscript:alert(1)", False), ("https://[broken", False), ("https://example.org:99999/", False),
    ("https://example.org/" + "x" * 3_000, False), ("file:///etc/passwd", False), ("", False), (None, False),
])
def test_only_plain_addresses_become_links(address: str | None, is_good: bool) -> None:
    assert safe_link(address) == (address if is_good else None)


def test_clip() -> None:
    assert clip("a\x00\n  b\x1b", 10) == "a b" and clip("abcdef", 4) == "abc…" and clip(None, 3) == ""
