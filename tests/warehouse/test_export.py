"""Rows in, files out: every format read back, with the columns as published by the datasets whose layout they have."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import polars as pl
import pytest

from tests.conftest import ROOT
from tests.warehouse.rows import actor, article, key, load, mention, sector, source
from warehouse.correction_lines import CONDITIONS, FIELDS, HEADER, read_lines
from warehouse.dimensions import fill_dimensions
from warehouse.export import FORMATS, Choice, ExportError, export, parse_dyad
from warehouse.exporting.choosing import open_chosen
from warehouse.exporting.files import facts
from warehouse.exporting.layouts import CAMEO, beside
from warehouse.exporting.workbook import CUT, write_workbook
from warehouse.publish import publish
from warehouse.store import Home, open_warehouse
from warehouse.tables import BY_NAME, EVENT_TYPES

# As published; see docs/exports.md for where the lists come from.
POLECAT = re.split(
    ", ",
    "Event ID, Event Date, Event Type, Event Mode, Event Intensity, Quad Code, Contexts, Actor Name, Actor Country, Actor COW, Primary Actor "
    "Sector, Actor Sectors, Actor Title, Actor Name Raw, Wikipedia Actor ID, Recipient Name, Recipient Country, Recipient COW, Primary Recipient "
    "Sector, Recipient Sectors, Recipient Title, Recipient Name Raw, Wikipedia Recipient ID, Placename, City, District, Province, Country, "
    "Latitude, Longitude, GeoNames ID, Raw Placename, Feature Type, Source, Publication Date, Story People, Story Organizations, Story Locations, "
    "Language, Version"
)
ICEWS = re.split(
    ", ",
    "Event ID, Event Date, Source Name, Source Sectors, Source Country, Event Text, CAMEO Code, Intensity, Target Name, Target Sectors, Target "
    "Country, Story ID, Sentence Number, Publisher, City, District, Province, Country, Latitude, Longitude"
)
GDELT = re.split(
    " ",
    "GLOBALEVENTID SQLDATE MonthYear Year FractionDate Actor1Code Actor1Name Actor1CountryCode Actor1KnownGroupCode Actor1EthnicCode "
    "Actor1Religion1Code Actor1Religion2Code Actor1Type1Code Actor1Type2Code Actor1Type3Code Actor2Code Actor2Name Actor2CountryCode "
    "Actor2KnownGroupCode Actor2EthnicCode Actor2Religion1Code Actor2Religion2Code Actor2Type1Code Actor2Type2Code Actor2Type3Code IsRootEvent "
    "EventCode EventBaseCode EventRootCode QuadClass GoldsteinScale NumMentions NumSources NumArticles AvgTone Actor1Geo_Type Actor1Geo_Fullname "
    "Actor1Geo_CountryCode Actor1Geo_ADM1Code Actor1Geo_ADM2Code Actor1Geo_Lat Actor1Geo_Long Actor1Geo_FeatureID Actor2Geo_Type "
    "Actor2Geo_Fullname Actor2Geo_CountryCode Actor2Geo_ADM1Code Actor2Geo_ADM2Code Actor2Geo_Lat Actor2Geo_Long Actor2Geo_FeatureID "
    "ActionGeo_Type ActionGeo_Fullname ActionGeo_CountryCode ActionGeo_ADM1Code ActionGeo_ADM2Code ActionGeo_Lat ActionGeo_Long "
    "ActionGeo_FeatureID DATEADDED SOURCEURL"
)
NAMES = {"FRA": "France", "MAR": "Morocco", "DZA": "Algeria"}
HOSTILE = ["=HYPERLINK(\"http://example.org\",\"x\")", "+1+1", "-2+3", "@SUM(A1)", "{=1+1}", "\t=1+1", "http://example.org/x", "internal:Sheet1!A1"]
TALKS = {"event_type": "CONSULT", "mode": "visit", "intensity": 4.0, "is_reciprocal": True, "place": 'the "old"\ttown', "place_country": "MAR"}


def ident(number: int) -> str:
    """A mention id that differs in its first digits: GDELT's numbers are made of them."""
    return f"{number:05x}" + "a" * 15


GLOBAL = str(0xAAAAAAAAAA)


def said(number: int, letter: str, **values: Any) -> dict[str, Any]:
    return mention(mention_id=ident(number), article_id=key(letter), char_start=number * 100, char_end=number * 100 + 20, **values)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three stories: one with a copy, one of 2025, one without any day."""
    home = Home(tmp_path_factory.mktemp("export") / "home").prepare()
    articles = [
        article(article_id=key("a"), story_id=key("a"), content_hash="1" * 64, body="France praised Morocco.\n\nMore."),
        article(article_id=key("b"), story_id=key("a"), is_lead=False, content_hash="1" * 64, source_id="herald"),
        article(article_id=key("c"), story_id=key("c"), published_at=datetime(2025, 1, 9), content_hash="2" * 64, url=None, title=HOSTILE[0]),
        article(article_id=key("d"), story_id=key("d"), published_at=None, content_hash="3" * 64),
        article(article_id=key("e"), story_id=key("e"), content_hash="4" * 64, mention_count=0, body="Nothing of the kind."),
    ]
    mentions = [
        said(0, "a"), said(1, "b"), said(2, "a", **TALKS), said(3, "a", event_type="RELATE", quad_class="standing relation", intensity=None),
        said(4, "a", event_type="AGREE", status="planned"),
        said(5, "c", source_country="DZA", country_a="DZA", country_b="MAR", event_type="SANCTION", quad_class="material conflict", intensity=-6.0,
             event_date=date(2024, 12, 31), sentence=HOSTILE[0]),
        said(6, "d", event_date=None), *(said(10 + n, "c", event_date=date(2025, 1, 9), sentence=text, status="planned") for n, text in enumerate(HOSTILE)),
    ]
    actors = [
        actor(mention_id=ident(5), text="the army", country="DZA", actor_type="MIL"), actor(mention_id=ident(2), name="Emmanuel Macron", actor_type="GOV"),
        actor(mention_id=ident(0), role="target", text="Morocco", country="MAR", actor_type="UNK"),
    ]
    with open_warehouse(home) as connection:
        countries = [{"code": c, "name": n, "kind": "state", "start_year": None, "end_year": None, "sovereign": None} for c, n in NAMES.items()]
        fill_dimensions(connection, countries)
        load(connection, articles=articles, mentions=mentions, mention_sectors=[sector(mention_id=ident(0), sector=s) for s in ("trade", "energy")],
             mention_actors=actors, sources=[source(), source(source_id="herald")])
    publish(home, "run-1")
    return home.published


def table(path: Path) -> list[list[str]]:
    """A tab separated file as it stands, without any quoting."""
    return [line.split("\t") for line in path.read_text(encoding="utf-8").rstrip("\n").split("\n")]


def events(path: Path, names: list[str], has_heading: bool) -> list[dict[str, str]]:
    return [dict(zip(names, row, strict=True)) for row in table(path)[1 if has_heading else 0:]]


# --- Parquet and CSV


def test_parquet_is_partitioned_by_the_year_of_the_event(published: Path, tmp_path: Path) -> None:
    done = export(published, tmp_path / "out", "parquet")
    assert done.counts == {"mentions": 15, "mention_sectors": 2, "mention_actors": 3, "articles": 5}
    years = {p.name for p in (tmp_path / "out" / "mentions").iterdir()}
    assert years == {"year=2024", "year=2025", "year=__HIVE_DEFAULT_PARTITION__"}
    mentions = pl.read_parquet(tmp_path / "out" / "mentions", hive_partitioning=True)
    assert mentions.columns == [*BY_NAME["mentions"].names, "year"] and mentions.height == 15
    undated = mentions.filter(pl.col("mention_id") == ident(6))
    assert undated["year"].to_list() == [None] and undated["event_date"].to_list() == [None]
    with duckdb.connect() as connection:
        counted = connection.execute(f"SELECT year, count(*) FROM read_parquet('{tmp_path}/out/articles/**/*.parquet') GROUP BY 1 ORDER BY 1").fetchall()
    assert counted == [(2024, 3), (2025, 1), (None, 1)]
    articles = pl.read_parquet(tmp_path / "out" / "articles", hive_partitioning=True)
    assert articles.columns == [*(c for c in BY_NAME["articles"].names if c != "body"), "year"]


def test_bodies_come_only_when_asked_for(published: Path, tmp_path: Path) -> None:
    export(published, tmp_path / "out", "parquet", with_bodies=True)
    assert "body" in pl.read_parquet(tmp_path / "out" / "articles", hive_partitioning=True).columns


def test_csv_is_one_file_a_table_with_text_exactly_as_stored(published: Path, tmp_path: Path) -> None:
    export(published, tmp_path / "out", "csv", with_bodies=True)
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        "mentions.csv", "mention_sectors.csv", "mention_actors.csv", "articles.csv", "countries.csv", "event_types.csv", "sectors.csv", "columns.csv",
        "export.json",
    }
    with (tmp_path / "out" / "mentions.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert list(rows[0]) == list(BY_NAME["mentions"].names)
    assert [r["sentence"] for r in rows[-8:]] == HOSTILE and rows[0]["speaker"] == ""
    with (tmp_path / "out" / "articles.csv").open(encoding="utf-8", newline="") as handle:
        assert next(csv.DictReader(handle))["body"] == "France praised Morocco.\n\nMore."


def test_columns_are_explained_from_the_spec_and_the_origin_is_told(published: Path, tmp_path: Path) -> None:
    export(published, tmp_path / "out", "csv", Choice(("DZA", "MAR")))
    with (tmp_path / "out" / "columns.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle))
    status = BY_NAME["mentions"].column("status")
    assert ["mentions", "status", "VARCHAR", "no", status.comment, "actual, planned, hypothetical, negated"] in rows
    assert not [r for r in rows if r[:2] == ["articles", "body"]]
    told = json.loads((tmp_path / "out" / "export.json").read_text())
    assert (told["chosen"], told["published_by_run"], told["rows"]["mentions"], told["coder_versions"]) == ("dyad DZA-MAR", "run-1", 1, ["1"])


@pytest.mark.parametrize(("choice", "mentions", "articles"), [
    (Choice(), 15, 5), (Choice(("FRA", "MAR")), 14, 4), (Choice(("DZA", "MAR")), 1, 1), (Choice(since=date(2024, 12, 31)), 9, 1),
    (Choice(until=date(2024, 12, 31)), 6, 4), (Choice(("FRA", "MAR"), date(2024, 5, 1), date(2024, 5, 1)), 5, 2), (Choice(("DZA", "FRA")), 0, 0),
])
def test_choice(published: Path, tmp_path: Path, choice: Choice, mentions: int, articles: int) -> None:
    """Articles that mention nobody come along for shares, unless a dyad is asked for."""
    done = export(published, tmp_path / "out", "csv", choice)
    assert (done.counts["mentions"], done.counts["articles"]) == (mentions, articles)


# --- Excel


NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def sheets(path: Path) -> dict[str, ElementTree.Element]:
    with zipfile.ZipFile(path) as archive:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        names = [s.attrib["name"] for s in book.findall("m:sheets/m:sheet", NS)]
        return {name: ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{n}.xml")) for n, name in enumerate(names, 1)}


def cells(sheet: ElementTree.Element) -> list[list[str]]:
    return [["".join(c.itertext()) for c in row.findall("m:c", NS)] for row in sheet.findall("m:sheetData/m:row", NS)]


def test_workbook_has_headings_a_frozen_row_and_explains_its_columns(published: Path, tmp_path: Path) -> None:
    export(published, tmp_path / "out.xlsx", "xlsx")
    found = sheets(tmp_path / "out.xlsx")
    assert list(found) == ["about", "mentions", "mention_sectors", "mention_actors", "articles", "columns"]
    for sheet in found.values():
        pane = sheet.find("m:sheetViews/m:sheetView/m:pane", NS)
        assert pane is not None and pane.attrib["ySplit"] == "1" and pane.attrib["state"] == "frozen" and "xSplit" not in pane.attrib
    assert cells(found["mentions"])[0] == list(BY_NAME["mentions"].names) and len(cells(found["mentions"])) == 16
    assert cells(found["articles"])[0] == [c for c in BY_NAME["articles"].names if c != "body"]
    comment = BY_NAME["mentions"].column("confidence").comment
    assert ["mentions", "confidence", "DOUBLE", "no", comment, ""] in cells(found["columns"]) and ["chosen", "everything"] in cells(found["about"])


def test_article_text_is_never_a_formula_or_a_link(published: Path, tmp_path: Path) -> None:
    export(published, tmp_path / "out.xlsx", "xlsx", with_bodies=True)
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        assert not [n for n in archive.namelist() if "externalLink" in n or n.endswith("sheet2.xml.rels")]
    mentions = sheets(tmp_path / "out.xlsx")["mentions"]
    assert mentions.findall(".//m:f", NS) == [] and mentions.findall(".//m:hyperlink", NS) == []
    texts = {"".join(c.itertext()): c.attrib["t"] for c in mentions.iter(f"{{{NS['m']}}}c") if c.attrib.get("t") in ("s", "inlineStr", "str")}
    assert all(texts[text] == "inlineStr" for text in HOSTILE)


def test_too_many_rows_for_a_sheet_are_a_clear_error(published: Path, tmp_path: Path) -> None:
    with open_chosen(published, Choice()) as connection:
        told = facts(connection, Choice(), {})
        assert write_workbook(connection, tmp_path / "a.xlsx", False, told, row_limit=16)["mentions"] == 15
        with pytest.raises(ExportError, match=r"mentions has 15 rows and an Excel sheet holds 15 .*--format csv"):
            write_workbook(connection, tmp_path / "b.xlsx", False, told, row_limit=15)
    assert not (tmp_path / "b.xlsx").exists()


def test_text_too_long_for_a_cell_is_cut_and_says_so(home: Home, tmp_path: Path) -> None:
    with open_warehouse(home) as connection:
        load(connection, articles=[article(body="\U0001f600" * 20_000, published_at=datetime(1814, 1, 2))])
    publish(home, "run-1")
    export(home.published, tmp_path / "out.xlsx", "xlsx", with_bodies=True)
    body = next(c for c in cells(sheets(tmp_path / "out.xlsx")["articles"])[1] if c.startswith("\U0001f600"))
    assert body.endswith(CUT) and len(body.encode("utf-16-le")) // 2 <= 32_767
    assert "1814-01-02 00:00:00" in cells(sheets(tmp_path / "out.xlsx")["articles"])[1], "Excel has no days before 1900"


# --- the layouts of other datasets


def test_polecat_columns_and_values(published: Path, tmp_path: Path) -> None:
    done = export(published, tmp_path / "out.txt", "polecat")
    assert done.counts == {"events": 3, "undated": 1} and table(tmp_path / "out.txt")[0] == POLECAT and len(POLECAT) == 40
    praise, talks, sanction = events(tmp_path / "out.txt", POLECAT, True)
    assert [praise[n] for n in ("Event ID", "Event Date", "Event Type", "Event Mode", "Event Intensity", "Quad Code", "Contexts")] == [
        ident(0), "2024-05-01", "SUPPORT", "None", "5.0", "VERBAL COOPERATION", "energy|trade"]
    assert (praise["Recipient Name"], praise["Actor COW"], praise["Latitude"], praise["Publication Date"]) == ("Morocco", "None", "None", "2024-05-01")
    assert (talks["Actor Name"], talks["Placename"]) == ("Emmanuel Macron", "the 'old' town"), "a tab or quote in a value would break the columns"
    assert (sanction["Actor Country"], sanction["Recipient Country"], sanction["Primary Actor Sector"]) == ("DZA", "MAR", "MIL")


def test_icews_columns_and_values(published: Path, tmp_path: Path) -> None:
    done = export(published, tmp_path / "out.tab", "icews")
    assert done.counts == {"events": 4, "undated": 1} and table(tmp_path / "out.tab")[0] == ICEWS and len(ICEWS) == 20
    rows = events(tmp_path / "out.tab", ICEWS, True)
    assert [[r[n] for n in ("Event ID", "Event Date", "Source Country", "CAMEO Code", "Target Country", "Story ID")] for r in rows] == [
        ["1", "2024-05-01", "France", "050", "Morocco", "1"], ["2", "2024-05-01", "France", "040", "Morocco", "1"],
        ["3", "2024-05-01", "Morocco", "040", "France", "1"], ["4", "2024-12-31", "Algeria", "160", "Morocco", "2"]]
    assert (rows[1]["Source Name"], rows[1]["Country"], rows[1]["Latitude"], rows[3]["Source Sectors"], rows[3]["Sentence Number"]) == (
        "Emmanuel Macron", "Morocco", "", "MIL", "1")


@pytest.mark.parametrize(("layout", "names", "count", "added"), [
    ("gdelt", GDELT, 61, "20240501100000"), ("gdelt1", [n for n in GDELT if "ADM2" not in n], 58, "20240501"),
])
def test_gdelt_columns_and_values(published: Path, tmp_path: Path, layout: str, names: list[str], count: int, added: str) -> None:
    assert export(published, tmp_path / "out.tsv", layout).counts == {"events": 4, "undated": 1}
    assert len(names) == count
    praise, talks, back, sanction = events(tmp_path / "out.tsv", names, False)
    assert [praise[n] for n in names[:6]] == [GLOBAL, "20240501", "202405", "2024", "2024.3315", "FRA"]
    assert [praise[n] for n in ("EventCode", "EventBaseCode", "EventRootCode", "QuadClass", "GoldsteinScale")] == ["050", "050", "05", "1", "3.5"]
    assert [praise[n] for n in ("IsRootEvent", "NumMentions", "NumSources", "NumArticles", "AvgTone", "DATEADDED")] == ["1", "2", "2", "2", "", added]
    assert praise["SOURCEURL"] == f"https://example.org/{key('a')}" and sanction["SOURCEURL"] == "guid-1"
    assert [talks[n] for n in ("Actor1Name", "Actor1Code", "Actor1Type1Code", "Actor2Name", "ActionGeo_Fullname")] == [
        "EMMANUEL MACRON", "FRAGOV", "GOV", "MOROCCO", "the 'old' town"]
    assert (back["Actor1CountryCode"], back["Actor2CountryCode"], back["Actor2Name"]) == ("MAR", "FRA", "EMMANUEL MACRON")
    assert int(back["GLOBALEVENTID"]) == int(talks["GLOBALEVENTID"]) + 2**60
    assert [sanction[n] for n in ("SQLDATE", "FractionDate", "QuadClass", "GoldsteinScale", "Actor1Code")] == ["20241231", "2024.9890", "4", "-4.0", "DZAMIL"]


def test_every_event_type_has_a_root_code_as_in_the_view(published: Path) -> None:
    assert set(CAMEO) == set(EVENT_TYPES) - {"RELATE"}
    with duckdb.connect(str(published), read_only=True) as connection:
        shown = connection.execute('SELECT DISTINCT "Event Text", "CAMEO Code" FROM icews').fetchall()
    assert shown and all(CAMEO[name][0] == code for name, code in shown)


@pytest.mark.parametrize(("layout", "first"), [("polecat", ident(0)), ("icews", "1"), ("gdelt", GLOBAL)])
def test_every_event_leads_back_to_its_sentence(published: Path, tmp_path: Path, layout: str, first: str) -> None:
    done = export(published, tmp_path / "out.tsv", layout)
    with beside(tmp_path / "out.tsv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    ids = [row[0] for row in table(tmp_path / "out.tsv")[0 if layout == "gdelt" else 1:]]
    assert [r["event_id"] for r in rows] == ids and len(set(ids)) == done.counts["events"]
    assert (rows[0]["event_id"], rows[0]["mention_id"], rows[0]["sentence"]) == (first, ident(0), "France praised Morocco.")


# --- what cannot be done


def test_what_is_there_stays_unless_replaced(published: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    out.write_text("mine")
    with pytest.raises(ExportError, match="is there already"):
        export(published, out, "xlsx")
    assert out.read_text() == "mine"
    export(published, out, "xlsx", replace=True)
    assert zipfile.is_zipfile(out)
    folder = tmp_path / "csv"
    export(published, folder, "csv")
    (folder / "mentions.csv").write_text("old")
    with pytest.raises(ExportError, match="is there already"):
        export(published, folder, "csv")
    export(published, folder, "csv", Choice(("DZA", "MAR")), replace=True)
    assert len((folder / "mentions.csv").read_text().splitlines()) == 2


def test_folder_with_other_things_is_never_replaced(published: Path, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.txt").write_text("mine")
    with pytest.raises(ExportError, match="holds other things than an export"):
        export(published, tmp_path / "home", "csv", replace=True)
    assert (tmp_path / "home" / "thesis.txt").read_text() == "mine"


def test_export_that_fails_leaves_nothing(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, with_bodies: bool) -> None:
        raise OSError(28, "No space left on device")

    export(published, tmp_path / "out", "csv")
    monkeypatch.setattr("warehouse.export.write_columns", full)
    with pytest.raises(ExportError, match="No space left"):
        export(published, tmp_path / "out", "csv", Choice(("DZA", "MAR")), replace=True)
    assert len((tmp_path / "out" / "mentions.csv").read_text().splitlines()) == 16 and [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(("out", "form", "options", "says"), [
    ("x", "sas", {}, "unknown format sas: parquet, csv, xlsx, polecat, icews, gdelt, gdelt1"), ("no/such/x.xlsx", "xlsx", {}, "is no folder"),
    ("x.tsv", "gdelt", {"with_bodies": True}, "no place for article text"), (".", "xlsx", {}, "is a folder, and xlsx writes a file"),
    ("x", "csv", {"choice": Choice(since=date(2025, 1, 1), until=date(2024, 1, 1))}, "is after until"),
    ("x", "csv", {"choice": Choice(("FRA", "QQQ"))}, "no country has the code QQQ"),
])
def test_refusals_say_why(published: Path, tmp_path: Path, out: str, form: str, options: dict[str, Any], says: str) -> None:
    with pytest.raises(ExportError, match=says):
        export(published, tmp_path / out, form, **options)
    assert list(tmp_path.iterdir()) == []


def test_nothing_published(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="nothing is published"):
        export(tmp_path / "published.duckdb", tmp_path / "x", "csv")
    (tmp_path / "published.duckdb").write_bytes(b"no database" * 1_000)
    with pytest.raises(ExportError, match="cannot be opened"):
        export(tmp_path / "published.duckdb", tmp_path / "x", "csv")


@pytest.mark.parametrize("form", FORMATS)
def test_empty_warehouse_and_a_quote_in_the_path(tmp_path: Path, form: str) -> None:
    home = Home(tmp_path / "o'clock; --").prepare()
    with open_warehouse(home):
        pass
    publish(home, "run-1")
    done = export(home.published, home.path / "out'put", form)
    assert set(done.counts.values()) == {0} and (home.path / "out'put").exists()


def test_every_example_of_the_page_on_corrections_can_be_applied(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "corrections.md").read_text(encoding="utf-8")
    examples = re.findall(r"`([0-9a-f]{20},,[^`]+)`", page) + re.findall(r"^,[^\n]+", page, re.MULTILINE)
    (tmp_path / "corrections.csv").write_text("\n".join([",".join(HEADER), *examples]), encoding="utf-8")
    good, faults = read_lines(tmp_path / "corrections.csv", {"ESP", "DZA", "NOR"})
    assert faults == [] and {line.field for line in good} == {*FIELDS, "row"} and len([line for line in good if line.conditions]) == 3
    assert all(f"`{name}`" in page for name in CONDITIONS), "every part of a rule is named"


@pytest.mark.parametrize(("text", "pair"), [("FRA-MAR", ("FRA", "MAR")), ("mar:fra", ("FRA", "MAR")), ("MAR FRA", ("FRA", "MAR"))])
def test_dyads(text: str, pair: tuple[str, str]) -> None:
    assert parse_dyad(text) == pair


@pytest.mark.parametrize("text", ["FRA", "FRA-FRA", "France-Morocco", "", "FRA-MAR-DZA", "FR-MA"])
def test_texts_that_are_no_dyad(text: str) -> None:
    with pytest.raises(ExportError, match="two country codes, such as FRA-MAR"):
        parse_dyad(text)
