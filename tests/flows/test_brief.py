"""The brief from the command line's function and from the flow."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from flows.briefing import write_brief
from flows.querying import QueryError
from tests.warehouse.rows import article, load, mention
from warehouse.publish import publish
from warehouse.store import Home, open_warehouse

DAY = date(2024, 5, 1)


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one article and one mention, published."""
    home = Home(tmp_path_factory.mktemp("briefs") / "home").prepare()
    with open_warehouse(home) as connection:
        load(connection, articles=[article(mention_count=1)], mentions=[mention()])
        for code, name in (("FRA", "France"), ("MAR", "Morocco")):
            connection.execute("INSERT INTO countries VALUES (?, ?, 'state', NULL, NULL, NULL)", [code, name])
    publish(home, "run-1")
    return home.path


def test_page_is_written_into_the_home_or_where_it_is_asked_for(landed: Path, tmp_path: Path) -> None:
    page = write_brief(landed, ["FRA", "MAR"])
    assert page == landed / "briefs" / "brief-FRA-MAR-2023-05-03-2024-05-01.html"
    assert "<h1>France and Morocco</h1>" in page.read_text(encoding="utf-8")
    asked = tmp_path / "own.html"
    asked.write_text("old", encoding="utf-8")
    assert write_brief(landed, ["mar"], DAY, DAY, asked) == asked
    assert "<h1>Morocco and its partners</h1>" in asked.read_text(encoding="utf-8")
    assert write_brief(landed, [], top=3).name == "brief-top-3-2024-04-25-2024-05-01.html"
    assert [p.name for p in tmp_path.iterdir()] == ["own.html"]


def test_what_cannot_be_done_is_said(landed: Path, tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="nothing is published at"):
        write_brief(tmp_path, ["FRA"])
    with pytest.raises(QueryError, match="no country here"):
        write_brief(landed, ["XYZ"])
    with pytest.raises(QueryError, match=r"cannot be written .*--out FILE\.html"):
        write_brief(landed, ["FRA"], out=tmp_path / "no" / "such" / "page.html")
    with pytest.raises(QueryError, match="cannot be written"):
        write_brief(landed, ["FRA"], out=tmp_path)
    (tmp_path / "published.duckdb").write_text("not a database")
    with pytest.raises(QueryError, match=r"published\.duckdb cannot be opened"):
        write_brief(tmp_path, ["FRA"])
    assert [p.name for p in tmp_path.iterdir()] == ["published.duckdb"]


@pytest.mark.slow
def test_flow_writes_the_page_and_its_form_has_help(landed: Path, tmp_path: Path, prefect_api: str) -> None:
    from flows.brief import brief

    done = brief(countries=["FRA", "MAR"], home=landed, out=tmp_path / "page.html")
    assert done["page"] == str(tmp_path / "page.html") and done["bytes"] == (tmp_path / "page.html").stat().st_size > 10_000
    assert Path(brief(home=landed)["page"]).name == "brief-top-10-2024-04-25-2024-05-01.html"
    fields = brief.parameters.properties
    assert set(fields) == {"countries", "since", "until", "home", "out", "top"} and all(f.get("description") for f in fields.values())
