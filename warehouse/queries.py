"""Named questions: one SQL file each in ``queries/``, with its question, its parameters and their defaults in the header.

    -- question: How did relations between two countries move, month by month?
    -- param a: one country, code (FRA)
    -- param since: first day = 0001-01-01

A parameter stands in the SQL as ``$name``; one without a default (after `` = ``) has to be given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

QUERIES = Path(__file__).parent / "queries"
HEADER = re.compile(r"--\s*(?:(question):\s*(.+)|param\s+(\w+):\s*(.+?)(?:\s+=\s+(\S+))?)\s*$")


class UnknownQuery(LookupError):  # noqa: N818 - it says what is the case
    """No question of that name, or its parameters are not those it has; the message lists what there is."""


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
    """Values of all parameters: what is given, else the defaults. Raises ``UnknownQuery`` for a missing or unknown one."""
    known = {p.name: p for p in query.parameters}
    unknown = sorted(set(given) - set(known))
    missing = [p.name for p in query.parameters if p.default is None and p.name not in given]
    if unknown or missing:
        wants = "; ".join(f"{p.name}: {p.meaning}" + (f" (default {p.default})" if p.default else "") for p in query.parameters) or "none"
        raise UnknownQuery(f"{query.name}: {'no parameter ' + unknown[0] if unknown else 'parameter ' + missing[0] + ' is missing'}; it takes {wants}")
    return {name: given.get(name, str(p.default)) for name, p in known.items()}


def run_query(connection: duckdb.DuckDBPyConnection, name: str, **given: Any) -> duckdb.DuckDBPyRelation:
    """The answer to a named question, as a DuckDB relation."""
    query = read_query(name)
    return connection.sql(query.sql, params=bind(query, {k: str(v) for k, v in given.items()}))
