"""The example notebook: no outputs kept, and its cells run in order on a small published file."""

from __future__ import annotations

import ast
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.warehouse.rows import article, key, load, mention, source
from warehouse.publish import publish
from warehouse.store import Home, open_warehouse

NOTEBOOK = ROOT / "docs" / "notebooks" / "first_look.ipynb"
ACCUSED = {"event_type": "ACCUSE", "quad_class": "verbal conflict", "intensity": -3.0}


@pytest.fixture
def published(home: Home) -> Path:
    rows = [
        mention(mention_id=key("1"), article_id=key("a")), mention(mention_id=key("2"), article_id=key("a"), event_date=date(2024, 6, 2), **ACCUSED),
        mention(mention_id=key("3"), article_id=key("b"), status="negated", **ACCUSED),
        mention(mention_id=key("4"), article_id=key("b"), target_country="DZA", country_a="DZA", country_b="FRA"),
    ]
    with open_warehouse(home) as connection:
        load(connection, sources=[source()], mentions=rows, articles=[
            article(article_id=key("a"), story_id=key("a"), content_hash="1" * 64), article(article_id=key("b"), story_id=key("b"), content_hash="2" * 64)])
    publish(home, "run-1")
    return home.path


def cells(kind: str) -> list[str]:
    return ["".join(c["source"]) for c in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == kind]


def test_notebook_is_well_formed_and_keeps_no_output() -> None:
    book = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert len({c["id"] for c in book["cells"]}) == len(book["cells"])
    code = [c for c in book["cells"] if c["cell_type"] == "code"]
    assert len(code) == 7 and all(c["outputs"] == [] and c["execution_count"] is None for c in code)


def test_cells_run_in_order(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILATERAL_HOME", str(published))
    names: dict[str, Any] = {"__name__": "__main__"}
    shown = []
    for number, text in enumerate(cells("code")):
        tree = ast.parse(text)
        last = tree.body.pop()
        assert isinstance(last, ast.Expr), f"cell {number} shows nothing"
        exec(compile(tree, f"cell {number}", "exec"), names)
        shown.append(eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), names))
    top, months, chart, conflict, by_status, said, moved = shown
    assert names["dyad"] == ("FRA", "MAR") and top.height == 2
    assert months.rows() == [(date(2024, 5, 1), 2, 1, 1, 0, 1)], "what lay ahead stands on the day on which it was told"
    assert len(chart.to_dict()["datasets"]) == 1
    assert conflict["mention_id"].to_list() == [key("2")] and by_status.rows() == [("negated", "ACCUSE", 1)]
    assert said == "2 rows, of which about 2 are expected to be right" and moved.height == 2
