"""What must be true of the sectors of mentions."""

from __future__ import annotations

import polars as pl

from expectations.baseline import MEND_CODE, baseline
from expectations.engine import gx
from expectations.rules import Words, between, holds
from warehouse.tables import MENTION_SECTORS

MAX_SECTORS = 4

MEANING = [
    holds("has_mention", Words(
        "mention_id is a mention of the batch", "A sector without its mention says nothing.",
        "Requeue the article: its sectors come with it.", shows=("mention_id",),
    )),
    between("sector_rank", None, MAX_SECTORS, Words(
        f"a mention has at most {MAX_SECTORS} sectors", "The codebook allows no more; the surest are kept.",
        MEND_CODE, shows=("sector", "confidence"),
    )),
]


def suite() -> gx.ExpectationSuite:
    """Baseline and meaning of ``mention_sectors``."""
    return gx.ExpectationSuite(name="mention_sectors", expectations=[*baseline(MENTION_SECTORS), *MEANING])


def prepare(sectors: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """Add ``has_mention`` and ``sector_rank``: place among the mention's sectors by falling confidence, from 1."""
    is_copy = ~pl.struct("mention_id", "sector").is_first_distinct()
    rank = pl.col("confidence").fill_nan(None).rank("ordinal", descending=True).over("mention_id", is_copy)
    # A copy is the key's matter and takes no place.
    return sectors.with_columns(
        has_mention=pl.col("mention_id").is_in(mentions["mention_id"].implode()),
        sector_rank=pl.when(~is_copy).then(rank).cast(pl.Int64),
    )
