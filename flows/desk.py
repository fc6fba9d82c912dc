"""The analyst's commands of ``bilateral``: brief, explore, export, review, rollback. Nothing heavy is imported at the top."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

HomeOption = Annotated[Path | None, typer.Option("--home", envvar="BILATERAL_HOME", help="Folder of the warehouse [default: warehouse/data]")]
SinceOption = Annotated[datetime | None, typer.Option(help="First day", formats=["%Y-%m-%d"])]
UntilOption = Annotated[datetime | None, typer.Option(help="Last day, included", formats=["%Y-%m-%d"])]
DAILY_DYADS = 10


def _home(home: Path | None) -> Path:
    from flows.settings import load_settings

    return load_settings(home=home).home


def _fail(message: str) -> typer.Exit:
    typer.secho(message, fg=typer.colors.RED, err=True)
    return typer.Exit(2)


def brief(
    countries: Annotated[list[str] | None, typer.Argument(help="Two countries, or one; codes or names")] = None,
    home: HomeOption = None, since: SinceOption = None, until: UntilOption = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="HTML file [default: HOME/briefs/…]")] = None,
    top: Annotated[bool, typer.Option("--top", help="The dyads with most stories on the last day or in the last week")] = False,
) -> None:
    """Write a page on two countries, on one and its partners, or on the day: one file, opens from disk, prints on paper."""
    from flows.briefing import write_brief
    from flows.querying import QueryError

    if bool(countries) == top:
        raise _fail("name one or two countries (bilateral brief FRA MAR), or --top without any")
    try:
        first, last = (d.date() if d else None for d in (since, until))
        page = write_brief(_home(home), countries or [], first, last, out, DAILY_DYADS if top else None)
    except QueryError as error:
        raise _fail(str(error)) from None
    typer.echo(page)


def explore(
    home: HomeOption = None,
    port: Annotated[int, typer.Option(help="Port on this machine's loopback")] = 8501,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the browser too")] = False,
) -> None:
    """A page in the browser on the published file: filters, chart, sentences, exports. This machine only; Ctrl-C ends it."""
    from flows.explore import ExploreError, start

    try:
        start(_home(home), port, open_browser)
    except ExploreError as error:
        raise _fail(str(error)) from None


def export(
    out: Annotated[Path, typer.Argument(help="File or folder to write")],
    home: HomeOption = None,
    form: Annotated[str, typer.Option("--format", "-f", help="parquet, csv, xlsx, polecat, icews, gdelt or gdelt1")] = "parquet",
    since: SinceOption = None, until: UntilOption = None,
    dyad: Annotated[str | None, typer.Option(help="Only this pair, as FRA-MAR")] = None,
    bodies: Annotated[bool, typer.Option("--bodies", help="With the articles' whole text")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of what stands at OUT")] = False,
) -> None:
    """Take the published rows out: Parquet, CSV, Excel, or the columns of POLECAT, ICEWS and GDELT. See docs/exports.md."""
    from flows.exporting import ExportError, export_rows
    from flows.querying import QueryError

    try:
        typer.echo(export_rows(_home(home) / "published.duckdb", out, form, since, until, dyad, bodies, replace))
    except (ExportError, QueryError) as error:
        raise _fail(str(error)) from None


def review(
    home: HomeOption = None,
    author: Annotated[str | None, typer.Option(help="Who decides [default: the login name]")] = None,
    dyad: Annotated[str | None, typer.Option(help="Only this pair, as FRA-MAR")] = None,
    near: Annotated[float | None, typer.Option(min=0, max=1, help="Confidence to look near [default: the lowest]")] = None,
    most: Annotated[int | None, typer.Option(min=1, help="Most rows shown")] = None,
    publish: Annotated[bool, typer.Option("--publish", help="Publish anew at the end, so that the corrections show")] = False,
) -> None:
    """The least certain rows one by one; what you decide goes to corrections.csv and holds from the next publish on."""
    from flows.querying import QueryError
    from flows.review_screen import publish_corrections, review_here

    try:
        done = review_here(_home(home), author, dyad, near, most)
        typer.echo(str(done))
        if publish:
            typer.echo(publish_corrections(_home(home)))
        elif done.wrong + done.dropped:
            typer.echo("they show after the next publish: bilateral run, or bilateral review --publish")
    except (QueryError, ValueError) as error:
        raise _fail(str(error)) from None


def rollback(
    snapshot: Annotated[str | None, typer.Argument(help="Name of a snapshot; the one before the present if none is named")] = None,
    home: HomeOption = None,
    show: Annotated[bool, typer.Option("--list", help="Only list the snapshots")] = False,
) -> None:
    """Put an earlier published file back. The write file stays as it is: the next publish goes on from there."""
    from flows.exporting import put_back, show_snapshots
    from warehouse.rollback import RollbackError

    try:
        typer.echo(show_snapshots(_home(home)) if show else put_back(_home(home), snapshot))
    except RollbackError as error:
        raise _fail(str(error)) from None


COMMANDS = (brief, explore, export, review, rollback)
