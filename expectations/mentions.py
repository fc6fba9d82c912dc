"""What must be true of mentions, after the codebook."""

from __future__ import annotations

import polars as pl

from expectations.baseline import baseline
from expectations.engine import gx
from expectations.frames import is_known
from expectations.plover import MODES_OF, QUAD_CLASS_OF
from expectations.rules import Words, greater, holds
from warehouse.tables import CODE, MENTIONS, MODES, QUAD_CLASSES

YEARS_AHEAD, YEARS_BACK = 20, 150
MEND_CODER = "A fault of the coder: see `bilateral explain`, mend its rule, then requeue."
MEND_LEXICON = "Add the country to the coder's countries.csv or mend the surface that gave the code, then requeue."
SPAN = ("char_start", "char_end")
PAIR = ("source_country", "target_country")

PAIR_RULES = [
    holds("is_between_two_countries", Words(
        "source_country and target_country differ", "Domestic matters give no mention.", MEND_CODER, shows=PAIR,
    )),
    greater("country_b", "country_a", Words(
        "country_a stands before country_b", "A pair is counted under one name only if it is always written in one order.",
        MEND_CODER, shows=("country_a", "country_b"),
    )),
    holds("is_pair_of_its_countries", Words(
        "country_a and country_b are the source and the target", "dyad_day and its kin count by the pair.",
        MEND_CODER, shows=(*PAIR, "country_a", "country_b"),
    )),
    holds("is_reciprocal_in_order", Words(
        "a reciprocal mention has source and target in alphabetical order", "Otherwise one act is stored in two ways.",
        MEND_CODER, shows=PAIR,
    )),
    *(holds(f"is_{name}_known", Words(
        f"{name} is a known country", "A code that countries lacks falls out of every join.", MEND_LEXICON, shows=(name,),
    )) for name in (*PAIR, "speaker_country", "place_country")),
]
EVENT_RULES = [
    holds("is_quad_class_of_event_type", Words(
        "quad_class is that of event_type", "The quad class follows from the type and from nothing else.",
        MEND_CODER, shows=("event_type", "quad_class"),
    )),
    holds("is_intensity_fit", Words(
        "intensity is null exactly for RELATE", "A standing relation has no PLOVER score; a zero would pull means down.",
        MEND_CODER, shows=("event_type", "intensity"),
    )),
    holds("is_mode_of_event_type", Words(
        "mode is one of event_type's", "PLOVER gives each type its own modes.", MEND_CODER, "warning", ("event_type", "mode"),
    )),
    holds("is_intensity_signed_right", Words(
        "intensity is positive for cooperation and not above 0.5 for conflict", "PLOVER's scores are so (REQUEST to assist has 0.5).",
        MEND_CODER, "warning", ("quad_class", "intensity"),
    )),
    holds("is_event_date_near", Words(
        f"event_date is at most {YEARS_AHEAD} years after and {YEARS_BACK} years before publication",
        "News speaks of plans and of history, hardly of more; a number was taken for a year.",
        MEND_CODER, "warning", ("event_date",),
    )),
    holds("is_event_date_precision_fit", Words(
        "event_date_precision is unknown exactly where event_date is null", "Otherwise series by day lose or invent days.",
        MEND_CODER, "warning", ("event_date", "event_date_precision"),
    )),
]
TEXT_RULES = [
    holds("has_article", Words(
        "article_id is an article of the batch", "A mention without its article can be neither read nor dated.",
        "Requeue the article: its mentions come with it.", shows=("article_id",),
    )),
    greater("char_end", "char_start", Words(
        "char_end is greater than char_start", "An empty span shows no evidence.", MEND_CODER, shows=SPAN,
    )),
    holds("is_span_in_body", Words(
        "the span lies inside the body", "Offsets are code points into articles.body.", MEND_CODER, shows=SPAN,
    )),
    holds("is_sentence_in_body", Words(
        "sentence is body[char_start:char_end]", "Readers mark the sentence in the article by its offsets.",
        "Count offsets in code points over the cleaned body, then requeue.", shows=(*SPAN, "sentence"),
    )),
    holds("is_only_one_of_pair_and_type", Words(
        "a sentence has one mention of a pair and type", "The codebook counts them once.",
        MEND_CODER, "warning", (*PAIR, "event_type", "sentence"),
    )),
]


def suite() -> gx.ExpectationSuite:
    """Baseline and meaning of ``mentions``."""
    return gx.ExpectationSuite(name="mentions", expectations=[*baseline(MENTIONS), *PAIR_RULES, *EVENT_RULES, *TEXT_RULES])


def prepare(mentions: pl.DataFrame, articles: pl.DataFrame, countries: frozenset[str]) -> pl.DataFrame:
    """Add the helper columns that the suite looks at; ``articles`` gives the bodies. One row stays one row."""
    texts = articles.unique("article_id", keep="first").select(
        "article_id", "body", "published_at", has_article=pl.lit(True), body_length=pl.col("body").str.len_chars(),
    )
    joined = mentions.join(texts, on="article_id", how="left", maintain_order="left")
    known = [is_known(c, countries).alias(f"is_{c}_known") for c in (*PAIR, "speaker_country", "place_country")]
    return joined.with_columns(
        *known, *_pair_helpers(), *_event_helpers(), *_text_helpers(),
    ).drop("body", "published_at", "body_length")


def _pair_helpers() -> list[pl.Expr]:
    source, target = pl.col("source_country"), pl.col("target_country")
    first, second = pl.min_horizontal(*PAIR), pl.max_horizontal(*PAIR)
    is_pair = (pl.col("country_a") == first) & (pl.col("country_b") == second)
    # The wrong order alone is another rule's matter.
    is_turned = (pl.col("country_a") == second) & (pl.col("country_b") == first)
    are_codes = pl.all_horizontal(pl.col(c).str.contains(CODE).fill_null(False) for c in (*PAIR, "country_a", "country_b"))
    return [
        (source != target).alias("is_between_two_countries"),
        pl.when(are_codes).then(is_pair | is_turned).alias("is_pair_of_its_countries"),
        (~pl.col("is_reciprocal") | (source <= target)).alias("is_reciprocal_in_order"),
    ]


def _event_helpers() -> list[pl.Expr]:
    event_type, mode, quad_class = pl.col("event_type"), pl.col("mode"), pl.col("quad_class")
    intensity = pl.col("intensity").fill_nan(None)
    quad_class_due = event_type.replace_strict(QUAD_CLASS_OF, default=None, return_dtype=pl.String)
    modes_due = [f"{t} {m}" for t, modes in MODES_OF.items() for m in modes]
    date, published = pl.col("event_date"), pl.col("published_at").dt.date()
    is_near = (date <= published.dt.offset_by(f"{YEARS_AHEAD}y")) & (date >= published.dt.offset_by(f"-{YEARS_BACK}y"))
    return [
        pl.when(quad_class.is_in(QUAD_CLASSES)).then(quad_class == quad_class_due).alias("is_quad_class_of_event_type"),
        ((event_type == "RELATE") == intensity.is_null()).alias("is_intensity_fit"),
        pl.when(mode.is_in(MODES)).then((event_type + " " + mode).is_in(modes_due)).alias("is_mode_of_event_type"),
        pl.when(quad_class.str.ends_with("cooperation")).then(intensity > 0)
        .when(quad_class.str.ends_with("conflict")).then(intensity <= 0.5).alias("is_intensity_signed_right"),
        is_near.alias("is_event_date_near"),
        (date.is_null() == (pl.col("event_date_precision") == "unknown")).alias("is_event_date_precision_fit"),
    ]


def _text_helpers() -> list[pl.Expr]:
    start, end, length = pl.col("char_start"), pl.col("char_end"), pl.col("body_length")
    is_inside = end <= length
    # A bad span is another rule's matter, and a slice of it would be cut short.
    cut = pl.when(is_inside & (start >= 0) & (end > start)).then(pl.col("body").str.slice(start, end - start))
    one = pl.struct("article_id", *SPAN, "country_a", "country_b", "event_type", "source_country")
    return [
        pl.when(pl.col("article_id").is_not_null()).then(pl.col("has_article").fill_null(False)).alias("has_article"),
        is_inside.alias("is_span_in_body"),
        (pl.col("sentence") == cut).alias("is_sentence_in_body"),
        (one.is_first_distinct() | ~pl.col("mention_id").is_first_distinct()).alias("is_only_one_of_pair_and_type"),
    ]
