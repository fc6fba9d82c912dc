"""The engine stays quick, quiet and in one place; PLOVER's lists agree with the coder's and the warehouse's."""

from __future__ import annotations

import ast
import csv
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from expectations.docs import build_data_docs
from expectations.plover import MODES_OF, QUAD_CLASS_OF
from expectations.staging import check_batch
from tests.expectations.rows import COUNTRIES, batch, frames, many
from warehouse.tables import EVENT_TYPES, MODES, QUAD_CLASSES

ROOT = Path(__file__).parents[2]
# The aim is 1.5 s; the bound leaves room for a busy machine.
MAX_CHECK_SECONDS, MAX_DOCS_SECONDS = 6.0, 6.0


def test_thousand_articles_are_checked_quickly(tmp_path: Path) -> None:
    given = many(1_000)
    check_batch(frames(), "warm", 0, COUNTRIES)
    start = time.perf_counter()
    checked = check_batch(given, "run-1", 0, COUNTRIES)
    assert time.perf_counter() - start < MAX_CHECK_SECONDS
    assert checked.quarantine.is_empty() and checked.validations["is_met"].all()
    start = time.perf_counter()
    build_data_docs(tmp_path, checked.results)
    assert time.perf_counter() - start < MAX_DOCS_SECONDS


def test_every_row_refused_is_not_slow() -> None:
    given = many(300)
    given["mentions"] = given["mentions"].with_columns(sentence=given["mentions"]["sentence"] + "!", intensity=None)
    start = time.perf_counter()
    assert check_batch(given, "run-1", 0, COUNTRIES).counts["mentions"].refused_count == 900
    assert time.perf_counter() - start < MAX_CHECK_SECONDS


def test_threads_do_not_mix_their_rows() -> None:
    bad = batch()
    bad["articles"][0]["language"] = "english"
    given = [frames(), frames(bad)] * 3
    with ThreadPoolExecutor(3) as pool:
        checked = list(pool.map(lambda pair: check_batch(pair[1], "run-1", pair[0], COUNTRIES), enumerate(given)))
    assert [c.counts["articles"].refused_count for c in checked] == [0, 1] * 3


def test_telemetry_and_progress_bars_are_off(capfd: pytest.CaptureFixture[str]) -> None:
    check_batch(frames(), "run-1", 0, COUNTRIES)
    assert os.environ["GX_ANALYTICS_ENABLED"] == "False"
    assert capfd.readouterr() == ("", "")


def test_only_the_engine_imports_great_expectations() -> None:
    importers = set()
    for path in (ROOT / "expectations").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else [getattr(node, "module", None) or ""]
            if any(name.split(".")[0] == "great_expectations" for name in names):
                importers.add(path.name)
    assert importers == {"engine.py"}


def test_plover_lists_cover_the_spec() -> None:
    assert tuple(QUAD_CLASS_OF) == EVENT_TYPES and set(QUAD_CLASS_OF.values()) == set(QUAD_CLASSES)
    assert {mode for modes in MODES_OF.values() for mode in modes} == set(MODES)


def test_plover_lists_agree_with_coder_and_warehouse() -> None:
    with (ROOT / "warehouse/dimensions/event_types.csv").open(encoding="utf-8", newline="") as lines:
        assert {row["event_type"]: row["quad_class"] for row in csv.DictReader(lines)} == QUAD_CLASS_OF
    with (ROOT / "transforms/coding/lexicons/modes.csv").open(encoding="utf-8", newline="") as lines:
        coded = {(row["event_type"], row["mode"]) for row in csv.DictReader(lines)}
    assert coded <= {(event_type, mode) for event_type, modes in MODES_OF.items() for mode in modes}
