"""Reading the published file from Python: polars frames, read-only, without the command line.

    from warehouse import read
    read.mentions(dyad=("FRA", "MAR"), since="2024-01-01")

Every function takes ``home_or_file``: a folder that holds ``published.duckdb``, or a published file itself (a snapshot too). Without
one the environment variable ``BILATERAL_HOME`` names the folder, else ``warehouse/data`` of this project.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from warehouse.search import load_search
from warehouse.tables import CODE, EVENT_TYPES, STATUSES

Day = date | str | None
Place = str | os.PathLike[str] | None


class ReadError(RuntimeError):
    """The published file cannot be read as asked; the message says why and the mend."""


def published_path(home_or_file: Place = None) -> Path:
    """The published file that is meant. Raises ``ReadError`` where there is none."""
    given = home_or_file if home_or_file is not None else os.environ.get("BILATERAL_HOME") or Path(__file__).parent / "data"
    path = Path(given).expanduser()
    path = path if path.is_file() or path.suffix == ".duckdb" else path / "published.duckdb"
    if not path.exists():
        where = "the argument" if home_or_file is not None else "BILATERAL_HOME" if os.environ.get("BILATERAL_HOME") else "the default folder"
        raise ReadError(f"nothing is published at {path} (from {where}): run bilateral run PATH first, or give the folder that holds published.duckdb")
    return path


@contextmanager
def connect(home_or_file: Place = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection that reaches nothing but the published file. Raises ``ReadError``."""
    path = published_path(home_or_file)
    try:
        connection = duckdb.connect(str(path), read_only=True, config={"autoinstall_known_extensions": "false"})
        # The search index needs its extension, which can be loaded only before the door is shut.
        load_search(connection)
        connection.execute("SET enable_external_access = false")
    except duckdb.Error as error:
        raise ReadError(f"{path} cannot be opened: {str(error).splitlines()[0]}") from error
    try:
        yield connection
    finally:
        connection.close()


def mentions(
    home_or_file: Place = None, dyad: Sequence[str] | None = None, since: Day = None, until: Day = None,
    event_type: str | Sequence[str] | None = None, status: str | Sequence[str] | None = "actual", leads_only: bool = True,
) -> pl.DataFrame:
    """Mentions with their day, sectors and article, in the order of days; one row a mention.

    ``dyad`` is two codes in either order, ``None`` all pairs; a code that the file does not know is an error.
    ``since`` and ``until`` are days, both included, of the event or else of
    publication; undated rows come only without them. ``status=None`` adds plans, hypotheticals and denials: they are no facts.
    ``leads_only=False`` adds the copies of stories: count ``story_id`` then. Columns: those of ``mentions``, and ``day``, ``sectors``
    (list), ``story_id``, ``is_lead``, ``source_id``, ``title``, ``url``, ``published_at``. Raises ``ReadError``.
    """
    first, second = _pair(dyad)
    sql = """
        SELECT m.* EXCLUDE (story_id, source_id, is_lead, title, url, published_at, day), m.day,
          coalesce((SELECT list(s.sector ORDER BY s.sector) FROM mention_sectors s WHERE s.mention_id = m.mention_id), []) AS sectors,
          m.story_id, m.is_lead, m.source_id, m.title, m.url, m.published_at
        FROM told m
        WHERE ($first IS NULL OR (m.country_a = $first AND m.country_b = $second))
          AND ($since IS NULL OR m.day >= $since) AND ($until IS NULL OR m.day <= $until)
          AND ($types IS NULL OR list_contains($types, m.event_type)) AND ($statuses IS NULL OR list_contains($statuses, m.status))
          AND (m.is_lead OR NOT $leads_only)
        ORDER BY m.day NULLS LAST, m.article_id, m.sentence_index, m.mention_id"""
    return _answer(home_or_file, sql, {
        "first": first, "second": second, "since": _day("since", since), "until": _day("until", until),
        "types": _codes("event_type", event_type, EVENT_TYPES), "statuses": _codes("status", status, STATUSES), "leads_only": leads_only,
    })


def articles(home_or_file: Place = None, since: Day = None, until: Day = None, leads_only: bool = True, with_body: bool = False) -> pl.DataFrame:
    """Articles in the order of publication, ``body`` only where asked for; days are those of publication. Raises ``ReadError``."""
    sql = f"""
        SELECT * {'' if with_body else 'EXCLUDE (body)'} FROM articles
        WHERE ($since IS NULL OR published_at::DATE >= $since) AND ($until IS NULL OR published_at::DATE <= $until) AND (is_lead OR NOT $leads_only)
        ORDER BY published_at NULLS LAST, article_id"""
    return _answer(home_or_file, sql, {"since": _day("since", since), "until": _day("until", until), "leads_only": leads_only})


def dyad_month(home_or_file: Place = None, dyad: Sequence[str] | None = None, since: Day = None, until: Day = None) -> pl.DataFrame:
    """The view ``dyad_month``: stories by month, cooperation and conflict apart.

    Months are whole: from that of ``since`` to that of ``until``. A story may stand in several months: count ``story_id`` of ``mentions`` for sums.
    Raises ``ReadError``.
    """
    first, second = _pair(dyad)
    sql = """
        SELECT * FROM dyad_month
        WHERE ($first IS NULL OR (country_a = $first AND country_b = $second))
          AND ($since IS NULL OR month >= date_trunc('month', $since::DATE)) AND ($until IS NULL OR month <= $until)
        ORDER BY country_a, country_b, month"""
    return _answer(home_or_file, sql, {"first": first, "second": second, "since": _day("since", since), "until": _day("until", until)})


def query(name: str, home_or_file: Place = None, **params: Any) -> pl.DataFrame:
    """The answer to a named question of ``warehouse/queries`` with its parameters, countries by code or name as on the command line.

    Raises ``ReadError``, which lists what there is.
    """
    from warehouse.queries import UnknownQuery, bind, read_query
    from warehouse.questions import name_countries

    with connect(home_or_file) as connection:
        try:
            asked = read_query(name)
            values = name_countries(connection, asked, bind(asked, {k: str(v) for k, v in params.items()}))
            return connection.sql(asked.sql, params=values).pl()
        except UnknownQuery as error:
            raise ReadError(str(error)) from None
        except duckdb.Error as error:
            raise ReadError(f"{name}: {str(error).splitlines()[0]}") from error


def _answer(home_or_file: Place, sql: str, values: dict[str, Any]) -> pl.DataFrame:
    if values["since"] and values["until"] and values["since"] > values["until"]:
        raise ReadError(f"since={values['since']} lies after until={values['until']}: give the earlier day first")
    with connect(home_or_file) as connection:
        try:
            if values.get("first"):
                _check_codes(connection, values["first"], values["second"])
            return connection.execute(sql, values).pl()
        except duckdb.Error as error:
            raise ReadError(f"{published_path(home_or_file)} is no published file of this version: {str(error).splitlines()[0]}") from error


def _check_codes(connection: duckdb.DuckDBPyConnection, *codes: str) -> None:
    known = {str(row[0]) for row in connection.execute("SELECT code FROM countries").fetchall()}
    unknown = [code for code in codes if known and code not in known]
    if unknown:
        raise ReadError(f"{unknown[0]} is no code of a country: bilateral query \"SELECT code, name FROM countries\" has all")


def _pair(dyad: Sequence[str] | None) -> tuple[str | None, str | None]:
    if dyad is None:
        return None, None
    codes = [dyad] if isinstance(dyad, str) else list(dyad)
    if len(codes) != 2 or codes[0] == codes[1] or not all(re.fullmatch(CODE, str(c)) for c in codes):
        raise ReadError(f"dyad={dyad!r}: give two country codes, such as ('FRA', 'MAR'), or None for all pairs")
    return min(codes), max(codes)


def _day(name: str, value: Day) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise ReadError(f"{name}={value!r} is no day: write it as 2024-01-31") from None


def _codes(name: str, value: str | Sequence[str] | None, allowed: tuple[str, ...]) -> list[str] | None:
    if value is None:
        return None
    codes = [value] if isinstance(value, str) else list(value)
    unknown = [c for c in codes if c not in allowed]
    if unknown:
        raise ReadError(f"{name}={unknown[0]!r}: it is one of {', '.join(allowed)}")
    return codes
