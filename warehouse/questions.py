"""Named questions in the analyst's words: countries by name, and ``docs/questions.md`` written from the SQL and its answers.

``python -m warehouse.questions PUBLISHED.duckdb docs/questions.md``
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import duckdb

from warehouse.queries import Query, UnknownQuery, bind, query_names, read_query
from warehouse.search import load_search

# A comment behind the header: parameters with which the sample has something to show.
EXAMPLE = re.compile(r"^-- example:[ \t]*(.*)$", re.MULTILINE)
SHOWN_ROWS, SHOWN_LETTERS = 4, 90
INTRODUCTION = """# Questions

Written by `make docs` from `warehouse/queries/*.sql` and what they answer on the sample articles (`make demo`); do not edit by hand.

`bilateral query --named list` lists the questions, `--named NAME --param NAME=VALUE` asks one, `--format csv|json|parquet --out FILE` keeps the answer.
A country is given by its code or its English name. Each question is a SQL file, which any DuckDB client can run on `published.duckdb` (there with
codes: the command and `warehouse.read.query` turn names into codes before they ask).

What holds for all of them:

- Cooperation and conflict stand apart.
- Figures count stories: a copy adds nothing. Sentences are those of the story's lead.
- Plans, possibilities and denials are never counted as acts.
- Acts stand on their own day; plans, possibilities and standing relations on the day on which they were told (the view `told`, column `day`).
- With `since` or `until`, rows that have no day at all are left out.
- A story that tells of several days or partners stands in each of their rows: sums of `story_count` over rows count it more than once.
- A figure has a `mention_id` beside it, or `mentions_behind` with `least=0` lists all: `bilateral explain MENTION_ID` leads back to the sentence.
- Sentences of a confidence under 0.5 are left out unless `least` says otherwise.
- Pairings over time (a threat and an act, a demand and a refusal) say that one came after the other, not that it came of it; `is_same_sector` says whether both
  are about the same matter.
- The sample is small and the coder errs: read the sentences.

In SQL there are besides `dyad('FRA', 'MAR')`, `country('FRA')`, `search('words')`, `search_sentences('words')` and `search_articles('words')`, as in
`SELECT * FROM dyad('DZA', 'MAR') WHERE status = 'planned'`. The searches need DuckDB's fts extension, which `bilateral query` loads.
"""


def name_countries(connection: duckdb.DuckDBPyConnection, query: Query, values: dict[str, str]) -> dict[str, str]:
    """The values with countries given by name turned into their codes. Raises ``UnknownQuery`` for a country that there is not, and for one
    that is to be its own partner."""
    named = {
        p.name: _code(connection, p.name, values[p.name]) if "code or name" in p.meaning and values[p.name] != "any" else values[p.name]
        for p in query.parameters
    }
    if "b" in named and named["a"] == named["b"] != "any":
        raise UnknownQuery(f"{query.name}: a and b are both {named['a']}: name two countries")
    return named


def _code(connection: duckdb.DuckDBPyConnection, parameter: str, given: str) -> str:
    found = connection.execute(
        "SELECT code FROM countries WHERE code = upper($given) OR lower(name) = lower($given) "
        "ORDER BY code = upper($given) DESC, kind = 'historic', code", {"given": given},
    ).fetchone()
    if found:
        return str(found[0])
    near = connection.execute(
        "SELECT code || ' ' || name FROM countries ORDER BY jaro_winkler_similarity(lower(name), lower($given)) DESC, code LIMIT 3", {"given": given}
    ).fetchall()
    if not near:  # a file without its dimensions; the codes of the mentions are all there is
        return given.upper()
    raise UnknownQuery(f"{parameter}={given}: no such country; did you mean {', '.join(n[0] for n in near)}? SELECT code, name FROM countries has all")


def example_of(query: Query) -> dict[str, str]:
    """The parameters of the question's ``-- example:`` line; empty if the defaults do."""
    found = EXAMPLE.search(query.sql)
    return dict(part.split("=", 1) for part in found.group(1).split()) if found else {}


def write_questions(connection: duckdb.DuckDBPyConnection) -> str:
    """Markdown: every question with its command, parameters, SQL and the first rows of its answer on this file."""
    queries = [read_query(name) for name in query_names()]
    contents = [f"- [`{q.name}`](#{q.name}) {q.question}" for q in queries]
    return "\n".join([INTRODUCTION, *contents, "", *(_section(connection, q) for q in queries)])


def _section(connection: duckdb.DuckDBPyConnection, query: Query) -> str:
    given = example_of(query)
    command = " ".join([f"bilateral query --named {query.name}", *(f"--param {k}={v}" for k, v in given.items())])
    parameters = [f"- `{p.name}`: {p.meaning}" + (f" (default `{p.default}`)" if p.default is not None else "") for p in query.parameters]
    sql = EXAMPLE.sub("", query.sql).replace("\n\n", "\n").strip()
    answer = connection.execute(query.sql, bind(query, given))
    names, rows = [c[0] for c in answer.description or []], answer.fetchall()
    return "\n".join([
        f"## {query.name}\n", f"{query.question}\n", f"```\n{command}\n```\n", *parameters,
        f"\n<details><summary>SQL</summary>\n\n```sql\n{sql}\n```\n\n</details>\n", _rows(names, rows),
    ])


def _rows(names: list[str], rows: list[tuple[Any, ...]]) -> str:
    """The first rows, one table with a column a row: answers are wide."""
    if not rows:
        return "No row on the sample.\n"
    shown = rows[:SHOWN_ROWS]
    head = [f"| | {' | '.join(str(n + 1) for n in range(len(shown)))} |", "|---" * (len(shown) + 1) + "|"]
    body = [f"| `{name}` | {' | '.join(_cell(row[place]) for row in shown)} |" for place, name in enumerate(names)]
    return "\n".join([*head, *body, "", f"{len(rows)} rows on the sample.\n" if len(rows) != 1 else "1 row on the sample.\n"])


def _cell(value: Any) -> str:
    """One value as text of a Markdown table; what articles say stays text."""
    if value is None:
        return ""
    words = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    text = " ".join(words.split())
    cut = text if len(text) <= SHOWN_LETTERS else text[:SHOWN_LETTERS].rstrip() + "…"
    safe = cut.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # The blank without width keeps addresses from becoming links.
    return re.sub(r"([\\`*_{}\[\]|#~!$])", r"\\\1", safe).replace("://", ":\u200b//")


def main() -> None:
    published, out = Path(sys.argv[1]), Path(sys.argv[2])
    with duckdb.connect(str(published), read_only=True) as connection:
        load_search(connection)
        out.write_text(write_questions(connection), encoding="utf-8")


if __name__ == "__main__":
    main()
