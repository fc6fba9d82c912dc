"""What must be true of the actors of mentions."""

from __future__ import annotations

import polars as pl

from expectations.baseline import baseline
from expectations.engine import gx
from expectations.frames import is_known
from expectations.rules import Words, holds
from warehouse.tables import CODE, MENTION_ACTORS, ROLES

MEND = "A fault of the coder's actors or of its lexicon of offices and names: mend it, then requeue."

MEANING = [
    holds("has_mention", Words(
        "mention_id is a mention of the batch", "An actor without its mention says nothing.",
        "Requeue the article: its actors come with it.", shows=("mention_id",),
    )),
    holds("has_text", Words(
        "text holds a word", "The words are what a reader finds again in the sentence.", MEND, shows=("role",),
    )),
    holds("is_country_known", Words(
        "country is a known country", "A code that countries lacks falls out of every join.", MEND, shows=("country", "text"),
    )),
    holds("is_country_of_mention", Words(
        "country is one of the pair or the speaker's", "An actor of a fourth country plays no part in the mention.",
        MEND, shows=("role", "country", "text"),
    )),
    holds("is_role_of_country", Words(
        "an actor's country is that of its role",
        "A source of the target's country hints at a turned direction; reciprocal mentions have either.",
        MEND, "warning", ("role", "country", "text"),
    )),
]


def suite() -> gx.ExpectationSuite:
    """Baseline and meaning of ``mention_actors``."""
    return gx.ExpectationSuite(name="mention_actors", expectations=[*baseline(MENTION_ACTORS), *MEANING])


def prepare(actors: pl.DataFrame, mentions: pl.DataFrame, countries: frozenset[str]) -> pl.DataFrame:
    """Add the helper columns that the suite looks at; ``mentions`` gives pair and speaker. One row stays one row."""
    parts = ("source_country", "target_country", "speaker_country")
    known = mentions.unique("mention_id", keep="first").select("mention_id", *parts, "is_reciprocal", has_mention=pl.lit(True))
    joined = actors.join(known, on="mention_id", how="left", maintain_order="left")
    role, country = pl.col("role"), pl.col("country")
    is_of_pair = country.is_in(pl.concat_list("source_country", "target_country"))
    due = pl.coalesce(*(pl.when(role == part.removesuffix("_country")).then(pl.col(part)) for part in parts))
    is_of_mention = pl.when(pl.col("has_mention") & country.str.contains(CODE)).then(
        is_of_pair | country.eq_missing(pl.col("speaker_country"))
    )
    # Null where the mention is missing or the country is no code: that is another rule's matter.
    return joined.with_columns(
        has_mention=pl.when(pl.col("mention_id").is_not_null()).then(pl.col("has_mention").fill_null(False)),
        has_text=pl.col("text").str.contains(r"\w"),
        is_country_known=is_known("country", countries),
        is_country_of_mention=is_of_mention,
        is_role_of_country=pl.when(is_of_mention & role.is_in(ROLES)).then(
            (country == due).fill_null(False) | (pl.col("is_reciprocal") & role.is_in(["source", "target"]) & is_of_pair)
        ),
    ).drop(*parts, "is_reciprocal")
