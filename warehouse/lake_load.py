"""Writing to the lake what a home has published: only articles that are new, gone or changed, in one transaction.

The rows are those of ``published.duckdb``: as checked, settled and corrected as analysts of the one machine see them, and read without holding
the write file while a slow network writes.

Several homes write to one lake. Whose an article is, the lake's table ``article_homes`` says: the home that wrote it first has it, alone changes
it, and alone takes it away; a home that holds the same article too leaves it, and writes its own rows once the lake has none. So a writer never
removes what another brought, and two homes never overwrite each other in turns. Rows of runs belong to the home whose run they are; dimensions
and sources to all: the last writer's word counts, and none is removed.
"""

from __future__ import annotations

import random
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.lake import Lake, LakeBusy, LakeError, connect_lake, explain, hide_secrets, parse_address
from warehouse.lake_tables import lake_form, prepare_tables
from warehouse.refresh import OF_ARTICLES
from warehouse.store import LOCK_WAIT_SECONDS, Home, roll_back
from warehouse.tables import BY_NAME, SCHEMA_VERSION, TABLES

OF_RUNS = ("runs", "run_steps", "validations", "quarantine")
# What DuckLake and PostgreSQL say where another writer was first; all that was to be written is then written anew.
CONFLICTS = ("conflict", "could not serialize", "duplicate key", "deadlock detected", "already exists", "database is locked")


@dataclass(frozen=True, slots=True)
class Written:
    """What a write did: articles that came or changed, articles taken away, rows written or taken away in all tables, and how often it began."""

    articles: int = 0
    removed: int = 0
    rows: int = 0
    attempts: int = 1

    def __str__(self) -> str:
        if not self.rows:
            return "the lake holds all of it already"
        again = f", begun {self.attempts} times because others wrote" if self.attempts > 1 else ""
        return f"{self.articles} articles written to the lake, {self.removed} taken away{again}"


def write_changes(home: Home, address: str, data: Path | None = None, wait_seconds: float = LOCK_WAIT_SECONDS) -> Written:
    """Bring the lake in line with what ``home`` has published; makes the lake if there is none.

    All or nothing: readers see the lake before the write or after it. Where another writer was first, all is compared and written again, up to
    ``wait_seconds`` seconds long; then ``LakeBusy``. Without a difference nothing is written, and the lake has no new snapshot. Corrections are
    in the published rows. Stories that a home's article shares with an article that another home wrote bear the other's ``story_id``. Raises
    ``LakeError``; the next write makes good what this one did not.
    """
    if not home.published.exists():
        raise LakeError(f"nothing is published in {home.path}: bilateral run PATH first")
    lake = parse_address(address, data)
    home_id = own_id(home)
    deadline, attempts = time.monotonic() + wait_seconds, 0
    while True:
        attempts += 1
        try:
            connection = _open(lake, home)
            try:
                articles, removed, rows = _write(connection, home_id)
            finally:
                connection.close()
            return Written(articles, removed, rows, attempts)
        except (duckdb.Error, LakeError) as error:
            cause = error if isinstance(error, duckdb.Error) else error.__cause__
            if not isinstance(cause, duckdb.Error) or not any(words in str(cause).lower() for words in CONFLICTS):
                raise error if isinstance(error, LakeError) else explain(lake, error) from error
            if time.monotonic() > deadline:
                said = hide_secrets(str(cause)).splitlines()[-1]
                raise LakeBusy(f"{lake}: others wrote first {attempts} times in {wait_seconds:.0f} seconds; nothing was written, run again ({said})") from error
            time.sleep(random.uniform(0.05, 0.5))  # noqa: S311 - only so that two writers do not meet again


def own_id(home: Home) -> str:
    """The id by which the lake knows this home: kept in its file ``lake_home``, made at the first write. A copied home must lose the file."""
    path = home.path / "lake_home"
    if not path.exists():
        fresh = path.with_name(f".lake_home-{uuid.uuid4().hex}")
        fresh.write_text(f"{uuid.uuid4().hex[:20]}\n", encoding="utf-8")
        try:
            path.hardlink_to(fresh)  # of two first writers one has its way, whole
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="utf-8").strip()


def _open(lake: Lake, home: Home) -> duckdb.DuckDBPyConnection:
    connection = connect_lake(lake, is_read_only=False)
    try:
        connection.execute("SET temp_directory = '{}'".format(str(home.path / ".lake_spill").replace("'", "''")))
        connection.execute("ATTACH '{}' AS own (READ_ONLY)".format(str(home.published).replace("'", "''")))
    except BaseException:
        connection.close()
        raise
    return connection


def _write(connection: duckdb.DuckDBPyConnection, home_id: str) -> tuple[int, int, int]:
    """One attempt: articles written, articles taken away, rows in all."""
    if _is_written(connection, home_id):
        return 0, 0, 0
    connection.execute("BEGIN")
    try:
        is_formed = prepare_tables(connection)
        _compare(connection, home_id)
        articles, removed = _count(connection, "SELECT count(*) FILTER (is_here), count(*) FILTER (NOT is_here) FROM temp.changed")
        rows = _replace_articles(connection, home_id) if articles or removed else 0
        rows += _follow_runs(connection) + _merge_shared(connection)
        if rows or is_formed:
            _note_write(connection, home_id)
            connection.execute("COMMIT")
        else:
            connection.execute("ROLLBACK")
    except BaseException:
        roll_back(connection)
        raise
    return articles, removed, rows


def _is_written(connection: duckdb.DuckDBPyConnection, home_id: str) -> bool:
    """Was the last write to the lake this home's, of the file that is published now, in today's form?"""
    if not connection.execute("SELECT 1 FROM duckdb_tables() WHERE database_name = 'lake' AND table_name = 'snapshot_meta'").fetchone():
        return False
    return connection.execute(
        "SELECT 1 FROM lake.snapshot_meta l, own.snapshot_meta o WHERE l.home_id = ? AND l.form = ? AND l.built_at = o.built_at", [home_id, lake_form()]
    ).fetchone() is not None


def _compare(connection: duckdb.DuckDBPyConnection, home_id: str) -> None:
    """The temp tables ``told`` (this home's articles, story as the lake tells it, hash of all their rows) and ``changed``."""
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE leads AS
        SELECT article_id AS story_id, story_id AS told_id FROM lake.articles WHERE article_id IN (
          SELECT a.story_id FROM own.articles a JOIN lake.article_homes h ON h.article_id = a.story_id WHERE h.home_id <> ?)
    """, [home_id])
    parts = " UNION ALL ".join(
        f"SELECT {'t' if key == 'article_id' else 'm'}.article_id, md5('{name}' || CAST(t AS VARCHAR)) AS part FROM "
        + ("(SELECT * EXCLUDE (body) FROM own.articles)" if name == "articles" else f"own.{name}") + " t"
        + (" JOIN own.mentions m USING (mention_id)" if key == "mention_id" else "")
        for name, key in OF_ARTICLES.items()
    )
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE told AS
        SELECT a.article_id, coalesce(l.told_id, a.story_id) AS story_id, md5(p.parts || coalesce(l.told_id, '')) AS rows_hash
        FROM own.articles a LEFT JOIN leads l USING (story_id)
        JOIN (SELECT article_id, string_agg(part, '' ORDER BY part) AS parts FROM ({parts}) GROUP BY article_id) p USING (article_id)
    """)
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE changed AS
        SELECT article_id, t.article_id IS NOT NULL AS is_here, h.article_id IS NOT NULL AS is_there
        FROM told t FULL JOIN lake.article_homes h USING (article_id)
        WHERE h.article_id IS NULL OR (h.home_id = ? AND t.rows_hash IS DISTINCT FROM h.rows_hash)
    """, [home_id])


def _replace_articles(connection: duckdb.DuckDBPyConnection, home_id: str) -> int:
    run = connection.execute
    rows = 0
    if _count(connection, "SELECT count(*) FROM temp.changed WHERE is_there")[0]:
        run("CREATE OR REPLACE TEMP TABLE gone AS SELECT mention_id FROM lake.mentions WHERE article_id IN (SELECT article_id FROM changed WHERE is_there)")
        for name, key in OF_ARTICLES.items():
            keys = "FROM gone" if key == "mention_id" else "SELECT article_id FROM changed WHERE is_there"
            rows += _count(connection, f"DELETE FROM lake.{name} WHERE {key} IN ({keys})")[0]
        run("DELETE FROM lake.article_homes WHERE article_id IN (SELECT article_id FROM changed WHERE is_there)")
    run("CREATE OR REPLACE TEMP TABLE come AS SELECT mention_id FROM own.mentions WHERE article_id IN (SELECT article_id FROM changed WHERE is_here)")
    for name, key in OF_ARTICLES.items():
        if name == "articles":
            source = ("SELECT a.* REPLACE (t.story_id AS story_id) FROM own.articles a JOIN told t USING (article_id) "
                      "WHERE article_id IN (SELECT article_id FROM changed WHERE is_here)")
        else:
            keys = "FROM come" if key == "mention_id" else "SELECT article_id FROM changed WHERE is_here"
            source = f"SELECT * FROM own.{name} WHERE {key} IN ({keys})"
        rows += _count(connection, f"INSERT INTO lake.{name} BY NAME {source}")[0]
    run("INSERT INTO lake.article_homes BY NAME SELECT article_id, ? AS home_id, rows_hash FROM told SEMI JOIN (FROM changed WHERE is_here) USING (article_id)",
        [home_id])
    return rows


def _follow_runs(connection: duckdb.DuckDBPyConnection) -> int:
    """Rows of this home's runs: those that differ or are gone go, those that lack come. A row that another home's run wrote stays."""
    rows = 0
    runs = " UNION ".join(f"SELECT run_id FROM own.{name}" for name in OF_RUNS)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE own_runs AS {runs}")
    for name in OF_RUNS:
        keys = ", ".join(BY_NAME[name].key)
        columns = ", ".join(BY_NAME[name].names)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE there AS SELECT {columns} FROM lake.{name}")
        connection.execute(f"CREATE OR REPLACE TEMP TABLE other AS FROM (FROM there EXCEPT SELECT {columns} FROM own.{name}) SEMI JOIN own_runs USING (run_id)")
        if _count(connection, "SELECT count(*) FROM temp.other")[0]:
            rows += _count(connection, f"DELETE FROM lake.{name} WHERE ({keys}) IN (SELECT ({keys}) FROM other)")[0]
        lacks = f"FROM own.{name} ANTI JOIN (FROM there EXCEPT FROM other) USING ({keys})"
        if _count(connection, f"SELECT count(*) {lacks}")[0]:
            rows += _count(connection, f"INSERT INTO lake.{name} BY NAME SELECT * {lacks}")[0]
    return rows


def _merge_shared(connection: duckdb.DuckDBPyConnection) -> int:
    """Dimensions and sources: rows come or take the values of this home; a source was first seen when the first of the homes saw it."""
    rows = 0
    for table in TABLES:
        if not table.published or table.name in OF_ARTICLES or table.name in OF_RUNS:
            continue
        on = " AND ".join(f"l.{k} = o.{k}" for k in table.key)
        rest = {c: f"least(l.{c}, o.{c})" if c == "first_seen_at" else f"o.{c}" for c in table.names if c not in table.key}
        differs = " OR ".join(f"l.{c} IS DISTINCT FROM {value}" for c, value in rest.items())
        rows += _count(connection, f"""
            MERGE INTO lake.{table.name} l USING own.{table.name} o ON ({on})
            WHEN MATCHED AND ({differs}) THEN UPDATE SET {', '.join(f'{c} = {value}' for c, value in rest.items())}
            WHEN NOT MATCHED THEN INSERT ({', '.join(table.names)}) VALUES ({', '.join(f'o.{c}' for c in table.names)})
        """)[0]
    return rows


def _note_write(connection: duckdb.DuckDBPyConnection, home_id: str) -> None:
    connection.execute("DELETE FROM lake.snapshot_meta")
    connection.execute("INSERT INTO lake.snapshot_meta BY NAME SELECT run_id, ? AS home_id, built_at, ? AS form, ? AS schema_version FROM own.snapshot_meta",
                       [home_id, lake_form(), SCHEMA_VERSION])


def _count(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    row = connection.execute(sql).fetchone()
    return tuple(int(n) for n in row) if row else (0,)
