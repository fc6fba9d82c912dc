"""The data dictionary, written from the table spec: ``python -m warehouse.dictionary docs/data_dictionary.md``."""

from __future__ import annotations

import sys
from pathlib import Path

from warehouse.publish import macro_files, view_files
from warehouse.tables import REFERENCES, TABLES, Table


def dictionary() -> str:
    """Markdown: how the tables hang together, every table with its grain, key and columns, every view and macro with its first line."""
    parts = ["# Data dictionary\n", "Written by `make docs` from `warehouse/tables.py`; do not edit by hand.\n", diagram(), *map(_table, TABLES), "## Views\n"]
    parts += [f"- `{file.stem.split('_', 1)[1]}`: {_first_line(file)}" for file in view_files()]
    parts += ["\n## Macros\n", *(f"- {_first_line(file)}" for file in macro_files())]
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
