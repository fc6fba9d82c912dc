"""Which rows an export takes: all, or those of a dyad and a period; and opening the published file to read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from warehouse.days import DAY_SQL


class ExportError(RuntimeError):
    """Nothing was exported; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What to take: ``dyad`` two codes in either order, ``since`` and ``until`` days of the event (both included); None: no bound."""

    dyad: tuple[str, str] | None = None
    since: date | None = None
    until: date | None = None

    def __str__(self) -> str:
        said = [f"dyad {'-'.join(self.dyad)}"] if self.dyad else []
        said += [f"since {self.since}"] if self.since else []
        said += [f"until {self.until}"] if self.until else []
        return ", ".join(said) or "everything"


def parse_dyad(text: str) -> tuple[str, str]:
    """Two codes from ``FRA-MAR`` (also ``fra:mar``, ``FRA MAR``), in the order of the alphabet. Raises ``ExportError``."""
    codes = [code.upper() for code in re.split(r"[-–:,\s/]+", text.strip()) if code]
    if len(codes) != 2 or codes[0] == codes[1] or not all(re.fullmatch(r"[A-Z]{3}", c) for c in codes):
        raise ExportError(f"{text!r} is no dyad: write two country codes, such as FRA-MAR")
    return (min(codes), max(codes))


@contextmanager
def open_chosen(published: Path, choice: Choice) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to the published file with two temporary tables: ``chosen`` (mention_id, day, copies included) and
    ``chosen_articles`` (article_id, day of publication). Raises ``ExportError``.

    Without a dyad, articles that mention nobody come along (of the period, if there is one): they are what shares are taken of.
    """
    if not published.exists():
        raise ExportError(f"nothing is published at {published}: run bilateral run PATH first, or name the folder with --home")
    try:
        connection = duckdb.connect(str(published), read_only=True)
    except duckdb.Error as error:
        raise ExportError(f"{published.name} cannot be opened: {str(error).splitlines()[0]}") from error
    try:
        _choose(connection, choice)
        yield connection
    finally:
        connection.close()


def _choose(connection: duckdb.DuckDBPyConnection, choice: Choice) -> None:
    if choice.since and choice.until and choice.since > choice.until:
        raise ExportError(f"since {choice.since} is after until {choice.until}: change one of them")
    first, second = choice.dyad or (None, None)
    known = {row[0] for row in connection.execute("SELECT code FROM countries").fetchall()}
    unknown = [code for code in choice.dyad or () if known and code not in known]
    if unknown:
        raise ExportError(f"no country has the code {unknown[0]}: bilateral query \"SELECT code, name FROM countries\" shows all")
    values = {"first": first, "second": second, "since": choice.since, "until": choice.until}
    connection.execute(
        f"""CREATE TEMP TABLE chosen AS
        SELECT m.mention_id, {DAY_SQL} AS day
        FROM mentions m JOIN articles a USING (article_id) LEFT JOIN articles lead ON lead.article_id = a.story_id
        WHERE ($first IS NULL OR (m.country_a = $first AND m.country_b = $second))
          AND ($since IS NULL OR {DAY_SQL} >= $since) AND ($until IS NULL OR {DAY_SQL} <= $until)""", values,
    )
    connection.execute(
        """CREATE TEMP TABLE chosen_articles AS
        SELECT a.article_id, a.published_at::DATE AS day FROM articles a
        WHERE a.article_id IN (SELECT m.article_id FROM mentions m JOIN chosen USING (mention_id))
           OR ($first IS NULL AND ($since IS NULL OR a.published_at::DATE >= $since) AND ($until IS NULL OR a.published_at::DATE <= $until))""",
        {name: values[name] for name in ("first", "since", "until")},
    )
