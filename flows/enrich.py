"""From article rows to the frames of the warehouse: the coder, then rows."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transforms.reading.articles import source_key

if TYPE_CHECKING:
    import polars as pl

    from flows.settings import Settings
    from transforms.coding.coder import Coder


@cache
def coder_of(folder: Path | None = None, threads: int = 0, spacy_pipeline: str | None = None) -> Coder:
    """The coder, loaded once a process."""
    from transforms.coding.coder import Coder
    from transforms.coding.encoder import MODEL_FOLDER

    return Coder(folder or MODEL_FOLDER, threads, spacy_pipeline)


def coder_for(settings: Settings) -> Coder:
    """The coder that the settings ask for."""
    return coder_of(settings.model_folder, settings.threads, settings.spacy_pipeline)


def enrich(articles: list[dict[str, Any]], run_id: str, coder: Coder) -> dict[str, pl.DataFrame]:
    """Frames ``articles``, ``mentions``, ``mention_sectors``, ``mention_actors`` and ``sources`` of one batch."""
    import polars as pl

    from transforms.coding.coder import ArticleText
    from transforms.coding.context import issuing_country
    from transforms.coding.frames import Rows, add_rows
    from warehouse.load import polars_schema
    from warehouse.tables import BY_NAME

    readable = [a for a in articles if a["is_coded"]]
    texts = [ArticleText(a["title"], a["body"], a["published_at"].date() if a["published_at"] else None, a["source_name"]) for a in readable]
    rows, counts = Rows(), {}
    # One article at a time: int8 scores hang on what shares the pass, and a row must not depend on its neighbours in the batch.
    for article, mentions in zip(readable, (coder.code([text])[0] for text in texts), strict=True):
        before = len(rows.mentions)
        add_rows(rows, article["article_id"], article["body"], mentions, coder.version, run_id)
        counts[article["article_id"]] = len(rows.mentions) - before
    for article in articles:
        year = article["published_at"].year if article["published_at"] else None
        article |= {
            "source_id": article.get("source_id") or source_key(article["source_name"]), "home_country": issuing_country(article["source_name"], year),
            "mention_count": counts.get(article["article_id"], 0), "coder_version": coder.version if article["is_coded"] else None, "run_id": run_id,
        }

    def frame(name: str, found: list[dict[str, Any]]) -> pl.DataFrame:
        schema = polars_schema(BY_NAME[name])
        return pl.DataFrame([{k: r.get(k) for k in schema} for r in found], schema=schema)

    return {
        "articles": frame("articles", articles), "mentions": frame("mentions", rows.mentions),
        "mention_sectors": frame("mention_sectors", rows.sectors), "mention_actors": frame("mention_actors", rows.actors),
        "sources": frame("sources", _sources(articles)),
    }


def _sources(articles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for a in articles:
        kind = "ministry" if a["home_country"] else "other"
        found.setdefault(a["source_id"], {
            "source_id": a["source_id"], "name": a["source_name"], "kind": "file", "outlet_type": kind, "country": a["home_country"],
            "language": None, "first_seen_at": a["fetched_at"],
        })
    return list(found.values())
