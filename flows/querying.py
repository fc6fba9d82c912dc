"""Asking the published file: read-only, nothing attached, nothing read from elsewhere."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from warehouse.search import load_search

if TYPE_CHECKING:
    import polars as pl

# DuckDB types that polars does not know; they are shown as text.
AS_TEXT = ("INTERVAL", "BIT", "UNION", "TIME WITH TIME ZONE", "VARIANT")

NO_INDEX = "\nThis file may have been published without its search index: publish again (bilateral run) with duckdb-extension-fts installed"


class QueryError(RuntimeError):
    """The question cannot be answered; the message says why and what to do."""


def open_published(path: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection that can reach nothing but this file."""
    if not path.exists():
        raise QueryError(f"nothing is published at {path}: run bilateral run PATH first, or name the folder with --home")
    try:
        connection = duckdb.connect(str(path), read_only=True, config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
        # The search index needs its extension, which can be loaded only before the door is shut.
        load_search(connection)
        connection.execute("SET enable_external_access = false; SET lock_configuration = true")
    except duckdb.Error as error:
        raise QueryError(f"{path.name} cannot be opened: {str(error).splitlines()[0]}") from error
    return connection


def list_questions() -> str:
    """The named questions, a line each, with their parameters."""
    from warehouse.queries import query_names, read_query

    lines = []
    for name in query_names():
        query = read_query(name)
        parameters = " ".join(f"{p.name}={p.default if p.default is not None else '…'}" for p in query.parameters)
        lines.append(f"{name:24}{query.question}" + (f"  [{parameters}]" if parameters else ""))
    return "\n".join(lines)


def ask_named(path: Path, name: str, given: list[str], form: str, out: Path | None, rows: int) -> str:
    """The answer to a named question; ``given`` are its parameters as ``name=value``."""
    from warehouse.queries import UnknownQuery, bind, read_query
    from warehouse.questions import name_countries

    pairs = [g.partition("=") for g in given]
    wrong = [g for g, (_, mark, _) in zip(given, pairs, strict=True) if not mark]
    if wrong:
        raise QueryError(f"--param {wrong[0]}: write it as name=value")
    try:
        query = read_query(name)
        values = bind(query, {key.strip(): value.strip() for key, _, value in pairs})
        with open_published(path) as connection:
            values = name_countries(connection, query, values)
    except UnknownQuery as error:
        raise QueryError(str(error)) from None
    return ask(path, query.sql, form, out, rows, values)


def ask(path: Path, sql: str, form: str, out: Path | None, rows: int, values: dict[str, str] | None = None) -> str:
    """The answer as text, or a line that says what was written to ``out``. ``form`` is table, csv, json or parquet."""
    if form not in ("table", "csv", "json", "parquet"):
        raise QueryError(f"unknown format {form}: table, csv, json or parquet")
    if form == "parquet" and out is None:
        raise QueryError("parquet needs a file: add --out FILE.parquet")
    answer = _answer(path, sql, values)
    if answer is None:
        return "done"
    try:
        if form == "parquet" and out is not None:
            answer.write_parquet(out)
            return f"{answer.height} rows written to {out}"
        text = _table(answer, rows) if form == "table" else _flat(answer).write_csv() if form == "csv" else answer.write_json()
        if out is not None:
            out.write_text(text, encoding="utf-8")
            return f"{answer.height} rows written to {out}"
    except OSError as error:
        raise QueryError(f"{out} cannot be written ({error.strerror or error}): name a file in a folder that is there") from error
    return text


def _answer(path: Path, sql: str, values: dict[str, str] | None = None) -> pl.DataFrame | None:
    connection = open_published(path)
    try:
        found = connection.sql(sql, params=values) if values else connection.sql(sql)
        if found is None:
            return None
        if any(str(kind).startswith(AS_TEXT) for kind in found.types):
            kept = zip(found.columns, found.types, strict=True)
            quoted = ((f'"{name.replace(chr(34), chr(34) * 2)}"', str(kind).startswith(AS_TEXT)) for name, kind in kept)
            found = found.project(", ".join(f"{name}::VARCHAR AS {name}" if is_text else name for name, is_text in quoted))
        return found.pl()
    except duckdb.Error as error:
        lacks_index = isinstance(error, duckdb.CatalogException) and "search" in sql
        raise QueryError(f"{error}{NO_INDEX if lacks_index else ''}") from error
    except Exception as error:
        raise QueryError(f"a column's type cannot be shown ({error}): cast it to VARCHAR") from error
    finally:
        connection.close()


def _flat(answer: pl.DataFrame) -> pl.DataFrame:
    """CSV has no lists and records: they become their text."""
    import polars as pl

    nested = [name for name, kind in answer.schema.items() if kind.is_nested()]
    return answer.with_columns(pl.Series(n, [None if v is None else str(v) for v in answer[n].to_list()], pl.String) for n in nested)


def _table(answer: pl.DataFrame, rows: int) -> str:
    import io

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(show_lines=False)
    for name in answer.columns:
        table.add_column(name, overflow="fold", justify="right" if answer[name].dtype.is_numeric() else "left")
    for row in answer.head(rows).iter_rows():
        table.add_row(*(Text("" if v is None else f"{v:.4g}" if isinstance(v, float) else str(v)) for v in row))
    console = Console(file=io.StringIO(), width=shutil.get_terminal_size((160, 24)).columns)
    console.print(table)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    more = f"… {answer.height - rows} more rows (--rows)\n" if answer.height > rows else ""
    return f"{text}{more}{answer.height} rows"
