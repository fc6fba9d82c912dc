"""Asking the published file: read-only, nothing attached, nothing read from elsewhere."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from warehouse.lake import LakeAt, LakeError
from warehouse.search import load_search

if TYPE_CHECKING:
    import polars as pl

# DuckDB types that polars does not know; they are shown as text.
AS_TEXT = ("INTERVAL", "BIT", "UNION", "TIME WITH TIME ZONE", "VARIANT")

NO_INDEX = ("This file has no search index: install duckdb-extension-fts (it comes with make setup) and publish again (bilateral run). "
            "The explanation of the database:\n")
FALLBACK = ("No search index here, so the words were looked for as they stand (ILIKE) in coded sentences and titles: no word forms, no rank, no other "
            "text of the articles.")
MEND = "The mend: install duckdb-extension-fts (it comes with make setup) and publish again (bilateral run)."
LAKE_MEND = "A lake has none: ask the published file of a machine, without --warehouse."
SEARCH_MACROS = re.compile(r"\bsearch(?:_sentences|_articles)?\s*\(", re.IGNORECASE)
# As in the named question search, with all words wanted somewhere in the sentence or in the title.
PLAIN_SEARCH = """
WITH asked AS (SELECT DISTINCT unnest(regexp_extract_all($words, '[\\p{L}\\p{N}]+')) AS word),
patterns AS (SELECT list('%' || word || '%') AS wanted FROM asked)
SELECT 'sentence' AS kind, NULL::DOUBLE AS score, min(coalesce(m.event_date, a.published_at::DATE)) AS day,
  list(DISTINCT m.country_a || '-' || m.country_b ORDER BY m.country_a || '-' || m.country_b) AS countries, a.title, m.sentence, a.source_id, a.url,
  m.article_id, list(m.mention_id ORDER BY m.mention_id) AS mention_ids
FROM mentions m JOIN articles a USING (article_id), patterns
WHERE a.is_lead AND len(wanted) = len(list_filter(wanted, lambda p: m.sentence ILIKE p))
GROUP BY m.article_id, m.sentence_index, m.sentence, a.title, a.source_id, a.url
UNION ALL
SELECT 'article', NULL, a.published_at::DATE, NULL, a.title, NULL, a.source_id, a.url, a.article_id, NULL
FROM articles a, patterns WHERE a.is_lead AND len(wanted) = len(list_filter(wanted, lambda p: a.title ILIKE p))
ORDER BY kind DESC, day DESC, article_id, sentence LIMIT $top::INTEGER
"""
NOTHING = ('0 rows: nothing fits. Try a longer period, another spelling of the countries (tables and views hold codes: '
           'bilateral query "SELECT code, name FROM countries"), or see what there is: bilateral query "FROM dyad_year"')
ENDINGS = {".csv": "csv", ".json": "json", ".parquet": "parquet", ".txt": "table"}
FORMS = ("auto", "table", "csv", "json", "parquet")

NO_LAKE_INDEX = "A lake has no search index: ask the published file of a machine, without --warehouse.\n"
# A lake's folder must be open to the connection, and so to COPY too.
READING = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)


class QueryError(RuntimeError):
    """The question cannot be answered; the message says why and what to do."""


def open_published(path: Path | LakeAt) -> duckdb.DuckDBPyConnection:
    """A read-only connection that can reach nothing but this file, or this lake."""
    if isinstance(path, LakeAt):
        try:
            return path.open()
        except LakeError as error:
            raise QueryError(str(error)) from error
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


def ask_named(path: Path | LakeAt, name: str, given: list[str], form: str, out: Path | None, rows: int) -> str:
    """The answer to a named question; ``given`` are its parameters as ``name=value``."""
    from warehouse.queries import UnknownQuery, bind, left_out, read_query, what_to_try
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
            is_searchable = not SEARCH_MACROS.search(query.sql) or has_index(connection)
    except UnknownQuery as error:
        raise QueryError(str(error)) from None
    if name == "search" and not is_searchable:
        text, why = ask(path, PLAIN_SEARCH, form, out, rows, values), f"{FALLBACK} {LAKE_MEND if isinstance(path, LakeAt) else MEND}"
        if form in ("csv", "json") and out is None:  # these go on to other programs, which words about the search would break
            sys.stderr.write(f"{why}\n")
            return text
        return f"{why}\n{text}"
    if form not in ("auto", "table") or out is not None:
        return ask(path, query.sql, form, out, rows, values)
    _check(form, out, rows)
    answer = _answer(path, query.sql, values)
    assert answer is not None, "a question is a SELECT"
    with open_published(path) as connection:
        if not answer.height:
            return "\n".join(["0 rows", *what_to_try(connection, query, values)])
        return "\n".join(filter(None, [_written(answer, form, out, rows), left_out(connection, query, values, answer.height)]))


def has_index(connection: duckdb.DuckDBPyConnection) -> bool:
    """Was this file published with its search index, and is the extension that reads it loaded?"""
    row = connection.execute(
        "SELECT (SELECT count(*) FROM duckdb_schemas() WHERE schema_name IN ('fts_main_mentions', 'fts_main_articles')) = 2 "
        "AND (SELECT count(*) FROM duckdb_functions() WHERE function_name = 'stem') > 0"
    ).fetchone()
    return bool(row and row[0])


def ask(path: Path | LakeAt, sql: str, form: str, out: Path | None, rows: int, values: dict[str, str] | None = None) -> str:
    """The answer as text, or a line that says what was written to ``out``.

    ``form`` is table, csv, json, parquet, or auto: what the ending of ``out`` says, else a table, or one block a row where it would not fit.
    """
    if not sql.strip():
        raise QueryError('nothing is asked: bilateral query "SELECT ...", or bilateral query --named list')
    form = _check(form, out, rows)
    answer = _answer(path, sql, values)
    if answer is None:
        return "done"
    return NOTHING if form in ("auto", "table") and out is None and answer.height == 0 else _written(answer, form, out, rows)


def _check(form: str, out: Path | None, rows: int) -> str:
    """The format that is meant, after the ending of ``out`` where none is said. Raises ``QueryError`` for what cannot be written or shown."""
    if form not in FORMS:
        raise QueryError(f"unknown format {form}: {', '.join(FORMS[:-1])} or {FORMS[-1]}")
    if rows < 0:
        raise QueryError(f"--rows {rows}: write how many rows to show, 0 or more")
    if form == "auto" and out is not None:
        form = ENDINGS.get(out.suffix.lower(), "")
        if not form:
            raise QueryError(f"{out.name}: name the file with one of the endings {', '.join(ENDINGS)}, or say --format; Excel: bilateral export --format xlsx")
    if form == "parquet" and out is None:
        raise QueryError("parquet needs a file: add --out FILE.parquet")
    return form


def _written(answer: pl.DataFrame, form: str, out: Path | None, rows: int) -> str:
    """The rows as text, or what was written to ``out``."""
    from warehouse.exporting.terminal import show

    try:
        if form == "parquet" and out is not None:
            answer.write_parquet(out)
            return f"{_rows(answer.height)} written to {out}"
        text = _flat(answer).write_csv() if form == "csv" else answer.write_json() if form == "json" else show(answer, rows, as_table=form == "table")
        if out is not None:
            out.write_text(text, encoding="utf-8")
            return f"{_rows(answer.height)} written to {out}"
    except OSError as error:
        raise QueryError(f"{out} cannot be written ({error.strerror or error}): name a file in a folder that is there") from error
    return text


def _rows(count: int) -> str:
    return f"{count} {'row' if count == 1 else 'rows'}"


def _answer(path: Path | LakeAt, sql: str, values: dict[str, str] | None = None) -> pl.DataFrame | None:
    connection = open_published(path)
    try:
        if isinstance(path, LakeAt) and any(s.type not in READING for s in connection.extract_statements(sql)):
            raise QueryError("of a lake only questions can be asked: SELECT, FROM, DESCRIBE or EXPLAIN")
        found = connection.sql(sql, params=values) if values else connection.sql(sql)
        if found is None:
            return None
        if any(str(kind).startswith(AS_TEXT) for kind in found.types):
            kept = zip(found.columns, found.types, strict=True)
            quoted = ((f'"{name.replace(chr(34), chr(34) * 2)}"', str(kind).startswith(AS_TEXT)) for name, kind in kept)
            found = found.project(", ".join(f"{name}::VARCHAR AS {name}" if is_text else name for name, is_text in quoted))
        return found.pl()
    except duckdb.Error as error:
        lacks_index = isinstance(error, duckdb.CatalogException) and SEARCH_MACROS.search(sql)
        mend = NO_LAKE_INDEX if isinstance(path, LakeAt) else NO_INDEX
        raise QueryError(f"{mend if lacks_index else ''}{error}") from error
    except QueryError:
        raise
    except Exception as error:
        raise QueryError(f"a column's type cannot be shown ({error}): cast it to VARCHAR") from error
    finally:
        connection.close()


def _flat(answer: pl.DataFrame) -> pl.DataFrame:
    """CSV has no lists and records: they become their text."""
    import polars as pl

    nested = [name for name, kind in answer.schema.items() if kind.is_nested()]
    return answer.with_columns(pl.Series(n, [None if v is None else str(v) for v in answer[n].to_list()], pl.String) for n in nested)
