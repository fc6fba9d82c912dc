"""What the page reads of the published file: read-only, one connection a view, nothing held open.

The file is opened anew for each view, so a published file that was replaced is the one that is read. Copies of a story
count once, and a sentence that its copies repeat is one row with the number of copies beside it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import duckdb
import polars as pl

from flows.exploring.filters import SIDE_SQL, Filters, write_condition
from flows.querying import QueryError, open_published
from warehouse.days import DAY_SQL

SENTENCES_AT_ONCE: Final = 500
DYADS_SHOWN: Final = 100
CONTEXT_CHARACTERS: Final = 700
# Spreadsheets take a cell that begins with one of these for a formula, and the text of articles is not ours.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")

FIRST_COPY = "(CASE WHEN a.is_lead THEN '0' ELSE '1' END) || m.mention_id"
SHOWN_SQL = f"""CREATE OR REPLACE TEMP TABLE shown AS
SELECT arg_min(m.mention_id, {FIRST_COPY}) AS mention_id, arg_min({DAY_SQL}, {FIRST_COPY}) AS day, count(DISTINCT a.article_id) AS copy_count,
  a.story_id, m.country_a, m.country_b, m.event_type, m.status, {SIDE_SQL} AS side
FROM mentions m JOIN articles a USING (article_id) JOIN articles lead ON lead.article_id = a.story_id
WHERE {{condition}}
GROUP BY a.story_id, m.sentence, m.source_country, m.target_country, m.is_reciprocal, m.event_type, m.status, m.country_a, m.country_b, side"""
COUNTS = """count(DISTINCT story_id) AS stories,
  count(DISTINCT story_id) FILTER (side = 'cooperation' AND status = 'actual') AS cooperation,
  count(DISTINCT story_id) FILTER (side = 'conflict' AND status = 'actual') AS conflict,
  count(DISTINCT story_id) FILTER (side = 'standing relation' AND status = 'actual') AS standing,
  count(DISTINCT story_id) FILTER (status IN ('planned', 'hypothetical')) AS not_yet,
  count(DISTINCT story_id) FILTER (status = 'negated') AS denied"""
TOTALS_SQL = f"SELECT count(*) AS sentences, {COUNTS} FROM shown"
DYADS_SQL = f"SELECT country_a || '–' || country_b AS dyad, {COUNTS} FROM shown GROUP BY country_a, country_b ORDER BY stories DESC, dyad LIMIT {DYADS_SHOWN}"
# Days far out (1788, 2040) are rare and would squeeze the rest: without a filter on time the chart leaves out one in a hundred on each end.
SPAN_SQL = """SELECT coalesce($since, quantile_disc(day, 0.01)) AS first_day, coalesce($until, quantile_disc(day, 0.99)) AS last_day
FROM shown WHERE day IS NOT NULL"""
PERIODS_SQL = """SELECT date_trunc($unit, day)::DATE AS period, side, status, count(DISTINCT story_id) AS stories
FROM shown WHERE day BETWEEN $first_day AND $last_day GROUP BY ALL ORDER BY ALL"""
SENTENCES_SQL = """SELECT h.day, m.source_country || (CASE WHEN m.is_reciprocal THEN ' ↔ ' ELSE ' → ' END) || m.target_country || ' ' || m.event_type AS act,
  h.side, m.status, m.sentence, a.source_id, h.copy_count, m.mention_id
FROM (SELECT mention_id, day, copy_count, side FROM shown) h JOIN mentions m USING (mention_id) JOIN articles a USING (article_id)
ORDER BY h.day DESC NULLS LAST, a.story_id, m.char_start, m.mention_id LIMIT $count OFFSET $skipped"""
EXPORT_SQL = """SELECT m.mention_id, m.article_id, a.story_id, h.copy_count, h.day, m.event_date_precision, m.source_country, m.target_country, m.is_reciprocal,
  m.event_type, m.mode, m.quad_class, m.intensity, m.status,
  (SELECT string_agg(s.sector, ' ' ORDER BY s.sector) FROM mention_sectors s WHERE s.mention_id = m.mention_id) AS sectors,
  m.speaker_country, m.speaker, m.sentence, a.title AS article_title, a.source_id, a.published_at, a.url, m.confidence, m.coder_version
FROM (SELECT mention_id, day, copy_count FROM shown) h JOIN mentions m USING (mention_id) JOIN articles a USING (article_id)
ORDER BY h.day DESC NULLS LAST, a.story_id, m.char_start, m.mention_id"""
DETAIL_SQL = """SELECT m.*, a.title, a.body, a.url, a.published_at, s.name AS source_name,
  (SELECT string_agg(x.sector, ', ' ORDER BY x.confidence DESC) FROM mention_sectors x WHERE x.mention_id = m.mention_id) AS sectors
FROM mentions m JOIN articles a USING (article_id) LEFT JOIN sources s USING (source_id) WHERE m.mention_id = $mention_id"""


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen: code -> name of the countries that are mentioned, id -> name of the sources with a mention."""

    countries: dict[str, str]
    sources: dict[str, str]


@dataclass(frozen=True, slots=True)
class View:
    """One view: totals (stories by side, sentences), dyads, stories by period, and one page of the sentences as frames."""

    totals: dict[str, int]
    dyads: pl.DataFrame
    periods: pl.DataFrame
    unit: str
    span: tuple[Any, Any]
    sentences: pl.DataFrame


@contextmanager
def reading(published: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for one view. Raises ``QueryError`` where nothing is published or the file is not what this version writes."""
    connection = open_published(published)
    try:
        yield connection
    except duckdb.Error as error:
        raise QueryError(f"{published.name} cannot be read: {str(error).splitlines()[0]}; publish it again with bilateral run") from error
    finally:
        connection.close()


def read_edition(connection: duckdb.DuckDBPyConnection) -> tuple[str, str]:
    """Which file this is: the run that published it, and when it was built (UTC)."""
    row = connection.execute("SELECT run_id, strftime(built_at, '%Y-%m-%d %H:%M:%S.%f') FROM snapshot_meta").fetchone()
    if row is None:
        raise QueryError("published.duckdb does not say which run published it: publish it again with bilateral run")
    return str(row[0]), str(row[1])


def read_choices(connection: duckdb.DuckDBPyConnection) -> Choices:
    """The countries and sources of the file, by name."""
    countries = connection.execute(
        """SELECT DISTINCT x.code, coalesce(c.name, x.code) AS name FROM (SELECT unnest([country_a, country_b]) AS code FROM mentions) x
           LEFT JOIN countries c USING (code) ORDER BY name""").fetchall()
    sources = connection.execute(
        "SELECT source_id, name FROM sources WHERE source_id IN (SELECT source_id FROM articles WHERE mention_count > 0) ORDER BY name").fetchall()
    return Choices(dict(countries), dict(sources))


def _choose(connection: duckdb.DuckDBPyConnection, filters: Filters) -> None:
    condition, values = write_condition(filters)
    connection.execute(SHOWN_SQL.format(condition=condition), values)


def read_view(connection: duckdb.DuckDBPyConnection, filters: Filters) -> View:
    """Counts, chart and one page of at most 500 sentences, newest first; undated ones last."""
    _choose(connection, filters)
    totals = connection.execute(TOTALS_SQL).pl().row(0, named=True)
    first, last = connection.execute(SPAN_SQL, {"since": filters.since, "until": filters.until}).fetchall()[0]
    days = (last - first).days if first and last else 0
    unit = "day" if days <= 92 else "month" if days <= 3653 else "year"
    periods = connection.execute(PERIODS_SQL, {"unit": unit, "first_day": first, "last_day": last}).pl()
    page = {"count": SENTENCES_AT_ONCE, "skipped": (filters.page - 1) * SENTENCES_AT_ONCE}
    return View(totals, connection.execute(DYADS_SQL).pl(), periods, unit, (first, last), connection.execute(SENTENCES_SQL, page).pl())


def read_mention(connection: duckdb.DuckDBPyConnection, mention_id: str) -> dict[str, Any] | None:
    """One mention with its article, the text around it (``before``, ``after``) and the names of its actors; None if there is none."""
    rows = connection.execute(DETAIL_SQL, {"mention_id": mention_id}).pl().rows(named=True)
    if not rows:
        return None
    row = rows[0]
    body, start, end = row.pop("body"), row["char_start"], row["char_end"]
    row["before"], row["after"] = body[max(0, start - CONTEXT_CHARACTERS):start], body[end:end + CONTEXT_CHARACTERS]
    row["actors"] = connection.execute(
        "SELECT role, coalesce(name, text), title, country FROM mention_actors WHERE mention_id = ? ORDER BY role, text", [mention_id]).fetchall()
    return row


def stamp_of(published: Path) -> tuple[int, int]:
    """File number and time of change: another published file has another stamp. Zeros where there is none."""
    try:
        found = published.stat()
    except OSError:
        return (0, 0)
    return found.st_ino, found.st_mtime_ns


def safe_link(url: str | None) -> str | None:
    """The address if it is one of the web's (http or https, with a host); anything else is no link."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def export(published: Path, filters: Filters, form: str) -> bytes:
    """All that the filters choose, not one page of it, as ``csv`` or ``parquet``. In CSV a text that a spreadsheet would run gets an apostrophe before it."""
    with reading(published) as connection:
        _choose(connection, filters)
        frame = connection.execute(EXPORT_SQL).pl()
    out = io.BytesIO()
    if form == "parquet":
        frame.write_parquet(out)
    else:
        texts = [name for name, kind in frame.schema.items() if kind == pl.String]
        starts = [pl.any_horizontal([pl.col(n).str.starts_with(s) for s in FORMULA_STARTS]) for n in texts]
        frame.with_columns(pl.when(s).then("'" + pl.col(n)).otherwise(pl.col(n)).alias(n) for n, s in zip(texts, starts, strict=True)).write_csv(out)
    return out.getvalue()
