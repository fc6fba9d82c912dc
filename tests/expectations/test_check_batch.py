"""A staged batch: what is refused takes its parts with it, what stays is right, ids are stable."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest

from expectations import checks, sets
from expectations.frames import empty, stable_id
from expectations.staging import ARTICLE_REFUSED, Checked, Count, check_batch
from tests.expectations.rows import (
    ARTICLE_ID,
    CONSULT_ID,
    COUNTRIES,
    SUPPORT_ID,
    Row,
    actor,
    article,
    batch,
    frames,
    mention,
    metrics,
    sector,
)
from warehouse.tables import BY_NAME, QUARANTINE, VALIDATIONS


def check(rows: dict[str, list[Row]], run_id: str = "run-1") -> Checked:
    return check_batch(frames(rows), run_id, 0, COUNTRIES)


def test_good_batch_passes_whole() -> None:
    given = frames()
    checked = check_batch(given, "run-1", 0, COUNTRIES)
    assert checked.validations["is_met"].all() and checked.quarantine.is_empty()
    for name, frame in given.items():
        assert checked.kept[name].equals(frame), name
    assert checked.counts["mention_actors"] == Count(3, 3, 0, 0)
    assert checked.refused_share == 0


def test_refused_article_takes_its_mentions_and_their_parts_along() -> None:
    rows = batch()
    other = stable_id("other")
    rows["articles"] = [article(body=""), article(article_id=other, mention_count=1)]
    rows["mentions"].append(mention(mention_id=stable_id("kept"), article_id=other))
    checked = check(rows)
    assert checked.kept["articles"]["article_id"].to_list() == [other]
    assert checked.kept["mentions"]["article_id"].to_list() == [other]
    assert checked.kept["mention_sectors"].is_empty() and checked.kept["mention_actors"].is_empty()
    refused = checked.quarantine.filter(pl.col("table_name") == "mentions")
    assert refused["row_key"].to_list() == [SUPPORT_ID, CONSULT_ID]
    assert refused["expectation"].unique().to_list() == [ARTICLE_REFUSED]
    assert ARTICLE_REFUSED in refused["reason"][0] and "requeue" in refused["reason"][0]
    assert checked.counts == {
        "articles": Count(2, 1, 1, 0), "mentions": Count(3, 1, 2, 0), "mention_sectors": Count(2, 0, 0, 2),
        "mention_actors": Count(3, 0, 0, 3),
    }


def test_refused_mention_takes_its_parts_along_and_the_article_counts_anew() -> None:
    rows = batch()
    rows["mentions"][0]["intensity"] = None
    checked = check(rows)
    assert checked.kept["mentions"]["mention_id"].to_list() == [CONSULT_ID]
    assert checked.kept["mention_sectors"]["mention_id"].to_list() == [CONSULT_ID]
    assert checked.kept["mention_actors"]["mention_id"].to_list() == [CONSULT_ID]
    assert checked.kept["articles"]["mention_count"].to_list() == [1]
    assert checked.counts["mention_actors"] == Count(3, 1, 0, 2)


def test_parts_of_no_mention_are_refused_not_dropped() -> None:
    rows = batch()
    rows["mention_sectors"].append(sector(mention_id=stable_id("nowhere")))
    rows["mention_actors"].append(actor(mention_id=stable_id("nowhere")))
    checked = check(rows)
    assert sorted(checked.quarantine["table_name"]) == ["mention_actors", "mention_sectors"]


def test_copy_of_an_article_is_refused_and_the_first_keeps_its_mentions() -> None:
    rows = batch()
    rows["articles"].append(article())
    checked = check(rows)
    assert checked.counts["articles"] == Count(2, 1, 1, 0)
    assert checked.kept["mentions"].height == 2


def test_article_refused_for_several_reasons_is_refused_once() -> None:
    rows = batch()
    rows["articles"] = [article(body=" ", language="english")]
    rows["mentions"], rows["mention_sectors"], rows["mention_actors"] = [], [], []
    checked = check(rows)
    assert checked.quarantine.height == 1
    assert "body has text" in checked.quarantine["reason"][0] and "language fits" in checked.quarantine["reason"][0]
    assert json.loads(checked.quarantine["row_json"][0])["language"] == "english"


@pytest.mark.parametrize("value", ["FRA\n", "", " FRA", "ＦＲＡ"])
def test_nearly_right_code_is_refused(value: str) -> None:
    rows = batch()
    rows["articles"][0]["home_country"] = value
    assert check(rows).counts["articles"].refused_count == 1


def test_offsets_count_code_points() -> None:
    body = "🇫🇷 Élysée: France praised Morocco."
    start = body.index("France")
    rows = batch()
    rows["articles"] = [article(body=body, mention_count=1)]
    rows["mentions"] = [mention(char_start=start, char_end=len(body))]
    rows["mention_sectors"], rows["mention_actors"] = [], []
    assert check(rows).validations["is_met"].all()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -0.1])
def test_confidence_that_is_no_share_is_refused(value: float) -> None:
    rows = batch()
    rows["mentions"][0]["confidence"] = value
    assert check(rows).counts["mentions"].refused_count == 1


def test_ids_are_stable_and_quarantine_knows_no_run() -> None:
    rows = batch()
    rows["mentions"][0]["sentence"] = "Other words."
    first, again = check(rows), check(rows)
    rows["mentions"][0]["run_id"] = "run-2"
    later = check(rows, "run-2")
    assert first.validations["validation_id"].equals(again.validations["validation_id"])
    assert first.validations["validation_id"].n_unique() == first.validations.height
    assert not set(first.validations["validation_id"]) & set(later.validations["validation_id"])
    assert first.quarantine["quarantine_id"].to_list() == later.quarantine["quarantine_id"].to_list()


def test_reports_are_in_the_tables_spec() -> None:
    rows = batch()
    rows["mentions"][0]["mode"] = "aerial"
    rows["mentions"][1]["place_country"] = "ZZZ"
    checked = check(rows)
    assert checked.validations.schema == empty(VALIDATIONS).schema and checked.quarantine.schema == empty(QUARANTINE).schema
    for table, frame in ((VALIDATIONS, checked.validations), (QUARANTINE, checked.quarantine)):
        for column in table.columns:
            assert column.nullable or not frame[column.name].null_count()
            assert not column.allowed or frame[column.name].is_in(column.allowed).all()
    warned = checked.validations.row(by_predicate=~pl.col("is_met") & (pl.col("severity") == "warning"), named=True)
    assert warned["unexpected_count"] == 1 and json.loads(warned["details"])[0]["mode"] == "aerial"


def test_empty_batch_is_kept_without_checks() -> None:
    checked = check_batch({name: empty(BY_NAME[name]) for name in batch()}, "run-1", 0, COUNTRIES)
    assert checked.validations.is_empty() and checked.quarantine.is_empty() and checked.results == []
    assert checked.kept["articles"].schema == empty(BY_NAME["articles"]).schema


def test_other_frames_pass_through_and_missing_ones_are_told() -> None:
    sources = pl.DataFrame({"source_id": ["monde"]})
    assert check_batch(frames() | {"sources": sources}, "run-1", 0, COUNTRIES).kept["sources"].equals(sources)
    with pytest.raises(ValueError, match="mention_actors"):
        check_batch({k: v for k, v in frames().items() if k != "mention_actors"}, "run-1", 0, COUNTRIES)
    with pytest.raises(ValueError, match="articles lacks the columns body"):
        check_batch(frames() | {"articles": frames()["articles"].drop("body")}, "run-1", 0, COUNTRIES)


def test_rule_that_cannot_be_worked_out_is_an_error_not_a_refusal() -> None:
    prepared = sets.prepare(metrics(), 0, 100).with_columns(self_pair_count=pl.lit("none"))
    with pytest.raises(checks.CheckError, match="no mention has the same country twice"):
        checks.validate("set", prepared, "run-1", 0)


@pytest.mark.parametrize(
    ("refused", "checked", "limit", "stops"),
    [(20, 100, 0.2, False), (21, 100, 0.2, True), (19, 19, 0.2, False), (20, 20, 0.2, True), (20, 20, 1.0, False), (0, 0, 0.0, False)],
)
def test_refused_share_stops_the_publish(refused: int, checked: int, limit: float, stops: bool) -> None:
    report = checks.validate("set", sets.prepare(metrics(), refused, checked, limit), "run-1", 0)
    assert report.stops_publish == stops


@pytest.mark.parametrize(
    "values", [{"past_run_count": 0, "past_mention_share": None, "past_mention_share_deviation": None}, {"article_count": 3}]
)
def test_share_of_mentions_is_not_judged_without_a_past_or_with_few_articles(values: dict[str, Any]) -> None:
    report = checks.validate("set", sets.prepare(metrics(**values | {"mention_share": 0.9}), 0, 100), "run-1", 0)
    assert report.validations["is_met"].all()


def test_figures_that_were_not_measured_are_an_error() -> None:
    with pytest.raises(ValueError, match="without null"):
        sets.prepare(metrics(self_pair_count=None), 0, 100)


def test_one_article_id_is_on_every_good_row() -> None:
    assert {row["article_id"] for row in (*batch()["articles"], *batch()["mentions"])} == {ARTICLE_ID}
