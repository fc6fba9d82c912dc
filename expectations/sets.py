"""What must be true of a whole run and of the warehouse after it; looked at through one row of figures."""

from __future__ import annotations

import polars as pl

from expectations.engine import gx
from expectations.rules import Words, between, holds

# The refused share of fewer rows says nothing: one bad row of three would stop the publish.
MIN_CHECKED_COUNT = 20
# A mean over fewer runs is chance.
MIN_PAST_RUN_COUNT = 5
MIN_ARTICLE_COUNT = 20
MAX_DEVIATIONS = 3.0
# Runs that were alike by luck would make every small change an alarm.
MIN_DEVIATION = 0.02

MEND = "Nothing is published; find the rows with `bilateral query`, mend what wrote them, then run again."
COUNTS = {
    "duplicate_article_count": ("no two articles share their id", "Copies of an id are counted twice."),
    "duplicate_mention_count": ("no two mentions share their id", "Copies of an id are counted twice."),
    "duplicate_sector_count": ("no mention has a sector twice", "It would be counted twice in that sector."),
    "duplicate_actor_count": ("no mention has an actor twice", "Who acts most is counted from them."),
    "orphan_mention_count": ("every mention has its article", "A mention without its article can be neither read nor dated."),
    "orphan_sector_count": ("every sector has its mention", "A sector without its mention says nothing."),
    "orphan_actor_count": ("every actor has its mention", "An actor without its mention says nothing."),
    "self_pair_count": ("no mention has the same country twice", "Domestic matters give no mention."),
    "unknown_code_count": ("every country code is known", "A code that countries lacks falls out of every join."),
    "future_date_count": ("no article is from the future", "It would stand at the end of every series."),
    "wrong_mention_count": ("every mention_count is right", "Shares of articles with a mention are made from it."),
}


def suite() -> gx.ExpectationSuite:
    """Rules over the figures of ``warehouse.metrics`` and the counts of the run."""
    zeros = [between(name, 0, 0, Words(says, why, MEND, shows=(name,))) for name, (says, why) in COUNTS.items()]
    refused = holds("is_refused_share_allowed", Words(
        "the share of refused rows is at most max_refused_share", "So many refusals are a fault of a source or of the coder, not of rows.",
        "Read quarantine by expectation, mend the cause, requeue; or raise max_refused_share for this run.",
        shows=("refused_count", "checked_count", "refused_share", "max_refused_share"),
    ))
    usual = holds("is_mention_share_usual", Words(
        f"the share of articles with a mention is within {MAX_DEVIATIONS:g} standard deviations of the past",
        "A share that drops or jumps tells of a source that changed its page, or of a coder that fails.",
        "Read some articles of the run; nothing is wrong if the news is.", "warning",
        ("article_count", "mention_share", "past_mention_share", "past_mention_share_deviation", "past_run_count"),
    ))
    return gx.ExpectationSuite(name="set", expectations=[*zeros, refused, usual])


def prepare(metrics: pl.DataFrame, refused_count: int, checked_count: int, max_refused_share: float = 0.2) -> pl.DataFrame:
    """Add the run's own figures to one row of metrics, with the columns that ``warehouse.metrics`` gives.

    ``checked_count`` are the rows that the row-level suites looked at, ``refused_count`` those of them refused. Raises
    ``ValueError`` when there is not exactly one row or a count is null: what was not measured must not pass.
    """
    if metrics.height != 1 or any(metrics[name].null_count() for name in COUNTS):
        raise ValueError("metrics must be one row without null counts")
    share, past = pl.col("mention_share").cast(pl.Float64), pl.col("past_mention_share").cast(pl.Float64)
    deviation = pl.max_horizontal(pl.col("past_mention_share_deviation").cast(pl.Float64), pl.lit(MIN_DEVIATION))
    is_enough = (pl.col("past_run_count") >= MIN_PAST_RUN_COUNT) & (pl.col("article_count") >= MIN_ARTICLE_COUNT)
    refused_share = refused_count / checked_count if checked_count else 0.0
    is_allowed = refused_share <= max_refused_share if checked_count >= MIN_CHECKED_COUNT else None
    return metrics.with_columns(
        refused_count=pl.lit(refused_count), checked_count=pl.lit(checked_count), refused_share=pl.lit(refused_share),
        max_refused_share=pl.lit(max_refused_share), is_refused_share_allowed=pl.lit(is_allowed, dtype=pl.Boolean),
        is_mention_share_usual=pl.when(is_enough).then((share - past).abs() <= MAX_DEVIATIONS * deviation),
    )
