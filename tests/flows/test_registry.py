"""The registry of sources: read, refused with the line's name and the mend, added to; and its command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from flows.cli import app
from flows.sources.registry import Source, SourcesError, add_source, choose, read_sources
from tests.conftest import ROOT
from tests.flows.fault_server import LINE, Site, feed, page, serving

GOOD = """# kept comment
[defaults]
language = "en"
[sources.mfa]
kind = "feed"
address = "https://mfa.example/feed"
country = "FRA"
group = "hourly"
[sources.radio]
kind = "list"
address = ["https://radio.example/a", "https://radio.example/b"]
link_pattern = '/story/\\d+'
group = "daily"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sources.toml"
    path.write_text(GOOD, encoding="utf-8")
    return path


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as found:
        yield found


def test_file_is_read_with_its_defaults(file: Path) -> None:
    mfa, radio = read_sources(file)
    assert (mfa.id, mfa.name, mfa.address, mfa.language, mfa.country, mfa.delay_seconds) == ("mfa", "mfa", ["https://mfa.example/feed"], "en", "FRA", 1.0)
    assert (radio.language, len(radio.address), radio.link_pattern) == ("en", 2, r"/story/\d+")


def test_shipped_example_is_good_and_reads_the_samples() -> None:
    found = {s.id: s for s in read_sources(ROOT / "sources.example.toml")}
    assert {s.kind for s in found.values()} == {"feed", "sitemap", "list", "page", "gdelt", "folder", "archive"}
    assert (ROOT / found["samples"].address[0]).is_dir()


@pytest.mark.parametrize(("lines", "what"), [
    ("[sources.x]\nkind = 'feed'", "address"), ("[sources.x]\nkind = 'feed'\naddress = 'mfa.example'", "no http or https address"),
    ("[sources.x]\nkind = 'list'\naddress = 'https://a.example'", "link_pattern"), ("[sources.x]\nkind = 'news'\naddress = 'https://a.example'", "kind"),
    ("[sources.x]\nkind = 'feed'\naddress = 'https://a.example'\ncountry = 'France'", "country"),
    ("[sources.x]\nkind = 'feed'\naddress = 'https://a.example'\nlink_pattern = '('", "no regular expression"),
    ("[sources.x]\nkind = 'feed'\naddress = 'https://a.example'\ndelay = 3", "delay"), ("[sources.X]\nkind = 'feed'\naddress = 'https://a.example'", "id"),
])
def test_fault_names_file_source_and_field(tmp_path: Path, lines: str, what: str) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(lines, encoding="utf-8")
    with pytest.raises(SourcesError, match=what) as caught:
        read_sources(path)
    assert str(path) in str(caught.value) and "[sources." in str(caught.value)


@pytest.mark.parametrize(("content", "what"), [("[sources.x", "cannot be read"), ("x = 1", "expected tables"), ("", "expected tables"),
                                                ("[sources]\nx = 3", "expected a table")])
def test_file_that_is_no_registry_is_named(tmp_path: Path, content: str, what: str) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SourcesError, match=what):
        read_sources(path)
    with pytest.raises(SourcesError, match="no such file"):
        read_sources(tmp_path / "gone.toml")


def test_choose_by_name_group_or_all(file: Path) -> None:
    found = read_sources(file)
    assert [s.id for s in choose(found, ["radio", "mfa"])] == ["radio", "mfa"]
    assert [s.id for s in choose(found, None, "daily")] == ["radio"] and len(choose(found)) == 2
    with pytest.raises(SourcesError, match="no source in group 'weekly'; groups are daily, hourly"):
        choose(found, None, "weekly")


def test_added_source_is_read_back_and_comments_stay(file: Path) -> None:
    made = Source(id="new", name="A \"quoted\" name", kind="list", address=["https://n.example/x"], link_pattern=r"/\d+\.html$",
                  articles_per_day=2.5, allow_private=True)
    add_source(file, made)
    assert read_sources(file)[-1] == made.model_copy(update={"language": "en"})
    assert file.read_text(encoding="utf-8").startswith("# kept comment\n")
    with pytest.raises(SourcesError, match="is there already"):
        add_source(file, made)
    with pytest.raises(ValidationError):
        Source(id="bad", name="x", kind="feed", address=[])


def test_command_line_lists_adds_checks_and_previews(file: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    run = CliRunner()
    at = ["--file", str(file)]
    listed = run.invoke(app, ["sources", "list", *at])
    assert listed.exit_code == 0 and "mfa.example/feed" in listed.output and "radio" in listed.output
    added = run.invoke(app, ["sources", "add", "agency", "sitemap", "https://agency.example/map.xml", "--country", "MAR", *at])
    assert added.exit_code == 0 and read_sources(file)[-1].country == "MAR"
    assert run.invoke(app, ["sources", "add", "bad", "list", "https://a.example", *at]).exit_code == 2
    assert "no source 'none'" in run.invoke(app, ["sources", "check", "none", *at]).output

    site.text("/feed.xml", feed(site.base, "a"), "application/rss+xml")
    site.text("/a", page("France praises Morocco", LINE * 4))
    blocks = (f'[sources.{name}]\nkind = "feed"\naddress = "{site.base}/{path}"\nallow_private = true\n' for name, path in (("own", "feed.xml"), ("gone", "x")))
    file.write_text("".join(blocks), encoding="utf-8")
    checked = run.invoke(app, ["sources", "check", *at])
    assert checked.exit_code == 1 and "France praises Morocco" in checked.output and "status 404" in checked.output
    seen = run.invoke(app, ["sources", "preview", f"{site.base}/a", "--allow-private"])
    assert seen.exit_code == 0 and "France praises Morocco" in seen.output and "signed an agreement" in seen.output
    refused = run.invoke(app, ["sources", "preview", f"{site.base}/a"])
    assert refused.exit_code == 1 and "private or special address" in refused.output
