"""What must be true of articles."""

from __future__ import annotations

import polars as pl

from expectations.baseline import baseline
from expectations.engine import gx
from expectations.frames import is_known
from expectations.rules import Words, between, holds
from warehouse.tables import ARTICLES

MAX_BODY_LENGTH = 2_000_000
MAX_TITLE_LENGTH = 1_000
FIRST_YEAR = 1900
AHEAD = pl.duration(days=2)

MEANING = [
    between("body_length", 1, None, Words(
        "body has text", "An article without text cannot be coded; most often the page was read wrongly.",
        "Look at the raw document, mend the source's reader, then requeue.", shows=("url", "external_id"),
    )),
    between("body_length", None, MAX_BODY_LENGTH, Words(
        f"body has at most {MAX_BODY_LENGTH:,} characters", "No article is so long; a whole archive was read as one.",
        "Cut the file into records with a file layout in the source's settings, then requeue.", shows=("url", "external_id"),
    )),
    holds("is_without_null_bytes", Words(
        "body and title hold no null byte", "Null bytes come from a wrong encoding or a binary file, and cut texts short in other tools.",
        "Set the source's encoding, then requeue.", shows=("url", "external_id"),
    )),
    holds("is_not_from_the_future", Words(
        "published_at is at most 2 days after fetched_at",
        "A day may be ahead by its time zone; a date in 2190 is misread and would stand at the end of every series.",
        "Check the source's date format, then requeue.", shows=("published_at", "fetched_at"),
    )),
    holds("is_after_first_year", Words(
        f"published_at is not before {FIRST_YEAR}", "Country codes and lexicons reach no further back; 1970 and 0001 stand for no date.",
        "Check the source's date format; leave the date empty where the outlet gives none.", shows=("published_at",),
    )),
    holds("is_home_country_known", Words(
        "home_country is a known country", "Mentions in a government's own text are given to this country.",
        "Write the ISO 3166-1 alpha-3 code in the source's settings.", shows=("home_country",),
    )),
    between("title_length", None, MAX_TITLE_LENGTH, Words(
        f"title has at most {MAX_TITLE_LENGTH:,} characters", "A longer one is a paragraph that was taken for the headline.",
        "Mend the source's title selector.", "warning", ("url",),
    )),
    holds("is_precision_fit", Words(
        "published_precision is unknown exactly where published_at is null", "Otherwise series by day count articles without a day.",
        "Mend the reader that sets the two.", "warning", ("published_at", "published_precision"),
    )),
    holds("is_mention_count_fit", Words(
        "mention_count is the number of its mentions", "Shares of articles with a mention are made from it; the check corrects it.",
        "Mend the step that counts.", "warning", ("mention_count",),
    )),
    holds("is_uncoded_without_mentions", Words(
        "an article that is not coded has no mentions", "Mentions in a text that the coder cannot read are chance.",
        "Mend the step that chooses the articles to code.", "warning", ("language", "is_coded", "mention_count"),
    )),
]


def suite() -> gx.ExpectationSuite:
    """Baseline and meaning of ``articles``."""
    return gx.ExpectationSuite(name="articles", expectations=[*baseline(ARTICLES), *MEANING])


def prepare(articles: pl.DataFrame, mentions: pl.DataFrame, countries: frozenset[str]) -> pl.DataFrame:
    """Add the helper columns that the suite looks at; one row stays one row."""
    counted = mentions.group_by("article_id").agg(pl.len().alias("counted"))
    is_countable = pl.col("article_id").is_not_null() & (pl.col("mention_count") >= 0)
    published, title = pl.col("published_at"), pl.col("title").fill_null("")
    return articles.join(counted, on="article_id", how="left", maintain_order="left").with_columns(
        body_length=pl.when(pl.col("body").str.contains(r"\S")).then(pl.col("body").str.len_chars())
        .when(pl.col("body").is_not_null()).then(0),
        title_length=pl.col("title").str.len_chars(),
        is_without_null_bytes=~(pl.col("body").str.contains("\x00", literal=True) | title.str.contains("\x00", literal=True)),
        is_not_from_the_future=published <= pl.col("fetched_at") + AHEAD,
        is_after_first_year=published.dt.year() >= FIRST_YEAR,
        is_home_country_known=is_known("home_country", countries),
        is_precision_fit=published.is_null() == (pl.col("published_precision") == "unknown"),
        is_mention_count_fit=pl.when(is_countable).then(pl.col("mention_count") == pl.col("counted").fill_null(0)),
        is_uncoded_without_mentions=pl.col("is_coded") | (pl.col("counted").fill_null(0) == 0),
    ).drop("counted")
