"""One staged batch through all its suites, in the order of what rests on what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from expectations import articles, mention_actors, mention_sectors, mentions
from expectations.checks import Report, validate
from expectations.frames import in_spec
from expectations.quarantine import refuse
from warehouse.tables import BY_NAME, MENTIONS

STAGED = ("articles", "mentions", "mention_sectors", "mention_actors")
ARTICLE_REFUSED = "its article was refused"


@dataclass(frozen=True, slots=True)
class Count:
    """Rows of one table: in = kept + refused + dropped. Dropped are the parts of refused mentions."""

    in_count: int
    kept_count: int
    refused_count: int
    dropped_count: int


@dataclass(frozen=True, slots=True)
class Checked:
    """A batch after its checks. ``kept`` has the four staged tables, and any other frame that came in as it was."""

    kept: dict[str, pl.DataFrame]
    validations: pl.DataFrame
    quarantine: pl.DataFrame
    counts: dict[str, Count]
    results: list[dict[str, Any]]

    @property
    def refused_share(self) -> float:
        """Refused rows by rows that came in, 0 to 1, over all tables."""
        came = sum(c.in_count for c in self.counts.values())
        return sum(c.refused_count for c in self.counts.values()) / came if came else 0.0


def check_batch(frames: dict[str, pl.DataFrame], run_id: str, batch: int, countries: frozenset[str]) -> Checked:
    """Check articles, then their mentions, then the mentions' sectors and actors.

    With a refused article its mentions are refused, with a refused mention its sectors and actors are dropped; then
    ``mention_count`` is set to what is left. Raises ``ValueError`` when a frame or a column is missing.
    """
    missing = [name for name in STAGED if name not in frames]
    if missing:
        raise ValueError(f"the batch lacks {', '.join(missing)}")
    staged = {name: in_spec(frames[name], BY_NAME[name]) for name in STAGED}
    good_articles = validate("articles", articles.prepare(staged["articles"], staged["mentions"], countries), run_id, batch)
    left, fallen = _without(staged["mentions"], staged["articles"], good_articles.kept, "article_id")
    with_article = refuse(fallen.with_columns(
        expectation=pl.lit(ARTICLE_REFUSED), rules=pl.lit(ARTICLE_REFUSED),
        reason=pl.lit(f"Not written: {ARTICLE_REFUSED}. Mend: mend the article and requeue it; its mentions come with it."),
    ), MENTIONS, run_id)
    good_mentions = validate("mentions", mentions.prepare(left, good_articles.kept, countries), run_id, batch)
    reports = {"articles": good_articles, "mentions": good_mentions}
    for name, prepared in _parts(staged, good_mentions.kept, countries).items():
        reports[name] = validate(name, prepared, run_id, batch)
    return _checked(frames, staged, reports, with_article)


def _without(rows: pl.DataFrame, before: pl.DataFrame, after: pl.DataFrame, key: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split rows: those to go on, and those whose ``key`` was refused, that is in ``before`` and not in ``after``."""
    gone = before.join(after, on=key, how="anti").select(key).unique()
    return rows.join(gone, on=key, how="anti", maintain_order="left"), rows.join(gone, on=key, how="semi", maintain_order="left")


def _parts(staged: dict[str, pl.DataFrame], kept: pl.DataFrame, countries: frozenset[str]) -> dict[str, pl.DataFrame]:
    """Sectors and actors of the mentions that were kept, and those of no mention at all, prepared."""
    sectors, _ = _without(staged["mention_sectors"], staged["mentions"], kept, "mention_id")
    actors, _ = _without(staged["mention_actors"], staged["mentions"], kept, "mention_id")
    return {
        "mention_sectors": mention_sectors.prepare(sectors, kept),
        "mention_actors": mention_actors.prepare(actors, kept, countries),
    }


def _checked(
    frames: dict[str, pl.DataFrame], staged: dict[str, pl.DataFrame], reports: dict[str, Report], with_article: pl.DataFrame
) -> Checked:
    kept = frames | {name: report.kept.select(BY_NAME[name].names) for name, report in reports.items()}
    counted = kept["mentions"].group_by("article_id").agg(pl.len().cast(pl.Int32).alias("mention_count"))
    kept["articles"] = kept["articles"].drop("mention_count").join(
        counted, on="article_id", how="left", maintain_order="left"
    ).with_columns(pl.col("mention_count").fill_null(0)).select(BY_NAME["articles"].names)
    counts = {}
    for name, report in reports.items():
        refused = report.refused.height + (with_article.height if name == "mentions" else 0)
        came, went = staged[name].height, report.kept.height
        counts[name] = Count(came, went, refused, came - went - refused)
    return Checked(
        kept, pl.concat(r.validations for r in reports.values()), pl.concat([with_article, *(r.refused for r in reports.values())]),
        counts, [r.result for r in reports.values() if r.result is not None],
    )
