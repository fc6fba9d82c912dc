"""Exports of the published file: Parquet, CSV, Excel, and the layouts of POLECAT, ICEWS and GDELT. Whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from warehouse.exporting.choosing import Choice, ExportError, open_chosen, parse_dyad
from warehouse.exporting.files import facts, write_columns, write_csv, write_facts, write_parquet
from warehouse.exporting.layouts import LAYOUTS, beside, write_layout

__all__ = ["FORMATS", "Choice", "ExportError", "Exported", "export", "parse_dyad"]
FORMATS: Final = ("parquet", "csv", "xlsx", *LAYOUTS)


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: the file or folder, row counts by table (``events`` and ``undated`` for the layouts), and what was chosen."""

    path: Path
    counts: dict[str, int]
    choice: Choice


def export(
    published: Path, out: Path, form: str, choice: Choice | None = None, with_bodies: bool = False, replace: bool = False,
) -> Exported:
    """Write the chosen rows to ``out``: a folder for parquet and csv, a file for the others. Raises ``ExportError``.

    What stands at ``out`` is left as it is unless ``replace``; what is written appears there whole or not at all. ``with_bodies``
    adds the articles' full text (parquet, csv, xlsx).
    """
    if form not in FORMATS:
        raise ExportError(f"unknown format {form}: {', '.join(FORMATS)}")
    if with_bodies and form in LAYOUTS:
        raise ExportError(f"the layout of {form} has no place for article text: leave --bodies out")
    chosen = choice or Choice()
    with open_chosen(published, chosen) as connection:
        try:
            with _fresh(out, form, replace) as fresh:
                counts = _write(connection, fresh, form, chosen, with_bodies)
        except OSError as error:
            raise ExportError(f"{out} cannot be written ({error.strerror or error}): name a place in a folder that is there and has room") from error
        except duckdb.Error as error:
            raise ExportError(f"{out} was not written: {str(error).splitlines()[0]}") from error
    return Exported(out, counts, chosen)


def _write(connection: duckdb.DuckDBPyConnection, fresh: Path, form: str, choice: Choice, with_bodies: bool) -> dict[str, int]:
    if form in LAYOUTS:
        return write_layout(connection, fresh, form)
    if form == "xlsx":
        from warehouse.exporting.workbook import write_workbook

        return write_workbook(connection, fresh, with_bodies, facts(connection, choice, {}))
    counts = (write_parquet if form == "parquet" else write_csv)(connection, fresh, with_bodies)
    write_columns(fresh / "columns.csv", with_bodies)
    write_facts(fresh / "export.json", facts(connection, choice, counts))
    return counts


@contextmanager
def _fresh(out: Path, form: str, replace: bool) -> Iterator[Path]:
    """A place beside ``out`` to write to; when all went well it takes the place of ``out``."""
    is_folder = form in ("parquet", "csv")
    if not out.parent.is_dir():
        raise ExportError(f"{out.parent} is no folder: make it first, or name another place")
    if out.exists() and out.is_dir() != is_folder:
        raise ExportError(f"{out} is a {'folder' if out.is_dir() else 'file'}, and {form} writes a {'folder' if is_folder else 'file'}: name another place")
    if out.exists() and not replace and (not is_folder or any(out.iterdir())):
        raise ExportError(f"{out} is there already: name another place, or add --replace")
    if is_folder and out.exists() and any(out.iterdir()) and not (out / "export.json").exists():
        raise ExportError(f"{out} holds other things than an export (it has no export.json): name another folder")
    work = out.parent / f".{out.name}-{os.getpid()}.part"
    _remove(work)
    work.mkdir()
    try:
        fresh = work / out.name
        if is_folder:
            fresh.mkdir()
        yield fresh
        if form in LAYOUTS:
            beside(fresh).replace(beside(out))
        if is_folder and out.exists():
            out.rename(work / f"{out.name}.old")
        fresh.replace(out)
    finally:
        _remove(work)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
