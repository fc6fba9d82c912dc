"""``bilateral explore``: filters, addresses, what is read, and the page itself by Streamlit's own test harness."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from flows import explore
from flows.exploring import data
from flows.exploring.charts import draw_periods
from flows.exploring.filters import CONDITIONS, PAGE_LIMIT, SIDES, WORDS_LIMIT, Filters, from_address, to_address, write_condition
from flows.querying import QueryError
from tests.warehouse import rows
from warehouse.publish import publish
from warehouse.store import Home, open_warehouse
from warehouse.tables import EVENT_TYPES, SECTORS, STATUSES

HOSTILE = '<img src="https://elsewhere.example/x.png"> ![x](https://elsewhere.example/y.png) [go](javascript:alert(1)) :red[$x^2$]'
ATTACKS = ("'; DROP TABLE mentions; --", "' OR '1'='1", "$statuses", "\\'; ATTACH 'x' --", "%", "_", "\x00", '"')
LEAD, COPY, OTHER = rows.key("a"), rows.key("b"), rows.key("c")


def an_article(identity: str, story: str, **values: Any) -> dict[str, Any]:
    return rows.article(article_id=identity, story_id=story, is_lead=identity == story, external_id=identity) | values


def small_home(home: Home) -> Path:
    """A story of France and Morocco in two copies, and a hostile article on Algeria and France, published."""
    mine = {"article_id": OTHER, "sentence": f"=1+1 {HOSTILE}", "source_country": "DZA", "target_country": "FRA", "country_a": "DZA", "country_b": "FRA",
            "char_end": len(f"=1+1 {HOSTILE}")}
    with open_warehouse(home) as connection:
        rows.load(
            connection, sources=[rows.source(), rows.source(source_id="evil", name=f"**Evil** {HOSTILE}")],
            articles=[
                an_article(LEAD, LEAD), an_article(COPY, LEAD, published_at=datetime(2024, 5, 2)),
                an_article(OTHER, OTHER, source_id="evil", title=HOSTILE, url="javascript:alert(1)", body=f"=1+1 {HOSTILE}", published_at=datetime(2022, 1, 9)),
            ],
            mentions=[
                rows.mention(mention_id=rows.key("1"), article_id=LEAD), rows.talks(mention_id=rows.key("2"), article_id=LEAD),
                rows.mention(mention_id=rows.key("3"), article_id=COPY),
                rows.mention(mention_id=rows.key("4"), event_type="ACCUSE", quad_class="verbal conflict", intensity=-3.0, event_date=None, **mine),
                rows.mention(mention_id=rows.key("5"), event_type="SANCTION", quad_class="material conflict", status="planned", intensity=-6.0, **mine),
            ],
            mention_sectors=[rows.sector(mention_id=rows.key("2"), sector="defence"), rows.sector(mention_id=rows.key("4"), sector="trade")],
            mention_actors=[rows.actor(mention_id=rows.key("4"), text=HOSTILE, country="DZA")],
        )
    publish(home, "run-1")
    return home.published


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all the tests that only read it."""
    return small_home(Home(tmp_path_factory.mktemp("read") / "home").prepare())


@pytest.fixture
def own(home: Home) -> Path:
    """One that the test may replace."""
    return small_home(home)


def view(published: Path, filters: Filters) -> data.View:
    with data.reading(published) as connection:
        return data.read_view(connection, filters)


def ids(published: Path, filters: Filters) -> str:
    return "".join(sorted(i[0] for i in view(published, filters).sentences["mention_id"]))


# --- addresses


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), unique=True).map(tuple)


COUNTRIES = st.lists(st.from_regex(r"\A[A-Z]{3}\Z"), unique=True, max_size=3).map(tuple)
FILTERS = st.builds(
    Filters, countries=COUNTRIES, partners=COUNTRIES, is_one_way=st.booleans(), since=st.none() | st.dates(), until=st.none() | st.dates(),
    event_types=some(EVENT_TYPES), sides=some(SIDES), sectors=some(SECTORS), statuses=some(STATUSES),
    sources=st.lists(st.text(min_size=1, max_size=WORDS_LIMIT), unique=True, max_size=3).map(tuple), words=st.text(max_size=WORDS_LIMIT),
    page=st.integers(1, PAGE_LIMIT), mention_id=st.none() | st.from_regex(r"\A[0-9a-f]{20}\Z"),
)


@given(FILTERS)
def test_an_address_gives_its_filters_back(filters: Filters) -> None:
    written = urlencode(to_address(filters), doseq=True)
    assert from_address(parse_qs(written, keep_blank_values=True, strict_parsing=bool(written))) == (filters, [])


@given(st.dictionaries(st.sampled_from(["country", "type", "status", "since", "page", "mention", "way", "words", "source", "else"]) | st.text(),
                       st.lists(st.text(), max_size=3)))
def test_any_address_is_read(address: dict[str, list[str]]) -> None:
    filters, aside = from_address(address)
    assert from_address(to_address(filters)) == (filters, [])
    assert all("=" in part for part in aside)


def test_the_plain_address_is_the_plain_view() -> None:
    assert to_address(Filters()) == {}
    assert from_address({})[0].statuses == ("actual",)
    assert to_address(Filters(statuses=())) == {"status": [""]}


@pytest.mark.parametrize("part", ["country=fra", "with=FR", "type=PRAISE", "side=peace", "sector=x", "status=done", "since=yesterday", "until=2024-02-30",
                                  "page=0", "page=1e3", "page=١", "mention=zz", "way=both", "colour=red"])
def test_what_an_address_cannot_mean_is_told_and_left_aside(part: str) -> None:
    assert from_address(parse_qs(part)) == (Filters(), [part])


# --- the SQL


@given(FILTERS)
@settings(max_examples=60)
def test_sql_is_made_of_the_fixed_texts_only(filters: Filters) -> None:
    condition, values = write_condition(filters)
    assert set(condition.split(" AND ")) <= {part for text in CONDITIONS.values() for part in text.split(" AND ")}
    assert all(f"${name}" in condition for name in values)


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_stays_a_value(published: Path, attack: str) -> None:
    assert ids(published, Filters(words=attack)) == ("4" if attack == '"' else "")
    assert ids(published, Filters(sources=(attack,), countries=(attack,), partners=(attack,))) == ""
    assert ids(published, Filters()) == "124"


@pytest.mark.parametrize(("filters", "expected"), [
    (Filters(), "124"),
    (Filters(statuses=("planned",)), "5"),
    (Filters(statuses=STATUSES), "1245"),
    (Filters(statuses=()), ""),
    (Filters(countries=("FRA",)), "124"),
    (Filters(countries=("MAR",), partners=("FRA",)), "12"),
    (Filters(countries=("MAR",), partners=("FRA",), is_one_way=True), "2"),
    (Filters(countries=("FRA",), partners=("MAR", "DZA"), is_one_way=True), "12"),
    (Filters(countries=("DZA",), is_one_way=True), "4"),
    (Filters(partners=("DZA",), is_one_way=True), ""),
    (Filters(partners=("DZA",)), "4"),
    (Filters(since=date(2024, 5, 1), until=date(2024, 5, 1)), "12"),
    (Filters(since=date(2022, 1, 9), until=date(2022, 1, 9)), "4"),  # undated: the day of the story's lead
    (Filters(event_types=("CONSULT", "ACCUSE")), "24"),
    (Filters(sides=("conflict",)), "4"),
    (Filters(sectors=("trade", "defence")), "24"),
    (Filters(sources=("evil",)), "4"),
    (Filters(words="PRAISED"), "1"),
    (Filters(countries=("XKX",)), ""),
])
def test_filters_choose(published: Path, filters: Filters, expected: str) -> None:
    assert ids(published, filters) == expected


def test_stories_are_counted_and_copies_are_not(published: Path) -> None:
    found = view(published, Filters(statuses=STATUSES))
    assert found.totals == {"sentences": 4, "stories": 2, "cooperation": 1, "conflict": 1, "standing": 0, "not_yet": 1, "denied": 0}
    assert found.sentences.filter(pl.col("mention_id") == rows.key("1"))["copy_count"].to_list() == [2]
    assert found.dyads.select("dyad", "stories", "cooperation", "conflict", "not_yet").rows() == [("DZA–FRA", 1, 0, 1, 1), ("FRA–MAR", 1, 1, 0, 0)]


def test_a_source_that_has_only_the_copy_finds_its_sentence(home: Home) -> None:
    with open_warehouse(home) as connection:
        rows.load(connection, sources=[rows.source(), rows.source(source_id="le-soir")],
                  articles=[an_article(LEAD, LEAD), an_article(COPY, LEAD, source_id="le-soir")],
                  mentions=[rows.mention(mention_id=rows.key("1"), article_id=LEAD), rows.mention(mention_id=rows.key("3"), article_id=COPY)])
    publish(home, "run-1")
    assert ids(home.published, Filters(sources=("le-soir",))) == "3"


@pytest.mark.slow
def test_at_most_500_sentences_at_once_and_all_of_them_by_pages(home: Home) -> None:
    with open_warehouse(home) as connection:
        rows.load(connection, articles=[an_article(LEAD, LEAD)], mentions=[
            rows.mention(mention_id=f"{n:020x}", article_id=LEAD, sentence=f"Sentence {n}", sentence_index=n) for n in range(1001)])
    publish(home, "run-1")
    pages = [view(home.published, Filters(page=n)) for n in (1, 2, 3, 4)]
    assert [p.sentences.height for p in pages] == [500, 500, 1, 0]
    assert {p.totals["sentences"] for p in pages} == {1001}
    assert len(set(pl.concat([p.sentences for p in pages])["mention_id"])) == 1001
    assert pl.read_parquet(io.BytesIO(data.export(home.published, Filters(page=2), "parquet"))).height == 1001


# --- charts and exports


def test_a_chart_for_each_side_and_status(published: Path) -> None:
    found = view(published, Filters(statuses=STATUSES))
    charts = draw_periods(found.periods, found.unit)
    assert [title for title, _ in charts] == ["Cooperation", "Conflict", "Conflict, planned"]
    assert [chart.to_dict()["encoding"]["y"]["scale"]["domain"] for _, chart in charts] == [[0, 1]] * 3
    assert draw_periods(view(published, Filters(words="nothing")).periods, "month") == []


def test_exports_hold_what_is_chosen(published: Path) -> None:
    table = pl.read_parquet(io.BytesIO(data.export(published, Filters(statuses=STATUSES), "parquet")))
    assert sorted(i[0] for i in table["mention_id"]) == ["1", "2", "4", "5"]
    assert table.filter(pl.col("mention_id") == rows.key("4")).select("sentence", "sectors", "copy_count").row(0) == (f"=1+1 {HOSTILE}", "trade", 1)
    text = pl.read_csv(io.BytesIO(data.export(published, Filters(sides=("conflict",)), "csv")))
    assert text.columns == table.columns
    assert text["sentence"].to_list() == [f"'=1+1 {HOSTILE}"]  # a spreadsheet runs what begins with =
    assert text["intensity"].to_list() == [-3.0]


@pytest.mark.parametrize(("url", "is_link"), [("https://example.org/a", True), ("http://example.org", True), ("javascript:alert(1)", False), (None, False),
                                              ("data:text/html,x", False), ("//example.org", False), ("https://", False), ("http://[", False), ("", False)])
def test_only_addresses_of_the_web_are_links(url: str | None, is_link: bool) -> None:
    assert data.safe_link(url) == (url if is_link else None)


def test_a_replaced_file_is_read_anew(own: Path, home: Home) -> None:
    with data.reading(own) as held:
        first = data.read_edition(held), data.stamp_of(own)
        with open_warehouse(home) as connection:  # neither the writer nor the rename waits for a reader
            rows.load(connection, "run-2", articles=[an_article(rows.key("d"), rows.key("d"))],
                      mentions=[rows.mention(mention_id=rows.key("6"), article_id=rows.key("d"))])
        publish(home, "run-2")
    with data.reading(own) as connection:
        assert data.read_edition(connection) != first[0]
    assert data.stamp_of(own) != first[1]
    assert ids(own, Filters()) == "1246"


def test_a_file_of_something_else_is_named(tmp_path: Path) -> None:
    import duckdb

    with duckdb.connect(str(tmp_path / "published.duckdb")) as connection:
        connection.execute("CREATE TABLE x (y INTEGER)")
    with pytest.raises(QueryError, match=r"published\.duckdb cannot be read.*bilateral run"), data.reading(tmp_path / "published.duckdb") as connection:
        data.read_edition(connection)


# --- the page


@pytest.fixture
def open_page(published: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """The page on the small file, at an address."""
    def opened(file: Path = published, **address: Any) -> AppTest:
        monkeypatch.setenv("BILATERAL_HOME", str(file.parent))
        page = AppTest.from_file(str(explore.PAGE), default_timeout=60)
        page.query_params.update(address)
        page.run()
        assert not page.exception
        return page

    return opened


def texts(page: AppTest) -> str:
    return "\n".join(t.value for t in page.text)


def address(page: AppTest) -> dict[str, list[str]]:
    return {key: [value] if isinstance(value, str) else list(value) for key, value in page.query_params.items()}


def metrics(page: AppTest) -> dict[str, str]:
    return {m.label: m.value for m in page.metric}


def test_page_shows_actual_statements_by_default(open_page: Callable[..., AppTest]) -> None:
    page = open_page()
    assert metrics(page) == {"Stories": "2", "Cooperation": "1", "Conflict": "1", "Standing": "0"}
    assert address(page) == {}
    assert "France praised Morocco." in texts(page) or "held talks" in texts(page)
    assert any("bilateral explain" in c.value and "bilateral query" in c.value for c in page.code)


def test_page_follows_its_widgets_and_its_address(open_page: Callable[..., AppTest]) -> None:
    page = open_page()
    page.multiselect(key="countries").select("DZA").run()
    page.date_input(key="since").set_value(date(2020, 1, 1)).run()
    assert not page.exception and metrics(page)["Stories"] == "1"
    assert address(page) == {"country": ["DZA"], "since": ["2020-01-01"]}
    again = open_page(country=["DZA"], since=["2020-01-01"])
    assert metrics(again) == metrics(page) and texts(again) == texts(page)
    again.button[0].click().run()
    assert not again.exception and address(again) == {} and metrics(again)["Stories"] == "2"


def test_address_brings_the_sentence_back(open_page: Callable[..., AppTest]) -> None:
    page = open_page(mention=[rows.key("2")])
    assert "held talks in Rabat" in texts(page)
    assert address(page) == {"mention": [rows.key("2")]}


def test_hostile_text_is_shown_as_text_only(open_page: Callable[..., AppTest]) -> None:
    page = open_page(country=["DZA"])
    assert HOSTILE in texts(page)
    marked = [*page.markdown, *page.caption, *page.warning, *page.error, *page.metric]
    assert not [m for m in marked if "elsewhere" in f"{m.value} {m.proto}"]
    assert not [e for e in page.main.children.values() if "javascript:" in str(e) and e.type == "link_button"]


def test_hostile_address_is_shown_as_text_only(open_page: Callable[..., AppTest]) -> None:
    page = open_page(country=[HOSTILE], words=[ATTACKS[0]])
    assert f"country={HOSTILE}" in texts(page)
    assert not [m for m in [*page.markdown, *page.warning, *page.caption] if "elsewhere" in m.value]
    assert metrics(page)["Stories"] == "0"


def test_unknown_country_of_an_address_is_seen_in_its_widget(open_page: Callable[..., AppTest]) -> None:
    page = open_page(country=["XKX"], source=["nobody"])
    assert page.multiselect(key="countries").value == ["XKX"] and page.multiselect(key="sources").value == ["nobody"]
    assert metrics(page)["Stories"] == "0"


def test_page_tells_of_a_file_that_went_away_and_comes_back(open_page: Callable[..., AppTest], own: Path) -> None:
    page = open_page(own, country=["DZA"])
    moved = own.rename(own.with_name("away.duckdb"))
    page.run()
    assert not page.exception and "nothing is published" in texts(page)
    moved.rename(own)
    page.run()
    assert not page.exception and metrics(page)["Stories"] == "1"


def test_page_shows_the_new_file(open_page: Callable[..., AppTest], own: Path, home: Home) -> None:
    page = open_page(own)
    with open_warehouse(home) as connection:
        rows.load(connection, "run-2", articles=[an_article(rows.key("d"), rows.key("d"))],
                  mentions=[rows.mention(mention_id=rows.key("6"), article_id=rows.key("d"))])
    publish(home, "run-2")
    page.run()
    assert metrics(page)["Stories"] == "3"


# --- starting it


def test_nothing_published_is_told(tmp_path: Path) -> None:
    with pytest.raises(explore.ExploreError, match=r"nothing is published at .*bilateral run"):
        explore.start(tmp_path, 8501)


def test_a_taken_port_is_told(published: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(explore.ExploreError, match=f"port {taken.getsockname()[1]} cannot be had .*--port"):
            explore.start(published.parent, taken.getsockname()[1])


@pytest.mark.parametrize("port", [0, 70000, -1])
def test_a_port_that_is_none_is_told(published: Path, port: int) -> None:
    with pytest.raises(explore.ExploreError, match="1 to 65535"):
        explore.launch(published.parent, port)


@pytest.mark.slow
def test_the_server_listens_on_loopback_only_and_writes_nothing_of_the_user(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = tmp_path / "user"
    (user / ".streamlit").mkdir(parents=True)
    (user / ".streamlit" / "config.toml").write_text('[server]\naddress = "0.0.0.0"\n[browser]\ngatherUsageStats = true\n')
    monkeypatch.setenv("HOME", str(user))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = explore.launch(published.parent, port)
    try:
        listening = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/{process.pid}/net/{name}").read_text().splitlines()[1:]]
        assert [x[1].split(":")[0] for x in listening if x[3] == "0A" and int(x[1].split(":")[1], 16) == port] == ["0100007F"]
        assert sorted(p.relative_to(user).as_posix() for p in user.rglob("*")) == [".streamlit", ".streamlit/config.toml"]
        assert not list(published.parent.glob("published*.wal"))
    finally:
        explore.stop(process)
    assert process.poll() is not None
