"""Good rows: every rule holds for them. A test takes them and breaks one value."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl

from expectations.frames import schema, stable_id
from warehouse.tables import BY_NAME

COUNTRIES = frozenset({"FRA", "MAR", "ESP", "DZA", "USA"})
RUN = "run-1"
FIRST = "France praised Morocco."
SECOND = "France and Morocco held talks in Rabat, the Élysée said."
BODY = f"{FIRST} {SECOND}"
ARTICLE_ID = stable_id("article", 0)
SUPPORT_ID, CONSULT_ID = stable_id("mention", 0), stable_id("mention", 1)
Row = dict[str, Any]


def article(**values: Any) -> Row:
    """A coded article of two sentences."""
    return {
        "article_id": ARTICLE_ID, "external_id": "guid-1", "source_id": "monde",
        "url": f"https://example.org/{values.get('article_id', ARTICLE_ID)}", "title": "Talks",
        "body": BODY, "author": None, "section": None, "language": "en", "published_at": datetime(2024, 5, 1, 9),
        "published_precision": "second", "fetched_at": datetime(2024, 5, 1, 10), "content_hash": "0" * 64, "raw_hash": None,
        "story_id": ARTICLE_ID, "is_lead": True, "home_country": "FRA", "is_coded": True, "mention_count": 2,
        "coder_version": "1", "run_id": RUN,
    } | values


def mention(**values: Any) -> Row:
    """France praises Morocco."""
    return {
        "mention_id": SUPPORT_ID, "article_id": ARTICLE_ID, "sentence_index": 0, "sentence": FIRST, "char_start": 0,
        "char_end": len(FIRST), "source_country": "FRA", "target_country": "MAR", "country_a": "FRA", "country_b": "MAR",
        "is_reciprocal": False, "event_type": "SUPPORT", "mode": None, "quad_class": "verbal cooperation", "intensity": 5.0,
        "status": "actual", "is_quoted": False, "speaker_country": None, "speaker": None, "trigger": "praised",
        "event_date": date(2024, 5, 1), "event_date_precision": "publication", "place": None, "place_country": None,
        "confidence": 0.9, "rules": None, "is_corrected": False, "coder_version": "1", "run_id": RUN,
    } | values


def talks(**values: Any) -> Row:
    """France and Morocco meet, says France."""
    return mention(
        mention_id=CONSULT_ID, sentence_index=1, sentence=SECOND, char_start=len(FIRST) + 1, char_end=len(BODY), is_reciprocal=True,
        event_type="CONSULT", mode="visit", intensity=4.0, speaker_country="FRA", speaker="the Élysée", trigger="talks", place="Rabat",
        place_country="MAR",
    ) | values


def sector(**values: Any) -> Row:
    return {"mention_id": SUPPORT_ID, "sector": "diplomacy", "confidence": 0.8} | values


def actor(**values: Any) -> Row:
    return {
        "mention_id": SUPPORT_ID, "role": "source", "text": "France", "name": None, "title": None, "organisation": None,
        "country": "FRA", "actor_type": "GOV",
    } | values


def frame(name: str, rows: list[Row]) -> pl.DataFrame:
    """Rows of a table as a frame in the table's types."""
    return pl.DataFrame(rows, schema=schema(BY_NAME[name]))


def batch() -> dict[str, list[Row]]:
    """One article, two mentions, two sectors, three actors: all good."""
    return {
        "articles": [article()],
        "mentions": [mention(), talks()],
        "mention_sectors": [sector(), sector(mention_id=CONSULT_ID)],
        "mention_actors": [
            actor(), actor(role="target", text="Morocco", country="MAR"),
            actor(mention_id=CONSULT_ID, role="speaker", text="the Élysée"),
        ],
    }


def frames(rows: dict[str, list[Row]] | None = None) -> dict[str, pl.DataFrame]:
    return {name: frame(name, part) for name, part in (rows or batch()).items()}


def many(article_count: int) -> dict[str, pl.DataFrame]:
    """Good frames of any size: three mentions an article, two sectors and two actors a mention."""
    rows: dict[str, list[Row]] = {name: [] for name in batch()}
    for a in range(article_count):
        article_id = stable_id("many", a)
        body = " ".join([BODY] * 40)
        rows["articles"].append(article(article_id=article_id, story_id=article_id, body=body, mention_count=3))
        for m in range(3):
            mention_id, start = stable_id("many", a, m), m * (len(BODY) + 1)
            rows["mentions"].append(
                mention(mention_id=mention_id, article_id=article_id, sentence_index=2 * m, char_start=start, char_end=start + len(FIRST))
            )
            rows["mention_sectors"] += [sector(mention_id=mention_id), sector(mention_id=mention_id, sector="culture")]
            rows["mention_actors"] += [
                actor(mention_id=mention_id), actor(mention_id=mention_id, role="target", text="Morocco", country="MAR"),
            ]
    return {name: frame(name, part) for name, part in rows.items()}


def metrics(**values: Any) -> pl.DataFrame:
    """One row of figures over a good warehouse."""
    return pl.DataFrame([{
        "article_count": 100, "mention_share": 0.31, "past_mention_share": 0.3, "past_mention_share_deviation": 0.02,
        "past_run_count": 10, "duplicate_mention_count": 0, "duplicate_article_count": 0, "duplicate_sector_count": 0,
        "duplicate_actor_count": 0, "orphan_mention_count": 0,
        "orphan_sector_count": 0, "orphan_actor_count": 0, "self_pair_count": 0, "unknown_code_count": 0, "future_date_count": 0,
        "wrong_mention_count": 0,
    } | values])
