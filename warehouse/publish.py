"""Publishing: the analysts' tables and views in a fresh file that replaces the old one whole or not at all."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from warehouse.correction_notes import are_corrections_published, note_corrections
from warehouse.corrections import Corrections, apply_corrections
from warehouse.refresh import OF_ARTICLES, form_of, published_form, refresh
from warehouse.rollback import KEPT_SNAPSHOTS, keep_snapshot
from warehouse.search import build_index
from warehouse.spec import comment_sql, create_sql
from warehouse.store import WRITING, Home, open_warehouse
from warehouse.tables import TABLES

VIEWS = Path(__file__).parent / "views"
MACROS = Path(__file__).parent / "macros"
# The rows of one pair lie together: a question about it reads a few row groups, not all.
SORTED_BY = {"mentions": ("country_a", "country_b")}


@dataclass(frozen=True, slots=True)
class Published:
    """What stands in ``published.duckdb`` now: row counts by table, whether this call replaced the file, what corrections did, and
    what went wrong beside it (in words; the file stands all the same)."""

    counts: dict[str, int]
    is_new: bool
    corrections: Corrections = field(default_factory=Corrections)
    notes: tuple[str, ...] = ()


def view_files() -> list[Path]:
    """The views' files in the order in which they are made: by number, so that a view may rest on an earlier one."""
    return sorted(VIEWS.glob("*.sql"))


def macro_files(is_searchable: bool = True) -> list[Path]:
    """The table macros' files, by number; without those that need the search index where there is none."""
    return [f for f in sorted(MACROS.glob("*.sql")) if is_searchable or "_search" not in f.stem]


def publish(home: Home, run_id: str, keep_snapshots: int = KEPT_SNAPSHOTS, is_whole: bool = False) -> Published:
    """Copy the published tables into a new file, add views, macros, comments and the search index, rename it into place.

    Where the last publish had the same form and few articles changed since, only these are copied (``warehouse.refresh``);
    ``is_whole`` asks for all of it anew.

    Readers that hold the old file keep it; new ones see the new. The file is synced before the rename, so that after a
    power cut there is the old file or the new one, never half of one. Nothing changed since the last publish: no new file.
    Human corrections are applied to the copy, and the last ``keep_snapshots`` published files stay under ``snapshots/``.
    """
    fresh = home.path / f".published-{os.getpid()}.duckdb"
    for left in home.path.glob(".published-*.duckdb*"):
        if not _is_alive(left):
            left.unlink(missing_ok=True)
    form = form_of([*view_files(), *macro_files()])
    with open_warehouse(home) as connection:
        is_refreshed = not is_whole and published_form(home) == form and refresh(connection, home, fresh)
        if not is_refreshed:
            _build(connection, fresh)
    counts = _note_run(fresh, home, run_id, form)
    corrections = _correct(fresh, home, run_id, counts)
    is_searchable = _is_indexed(fresh) if is_refreshed else _add_views(fresh)
    _sync(fresh)
    fresh.replace(home.published)
    notes = [str(fault) for fault in corrections.faults]
    if not is_searchable:
        notes.append("no full-text search: duckdb-extension-fts for this version of DuckDB is not installed; make setup")
    try:
        keep_snapshot(home, run_id, keep_snapshots)
    except OSError as error:
        notes.append(f"no snapshot could be kept ({error.strerror or error}): free space in {home.path}, or bilateral rollback lacks this publish")
    _sync(home.path)
    return Published(counts, True, corrections, tuple(notes))


def is_present(home: Home) -> bool:
    """Is the published file built as this version builds it, with corrections.csv as it stands? Else it is published again though no row
    has changed."""
    return published_form(home) == form_of([*view_files(), *macro_files()]) and are_corrections_published(home)


def _correct(fresh: Path, home: Home, run_id: str, counts: dict[str, int]) -> Corrections:
    """Apply corrections.csv to the copy and keep in it what was done; ``counts`` follow."""
    with duckdb.connect(str(fresh), config=WRITING) as connection:
        done = apply_corrections(connection, home)
        note_corrections(connection, done, run_id, home)
        if done.counts:
            for name in ("mentions", "mention_sectors", "mention_actors", "validations", "quarantine"):
                row = connection.execute(f"SELECT count(*) FROM {name}").fetchone()
                counts[name] = int(row[0]) if row else 0
    return done


def _build(connection: duckdb.DuckDBPyConnection, fresh: Path) -> None:
    """All published tables, row by row in the order of their keys, with comments."""
    own = connection.execute("SELECT current_database()").fetchone()
    assert own is not None
    try:
        connection.execute(f"ATTACH '{_quoted(fresh)}' AS fresh")
        try:
            connection.execute("USE fresh")
            for table in TABLES:
                if table.published:
                    # The index of a key of millions of rows costs more than all else when the file is opened for writing and closed.
                    connection.execute(create_sql(table, is_keyed=table.name not in OF_ARTICLES))
                    order = ", ".join((*SORTED_BY.get(table.name, ()), *table.key))
                    connection.execute(f"INSERT INTO {table.name} BY NAME SELECT * FROM \"{own[0]}\".main.{table.name} ORDER BY {order}")
                    for statement in comment_sql(table):
                        connection.execute(statement)
        finally:
            connection.execute(f"USE \"{own[0]}\"")
            connection.execute("DETACH fresh")
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


META = {"run_id": "Run that published", "built_at": "When the file was built, UTC", "run_count": "Runs known then",
        "form": "Hash of what gives the file its form: another form is built whole"}


def _note_run(fresh: Path, home: Home, run_id: str, form: str) -> dict[str, int]:
    """Write the one row of ``snapshot_meta``; returns the rows of each table."""
    with duckdb.connect(str(fresh), config=WRITING) as connection:
        connection.execute(
            "CREATE OR REPLACE TABLE snapshot_meta AS SELECT ? AS run_id, now()::TIMESTAMP AS built_at, "
            "(SELECT count(*) FROM runs WHERE state <> 'running' OR run_id = ?)::BIGINT AS run_count, ? AS form", [run_id, run_id, form])
        connection.execute("COMMENT ON TABLE snapshot_meta IS 'one row: the run that published this file'")
        for column, text in META.items():
            connection.execute(f"COMMENT ON COLUMN snapshot_meta.{column} IS '{text}'")
        rows = {t.name: connection.execute(f"SELECT count(*) FROM {t.name}").fetchone() for t in TABLES if t.published}
    return {name: int(row[0]) if row else 0 for name, row in rows.items()}


def _add_views(path: Path) -> bool:
    with duckdb.connect(str(path), config=WRITING) as connection:
        is_searchable = build_index(connection)
        for file in [*view_files(), *macro_files(is_searchable)]:
            connection.execute(file.read_text(encoding="utf-8"))
        connection.execute("CHECKPOINT")
    return is_searchable


def _is_indexed(path: Path) -> bool:
    with duckdb.connect(str(path), config=WRITING) as connection:
        connection.execute("CHECKPOINT")
        return bool(connection.execute("SELECT 1 FROM duckdb_schemas() WHERE schema_name = 'fts_main_mentions'").fetchone())


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_alive(path: Path) -> bool:
    digits = path.name.removeprefix(".published-").split(".")[0]
    if not digits.isdigit():
        return False
    try:
        os.kill(int(digits), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return int(digits) != os.getpid()
