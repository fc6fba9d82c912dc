"""Publishing what changed: the file of the last publish, copied, with the rows of changed articles replaced and their words indexed anew.

A whole build reads and indexes every row; this reads every article's stamps and touches only what differs, so that an hour's
articles cost about the same in a large warehouse as in a small one. The result holds the same rows as a whole build (a test
compares them), in another order on disk; ``bilateral`` builds whole again when much has changed or the form of the file is another.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import duckdb

from warehouse.search import BETWEEN_WORDS, INDEXED, STOP_WORDS, extension_path, load_search
from warehouse.spec import comment_sql, create_sql
from warehouse.store import Home
from warehouse.tables import TABLES

# Above this share of changed articles a whole build is no dearer, and leaves a tidier file.
MOST_CHANGED_SHARE = 0.2
OF_ARTICLES = {"articles": "article_id", "mentions": "article_id", "mention_sectors": "mention_id", "mention_actors": "mention_id"}


def form_of(files: list[Path]) -> str:
    """SHA-256 of all that gives a published file its form: tables and comments, the texts of views and macros, how words are indexed."""
    told = [create_sql(t) + "".join(comment_sql(t)) for t in TABLES if t.published]
    told += [file.read_text(encoding="utf-8") for file in files]
    told += [duckdb.__version__, repr(STOP_WORDS), BETWEEN_WORDS, repr(INDEXED), str(extension_path() is not None)]
    return hashlib.sha256("\x1f".join(told).encode()).hexdigest()


def published_form(home: Home) -> str | None:
    """The form of the file that is published; None where there is none or it is older than this record."""
    if not home.published.exists():
        return None
    try:
        with duckdb.connect(str(home.published), read_only=True) as connection:
            row = connection.execute("SELECT form FROM snapshot_meta").fetchone()
    except duckdb.Error:
        return None
    return str(row[0]) if row else None


def refresh(connection: duckdb.DuckDBPyConnection, home: Home, fresh: Path) -> bool:
    """Make ``fresh`` a copy of the published file with the warehouse's rows; False, and no file, if so much changed that a whole build is due.

    ``connection`` is the write file's. The caller has seen that the form is the same.
    """
    with duckdb.connect(str(home.published), read_only=True) as old:
        before = old.execute("SELECT count(*) FROM articles").fetchone()
    shutil.copyfile(home.published, fresh)
    try:
        is_searchable = load_search(connection)
        connection.execute("ATTACH '{}' AS fresh".format(str(fresh).replace("'", "''")))
        try:
            changed = _find_changed(connection)
            if changed > MOST_CHANGED_SHARE * (before[0] if before else 0):
                is_done = False
            else:
                _replace(connection, is_searchable)
                is_done = True
        finally:
            connection.execute("DETACH fresh")
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    if not is_done:
        fresh.unlink(missing_ok=True)
    return is_done


def _find_changed(connection: duckdb.DuckDBPyConnection) -> int:
    """The temp table ``changed``: articles that are new, gone or other than published. Those with corrected rows are among them, since
    corrections are applied to the coder's rows."""
    compared = [c for c in next(t for t in TABLES if t.name == "articles").names if c not in ("article_id", "body")]
    differs = " OR ".join(f"a.{c} IS DISTINCT FROM f.{c}" for c in compared)
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE changed AS
        SELECT coalesce(a.article_id, f.article_id) AS article_id
        FROM articles a FULL JOIN fresh.main.articles f ON a.article_id = f.article_id
        WHERE a.article_id IS NULL OR f.article_id IS NULL OR {differs}
        UNION SELECT article_id FROM fresh.main.mentions WHERE is_corrected
    """)
    row = connection.execute("SELECT count(*) FROM changed").fetchone()
    return int(row[0]) if row else 0


def _replace(connection: duckdb.DuckDBPyConnection, is_searchable: bool) -> None:
    for side, database in (("gone", "fresh.main"), ("come", "main")):
        source = f"{_own(connection)}.main" if database == "main" else database
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {side} AS SELECT mention_id FROM {source}.mentions SEMI JOIN changed USING (article_id)")
    for name, key in OF_ARTICLES.items():
        keys = "gone" if key == "mention_id" else "changed"
        connection.execute(f"DELETE FROM fresh.main.{name} WHERE {key} IN (SELECT {key} FROM {keys})")
    own = _own(connection)
    for name, key in OF_ARTICLES.items():
        keys = "come" if key == "mention_id" else "changed"
        connection.execute(f"INSERT INTO fresh.main.{name} BY NAME SELECT t.* FROM {own}.main.{name} t SEMI JOIN {keys} USING ({key})")
    for table in TABLES:
        if table.published and table.name not in OF_ARTICLES:
            _bring_in_line(connection, own, table.name, table.key)
    if is_searchable:
        _index_again(connection, "mentions", "gone", "come", "mention_id")
        _index_again(connection, "articles", "changed", "changed", "article_id")
    for name in ("changed", "gone", "come"):
        connection.execute(f"DROP TABLE temp.{name}")


def _own(connection: duckdb.DuckDBPyConnection) -> str:
    row = connection.execute("SELECT current_database()").fetchone()
    assert row is not None
    return f'"{row[0]}"'


def _bring_in_line(connection: duckdb.DuckDBPyConnection, own: str, name: str, key: tuple[str, ...]) -> None:
    """A small table: rows that differ go, rows that lack come. Two statements, two transactions: a key that goes and comes in one would clash."""
    there, here = f"fresh.main.{name}", f"{own}.main.{name}"
    keys = ", ".join(key)
    connection.execute(f"DELETE FROM {there} WHERE ({keys}) IN (SELECT ({keys}) FROM (FROM {there} EXCEPT FROM {here}))")
    connection.execute(f"INSERT INTO {there} BY NAME (FROM {here} EXCEPT FROM {there})")


def _index_again(connection: duckdb.DuckDBPyConnection, table: str, gone: str, come: str, key: str) -> None:
    """Bring the tables of DuckDB's fts index in line with the rows: the extension itself can only index everything anew."""
    index, (_, *columns) = f"fresh.fts_main_{table}", INDEXED[table]
    run = connection.execute
    run(f"CREATE OR REPLACE TEMP TABLE old_docs AS SELECT docid FROM {index}.docs WHERE name IN (SELECT {key} FROM {gone})")
    run(f"CREATE OR REPLACE TEMP TABLE shift AS SELECT termid, -count(DISTINCT docid) AS n FROM {index}.terms SEMI JOIN old_docs USING (docid) GROUP BY termid")
    run(f"DELETE FROM {index}.terms WHERE docid IN (FROM old_docs)")
    run(f"DELETE FROM {index}.docs WHERE docid IN (FROM old_docs)")
    run(f"""
        CREATE OR REPLACE TEMP TABLE new_docs AS
        SELECT row_number() OVER (ORDER BY {key}) + (SELECT coalesce(max(docid), -1) FROM {index}.docs) AS docid, {key} AS name, {", ".join(columns)}
        FROM fresh.main.{table} SEMI JOIN {come} USING ({key})
    """)
    words = " UNION ALL ".join(
        f"SELECT docid, (SELECT fieldid FROM {index}.fields WHERE field = '{c}') AS fieldid, unnest({_words_of(c)}) AS word FROM new_docs" for c in columns
    )
    run(f"""
        CREATE OR REPLACE TEMP TABLE new_words AS SELECT docid, fieldid, stem(word, 'porter') AS term FROM ({words})
        WHERE word IS NOT NULL AND len(word) > 0 AND word NOT IN (SELECT sw FROM {index}.stopwords)
    """)
    run(f"""
        INSERT INTO {index}.dict SELECT row_number() OVER (ORDER BY term) + (SELECT coalesce(max(termid), -1) FROM {index}.dict), term, 0
        FROM (SELECT DISTINCT term FROM new_words) ANTI JOIN {index}.dict USING (term)
    """)
    run("CREATE OR REPLACE TEMP TABLE new_terms AS SELECT docid, fieldid, termid FROM new_words JOIN "
        f"{index}.dict USING (term) ORDER BY termid, docid")
    run("INSERT INTO shift SELECT termid, count(DISTINCT docid) FROM new_terms GROUP BY termid")
    run(f"INSERT INTO {index}.terms FROM new_terms")
    run(f"INSERT INTO {index}.docs SELECT docid, name, (SELECT count(*) FROM new_terms t WHERE t.docid = d.docid) FROM new_docs d")
    run(f"UPDATE {index}.dict SET df = df + s.n FROM (SELECT termid, sum(n)::BIGINT AS n FROM shift GROUP BY termid) s WHERE dict.termid = s.termid")
    run(f"UPDATE {index}.stats SET num_docs = (SELECT count(*) FROM {index}.docs), avgdl = (SELECT sum(len) / count(len) FROM {index}.docs)")
    for name in ("old_docs", "new_docs", "new_words", "new_terms", "shift"):
        run(f"DROP TABLE temp.{name}")


def _words_of(column: str) -> str:
    """As the extension cuts a text into words (its macro ``tokenize`` cannot be called across databases)."""
    return f"string_split_regex(regexp_replace(lower(strip_accents(CAST({column} AS VARCHAR))), '{BETWEEN_WORDS}', ' ', 'g'), '\\s+')"
