"""The command line ``bilateral``. Nothing heavy is imported at the top: ``bilateral --help`` answers at once."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from flows.desk import COMMANDS as DESK
from flows.sourcing import app as sources_app

if TYPE_CHECKING:
    from warehouse.lake import LakeAt

app = typer.Typer(
    name="bilateral", no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False,
    help="Bilateral: who said and did what to whom, from news to DuckDB.",
)
HomeOption = Annotated[Path | None, typer.Option("--home", envvar="BILATERAL_HOME", help="Folder of the warehouse [default: warehouse/data]")]
OK, SOME_REFUSED, NOTHING_DONE = 0, 1, 2


def _fail(message: str) -> typer.Exit:
    typer.secho(message, fg=typer.colors.RED, err=True)
    return typer.Exit(NOTHING_DONE)


def _home(home: Path | None) -> Path:
    from flows.settings import load_settings

    return load_settings(home=home).home


@app.command()
def run(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files or folders: .txt .html .jsonl .csv .parquet .xml .warc .zip, also .gz .zst")] = None,
    home: HomeOption = None,
    source: Annotated[list[str] | None, typer.Option("--source", "-s", help="A source of sources.toml; may be given again")] = None,
    group: Annotated[str | None, typer.Option(help="All sources of this schedule group")] = None,
    batch: Annotated[int | None, typer.Option(help="Articles in one batch")] = None,
    publish: Annotated[bool, typer.Option(help="Publish for the analysts at the end")] = True,
    warehouse: Annotated[str | None, typer.Option(
        help="A lake to write to after publishing: ducklake:postgres:dbname=lake host=HOST;data=FOLDER [default: BILATERAL_WAREHOUSE]")] = None,
    runner: Annotated[Literal["local", "dask"] | None, typer.Option(help="Where articles are coded: in this process, or by the workers of a cluster")] = None,
    address: Annotated[str | None, typer.Option(help="With --runner dask: scheduler of an existing cluster, tcp://HOST:8786; else one is made here")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, only the summary")] = False,
    deployment: Annotated[str | None, typer.Option(help="Run on the Prefect server instead, as this deployment: pipeline/on-demand")] = None,
) -> None:
    """Read, code, check, land and publish articles. Exit status: 0 all well, 1 some input refused (named), 2 nothing could be done."""
    from flows.running import RunFailed, run_pipeline
    from flows.summary import print_summary

    try:
        if warehouse:
            _set_lake(warehouse, deployment)
        if deployment:
            from flows.deployed import start_deployment

            given = {"paths": [p.absolute() for p in paths or []], "sources": source or [], "group": group, "home": home, "batch_articles": batch,
                     "runner": runner, "address": address}
            typer.echo(start_deployment(deployment, {k: v for k, v in given.items() if v not in (None, [])} | {"publish": publish}))
            return
        result = run_pipeline(paths or [], home, batch, publish, quiet, source, group, runner, address)
    except RunFailed as error:
        raise _fail(str(error)) from None
    print_summary(result)
    if result["state"] == "refused":
        raise typer.Exit(SOME_REFUSED)
    if result["kept"] + result["known"] == 0:
        raise typer.Exit(NOTHING_DONE)
    if result["quarantined"]:
        raise typer.Exit(SOME_REFUSED)


def _set_lake(address: str, deployment: str | None) -> None:
    """The address goes by the environment, not among the flow's parameters: these are kept, and it may hold a password."""
    from warehouse.lake import LakeError, parse_address

    if deployment:
        raise _fail("--warehouse is for runs on this machine: a deployment writes to the lake of its worker's BILATERAL_WAREHOUSE")
    try:
        parse_address(address)
    except LakeError as error:
        raise _fail(str(error)) from None
    os.environ["BILATERAL_WAREHOUSE"] = address


@app.command()
def runs(home: HomeOption = None, count: Annotated[int, typer.Option(help="Runs shown")] = 15) -> None:
    """The last runs, with counts from the warehouse and states from Prefect where its server answers."""
    from flows.deployed import show_runs
    from flows.running import RunFailed

    try:
        typer.echo(show_runs(_home(home) / "published.duckdb", count).rstrip("\n"))
    except RunFailed as error:
        raise _fail(str(error)) from None


@app.command()
def backfill(
    since: Annotated[datetime, typer.Argument(help="First day, as 2026-01-01", formats=["%Y-%m-%d"])],
    until: Annotated[datetime, typer.Argument(help="Last day, included", formats=["%Y-%m-%d"])],
    folders: Annotated[list[Path] | None, typer.Argument(help="Folders of archived files; the day stands in their names or is their time")] = None,
    home: HomeOption = None,
    source: Annotated[list[str] | None, typer.Option("--source", "-s", help="A source of kind folder or archive; may be given again")] = None,
    again: Annotated[bool, typer.Option("--again", help="Also days that were done before")] = False,
) -> None:
    """Read archived files of a range of days in daily chunks. Started again it goes on after the last day that was done."""
    from flows.running import RunFailed, run_backfill
    from flows.summary import print_summary

    try:
        print_summary(run_backfill(since.date(), until.date(), folders or [], source or [], home, again))
    except RunFailed as error:
        raise _fail(str(error)) from None


@app.command()
def maintain(home: HomeOption = None, keep_raw_days: Annotated[int, typer.Option(help="Keep raw documents at least so many days")] = 365) -> None:
    """Checkpoint, prune old raw documents, compact, verify. Exit status 2 if something that must be so is not."""
    from flows.running import RunFailed, run_maintenance

    try:
        done = run_maintenance(home, keep_raw_days)
    except RunFailed as error:
        raise _fail(str(error)) from None
    typer.echo(f"{done['pruned']} raw documents pruned, {done['compacted_bytes']:,} bytes won, nothing wrong found")


@app.command()
def classify(
    source: Annotated[Path, typer.Argument(help="JSONL: {id, text, source: [start, end], target: [start, end]}", metavar="IN.jsonl")],
    answer: Annotated[Path, typer.Argument(help="JSONL written: {id, event_type, quad_class, status, confidence}", metavar="OUT.jsonl")],
) -> None:
    """Event types for given actors, in PLOVER's convention (future cooperation is AGREE, CONCEDE and RETREAT are YIELD)."""
    from flows.classifying import InputError, classify_file

    try:
        done, refused = classify_file(source, answer)
    except InputError as error:
        raise _fail(str(error)) from None
    for line in refused:
        typer.secho(line, fg=typer.colors.YELLOW, err=True)
    typer.echo(f"{done} classified, {len(refused)} refused, written to {answer}")
    raise typer.Exit(SOME_REFUSED if refused and done else NOTHING_DONE if not done else OK)


@app.command()
def query(
    sql: Annotated[str | None, typer.Argument(help="SQL on the published file, read-only")] = None,
    home: HomeOption = None,
    named: Annotated[str | None, typer.Option("--named", "-n", help="A question of docs/questions.md instead of SQL; list shows all")] = None,
    param: Annotated[list[str] | None, typer.Option("--param", "-p", help="Parameter of the named question, name=value; may be given again")] = None,
    form: Annotated[str, typer.Option("--format", "-f", help=(
        "auto (the ending of --out; else a table, or a block a row where it would not fit), table, csv, json or parquet"))] = "auto",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File to write: .csv, .json, .parquet or .txt")] = None,
    rows: Annotated[int, typer.Option(help="Rows shown in a table")] = 50,
    warehouse: Annotated[str | None, typer.Option(help="Ask a lake instead: ducklake:postgres:dbname=lake host=HOST")] = None,
    at: Annotated[str | None, typer.Option(help="The lake as it was known then: 2026-03-01, or 2026-03-01T12:00 UTC")] = None,
) -> None:
    """Ask the published tables. Nothing can be written, attached or read from elsewhere."""
    from flows.querying import QueryError, ask, ask_named, list_questions

    if (sql is None) == (named is None):
        raise _fail('give either SQL or --named NAME (bilateral query --named list shows the names)')
    published = _lake_at(warehouse, at) if warehouse or at else _home(home) / "published.duckdb"
    try:
        if named == "list":
            text = list_questions()
        elif named is not None:
            text = ask_named(published, named, param or [], form, out, rows)
        else:
            text = ask(published, str(sql), form, out, rows)
    except QueryError as error:
        raise _fail(str(error)) from None
    typer.echo(text.rstrip("\n"))


def _lake_at(warehouse: str | None, at: str | None) -> LakeAt:
    from flows.settings import load_settings
    from warehouse.lake import LakeAt

    address = warehouse or load_settings().warehouse
    if not address:
        raise _fail("--at needs a lake: add --warehouse ducklake:…, or set BILATERAL_WAREHOUSE")
    return LakeAt(address, at)


@app.command()
def explain(
    mention_id: Annotated[str, typer.Argument(help="Id of a mention, or its first characters")],
    home: HomeOption = None,
) -> None:
    """Show why a row is there: sentence, countries and references, scores before rules, rules that overrode the encoder."""
    from flows.explaining import explain_mention
    from flows.querying import QueryError

    try:
        typer.echo(explain_mention(_home(home) / "published.duckdb", mention_id))
    except QueryError as error:
        raise _fail(str(error)) from None


@app.command()
def requeue(
    home: HomeOption = None,
    run_id: Annotated[str | None, typer.Option("--run", help="Only what this run refused")] = None,
    expectation: Annotated[str | None, typer.Option(help="Only what this rule refused")] = None,
) -> None:
    """Read refused documents and articles again, after the mend of their cause or of the rule."""
    from flows.requeueing import requeue_rows

    done = requeue_rows(_home(home), run_id, expectation)
    typer.echo(done)


@app.command()
def recode(
    home: HomeOption = None,
    everything: Annotated[bool, typer.Option("--all", help="Also articles that this coder has read")] = False,
) -> None:
    """Code again the articles that another coder version read; rows are replaced article by article."""
    from flows.running import RunFailed, run_recode
    from flows.summary import print_summary

    try:
        print_summary(run_recode(home, everything))
    except RunFailed as error:
        raise _fail(str(error)) from None


@app.command()
def reparse(home: HomeOption = None) -> None:
    """Read kept raw documents again with today's parser, without fetching; what comes out otherwise takes the old article's place."""
    from flows.running import RunFailed, run_reparse
    from flows.summary import print_summary

    try:
        print_summary(run_reparse(home))
    except RunFailed as error:
        raise _fail(str(error)) from None


@app.command()
def doctor(home: HomeOption = None) -> None:
    """Versions, model, paths, locks: what is wrong and the mend."""
    from flows.doctoring import examine

    findings = examine(_home(home))
    for finding in findings:
        colour = {"ok": typer.colors.GREEN, "warn": typer.colors.YELLOW, "bad": typer.colors.RED}[finding.state]
        typer.secho(f"{finding.state:5}", fg=colour, nl=False)
        typer.echo(f"{finding.what:22}{finding.detail}")
        if finding.mend:
            typer.echo(f"     → {finding.mend}")
    if any(f.state == "bad" for f in findings):
        raise typer.Exit(SOME_REFUSED)


for command in DESK:
    app.command()(command)
app.add_typer(sources_app, name="sources")


@app.callback()
def main() -> None:
    """Quiet libraries: no telemetry, no download, whatever the command."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")


if __name__ == "__main__":
    app()
