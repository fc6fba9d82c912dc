"""Runs over sources on Prefect: fetched, landed, published; again without fetching; read again by a better parser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.running import RunFailed, run_pipeline, run_reparse
from tests.flows.fault_server import LINE, Site, feed, page, serving
from tests.flows.street import ask
from warehouse.store import Home

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_api")]


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as found:
        yield found


@pytest.fixture
def registry(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "sources.toml"
    common = 'allow_private = true\ndelay_seconds = 0\n'
    file.write_text(
        f'[sources.rif]\nname = "Rif Daily"\nkind = "feed"\naddress = "{site.base}/feed"\ncountry = "MAR"\noutlet_type = "press"\ngroup = "hourly"\n{common}'
        f'[sources.broken]\nkind = "feed"\naddress = "{site.base}/none"\ngroup = "hourly"\n{common}', encoding="utf-8",
    )
    monkeypatch.setenv("BILATERAL_SOURCES", str(file))
    return file


def test_group_is_fetched_landed_and_published_once(site: Site, registry: Path, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    site.text("/feed", feed(site.base, "a", "b"), "application/rss+xml")
    site.text("/a", page("France praises Morocco", LINE * 3 + "The minister praised Morocco."))
    site.text("/b", page("Another day", "The weather in Rabat was fine on Tuesday, and nothing happened. " * 8))
    done = run_pipeline([], home.path, None, True, True, group="hourly")
    assert (done["state"], done["kept"], done["quarantined"]) == ("completed", 2, 1)
    assert any("source broken" in r and "404" in r for r in done["refusals"])
    assert [(s["source_id"], s["fetched"]) for s in done["sources"]] == [("rif", 2), ("broken", 0)]
    rows = ask(home.published, "SELECT s.source_id, s.name, s.outlet_type, s.country, count(*) FROM articles JOIN sources s USING (source_id) GROUP BY ALL")
    assert rows == [("rif", "Rif Daily", "press", "MAR", 2)]
    assert ask(home.published, "SELECT count(*) FROM mentions WHERE country_a = 'FRA' AND country_b = 'MAR'")[0][0] > 0

    again = run_pipeline([], home.path, None, True, True, sources=["rif"])
    assert (again["read"], again["articles_written"]) == (0, 0) and site.hits["/a"] == 1

    before = ask(home.published, "SELECT article_id, body FROM articles ORDER BY 1")
    assert run_reparse(home.path)["articles_written"] == 0
    monkeypatch.setattr("transforms.reading.articles.clean_text", lambda text: text.strip().replace("Tuesday", "Wednesday"))
    assert run_reparse(home.path)["state"] == "completed"
    after = ask(home.published, "SELECT article_id, body, is_lead FROM articles ORDER BY 1")
    assert len(after) == 2 and all("Wednesday" in r[1] and r[2] for r in after)
    assert not {r[0] for r in before} & {r[0] for r in after}
    assert sum(site.hits.values()) == sum(n for p, n in site.hits.items() if p in ("/feed", "/a", "/b", "/none", "/robots.txt"))
    assert site.hits["/a"] == 1, "nothing is fetched for reparsing"


def test_source_that_is_not_there_is_refused_before_anything_runs(registry: Path, home: Home) -> None:
    with pytest.raises(RunFailed, match="no source 'elysee'; there are rif, broken"):
        run_pipeline([], home.path, None, True, True, sources=["elysee"])
    assert not home.warehouse.exists()
