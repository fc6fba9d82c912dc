"""``bilateral requeue``: put refused rows back into the street after the mend of their cause."""

from __future__ import annotations

import json
from collections.abc import Generator
from datetime import datetime
from pathlib import Path
from typing import Any

from flows.settings import Settings
from warehouse.store import LOCK_WAIT_SECONDS, Home, open_warehouse

PART_TABLES = ("mentions", "mention_sectors", "mention_actors")


def requeue_rows(home_path: Path, run_id: str | None, expectation: str | None, wait: float = LOCK_WAIT_SECONDS) -> str:
    """Run refused articles and mentions' articles again; returns what was done, in words.

    Articles come back from the row that the quarantine holds. A refused mention brings its article back, because mentions are
    written article by article. Documents that gave no article are named: they have to be mended where they lie.
    """
    from flows.running import run_requeue

    home = Home(home_path)
    if not home.warehouse.exists():
        return f"there is no warehouse in {home.path}: nothing to put back"
    with open_warehouse(home, wait) as connection:
        rows = connection.execute(
            "SELECT quarantine_id, table_name, row_key, reason FROM quarantine WHERE NOT is_requeued"
            " AND (? IS NULL OR run_id = ?) AND (? IS NULL OR expectation = ?) ORDER BY quarantine_id",
            [run_id, run_id, expectation, expectation],
        ).fetchall()
    if not rows:
        return "nothing in quarantine fits"
    lines = []
    back = [r[0] for r in rows if r[1] != "documents"]
    if back:
        done = run_requeue(home.path, back)
        lines.append(f"{done['read']} articles put back: {done['articles_written']} written, {done['quarantined']} refused again; {done['message']}")
    documents = [f"{r[2]}: {r[3]}" for r in rows if r[1] == "documents"]
    if documents:
        lines += [f"{len(documents)} documents must be mended where they lie and run again:", *documents[:10]]
    return "\n".join(lines)


def put_back(home: Home, quarantine_ids: list[str], settings: Settings) -> Generator[list[dict[str, Any]], None, None]:
    """Article rows of refused rows, in batches. The refused rows count as put back while the batches go on; should a run break
    off they wait again, and what is refused again waits again by the load."""
    wait = settings.lock_wait_seconds
    with open_warehouse(home, wait) as connection:
        rows = connection.execute(
            "SELECT table_name, row_json FROM quarantine WHERE list_contains(?, quarantine_id) ORDER BY quarantine_id", [quarantine_ids]
        ).fetchall()
        articles = {a["article_id"]: a for a in (_article(json.loads(r)) for name, r in rows if name == "articles")}
        parts = [json.loads(r) for name, r in rows if name in PART_TABLES]
        stored = _stored(connection, sorted({p.get("article_id") or "" for p in parts}), sorted({p.get("mention_id") or "" for p in parts}))
        names = dict(connection.execute("SELECT source_id, name FROM sources").fetchall())
        connection.execute("UPDATE articles SET coder_version = NULL WHERE list_contains(?, article_id)", [[a["article_id"] for a in stored]])
    for article in stored:
        articles.setdefault(article["article_id"], article)
    again = [a | {"source_name": names.get(a["source_id"], a["source_id"])} for _, a in sorted(articles.items())]
    _mark(home, quarantine_ids, True, wait)
    try:
        for start in range(0, len(again), settings.batch_articles):
            yield again[start : start + settings.batch_articles]
    except GeneratorExit:
        _mark(home, quarantine_ids, False, wait)
        raise


def _mark(home: Home, quarantine_ids: list[str], is_requeued: bool, wait: float) -> None:
    with open_warehouse(home, wait) as connection:
        connection.execute("UPDATE quarantine SET is_requeued = ? WHERE list_contains(?, quarantine_id)", [is_requeued, quarantine_ids])


def _stored(connection: Any, article_ids: list[str], mention_ids: list[str]) -> list[dict[str, Any]]:
    cursor = connection.execute(
        "SELECT * FROM articles WHERE list_contains(?, article_id)"
        " OR article_id IN (SELECT article_id FROM mentions WHERE list_contains(?, mention_id))", [article_ids, mention_ids],
    )
    names = [d[0] for d in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _article(row: dict[str, Any]) -> dict[str, Any]:
    """An article row from its JSON: times are times again."""
    return row | {name: datetime.fromisoformat(row[name]) if row.get(name) else None for name in ("published_at", "fetched_at")}
