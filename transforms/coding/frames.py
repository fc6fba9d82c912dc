"""Mentions as table rows: ids, pair order, and the dictionaries that become polars frames."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from transforms.coding.coder import Mention


@dataclass(slots=True)
class Rows:
    """Rows of the three mention tables, keys as in ``warehouse.tables``."""

    mentions: list[dict[str, Any]] = field(default_factory=list)
    sectors: list[dict[str, Any]] = field(default_factory=list)
    actors: list[dict[str, Any]] = field(default_factory=list)


def mention_id(article_id: str, mention: Mention) -> str:
    """20 hex digits of SHA-256 over article, span, direction and type: stable over runs."""
    parts = (article_id, mention.start, mention.end, mention.source, mention.target, mention.is_reciprocal, mention.event_type)
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:20]


def add_rows(rows: Rows, article_id: str, body: str, mentions: list[Mention], coder_version: str, run_id: str) -> None:
    """Append the rows of one article's mentions."""
    seen = set()
    for m in mentions:
        key = mention_id(article_id, m)
        if key in seen:
            continue
        seen.add(key)
        first, second = sorted((m.source, m.target))
        rows.mentions.append({
            "mention_id": key, "article_id": article_id, "sentence_index": m.sentence_index, "sentence": body[m.start : m.end],
            "char_start": m.start, "char_end": m.end, "source_country": m.source, "target_country": m.target,
            "country_a": first, "country_b": second, "is_reciprocal": m.is_reciprocal, "event_type": m.event_type, "mode": m.mode,
            "quad_class": m.quad_class, "intensity": m.intensity, "status": m.status, "is_quoted": m.is_quoted,
            "speaker_country": m.speaker_country, "speaker": m.speaker, "trigger": m.trigger, "event_date": m.event_date,
            "event_date_precision": m.event_date_precision, "place": m.place, "place_country": m.place_country,
            "confidence": m.confidence, "rules": " ".join(m.rules) or None, "is_corrected": False,
            "coder_version": coder_version, "run_id": run_id,
        })
        rows.sectors += [{"mention_id": key, "sector": s, "confidence": p} for s, p in m.sectors.items()]
        taken = set()
        for actor in m.actors:
            if (actor.role, actor.text) not in taken:
                taken.add((actor.role, actor.text))
                rows.actors.append({
                    "mention_id": key, "role": actor.role, "text": actor.text, "name": actor.name, "title": actor.title,
                    "organisation": actor.organisation, "country": actor.country, "actor_type": actor.actor_type,
                })
