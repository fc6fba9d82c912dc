"""The operator's day in the browser: ``make test-ui`` (needs Chromium and Playwright, which it installs)."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows import stack
from flows.deployed import list_runs, start_deployment
from flows.running import RunFailed
from tests.flows.fault_server import LINE, feed, page, serving
from tests.flows.street import ask, record, write_jsonl
from warehouse.store import Home

playwright = pytest.importorskip("playwright.sync_api", reason="make test-ui installs it")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium (make test-ui does)")]
PICTURES = Path(os.environ.get("BILATERAL_PICTURES", ""))


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[stack.Stack]:
    with socket.socket() as free, serving() as site:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        site.text("/feed", feed(site.base, "a"), "application/rss+xml")
        site.text("/a", page("France praises Morocco", LINE * 3))
        (tmp_path / "sources.toml").write_text(f'[sources.own]\nkind = "feed"\naddress = "{site.base}/feed"\nallow_private = true\ndelay_seconds = 0\n')
        monkeypatch.setenv("BILATERAL_SOURCES", str(tmp_path / "sources.toml"))
        monkeypatch.setenv("BILATERAL_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("BILATERAL_PREFECT_PORT", str(port))
        monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
        for name in ("PREFECT_API_URL", "PREFECT_LOGGING_LEVEL", "PREFECT_LOGGING_TO_API_ENABLED"):
            monkeypatch.delenv(name, raising=False)
        here = stack.stack()
        try:
            stack.up()
            with temporary_settings({PREFECT_API_URL: here.api}):  # tests before may have a server of their own in force
                yield here
        finally:
            stack.down()


@pytest.fixture
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as p:
        found = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


def picture(view: Any, name: str, folder: Path) -> None:
    target = PICTURES if str(PICTURES) not in ("", ".") else folder
    target.mkdir(parents=True, exist_ok=True)
    view.wait_for_timeout(1500)
    view.screenshot(path=str(target / f"{name}.png"))


def test_operator_starts_a_run_through_the_form_and_looks_at_it(running: stack.Stack, browser: Any, tmp_path: Path) -> None:
    lines = write_jsonl(tmp_path / "in.jsonl", record("a-1"))
    home = Home(tmp_path / "home")
    view = browser.new_page(viewport={"width": 1400, "height": 1000})
    view.set_default_timeout(60_000)

    view.goto(f"{running.page}/deployments")
    for name in ("backfill", "hourly", "nightly", "on-demand", "recode", "reparse"):
        view.wait_for_selector(f"text={name}")
    view.wait_for_selector("text=At 02:30 AM every day")
    picture(view, "deployments", tmp_path)

    view.click("text=on-demand")
    view.click("button:has-text('Run')")
    view.click("text=Custom run")
    view.wait_for_selector("text=Sources to read, by their names in sources.toml")  # the help of the field
    view.fill("textarea", str(lines))
    view.click("button:has-text('Add item') >> nth=1")
    view.fill("textarea >> nth=1", "own")
    picture(view, "form", tmp_path)
    view.click("button:has-text('Submit')")
    view.click("a[href*='/runs/flow-run/']")
    view.wait_for_url("**/runs/flow-run/**")
    for _ in range(180):
        if home.published.exists():
            break
        view.wait_for_timeout(1000)
    view.wait_for_selector("text=Completed", timeout=60_000)
    picture(view, "run", tmp_path)

    run_id = view.url.split("/flow-run/")[1].split("?")[0]
    rows = ask(home.published, "SELECT source_id, count(*) FROM articles GROUP BY ALL ORDER BY 1")
    assert rows == [("own", 1), ("rif-daily", 1)]
    listed = list_runs(home.published, 5)
    assert [(r["run_id"], r["state"], r["prefect"], r["written"]) for r in listed] == [(run_id, "completed", "Completed", 2)]

    run_page = view.url
    for name, shown in (("counts-per-source", "rif-daily"), ("validation", "rules not met"), ("dyads-moved-picture", "The same as a picture")):
        view.goto(run_page)
        view.click("text=Artifacts")
        view.click(f"text={name}")
        view.wait_for_selector(f"text={shown}")
        picture(view, name, tmp_path)
    view.goto((home.data_docs / run_id / "index.html").as_uri())
    view.wait_for_selector("text=Checks of run")
    picture(view, "data_docs", tmp_path)

    # The same from the command line, and a bad parameter that never becomes a run.
    assert "scheduled" in start_deployment("pipeline/on-demand", {"paths": [str(lines)], "publish": True})
    with pytest.raises(RunFailed, match="batch_articles"):
        start_deployment("pipeline/on-demand", {"paths": [str(lines)], "batch_articles": -5})
    view.goto(f"{running.page}/runs")
    view.wait_for_selector("text=pipeline")
    assert json.loads((running.record).read_text())["worker"]
