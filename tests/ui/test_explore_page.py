"""``bilateral explore`` in a browser: filter a dyad, see the chart, read a sentence, share the address; nothing leaves the machine."""

from __future__ import annotations

import csv
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from flows import explore
from tests.flows.test_exploring import HOSTILE, small_home
from tests.warehouse import rows
from warehouse.store import Home

playwright = pytest.importorskip("playwright.sync_api", reason="make test-ui installs it")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium (make test-ui does)")]
PATIENCE_MS = 60_000
PICTURES = Path(os.environ.get("BILATERAL_PICTURES", ""))


@pytest.fixture
def page(tmp_path: Path) -> Iterator[str]:
    """The address of the page on a small published file."""
    published = small_home(Home(tmp_path / "home").prepare())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = explore.launch(published.parent, port)
    yield f"http://127.0.0.1:{port}"
    explore.stop(process)


class Visit:
    """A browser window that notes the host of every request and every error on its console."""

    def __init__(self, browser: Any, width: int, height: int) -> None:
        self.view = browser.new_context(viewport={"width": width, "height": height}, timezone_id="America/Los_Angeles").new_page()
        self.view.set_default_timeout(PATIENCE_MS)
        self.hosts: set[str] = set()
        self.errors: list[str] = []
        self.view.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        self.view.on("websocket", lambda wire: self.hosts.add(urlsplit(wire.url).netloc))
        self.view.on("pageerror", lambda error: self.errors.append(str(error)))

    def open(self, address: str) -> Any:
        self.view.goto(address)
        self.view.wait_for_selector("text=Published")
        self.view.wait_for_selector("[data-testid='stVegaLiteChart'] canvas, [data-testid='stVegaLiteChart'] svg")
        return self.view

    def metric(self, label: str) -> str:
        return str(self.view.locator("[data-testid='stMetric']", has_text=label).locator("[data-testid='stMetricValue']").inner_text())

    def picture(self, name: str, folder: Path) -> None:
        target = PICTURES if str(PICTURES) not in ("", ".") else folder
        target.mkdir(parents=True, exist_ok=True)
        self.view.wait_for_timeout(1000)
        self.view.screenshot(path=str(target / f"{name}.png"))


@pytest.fixture
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as p:
        found = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        if str(PICTURES) not in ("", "."):  # how each window looked at the end, also of a test that failed
            PICTURES.mkdir(parents=True, exist_ok=True)
            for number, context in enumerate(found.contexts):
                context.pages[0].screenshot(path=str(PICTURES / f"explore_last_{number}.png"))
        found.close()


def test_analyst_filters_a_dyad_reads_a_sentence_and_shares_the_address(page: str, browser: Any, tmp_path: Path) -> None:
    visit = Visit(browser, 1400, 1000)
    view = visit.open(page)
    assert (visit.metric("Stories"), visit.metric("Cooperation"), visit.metric("Conflict")) == ("2", "1", "1")

    for label, country in (("Country", "MAR"), ("With", "FRA")):
        box = view.get_by_role("combobox", name=label, exact=True)
        box.click()
        box.fill(country)
        view.get_by_role("option", name=country, exact=True).click()
        view.keyboard.press("Escape")
    view.wait_for_selector("text=1 to 2 of 2")
    assert (visit.metric("Stories"), visit.metric("Cooperation"), visit.metric("Conflict")) == ("1", "1", "0")
    assert view.locator("[data-testid='stVegaLiteChart']").count() == 1

    view.locator("[data-testid='stDataFrame']").nth(1).locator(".dvn-scroller").click(position={"x": 18, "y": 36 + 96 + 48})
    view.wait_for_url("**mention=**")
    view.wait_for_selector("[data-testid='stText']:has-text('France and Morocco held talks in Rabat, the Élysée said.')")
    view.wait_for_selector(f"text=bilateral explain {rows.key('2')}")
    visit.picture("explore_desktop", tmp_path)
    assert parse_qs(urlsplit(view.url).query) == {"country": ["MAR"], "with": ["FRA"], "mention": [rows.key("2")]}

    with view.expect_download() as waiting:
        view.get_by_role("button", name="CSV").click()
    with Path(waiting.value.path()).open(encoding="utf-8", newline="") as lines:
        assert sorted(row["mention_id"] for row in csv.DictReader(lines)) == [rows.key("1"), rows.key("2")]

    phone = Visit(browser, 400, 850)
    phone.open(view.url)
    phone.view.wait_for_selector(f"text=bilateral explain {rows.key('2')}")
    assert (phone.metric("Stories"), phone.metric("Conflict")) == ("1", "0")
    assert phone.view.evaluate("document.documentElement.scrollWidth") <= 400
    phone.picture("explore_phone", tmp_path)

    assert visit.hosts | phone.hosts == {urlsplit(page).netloc}
    assert not visit.errors + phone.errors


def test_hostile_article_stays_text(page: str, browser: Any, tmp_path: Path) -> None:
    visit = Visit(browser, 1400, 1000)
    view = visit.open(f"{page}/?country=DZA&status=actual&status=planned")
    view.wait_for_selector(f"[data-testid='stText']:has-text({HOSTILE[:12]!r})")
    view.click("text=The sentence in its article")
    box = view.get_by_role("combobox", name="Source", exact=True)
    box.click()
    view.get_by_role("option", name="Evil").click()
    view.wait_for_url("**source=evil**")
    visit.picture("explore_hostile", tmp_path)
    assert view.locator("[data-testid='stMain'] img, [data-testid='stSidebar'] img").count() == 0
    assert view.locator("a[href^='javascript'], a[href*='elsewhere']").count() == 0
    assert visit.hosts == {urlsplit(page).netloc} and not visit.errors


def test_an_open_page_shows_what_is_published_meanwhile(page: str, browser: Any, tmp_path: Path) -> None:
    from tests.flows.test_exploring import an_article
    from warehouse.publish import publish
    from warehouse.store import open_warehouse

    visit = Visit(browser, 1400, 1000)
    visit.open(page)
    home = Home(tmp_path / "home")
    with open_warehouse(home) as connection:
        rows.load(connection, "run-2", articles=[an_article(rows.key("d"), rows.key("d"))],
                  mentions=[rows.mention(mention_id=rows.key("6"), article_id=rows.key("d"))])
    publish(home, "run-2")
    visit.view.wait_for_selector("text=by run run-2")
    assert visit.metric("Stories") == "3"
