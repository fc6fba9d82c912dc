"""``bilateral requeue``: put refused rows back into the street after the mend of their cause."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from warehouse.store import Home, open_warehouse


def requeue_rows(home_path: Path, run_id: str | None, expectation: str | None) -> str:
    """Run refused articles and mentions' articles again; returns what was done, in words.

    Articles come back from the row that the quarantine holds. A refused mention brings its article back, because mentions are
    written article by article. Documents that gave no article are named: they have to be mended where they lie.
    """
    from flows.running import run_pipeline

    home = Home(home_path)
    if not home.warehouse.exists():
        return f"there is no warehouse in {home.path}: nothing to put back"
    with open_warehouse(home) as connection:
        rows = connection.execute(
            "SELECT quarantine_id, table_name, row_key, reason, row_json FROM quarantine WHERE NOT is_requeued"
            " AND (? IS NULL OR run_id = ?) AND (? IS NULL OR expectation = ?) ORDER BY quarantine_id",
            [run_id, run_id, expectation, expectation],
        ).fetchall()
        if not rows:
            return "nothing in quarantine fits"
        documents = [f"{r[2]}: {r[3]}" for r in rows if r[1] == "documents"]
        articles = [json.loads(r[4]) for r in rows if r[1] == "articles"]
        wanted = {json.loads(r[4]).get("article_id") for r in rows if r[1] == "mentions"} - {None}
        again = _stored(connection, wanted)
        connection.execute("UPDATE articles SET coder_version = NULL WHERE list_contains(?, article_id)", [sorted(wanted)])
        back = [r[0] for r in rows if r[1] != "documents"]
        connection.execute("UPDATE quarantine SET is_requeued = true WHERE list_contains(?, quarantine_id)", [back])
    lines = [f"{len(documents)} documents must be mended where they lie and run again:"] + documents[:10] if documents else []
    records = [_record(a) for a in articles + again]
    if records:
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / "requeued.jsonl"
            path.write_text("".join(json.dumps(r, ensure_ascii=False, default=str) + "\n" for r in records), encoding="utf-8")
            result = run_pipeline([path], home.path, None, True, True)
        lines.insert(0, f"{len(records)} articles put back: {result['articles_written']} written, {result['quarantined']} refused again; {result['message']}")
    return "\n".join(lines)


def _stored(connection: Any, ids: set[str]) -> list[dict[str, Any]]:
    cursor = connection.execute(
        "SELECT a.*, s.name AS source_name FROM articles a JOIN sources s USING (source_id) WHERE list_contains(?, article_id)", [sorted(ids)]
    )
    names = [d[0] for d in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _record(article: dict[str, Any]) -> dict[str, Any]:
    """An article row as the record that it was read from."""
    return {
        "id": article.get("external_id"), "url": article.get("url"), "title": article.get("title"), "text": article.get("body"),
        "published_at": article.get("published_at"), "source": article.get("source_name") or article.get("source_id"),
        "language": article.get("language"),
    }
