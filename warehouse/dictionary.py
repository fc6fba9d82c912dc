"""The data dictionary, written from the table spec and from the comments of an empty published file:
``python -m warehouse.dictionary docs/data_dictionary.md``. It needs no home: views and their comments are those of this version."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Final

import duckdb

from warehouse.publish import macro_files, publish, view_files
from warehouse.spec import Table
from warehouse.store import Home, open_warehouse
from warehouse.tables import TABLES

# Which column leads to which table's key: said here once, for the dictionary's diagram and the test that walks every path.
REFERENCES: Final[tuple[tuple[str, str, str], ...]] = (
    ("mentions", "article_id", "articles"), ("mention_sectors", "mention_id", "mentions"), ("mention_actors", "mention_id", "mentions"),
    ("mentions", "source_country", "countries"), ("mentions", "target_country", "countries"), ("mentions", "event_type", "event_types"),
    ("mention_sectors", "sector", "sectors"), ("articles", "source_id", "sources"), ("articles", "story_id", "articles"),
    ("articles", "run_id", "runs"), ("mentions", "run_id", "runs"), ("run_steps", "run_id", "runs"), ("validations", "run_id", "runs"),
    ("quarantine", "run_id", "runs"),
)

VIEWS_SAID = """A view is asked like a table, as in `SELECT * FROM dyad_year WHERE country_a = 'DZA' AND country_b = 'MAR'`. Views that count
count stories, never copies; those that list sentences take them from the lead of each story.
"""


def dictionary() -> str:
    """Markdown: how the tables hang together, every table and view with its columns, every macro with its first line."""
    parts = ["# Data dictionary\n", "Written by `make docs` from `warehouse/tables.py` and `warehouse/views/*.sql`; do not edit by hand.\n",
             diagram(), *map(_table, TABLES), "## Views\n", VIEWS_SAID, *view_tables(), "## Macros\n"]
    parts += [f"- {_first_line(file)}" for file in macro_files()]
    return "\n".join(parts) + "\n"


def diagram() -> str:
    """Mermaid: published tables with their keys and the columns that lead to other tables."""
    shown = [t for t in TABLES if t.published]
    lines = ["```mermaid", "erDiagram"]
    for table in shown:
        leading = {column for name, column, _ in REFERENCES if name == table.name}
        lines.append(f"  {table.name} {{")
        for column in table.columns:
            marks = [mark for mark, on in (("PK", column.name in table.key), ("FK", column.name in leading)) if on]
            if marks:
                lines.append(f"    {column.type} {column.name} {','.join(marks)}")
        lines.append("  }")
    lines += [f'  {goal} ||--o{{ {name} : "{column}"' for name, column, goal in REFERENCES]
    return "\n".join([*lines, "```\n"])


def view_tables() -> list[str]:
    """Markdown: every view with its columns, types and comments, read from a file published from an empty temporary home."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home").prepare()
        with open_warehouse(home):
            pass
        publish(home, "dictionary", keep_snapshots=0)
        with duckdb.connect(str(home.published), read_only=True) as connection:
            return [_view(connection, file.stem.split("_", 1)[1]) for file in view_files()]


def _view(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    said = connection.execute("SELECT comment FROM duckdb_views() WHERE view_name = ? AND NOT internal", [name]).fetchone()
    rows = connection.execute("SELECT column_name, data_type, comment FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index", [name]).fetchall()
    head = ["| column | type | meaning |", "|---|---|---|"]
    cells = [f"| `{column}` | {kind} | {(comment or '').replace('|', chr(92) + '|')} |" for column, kind, comment in rows]
    return "\n".join([f"### {name}\n", f"{said[0] if said else ''}.\n", *head, *cells]) + "\n"


def _first_line(file: Path) -> str:
    return file.read_text(encoding="utf-8").splitlines()[0].removeprefix("-- ")


def _table(table: Table) -> str:
    rows = [
        f"| `{c.name}` | {c.type} | {'yes' if c.nullable else 'no'} | {c.comment}{'; one of ' + ', '.join(c.allowed) if 0 < len(c.allowed) <= 8 else ''} |"
        for c in table.columns
    ]
    head = ["| column | type | may be null | meaning |", "|---|---|---|---|"]
    return "\n".join([f"## {table.name}\n", f"Grain: {table.grain}. Key: {', '.join(table.key)}.\n", *head, *rows]) + "\n"


def main() -> None:
    Path(sys.argv[1]).write_text(dictionary(), encoding="utf-8")


if __name__ == "__main__":
    main()
