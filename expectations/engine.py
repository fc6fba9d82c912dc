"""The only module that imports Great Expectations; import it late, it takes 6 s and more."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

# GX reads it at import, and an ephemeral context knows no other switch.
os.environ["GX_ANALYTICS_ENABLED"] = "False"

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
from great_expectations.core import ExpectationSuiteValidationResult, RunIdentifier
from great_expectations.core.expectation_validation_result import expectationSuiteValidationResultSchema
from great_expectations.data_context.types.resource_identifiers import (
    ExpectationSuiteIdentifier,
    ValidationResultIdentifier,
)
from great_expectations.expectations.expectation import Expectation

# GX tells of every temporary folder that it makes.
logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.WARNING)

__all__ = ["Expectation", "ExpectationSuiteValidationResult", "build_site", "gx", "gxe", "run"]

# All batches go through one asset, whose data GX keeps under the asset's name: threads must take turns.
_TURN = Lock()


@cache
def _batch_definition() -> Any:
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("staged").add_dataframe_asset("rows")
    return asset.add_batch_definition_whole_dataframe("all")


def run(suite: gx.ExpectationSuite, frame: pd.DataFrame, key: list[str]) -> ExpectationSuiteValidationResult:
    """Run a suite on all rows; for rules that fail the result lists every failing row by its ``key`` columns.

    GX takes four times as long for complete results, met or not. So the suite runs for yes or no, and only what failed runs
    again for complete results; what was met gets the counts that a met rule must have.
    """
    with _TURN:
        batch = _batch_definition().get_batch({"dataframe": frame})
        result: ExpectationSuiteValidationResult = batch.validate(suite, result_format="BOOLEAN_ONLY")
        for one in result.results:
            one.result |= {"element_count": len(frame), "unexpected_count": 0, "unexpected_percent": 0.0}
        failed = [place for place, one in enumerate(result.results) if not one.success]
        if failed:
            again = gx.ExpectationSuite(name=suite.name)
            by_words = {e.description: e for e in suite.expectations}
            again.expectations = [by_words[result.results[place].expectation_config.description] for place in failed]
            complete = batch.validate(again, result_format={"result_format": "COMPLETE", "unexpected_index_column_names": key})
            by_words = {one.expectation_config.description: one for one in complete.results}
            for place in failed:
                result.results[place] = by_words[result.results[place].expectation_config.description]
    return result


def build_site(folder: Path, results: Sequence[dict[str, Any]]) -> list[Path]:
    """Data Docs pages of results (JSON with ``run_id`` and ``batch`` in ``meta``) under ``folder``; returns the page of each.

    The index is left out: GX writes it as a script's table, which stays empty in a browser without network.
    """
    context = gx.get_context(mode="ephemeral")
    context.add_data_docs_site("run", {
        "class_name": "SiteBuilder", "show_how_to_buttons": False,
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
    })
    run_time = datetime.now(UTC)
    pages = []
    for result in results:
        meta = result["meta"]
        key = ValidationResultIdentifier(
            expectation_suite_identifier=ExpectationSuiteIdentifier(name=result["suite_name"]),
            run_id=RunIdentifier(run_name=meta["run_id"], run_time=run_time), batch_identifier=f"batch-{meta['batch']}",
        )
        context.validation_results_store.add(key=key, value=expectationSuiteValidationResultSchema.load(result))
        pages.append(folder.joinpath("validations", *key.to_tuple()).with_suffix(".html"))
    context.build_data_docs(site_names=["run"], build_index=False)
    return pages
