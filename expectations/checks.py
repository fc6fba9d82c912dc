"""The adapter: one suite over one frame, in polars on both sides; good rows, refused rows and what was checked come back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd
import polars as pl

from expectations import articles, mention_actors, mention_sectors, mentions, sets
from expectations.engine import Expectation, ExpectationSuiteValidationResult, gx, run
from expectations.frames import empty, schema, stable_id
from expectations.quarantine import refuse
from warehouse.tables import BY_NAME, QUARANTINE, VALIDATIONS

SUITES = {
    "articles": articles.suite, "mentions": mentions.suite, "mention_sectors": mention_sectors.suite,
    "mention_actors": mention_actors.suite, "set": sets.suite,
}
# Longer than any code, id or hash. GX copies the whole frame for each rule, so long texts are cut; keys are not.
SHOWN_LENGTH = 200
EXAMPLES = 5


class CheckError(RuntimeError):
    """A rule could not be worked out: a fault of the program, not of a row."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one suite found in one frame.

    ``kept`` are the good rows with the columns that came in, ``refused`` rows of ``quarantine``, ``validations`` one row for
    each rule, ``result`` the run of the suite as JSON for Data Docs (None where there was no row to check).
    """

    kept: pl.DataFrame
    refused: pl.DataFrame
    validations: pl.DataFrame
    stops_publish: bool
    result: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One rule and the numbers of the rows that failed it."""

    rule: Expectation
    rows: list[int]

    @property
    def is_critical(self) -> bool:
        return str(self.rule.severity.value) == "critical"

    @property
    def shows(self) -> list[str]:
        return list(self.rule.meta["shows"])


def validate(suite_name: str, frame: pl.DataFrame, run_id: str, batch: int) -> Report:
    """Run one suite of ``SUITES`` over a frame that its ``prepare`` has made.

    A row that fails a critical rule goes to ``refused``, once, with all its reasons. A copy of a key is refused and the
    first kept. In the suite ``set`` a failed critical rule sets ``stops_publish``. Raises ``CheckError`` when GX could not
    work out a rule, ``ColumnNotFoundError`` when the frame was not prepared.
    """
    table = BY_NAME.get(suite_name)
    if frame.is_empty():
        return Report(frame, empty(QUARANTINE), empty(VALIDATIONS), False)
    outcomes, result = find(suite_name, frame)
    numbered = frame.with_row_index("row_number")
    validations = _validations(outcomes, numbered, suite_name, run_id, batch)
    critical = [o for o in outcomes if o.is_critical and o.rows]
    told = _trim(result, run_id, batch)
    if table is None:
        return Report(frame, empty(QUARANTINE), validations, bool(critical), told)
    broken = _broken(critical, numbered)
    kept = numbered.join(broken, on="row_number", how="anti", maintain_order="left").drop("row_number")
    refused = refuse(numbered.join(broken, on="row_number", how="inner", maintain_order="left"), table, run_id)
    return Report(kept, refused, validations, False, told)


def find(suite_name: str, frame: pl.DataFrame) -> tuple[list[Outcome], ExpectationSuiteValidationResult]:
    """Which rows of a prepared frame fail which rule, in the order of the suite; and GX's own result."""
    suite, table = _suite(suite_name), BY_NAME.get(suite_name)
    numbered = frame.with_row_index("row_number")
    key = [*(table.key if table else ()), "row_number"]
    result = run(suite, _to_pandas(numbered, suite, key), key)
    return _outcomes(result, suite, numbered), result


@cache
def _suite(name: str) -> gx.ExpectationSuite:
    return SUITES[name]()


def columns_of(rule: Expectation) -> list[str]:
    """The columns that a rule looks at."""
    single = [getattr(rule, name) for name in ("column", "column_A", "column_B") if hasattr(rule, name)]
    return single + list(getattr(rule, "column_list", ()))


def _to_pandas(frame: pl.DataFrame, suite: gx.ExpectationSuite, key: list[str]) -> pd.DataFrame:
    needed = list(dict.fromkeys([*key, *(c for rule in suite.expectations for c in columns_of(rule))]))
    texts = [c for c in needed if c not in key and frame.schema[c] == pl.String]
    return frame.select(needed).with_columns(pl.col(texts).str.head(SHOWN_LENGTH)).to_pandas()


def _outcomes(result: ExpectationSuiteValidationResult, suite: gx.ExpectationSuite, frame: pl.DataFrame) -> list[Outcome]:
    found = {one.expectation_config.description: one for one in result.results}
    outcomes = []
    for rule in suite.expectations:
        one = found[rule.description]
        if one.success:
            outcomes.append(Outcome(rule, []))
            continue
        if "unexpected_index_list" not in one.result:
            raise CheckError(f"{suite.name}: {rule.description}: {one.exception_info}")
        rows = sorted({int(at["row_number"]) for at in one.result["unexpected_index_list"]})
        if type(rule).__name__.endswith("ToBeUnique"):
            copies = frame[rows].filter(~pl.struct(columns_of(rule)).is_first_distinct())
            rows = copies["row_number"].to_list()
        outcomes.append(Outcome(rule, rows))
    return outcomes


def _validations(outcomes: list[Outcome], frame: pl.DataFrame, suite_name: str, run_id: str, batch: int) -> pl.DataFrame:
    rows = []
    for outcome in outcomes:
        rule, looked_at = outcome.rule, columns_of(outcome.rule)
        is_column = len(looked_at) == 1 and not (suite_name in BY_NAME and looked_at[0] not in BY_NAME[suite_name].names)
        rows.append({
            "validation_id": stable_id(run_id, batch, suite_name, rule.description), "run_id": run_id, "batch": batch,
            "suite": suite_name, "expectation": rule.description, "column_name": looked_at[0] if is_column else None,
            "severity": rule.severity.value, "is_met": not outcome.rows, "checked_count": frame.height,
            "unexpected_count": len(outcome.rows), "note": rule.notes, "details": _details(outcome, frame, suite_name),
        })
    return pl.DataFrame(rows, schema=schema(VALIDATIONS))


def _details(outcome: Outcome, frame: pl.DataFrame, suite_name: str) -> str | None:
    """Some failing rows as JSON, by key and the values that tell; of the set its figures, met or not. None if there are none."""
    is_set = suite_name not in BY_NAME
    examples = frame if is_set else frame[outcome.rows[:EXAMPLES]]
    if examples.is_empty():
        return None
    columns = list(dict.fromkeys([*(() if is_set else BY_NAME[suite_name].key), *outcome.shows]))
    told = examples.select(columns).with_columns(pl.col(pl.String).str.head(SHOWN_LENGTH))
    return json.dumps(told.to_dicts(), default=str)


def _broken(critical: list[Outcome], frame: pl.DataFrame) -> pl.DataFrame:
    """For each failed row its number, the first rule broken, all rules broken, and the reasons with their mends."""
    parts = [frame[:0].select("row_number", expectation=pl.lit(""), reason=pl.lit(""))]
    for outcome in critical:
        values = [
            pl.format(f"{c} = {{}}", pl.col(c).cast(pl.String).str.head(60).str.replace_all(r"\s+|\x00", " ").fill_null("null"))
            for c in outcome.shows
        ]
        seen = pl.concat_str(*values, separator=", ") if values else pl.lit("")
        reason = pl.format("Not so: {} ({}). Mend: {}", pl.lit(outcome.rule.description), seen, pl.lit(outcome.rule.meta["mend"]))
        parts.append(frame[outcome.rows].select("row_number", expectation=pl.lit(outcome.rule.description), reason=reason))
    return pl.concat(parts).group_by("row_number", maintain_order=True).agg(
        expectation=pl.col("expectation").first(), rules=pl.col("expectation").str.join("; "), reason=pl.col("reason").str.join(" "),
    )


def _trim(result: ExpectationSuiteValidationResult, run_id: str, batch: int) -> dict[str, Any]:
    """The result as JSON without the lists of all failing rows, which quarantine has."""
    for one in result.results:
        for name in ("unexpected_list", "unexpected_index_list", "unexpected_index_query"):
            one.result.pop(name, None)
    told: dict[str, Any] = result.to_json_dict()
    told["meta"] |= {"run_id": run_id, "batch": batch}
    return told
