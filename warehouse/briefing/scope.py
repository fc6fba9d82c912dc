"""What a brief is about: two countries, one, or the dyads that stand out; and from which day to which."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

import duckdb

from warehouse.days import DAY_SQL

YEAR_DAYS: Final = 365
FEW_STORIES: Final = 20  # with fewer in the last year the whole time is taken
WEEK_DAYS: Final = 7

FROM_SQL: Final = "mentions m JOIN articles a USING (article_id) JOIN articles lead ON lead.article_id = a.story_id"
COUNTRY = "SELECT code, name, end_year FROM countries"


class BriefError(RuntimeError):
    """No brief can be written; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Scope:
    """``countries``: two codes in alphabetical order, one code, or none for the ``top`` dyads; days are included at both ends.

    ``last_year`` is set where the last year was asked for and held so few stories (``last_year_count``) that the whole time is told.
    """

    countries: tuple[str, ...]
    since: date
    until: date
    top: int = 0
    first: date | None = None  # first and last day with rows, whatever the period
    last: date | None = None
    names: dict[str, str] = field(default_factory=dict)  # English short names of all codes
    last_year: tuple[date, date] | None = None
    last_year_count: int = 0

    @property
    def day_count(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def before(self) -> tuple[date, date]:
        """First and last day of the period of the same length that ends on the eve of this one."""
        until = self.since - timedelta(days=1)
        return max(date.min, until - min(timedelta(days=self.day_count - 1), until - date.min)), until

    @property
    def condition(self) -> str:
        """SQL over ``mentions m`` for the pairs. The codes in it are known to be in ``countries``: three capital letters each."""
        if len(self.countries) == 2:
            return "m.country_a = '{}' AND m.country_b = '{}'".format(*self.countries)
        return "'{}' IN (m.country_a, m.country_b)".format(*self.countries) if self.countries else "true"

    def name(self, code: str) -> str:
        return self.names.get(code, code)


def settle_scope(
    connection: duckdb.DuckDBPyConnection, countries: list[str], since: date | None = None, until: date | None = None, top: int | None = None,
) -> Scope:
    """Codes (or English names) and days as given, made whole.

    Without days: the twelve months that end on the last day with rows, not later than the last publication, or, where these hold fewer
    than 20 stories, all time from the first story on; with ``top`` that day alone, or the week that ends on it if the day has fewer than
    ``top`` dyads. Raises ``BriefError``.
    """
    if since and until and since > until:
        raise BriefError(f"--since {since} is after --until {until}: turn them round")
    if top is not None and countries:
        raise BriefError("--top compares the dyads of all countries: give it alone, or name one or two countries without it")
    if top is not None and top < 1:
        raise BriefError(f"--top {top}: give a number of dyads, 1 or more")
    if top is None and len(countries) not in (1, 2):
        raise BriefError(f"{len(countries)} countries: name two (FRA MAR), one (MAR), or none with --top")
    names = {code: name for code, name, _ in connection.execute(COUNTRY).fetchall()}
    codes = tuple(sorted(_code(given, names) for given in countries))
    if len(codes) == 2 and codes[0] == codes[1]:
        raise BriefError(f"{codes[0]} stands twice: name two different countries, or one")
    bare = Scope(codes, date.min, date.max, top or 0, names=names)
    days = _days(connection, bare)
    is_default = since is None and until is None and top is None
    since, until = _period(bare, days, since, until)
    if not any(since <= day <= until for day in days):
        raise BriefError(f"nothing is said {_whom(bare)} from {since} to {until}; there are rows from {min(days)} to {max(days)}: "
                         f"give --since {min(days)} --until {max(days)}, or days between them")
    if is_default:
        first, year_count = _first_told(connection, bare), _count_stories(connection, bare, since, until)
        if first is not None and first < since and year_count < FEW_STORIES:
            return Scope(codes, first, until, 0, min(days), max(days), names, (since, until), year_count)
    return Scope(codes, since, until, top or 0, min(days), max(days), names)


def _first_told(connection: duckdb.DuckDBPyConnection, scope: Scope) -> date | None:
    """The day of the first story on the scope's pairs; what stories tell of the time before them is not what was collected."""
    row = connection.execute(f"SELECT min(lead.published_at)::DATE FROM {FROM_SQL} WHERE {scope.condition}").fetchone()
    return row[0] if row else None


def _count_stories(connection: duckdb.DuckDBPyConnection, scope: Scope, since: date, until: date) -> int:
    sql = f"SELECT count(DISTINCT a.story_id) FROM {FROM_SQL} WHERE {scope.condition} AND {DAY_SQL} BETWEEN $since AND $until"
    row = connection.execute(sql, {"since": since, "until": until}).fetchone()
    return int(row[0]) if row else 0


def _code(given: str, names: dict[str, str]) -> str:
    code = given.strip().upper()
    if code in names:
        return code
    by_name = {name.casefold(): code for code, name in names.items()}
    if given.strip().casefold() in by_name:
        return by_name[given.strip().casefold()]
    shown = given[:40] + ("…" if len(given) > 40 else "")
    near = [by_name[n] for n in difflib.get_close_matches(shown.casefold(), by_name, 3, 0.7)] or difflib.get_close_matches(code[:40], names, 3, 0.6)
    hint = "; near it: " + ", ".join(f"{c} {names[c]}" for c in near) if near else ""
    raise BriefError(f"{shown!r} is no country here: give the ISO code of three letters or the English name{hint}. "
                     'All: bilateral query "SELECT code, name FROM countries"')


def _whom(scope: Scope) -> str:
    return "about " + " and ".join(f"{scope.name(c)} ({c})" for c in scope.countries) if scope.countries else "about any two countries"


def _days(connection: duckdb.DuckDBPyConnection, scope: Scope) -> dict[date, int]:
    """Days that have rows, each with its number of dyads, in order; days after the last publication are left out where there are others."""
    found: list[Any] = connection.execute(
        f"SELECT {DAY_SQL} AS day, count(DISTINCT (m.country_a, m.country_b)) FROM {FROM_SQL} WHERE {scope.condition} AND day IS NOT NULL GROUP BY 1 ORDER BY 1"
    ).fetchall()
    if not found:
        raise BriefError(_nothing(connection, scope))
    row = connection.execute("SELECT max(coalesce(published_at, fetched_at))::DATE FROM articles").fetchone()
    told = row[0] if row else None
    return {day: n for day, n in found if told is None or day <= told} or dict(found)


def _nothing(connection: duckdb.DuckDBPyConnection, scope: Scope) -> str:
    """What to say, and what there is instead, where a pair or a country has no row."""
    known = " OR ".join(f"'{c}' IN (country_a, country_b)" for c in scope.countries) or "true"
    rows = connection.execute(f"SELECT country_a || ' ' || country_b FROM mentions WHERE {known} GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 5").fetchall()
    there = "the pairs with most rows are " + ", ".join(r[0] for r in rows) if rows else "nothing at all is published about " + (
        "either" if len(scope.countries) == 2 else "it") if scope.countries else "nothing is published at all"
    return f"nothing is said {_whom(scope)} in what is published; {there}. Read more articles: bilateral run PATH"


def _period(scope: Scope, days: dict[date, int], since: date | None, until: date | None) -> tuple[date, date]:
    within = [day for day in days if until is None or day <= until]
    end = until or max(day for day in days)
    if since is not None:
        if since > end:
            raise BriefError(f"--since {since} is after the last day with rows ({end}): give an earlier day")
        return since, end
    if not scope.top:
        return max(date.min + timedelta(days=1), end - timedelta(days=min(YEAR_DAYS, (end - date.min).days) - 1)), end
    last = max(within, default=end)
    is_enough = days.get(last, 0) >= scope.top
    return (last, last) if is_enough else (last - timedelta(days=WEEK_DAYS - 1), last)
