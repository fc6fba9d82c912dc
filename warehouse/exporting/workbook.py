"""An Excel workbook: one sheet a table, a sheet that explains the columns, and one that says where the rows come from.

Article text is hostile: every text goes in as a string, never as a formula or a link, whatever it begins with.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import duckdb
import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from warehouse.exporting.choosing import ExportError
from warehouse.exporting.files import COLUMN_HEADINGS, TABLES, columns_of, explained_columns, rows_sql
from warehouse.spec import Column
from warehouse.tables import BY_NAME

ROW_LIMIT: Final = 1_048_576
CELL_LIMIT: Final = 32_767
CUT: Final = " […cut: Excel holds 32,767 characters in a cell]"
WIDTHS: Final = {"sentence": 90, "title": 60, "url": 50, "body": 90, "trigger": 14, "speaker": 24, "text": 30}
OPTIONS: Final = {
    "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "default_date_format": "yyyy-mm-dd",
    "nan_inf_to_errors": False,
}


def write_workbook(
    connection: duckdb.DuckDBPyConnection, path: Path, with_bodies: bool, facts: dict[str, Any], row_limit: int = ROW_LIMIT,
) -> dict[str, int]:
    """Write ``path``; returns row counts by table. Raises ``ExportError`` where a table has more rows than a sheet (``row_limit``, with its heading)."""
    counts = {}
    for name in TABLES:
        row = connection.execute(f"SELECT count(*) FROM ({rows_sql(name, False)})").fetchone()
        counts[name] = int(row[0]) if row else 0
        if counts[name] > row_limit - 1:
            raise ExportError(
                f"{name} has {counts[name]:,} rows and an Excel sheet holds {row_limit:,} with its heading: choose a --dyad or a period, or --format csv"
            )
    with xlsxwriter.Workbook(str(path), dict(OPTIONS)) as book:
        styles = {
            "heading": book.add_format({"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF", "border": 1, "valign": "top"}),
            "wrapped": book.add_format({"text_wrap": True, "valign": "top"}), "top": book.add_format({"valign": "top"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"}),
            "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "valign": "top", "align": "left"}),
        }
        _about(book, styles, facts | {"rows": counts})
        for name in TABLES:
            _table(book, styles, connection, name, with_bodies)
        _columns(book, styles, with_bodies)
    return counts


def _table(book: Workbook, styles: dict[str, Any], connection: duckdb.DuckDBPyConnection, name: str, with_bodies: bool) -> None:
    table = BY_NAME[name]
    columns = [table.column(c) for c in columns_of(table, with_bodies)]
    sheet = _sheet(book, styles, name, [c.name for c in columns], [_width(c) for c in columns])
    answer = connection.execute(rows_sql(name, with_bodies))
    line = 0
    while rows := answer.fetchmany(5_000):
        for row in rows:
            line += 1
            for place, value in enumerate(row):
                _cell(sheet, styles, line, place, value, styles["wrapped"] if columns[place].name in ("sentence", "title") else styles["top"])
    sheet.autofilter(0, 0, max(line, 1), len(columns) - 1)


def _cell(sheet: Worksheet, styles: dict[str, Any], line: int, place: int, value: Any, style: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, place, value, style)
    elif isinstance(value, int | float):
        sheet.write_number(line, place, value, style)
    elif isinstance(value, date):
        # Excel counts days from 1900 on; what is older stands as text.
        if value.year < 1900:
            sheet.write_string(line, place, value.isoformat(" ") if isinstance(value, datetime) else value.isoformat(), style)
        else:
            sheet.write_datetime(line, place, value, styles["time" if isinstance(value, datetime) else "date"])
    else:
        sheet.write_string(line, place, _fitted(str(value)), style)


def _fitted(text: str) -> str:
    """Excel counts UTF-16 units: beyond its limit it would refuse the file."""
    if len(text) <= CELL_LIMIT // 2 or len(text.encode("utf-16-le")) // 2 <= CELL_LIMIT:
        return text
    return text.encode("utf-16-le")[: 2 * (CELL_LIMIT - len(CUT))].decode("utf-16-le", errors="ignore") + CUT


def _about(book: Workbook, styles: dict[str, Any], facts: dict[str, Any]) -> None:
    sheet = _sheet(book, styles, "about", ["what", "value"], [26, 110])
    said = [
        ("chosen", facts["chosen"]), ("published by run", facts["published_by_run"]), ("published at", facts["published_at"]),
        ("coder versions", ", ".join(facts["coder_versions"])), ("corrected mentions", facts["corrected_mentions"]),
        *((f"rows of {name}", count) for name, count in facts["rows"].items()),
        ("copies", "A story printed several times has several articles with one story_id: count story_id, or keep articles with is_lead"),
        ("plans and denials", "Only rows with status actual tell of something done; planned, hypothetical and negated are carried and not facts"),
        ("reading", "Sheet columns explains every column; mention_id leads from any row to its sentence (bilateral explain MENTION_ID)"),
    ]
    for line, (what, value) in enumerate(said, 1):
        _cell(sheet, styles, line, 0, what, styles["top"])
        _cell(sheet, styles, line, 1, value, styles["wrapped"])


def _columns(book: Workbook, styles: dict[str, Any], with_bodies: bool) -> None:
    sheet = _sheet(book, styles, "columns", list(COLUMN_HEADINGS), [17, 21, 12, 12, 90, 90])
    for line, row in enumerate(explained_columns(TABLES, with_bodies), 1):
        for place, value in enumerate(row):
            _cell(sheet, styles, line, place, value, styles["wrapped"])


def _sheet(book: Workbook, styles: dict[str, Any], name: str, headings: list[str], widths: list[int]) -> Worksheet:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for place, (heading, width) in enumerate(zip(headings, widths, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, styles["heading"])
    return sheet


def _width(column: Column) -> int:
    by_type = {"TIMESTAMP": 19, "DATE": 12, "BOOLEAN": 12}
    return WIDTHS.get(column.name, max(len(column.name) + 4, by_type.get(column.type, 10), 22 if column.pattern and "20" in column.pattern else 0))
