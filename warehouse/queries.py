"""Named questions: one SQL file each in ``queries/``, with its question, its parameters and their defaults in the header.

    -- question: How did relations between two countries move, month by month?
    -- param a: one country, code (FRA)
    -- param since: first day = 0001-01-01

A parameter stands in the SQL as ``$name``; one without a default (after `` = ``) has to be given. A parameter of one name takes the same
kind of value in all questions (``CHECKS``): what it cannot take is refused in words, for SQL would answer it with no row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb

from warehouse.tables import ACTOR_TYPES, QUAD_CLASSES, SECTORS, STATUSES

QUERIES = Path(__file__).parent / "queries"
HEADER = re.compile(r"--\s*(?:(question):\s*(.+)|param\s+(\w+):\s*(.+?)(?:\s+=\s+(\S+))?)\s*$")
RANKS: Final = ("head of state", "head of government", "minister", "other")
QUADS: Final = ("cooperation", "conflict", *QUAD_CLASSES)
# parameter -> the values it takes; the mark for all of them (its default) is taken besides
CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "status": STATUSES, "sector": SECTORS, "quad": QUADS, "rank": RANKS, "side": ("cooperation", "conflict"), "who": ACTOR_TYPES,
}
# parameter -> what its text looks like, and in words
CHECKS: Final[dict[str, tuple[re.Pattern[str], str]]] = {
    "month": (re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-01)?)?"), "write a year as 2002 or a month as 2002-11, or leave it out and give since and until"),
    "year": (re.compile(r"\d{4}"), "write the year as 2024"),
    "days": (re.compile(r"\d{1,6}"), "write a whole number of days, as 90"),
    "top": (re.compile(r"\d{1,9}"), "write a whole number of rows, as 20"),
}
# values with which a question leaves nothing out; a parameter whose default is any is opened with any
WIDEST: Final = {"since": "0001-01-01", "until": "9999-12-31"}
CONFIDENCE: Final = "0.5"  # the default of least


class UnknownQuery(LookupError):  # noqa: N818 - it says what is the case
    """No question of that name, or its parameters are not those it has or takes; the message says what there is."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: what it means, and its default as text (None: it must be given)."""

    name: str
    meaning: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Query:
    """A named question and its SQL."""

    name: str
    question: str
    sql: str
    parameters: tuple[Parameter, ...] = field(default=())


def query_names() -> list[str]:
    """All names, in alphabetical order."""
    return sorted(p.stem for p in QUERIES.glob("*.sql"))


def read_query(name: str) -> Query:
    """The question of that name. Raises ``UnknownQuery``."""
    if name not in query_names():
        raise UnknownQuery(f"no question {name!r}; there are {', '.join(query_names())}")
    sql = (QUERIES / f"{name}.sql").read_text(encoding="utf-8")
    question, parameters = "", []
    for line in sql.splitlines():
        found = HEADER.match(line)
        if found is None:
            break
        if found.group(1):
            question = found.group(2)
        else:
            parameters.append(Parameter(found.group(3), found.group(4), found.group(5)))
    return Query(name, question, sql, tuple(parameters))


def bind(query: Query, given: dict[str, str]) -> dict[str, str]:
    """Values of all parameters: what is given, else the defaults. Raises ``UnknownQuery`` for a missing or unknown one and for a value that it cannot take."""
    known = {p.name: p for p in query.parameters}
    unknown = sorted(set(given) - set(known))
    missing = [p.name for p in query.parameters if p.default is None and p.name not in given]
    if unknown or missing:
        wants = "; ".join(f"{p.name}: {p.meaning}" + (f" (default {p.default})" if p.default else "") for p in query.parameters) or "none"
        raise UnknownQuery(f"{query.name}: {'no parameter ' + unknown[0] if unknown else 'parameter ' + missing[0] + ' is missing'}; it takes {wants}")
    values = {name: given.get(name, str(p.default)) for name, p in known.items()}
    for name, parameter in known.items():
        mend = None if values[name] == parameter.default else _mend(parameter, values[name])
        if mend:
            raise UnknownQuery(f"{query.name}: {name}={values[name]}: {mend}")
    if values.get("since", "0001-01-01") > values.get("until", "9999-12-31"):
        raise UnknownQuery(f"{query.name}: since={values['since']} lies after until={values['until']}: give the earlier day as since")
    return values


def _mend(parameter: Parameter, value: str) -> str | None:
    """What to write instead of a value that the parameter cannot take; None for one that it can."""
    name, whole = parameter.name, value.strip().lower().replace("-", " ")
    if value == "any" and re.search(r"\bany\b", f"{parameter.meaning} {parameter.default}"):
        return None
    if name in CHOICES and whole not in {c.lower().replace("-", " ") for c in CHOICES[name]}:
        return f"it is one of {', '.join(CHOICES[name])}" + (f", or {parameter.default}" if parameter.default else "")
    if name in CHECKS and not CHECKS[name][0].fullmatch(value):
        return CHECKS[name][1] + (f"; {parameter.default} is the default" if parameter.default else "")
    if name in ("since", "until", "day") and not _is_day(value):
        return f"write the day as 2024-01-31; {parameter.default} is the default"
    if name == "least" and not (re.fullmatch(r"\d*\.?\d+", value) and float(value) <= 1):
        return f"write a confidence from 0 to 1; {CONFIDENCE} is the default, 0 leaves nothing out"
    if name == "least_stories" and not value.isdecimal():
        return "write a whole number of stories"
    return None


def _is_day(value: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value)) and date.fromisoformat(value) is not None
    except ValueError:
        return False


def run_query(connection: duckdb.DuckDBPyConnection, name: str, **given: Any) -> duckdb.DuckDBPyRelation:
    """The answer to a named question, as a DuckDB relation."""
    query = read_query(name)
    return connection.sql(query.sql, params=bind(query, {k: str(v) for k, v in given.items()}))


def what_to_try(connection: duckdb.DuckDBPyConnection, query: Query, values: dict[str, str]) -> list[str]:
    """After an answer without rows: a line for each parameter that leaves all of them out, with how many there are without it.

    ``values`` are all that ``bind`` gives. Where no single parameter does it, one line names the questions that list what is there.
    """
    lines = []
    for parameter in query.parameters:
        wide = _widest(parameter)
        if wide is None or values[parameter.name] == wide:
            continue
        row = connection.execute(f"SELECT count(*) FROM ({query.sql})", values | {parameter.name: wide}).fetchone()
        if row and row[0]:
            lines.append(f"{row[0]} {'row' if row[0] == 1 else 'rows'} with {parameter.name}={wide} instead of {values[parameter.name]}")
    whole = {p.name: wide for p in query.parameters if (wide := _widest(p)) is not None and not p.meaning.count("code or name")}
    if not lines and any(values[name] != wide for name, wide in whole.items()):
        row = connection.execute(f"SELECT count(*) FROM ({query.sql})", values | whole).fetchone()
        if row and row[0]:
            lines.append(f"{row[0]} {'row' if row[0] == 1 else 'rows'} with {', '.join(f'{n}={w}' for n, w in whole.items())} together")
    named = [values[p.name].upper() for p in query.parameters if "code or name" in p.meaning and values[p.name] != "any"]
    return lines or [
        f"nothing of this kind is in the file for {' and '.join(named)}: partners a={named[0]} lists with whom it is mentioned" if named
        else "nothing of this kind is in the file: coverage lists what it holds"
    ]


def left_out(connection: duckdb.DuckDBPyConnection, query: Query, values: dict[str, str], shown: int) -> str:
    """How many rows more there are below the confidence that ``least`` asks for, as a line; empty where there are none."""
    if float(values.get("least", "0")) == 0 or not any(p.name == "least" and p.meaning.startswith("rows") for p in query.parameters):
        return ""
    row = connection.execute(f"SELECT count(*) FROM ({query.sql})", values | {"least": "0"}).fetchone()
    more = (row[0] if row else 0) - shown
    return f"{more} {'row' if more == 1 else 'rows'} more with least=0: less certain than {values['least']}" if more > 0 else ""


def _widest(parameter: Parameter) -> str | None:
    """The value with which the parameter leaves nothing out; None where there is none."""
    if parameter.name == "least":
        return "0"
    if parameter.default == "any" or "any for all" in parameter.meaning:
        return "any"
    return parameter.default if parameter.name in WIDEST and parameter.default == WIDEST[parameter.name] else None
