"""Where an export goes: endings that are left out are added, and a name that would surprise is refused."""

from __future__ import annotations

from pathlib import Path

from warehouse.exporting.choosing import ExportError
from warehouse.exporting.files import TABLES
from warehouse.exporting.layouts import LAYOUTS


def settle_place(out: Path, form: str) -> Path:
    """``out`` as it will be written: a layout's file without an ending gets ``.tsv``, a workbook ``.xlsx``.

    Raises ``ExportError`` for a folder that is named like a file.
    """
    if form in LAYOUTS and not out.suffix and not out.is_dir():
        return out.with_name(f"{out.name}.tsv")
    if form == "xlsx" and not out.suffix and not out.is_dir():
        return out.with_name(f"{out.name}.xlsx")
    if form in ("csv", "parquet") and out.suffix.lower() == f".{form}":
        files = f"{', '.join(f'{t}.csv' for t in TABLES)} and others" if form == "csv" else f"{', '.join(TABLES)} and others"
        raise ExportError(
            f"{out.name} would be a folder: {form} writes one {'file' if form == 'csv' else 'data set'} a table ({files}). Name the folder without .{form}, as "
            f"{out.with_suffix('')}; for one table alone: bilateral query \"FROM mentions\" --format {form} --out {out}"
        )
    return out
