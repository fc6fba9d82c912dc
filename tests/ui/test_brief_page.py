"""Three briefs in a browser, opened from disk: nothing is fetched, nothing overflows, all of it prints and is read by ear."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.briefing import write_brief
from tests.warehouse.rows import article, load, source
from tests.warehouse.test_briefing import ARTICLES, MENTIONS
from warehouse.publish import publish
from warehouse.store import Home, open_warehouse
from warehouse.stories import settle_stories

playwright = pytest.importorskip("playwright.sync_api", reason="make test-ui installs it")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium (make test-ui does)")]
WIDTHS = {"desktop": 1100, "phone": 380}
BRIEFS: dict[str, tuple[list[str], int | None]] = {"dyad": (["FRA", "MAR"], None), "country": (["FRA"], None), "top": ([], 3)}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The three briefs over hostile rows: markup, scripts, names of 10,000 characters, marks that turn the direction."""
    home = Home(tmp_path_factory.mktemp("pages") / "home").prepare()
    with open_warehouse(home) as connection:
        load(connection, articles=[article(article_id="f" * 20, story_id="f" * 20, content_hash="f" * 64), *ARTICLES], mentions=MENTIONS,
             sources=[source(), source(source_id="herald", name="W" * 500)])
        for code, name in (("FRA", "France"), ("MAR", "Morocco"), ("ESP", "Spain")):
            connection.execute("INSERT INTO countries VALUES (?, ?, 'state', NULL, NULL, NULL)", [code, name])
        settle_stories(connection)
    publish(home, "run-1")
    return {name: write_brief(home.path, countries, top=top) for name, (countries, top) in BRIEFS.items()}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as p:
        found = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The accessibility checker's script, fetched by npm into a folder of the test."""
    folder, npm = tmp_path_factory.mktemp("axe"), shutil.which("npm")
    if npm is None:
        pytest.skip("no npm: the accessibility check needs it to fetch axe-core")
    done = subprocess.run([npm, "pack", "axe-core", "--silent"], cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    packed = next(folder.glob("axe-core-*.tgz"), None)
    if done.returncode or packed is None:
        pytest.skip("axe-core cannot be fetched by npm")
    shutil.unpack_archive(packed, folder, filter="data")
    return (folder / "package" / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", BRIEFS)
def test_page_stands_alone_and_fits(pages: dict[str, Path], browser: Any, name: str, width: str) -> None:
    context = browser.new_context(viewport={"width": WIDTHS[width], "height": 900})
    view = context.new_page()
    view.set_default_timeout(120_000)
    asked: list[str] = []
    said: list[str] = []
    view.on("request", lambda request: asked.append(request.url))
    view.on("console", lambda message: said.append(message.text))
    view.on("pageerror", lambda error: said.append(str(error)))
    view.on("dialog", lambda dialog: said.append(dialog.message))
    view.goto(pages[name].as_uri())
    assert asked == [pages[name].as_uri()] and said == []
    assert view.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
    shown = {kind: view.locator(f"svg.{kind}").first.is_visible() for kind in ("wide", "narrow")}
    assert shown == {"wide": width == "desktop", "narrow": width == "phone"}
    view.keyboard.press("Tab")
    assert view.evaluate("document.activeElement.textContent") == "Skip to the brief"
    view.click("dd a >> nth=0")
    assert view.evaluate("document.querySelector(':target') !== null")
    assert asked == [pages[name].as_uri()]
    context.close()


@pytest.mark.parametrize("name", BRIEFS)
def test_page_prints(pages: dict[str, Path], browser: Any, name: str, tmp_path: Path) -> None:
    view = browser.new_page()
    view.set_default_timeout(120_000)
    view.goto(pages[name].as_uri())
    paper = view.pdf(path=str(tmp_path / "page.pdf"), format="A4")
    assert paper.startswith(b"%PDF") and len(paper) > 20_000
    view.emulate_media(media="print")
    assert not view.locator("nav").is_visible() and view.locator("svg.wide").first.is_visible()
    view.close()


@pytest.mark.parametrize(("name", "width", "scheme"), [("dyad", "desktop", "light"), ("country", "phone", "dark"), ("top", "desktop", "dark")])
def test_page_is_accessible(pages: dict[str, Path], browser: Any, axe: str, name: str, width: str, scheme: str) -> None:
    # The page's own policy would refuse the checker's script.
    context = browser.new_context(viewport={"width": WIDTHS[width], "height": 900}, color_scheme=scheme, bypass_csp=True)
    view = context.new_page()
    view.set_default_timeout(120_000)
    view.goto(pages[name].as_uri())
    view.evaluate(axe)
    found = view.evaluate("axe.run(document, {rules: {'target-size': {enabled: true}}})")
    assert len(found["passes"]) > 20, "the checker looked at the page"
    assert [(v["impact"], v["id"], v["nodes"][0]["html"]) for v in found["violations"] if v["impact"] in ("serious", "critical")] == []
    context.close()
