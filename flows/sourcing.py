"""``bilateral sources``: what is read, whether it still gives what it should, and how one is added."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from flows.sources.registry import Source

app = typer.Typer(no_args_is_help=True, help="Sources of news: list, add, check, preview.")
FileOption = Annotated[Path | None, typer.Option("--file", envvar="BILATERAL_SOURCES", help="The file of sources [default: sources.toml]")]


def _file(path: Path | None) -> Path:
    from flows.settings import load_settings

    return load_settings(sources=path).sources


def _fail(message: str) -> typer.Exit:
    typer.secho(message, fg=typer.colors.RED, err=True)
    return typer.Exit(2)


@app.command("list")
def list_sources(file: FileOption = None, group: Annotated[str | None, typer.Option(help="Only this schedule group")] = None) -> None:
    """The sources of the file."""
    from flows.sources.registry import SourcesError, choose, read_sources

    try:
        found = choose(read_sources(_file(file)), None, group)
    except SourcesError as error:
        raise _fail(str(error)) from None
    from rich.console import Console
    from rich.table import Table

    table = Table()
    for heading in ("source", "kind", "group", "country", "language", "type", "a day", "address"):
        table.add_column(heading)
    for s in found:
        table.add_row(s.id, s.kind, s.group, s.country or "", s.language or "", s.outlet_type, f"{s.articles_per_day:g}" if s.articles_per_day else "",
                      s.address[0] + (f" +{len(s.address) - 1}" if len(s.address) > 1 else ""))
    Console().print(table)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Short stable name: lower case, digits, hyphens")],
    kind: Annotated[str, typer.Argument(help="feed, sitemap, list, page, gdelt, folder or archive")],
    address: Annotated[list[str], typer.Argument(help="Its address or addresses")],
    file: FileOption = None,
    title: Annotated[str | None, typer.Option("--name", help="Outlet or ministry as a reader knows it")] = None,
    country: Annotated[str | None, typer.Option(help="Country of the outlet, as FRA")] = None,
    language: Annotated[str | None, typer.Option(help="Language expected, as en")] = None,
    outlet_type: Annotated[str, typer.Option(help="wire, press, ministry, broadcaster or other")] = "other",
    group: Annotated[str, typer.Option(help="Schedule group")] = "hourly",
    link_pattern: Annotated[str | None, typer.Option(help="Regular expression of article links")] = None,
    per_day: Annotated[float | None, typer.Option(help="Articles expected a day")] = None,
) -> None:
    """Add a source to the file; comments and other sources stay as they are."""
    from pydantic import ValidationError

    from flows.sources.registry import Source, SourcesError, add_source

    values = {"id": name, "name": title or name, "kind": kind, "address": address, "country": country, "language": language, "outlet_type": outlet_type,
              "group": group, "link_pattern": link_pattern, "articles_per_day": per_day}
    try:
        source = Source(**{k: v for k, v in values.items() if v is not None})  # type: ignore[arg-type]
        add_source(_file(file), source)
    except ValidationError as error:
        first = error.errors()[0]
        raise _fail(f"{'.'.join(map(str, first['loc'])) or name}: {first['msg'].removeprefix('Value error, ')}") from None
    except (SourcesError, OSError) as error:
        raise _fail(str(error)) from None
    typer.echo(f"added {name} to {_file(file)}; try: bilateral sources check {name}")


@app.command()
def check(
    names: Annotated[list[str] | None, typer.Argument(help="Sources; all if none is named")] = None,
    file: FileOption = None,
) -> None:
    """Fetch one item of each source and say what came out of it. Exit status 1 if one gave nothing."""
    from flows.sources.previewing import preview_source
    from flows.sources.registry import SourcesError, choose, read_sources

    try:
        found = choose(read_sources(_file(file)), names)
    except SourcesError as error:
        raise _fail(str(error)) from None
    bad = 0
    for source in found:
        result = preview_source(source, 1)
        bad += not result.articles
        typer.secho("ok   " if result.articles else "bad  ", fg=typer.colors.GREEN if result.articles else typer.colors.RED, nl=False)
        typer.echo(f"{source.id:24}{result.summary()}")
    if bad:
        raise typer.Exit(1)


@app.command()
def preview(
    address: Annotated[str, typer.Argument(help="Address of a feed, sitemap or article page, or a source of the file")],
    file: FileOption = None,
    kind: Annotated[str | None, typer.Option(help="feed, sitemap, page; recognised if not given")] = None,
    count: Annotated[int, typer.Option(help="Articles shown")] = 3,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="The address is a server of your own")] = False,
) -> None:
    """Show what would be read at an address: titles, times and the first lines of the text. Nothing is kept."""
    from flows.sources.previewing import preview_source, source_at
    from flows.sources.registry import SourcesError, choose, read_sources

    try:
        source: Source = source_at(address, kind, allow_private) if "://" in address else choose(read_sources(_file(file)), [address])[0]
    except (SourcesError, ValueError) as error:
        raise _fail(str(error)) from None
    result = preview_source(source, count)
    typer.echo(result.summary())
    for article in result.articles:
        typer.echo(f"\n{article['title'] or '(no title)'}\n  {article['published_at'] or 'no date'} · {article['language']} · {article['url']}")
        typer.echo("  " + article["body"][:400].replace("\n", " ") + ("…" if len(article["body"]) > 400 else ""))
    if not result.articles:
        raise typer.Exit(1)
