"""A failing row for every rule. Those of the baseline are made from the table spec, those with meaning are written here.

A case is the changes to a good row, or a list of rows of which the last is the one that fails.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl

from expectations import articles, mention_actors, mention_sectors, mentions, sets
from expectations.frames import stable_id
from tests.expectations.rows import BODY, COUNTRIES, FIRST, Row, actor, article, frame, mention, metrics, sector
from warehouse.spec import Column
from warehouse.tables import BY_NAME

MAKERS = {"articles": article, "mentions": mention, "mention_sectors": sector, "mention_actors": actor}
# Neither an id nor a hash, a language or a country; between FRA and MAR, so that the order of a pair stays right.
NO_PATTERN = "M-1"


@dataclass(frozen=True)
class Case:
    """Changes to a good row that make it fail; ``before`` are other rows needed for it, ``also`` rules that must fail with it."""

    changes: Row
    before: list[Row] = field(default_factory=list)
    also: tuple[str, ...] = ()


ARTICLE_CASES = {
    "body has text": Case({"body": " \n "}),
    "body has at most 2,000,000 characters": Case({"body": "x" * 2_000_001}),
    "body and title hold no null byte": Case({"title": "Ta\x00lks"}),
    "published_at is at most 2 days after fetched_at": Case({"published_at": datetime(2190, 1, 1)}),
    "published_at is not before 1900": Case({"published_at": datetime(1, 1, 1)}),
    "home_country is a known country": Case({"home_country": "ZZZ"}),
    "title has at most 1,000 characters": Case({"title": "x" * 1_001}),
    "published_precision is unknown exactly where published_at is null": Case({"published_at": None}),
    "mention_count is the number of its mentions": Case({"mention_count": 5}),
    "an article that is not coded has no mentions": Case({"is_coded": False}),
}
MENTION_CASES = {
    "char_end lies at or above 1": Case({"char_end": 0}, also=("char_end is greater than char_start",)),
    "source_country and target_country differ": Case(
        {"target_country": "FRA", "country_b": "FRA"}, also=("country_a stands before country_b",)
    ),
    "country_a stands before country_b": Case({"country_a": "MAR", "country_b": "FRA"}),
    "country_a and country_b are the source and the target": Case({"country_b": "USA"}),
    "a reciprocal mention has source and target in alphabetical order": Case(
        {"source_country": "MAR", "target_country": "FRA", "is_reciprocal": True}
    ),
    "source_country is a known country": Case({"source_country": "ZZZ", "country_a": "MAR", "country_b": "ZZZ"}),
    "target_country is a known country": Case({"target_country": "ZZZ", "country_b": "ZZZ"}),
    "speaker_country is a known country": Case({"speaker_country": "UNO"}),
    "place_country is a known country": Case({"place_country": "ZZZ"}),
    "quad_class is that of event_type": Case({"quad_class": "material cooperation"}),
    "intensity is null exactly for RELATE": Case({"intensity": None}),
    "mode is one of event_type's": Case({"mode": "aerial"}),
    "intensity is positive for cooperation and not above 0.5 for conflict": Case({"intensity": -5.0}),
    "event_date is at most 20 years after and 150 years before publication": Case({"event_date": date(1700, 1, 1)}),
    "event_date_precision is unknown exactly where event_date is null": Case({"event_date": None}),
    "article_id is an article of the batch": Case({"article_id": stable_id("nowhere")}),
    "char_end is greater than char_start": Case({"char_start": len(FIRST)}),
    "the span lies inside the body": Case({"char_end": len(BODY) + 1}),
    "sentence is body[char_start:char_end]": Case({"sentence": "France praised Spain."}),
    "a sentence has one mention of a pair and type": Case({}, before=[{"mention_id": stable_id("the first of two")}]),
}
SECTOR_CASES = {
    "mention_id is a mention of the batch": Case({"mention_id": stable_id("nowhere")}),
    "a mention has at most 4 sectors": Case(
        {"confidence": 0.1}, before=[{"sector": s} for s in ("trade", "energy", "sport", "culture")]
    ),
}
ACTOR_CASES = {
    "mention_id is a mention of the batch": Case({"mention_id": stable_id("nowhere")}),
    "text holds a word": Case({"text": " "}),
    "country is a known country": Case({"country": "ZZZ"}, also=("country is one of the pair or the speaker's",)),
    "country is one of the pair or the speaker's": Case({"country": "USA"}),
    "an actor's country is that of its role": Case({"country": "MAR"}),
}
WRITTEN = {"articles": ARTICLE_CASES, "mentions": MENTION_CASES, "mention_sectors": SECTOR_CASES, "mention_actors": ACTOR_CASES}
SET_CASES: dict[str, pl.DataFrame] = {
    says: sets.prepare(metrics(**{name: 1}), 0, 100) for name, (says, _) in sets.COUNTS.items()
} | {
    "the share of refused rows is at most max_refused_share": sets.prepare(metrics(), 21, 100),
    "the share of articles with a mention is within 3 standard deviations of the past": sets.prepare(metrics(mention_share=0.1), 0, 100),
}


def of_column(column: Column) -> dict[str, Case]:
    """Cases for what the spec says of a column; the words are written out again, so that a lost rule shows."""
    name, cases = column.name, {}
    if not column.nullable:
        cases[f"{name} is never null"] = Case({name: None})
    if column.allowed:
        cases[f"{name} is one of the allowed values"] = Case({name: "nonsense"})
    if column.pattern:
        cases[f"{name} fits {column.pattern}"] = Case({name: NO_PATTERN})
    if column.high is not None:
        cases[f"{name} lies between {column.low:g} and {column.high:g}"] = Case({name: column.high + 1})
    elif column.low is not None:
        cases[f"{name} lies at or above {column.low:g}"] = Case({name: int(column.low) - 1})
    return cases


def of_suite(name: str) -> dict[str, Case]:
    """All cases of a row-level suite by the words of the rule."""
    table = BY_NAME[name]
    derived = {says: case for column in table.columns for says, case in of_column(column).items()}
    copied = {f"{' and '.join(table.key)} is unique": Case({}, before=[{}])}
    return derived | copied | WRITTEN[name]


def prepared(name: str) -> tuple[pl.DataFrame, dict[str, int]]:
    """One frame with the rows of all cases of a suite, prepared; and for each rule the number of the row that must fail.

    Each case has ids of its own, and the articles or mentions that it needs, so that cases do not touch each other.
    """
    rows: list[Row] = []
    failing: dict[str, int] = {}
    for says, case in of_suite(name).items():
        own = {k: stable_id(name, says) for k in ("article_id", "mention_id") if k in BY_NAME[name].names}
        rows += [MAKERS[name](**own | changes) for changes in (*case.before, case.changes)]
        failing[says] = len(rows) - 1
    return _prepared(name, rows), failing


def _prepared(name: str, rows: list[Row]) -> pl.DataFrame:
    checked = frame(name, rows)
    nowhere = stable_id("nowhere")
    if name in ("articles", "mentions"):
        ids = [i for i in dict.fromkeys(row["article_id"] for row in rows) if i and i != nowhere]
        if name == "mentions":
            return mentions.prepare(checked, frame("articles", [article(article_id=i) for i in ids]), COUNTRIES)
        two = [mention(article_id=i, mention_id=stable_id(i, n)) for i in ids for n in range(2)]
        return articles.prepare(checked, frame("mentions", two), COUNTRIES)
    ids = [i for i in dict.fromkeys(row["mention_id"] for row in rows) if i and i != nowhere]
    above = frame("mentions", [mention(mention_id=i) for i in ids])
    return mention_sectors.prepare(checked, above) if name == "mention_sectors" else mention_actors.prepare(checked, above, COUNTRIES)


def uncovered(words: dict[str, list[str]], cases: dict[str, Any]) -> list[str]:
    """Rules of the suites without a case, and cases without a rule."""
    said = {(name, says) for name, part in words.items() for says in part}
    shown = {(name, says) for name, part in cases.items() for says in part}
    return sorted(f"{name}: {says}" for name, says in said ^ shown)
