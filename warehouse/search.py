"""Full-text search: an index over articles and coded sentences, made when publishing, asked through macros or ``search``.

DuckDB's fts extension comes as a locked package and is loaded from its file: nothing is fetched when a program runs. A reader
without the extension opens the file as ever; only the search macros need it.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import duckdb

# The words without which nothing is lost. DuckDB's own list has "us" on it, by which headlines mean the United States. The
# stemmer leaves nothing of "s", which any query with a stop in it would find.
STOP_WORDS = (
    "s", "a", "an", "and", "are", "as", "at", "be", "been", "but", "by", "for", "from", "had", "has", "have", "he", "her", "his", "in", "is", "it",
    "its", "of", "on", "or", "she", "that", "the", "their", "they", "this", "to", "was", "were", "which", "will", "with",
)
# Letters and digits of any script make words; the extension's default keeps a to z only.
BETWEEN_WORDS = r"[^\p{L}\p{N}]+"
INDEXED = {"mentions": ("mention_id", "sentence"), "articles": ("article_id", "title", "body")}


class NoSearch(RuntimeError):  # noqa: N818 - it says what is the case
    """The file cannot be searched; the message says why and what to do."""


def extension_path() -> Path | None:
    """The fts extension that the package brought for this version of DuckDB, or None if there is none."""
    spec = importlib.util.find_spec("duckdb_extension_fts")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "extensions" / f"v{duckdb.__version__}" / "fts.duckdb_extension"
        if path.exists():
            return path
    return None


def load_search(connection: duckdb.DuckDBPyConnection) -> bool:
    """Load the fts extension from its file; False where it is not installed. Needs external access, so before that is shut."""
    path = extension_path()
    if path is None:
        return False
    connection.execute("LOAD '{}'".format(str(path).replace("'", "''")))
    return True


def build_index(connection: duckdb.DuckDBPyConnection) -> bool:
    """Index ``mentions.sentence`` and ``articles.title, body`` of an opened, writable file; False without the extension.

    Some 3 seconds for 3,000 long releases; the index takes a sixth of the file.
    """
    if not load_search(connection):
        return False
    words = ", ".join(f"('{word}')" for word in STOP_WORDS)
    connection.execute(f"CREATE TEMP TABLE stop_words AS FROM (VALUES {words}) t(sw)")
    try:
        for table, columns in INDEXED.items():
            named = ", ".join(f"'{c}'" for c in columns)
            connection.execute(f"PRAGMA create_fts_index('{table}', {named}, stopwords='stop_words', ignore='{BETWEEN_WORDS}', overwrite=1)")
            _sort_terms(connection, f"fts_main_{table}")
    finally:
        connection.execute("DROP TABLE temp.stop_words")
    return True


def _sort_terms(connection: duckdb.DuckDBPyConnection, index: str) -> None:
    """Order the index by term: a search then reads the row groups of its words, not all."""
    connection.execute(f"CREATE TABLE {index}.sorted AS FROM {index}.terms ORDER BY termid, docid")
    connection.execute(f"DROP TABLE {index}.terms")
    connection.execute(f"ALTER TABLE {index}.sorted RENAME TO terms")


def search(connection: duckdb.DuckDBPyConnection, text: str, limit: int = 20) -> list[dict[str, Any]]:
    """What speaks of the words of ``text``, best first: coded sentences (``kind`` sentence) and articles, coded or not.

    A row has ``kind``, ``score`` (BM25 as a share of the best of its kind, 0 to 1), ``day``, ``countries``, ``title``, ``sentence`` (of an
    article: the passage with most of the words), ``source_id``, ``url``, ``article_id`` and ``mention_ids`` (null for an article). Leads of stories
    only. Loads the extension if it can. Raises ``NoSearch`` for a file published without the index.
    """
    _need_extension(connection)
    try:
        found = connection.execute("FROM search($words) ORDER BY score DESC, kind, article_id, sentence LIMIT $top", {"words": text, "top": limit})
    except duckdb.CatalogException as error:
        raise NoSearch("this file has no search index: install duckdb-extension-fts and publish again (bilateral run)") from error
    names = [c[0] for c in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _need_extension(connection: duckdb.DuckDBPyConnection) -> None:
    """Loaded already, or loaded now; else ``NoSearch``, before DuckDB goes looking for it in the network."""
    # duckdb_extensions() would look into folders, which a connection shut to the outside may not.
    if connection.execute("SELECT 1 FROM duckdb_functions() WHERE function_name = 'stem'").fetchone():
        return
    try:
        if not load_search(connection):
            raise NoSearch("full-text search needs the package duckdb-extension-fts in the version of DuckDB: make setup")
    except duckdb.Error as error:
        raise NoSearch(f"the fts extension cannot be loaded on this connection: load it before access is shut ({str(error).splitlines()[0]})") from error
