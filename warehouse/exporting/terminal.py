"""Rows as they are read in a terminal: a table, or one record a block where texts are too long for columns. Text only, whatever a cell holds."""

from __future__ import annotations

import io
import shutil
from typing import Any, Final

import polars as pl

LONG: Final = 60  # characters of a cell beyond which, with more than FEW columns, rows become blocks
FEW: Final = 5
LISTED: Final = 3
UNSEEN: Final = dict.fromkeys((*range(32), *range(0x7F, 0xA0), 0x2028, 0x2029), " ")


def show(answer: pl.DataFrame, rows: int, as_table: bool = False) -> str:
    """The first ``rows`` rows as text, and how many there are; columns that are empty in all rows of the answer are left out.

    Rows with long text, and those that are wider than the terminal, are printed as blocks of ``name: value``, unless ``as_table``.
    """
    filled = [name for name in answer.columns if answer[name].null_count() < answer.height or answer.height == 0]
    hidden = answer.width - len(filled)
    head = answer.select(filled).head(rows)
    cells = [[say(v) for v in row] for row in head.iter_rows()]
    is_long = len(filled) > FEW and any(len(cell) > LONG for row in cells for cell in row)
    text = _blocks(filled, cells) if (is_long or not _fits(filled, cells)) and not as_table else _table(head, cells)
    left = answer.height - rows
    more = f"… {left} more {'row' if left == 1 else 'rows'} (--rows)\n" if left > 0 else ""
    without = f"; {hidden} empty columns left out" if hidden > 1 else "; 1 empty column left out" if hidden else ""
    return f"{text}{more}{answer.height} {'row' if answer.height == 1 else 'rows'}{without}"


def say(value: Any) -> str:
    """A cell on one line: line breaks and control characters as blanks, of a list the first three."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list):
        more = f" +{len(value) - LISTED}" if len(value) > LISTED else ""
        return ", ".join(say(v) for v in value[:LISTED]) + more
    return " ".join(str(value).translate(UNSEEN).split()) if isinstance(value, str) else str(value).translate(UNSEEN)


def _fits(names: list[str], cells: list[list[str]]) -> bool:
    """Is there room for all columns without a broken heading, the longest words of the cells and their frames?"""
    words = ([*name.split(), *(w for row in cells for w in row[place].split())] for place, name in enumerate(names))
    return sum(max((len(w) for w in found), default=1) + 3 for found in words) + 1 <= shutil.get_terminal_size((160, 24)).columns


def _blocks(names: list[str], cells: list[list[str]]) -> str:
    """One block a row; wrapped lines stand under their value."""
    import textwrap

    width = min(shutil.get_terminal_size((100, 24)).columns, 120)
    room = max(len(n) for n in names) + 2
    lines = []
    for row in cells:
        for name, cell in zip(names, row, strict=True):
            if cell:
                lines += textwrap.wrap(cell, max(width, room + 20), initial_indent=f"{name}:".ljust(room), subsequent_indent=" " * room, break_on_hyphens=False)
        lines.append("")
    return "\n".join(lines) + "\n"


def _table(head: pl.DataFrame, cells: list[list[str]]) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(show_lines=False)
    for name in head.columns:
        table.add_column(name, overflow="fold", justify="right" if head[name].dtype.is_numeric() else "left")
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    console = Console(file=io.StringIO(), width=shutil.get_terminal_size((160, 24)).columns)
    console.print(table)
    return str(console.file.getvalue())  # type: ignore[attr-defined]
