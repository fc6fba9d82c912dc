"""Data Docs: one readable site a run, made without a network, and no more than thirty of them."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from expectations.docs import KEPT_RUNS, build_data_docs
from expectations.staging import check_batch
from tests.expectations.rows import COUNTRIES, batch, frames


def results(run_id: str = "run-1", number: int = 0) -> list[dict[str, Any]]:
    rows = batch()
    rows["mentions"][0]["sentence"] = "<script>alert(1)</script>"
    return check_batch(frames(rows), run_id, number, COUNTRIES).results


def test_site_shows_the_rules_and_what_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_: object) -> None:
        raise AssertionError("Data Docs went to the network")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    index = build_data_docs(tmp_path, results())
    assert index == tmp_path / "run-1" / "index.html"
    text = index.read_text(encoding="utf-8")
    assert "sentence is body[char_start:char_end]" in text and "1 of 2 rows" in text
    pages = list((tmp_path / "run-1" / "validations").rglob("*.html"))
    assert len(pages) == 4
    assert all(page.relative_to(index.parent).as_posix() in text for page in pages)
    mentions = next(page for page in pages if page.parts[-4] == "mentions").read_text(encoding="utf-8")
    assert "country_a stands before country_b" in mentions and "<script>alert(1)" not in mentions


def test_site_of_a_repeated_run_is_replaced(tmp_path: Path) -> None:
    once = results()
    build_data_docs(tmp_path, once)
    build_data_docs(tmp_path, [*once, *once])
    assert len(list((tmp_path / "run-1" / "validations").rglob("*.html"))) == 4


def test_only_the_last_runs_are_kept(tmp_path: Path) -> None:
    for number in range(KEPT_RUNS + 2):
        site = tmp_path / f"old-{number}"
        site.mkdir()
        (site / "index.html").touch()
        os.utime(site / "index.html", (number, number))
    (tmp_path / "not-a-site").mkdir()
    build_data_docs(tmp_path, results()[:1])
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"not-a-site", "run-1", *(f"old-{n}" for n in range(3, KEPT_RUNS + 2))}


@pytest.mark.parametrize("run_id", ["../away", "..", ""])
def test_run_id_that_leaves_the_folder_is_refused(tmp_path: Path, run_id: str) -> None:
    with pytest.raises(ValueError, match="no name for a folder"):
        build_data_docs(tmp_path, [{"suite_name": "articles", "success": True, "meta": {"run_id": run_id, "batch": 0}, "results": []}])


def test_results_of_no_run_or_of_two_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not for 0"):
        build_data_docs(tmp_path, [])
    two = [{"meta": {"run_id": run}} for run in ("a", "b")]
    with pytest.raises(ValueError, match="not for 2"):
        build_data_docs(tmp_path, two)
