"""The data dictionary, written from the table spec: ``python -m warehouse.dictionary docs/data_dictionary.md``."""

from __future__ import annotations

import sys
from pathlib import Path

from warehouse.publish import view_files
from warehouse.tables import TABLES, Table


def dictionary() -> str:
    """Markdown: every table with its grain, key and columns, and every view with its first line."""
    parts = ["# Data dictionary\n", "Written by `make docs` from `warehouse/tables.py`; do not edit by hand.\n", *map(_table, TABLES), "## Views\n"]
    parts += [f"- `{file.stem.split('_', 1)[1]}`: {file.read_text(encoding='utf-8').splitlines()[0].removeprefix('-- ')}" for file in view_files()]
    return "\n".join(parts) + "\n"


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
