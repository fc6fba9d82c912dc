"""Great Expectations' Data Docs: a static site for each run that shows every rule and what it found."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from expectations.engine import build_site

KEPT_RUNS = 30
# A page takes 0.1 s to make; of a run with many batches those that failed come first.
MAX_PAGES = 12
STYLE = "body{font:15px sans-serif;margin:2em}table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:4px 8px;text-align:left}"


def build_data_docs(folder: Path, results: Sequence[dict[str, Any]]) -> Path:
    """Write the site of one run to ``folder/<run_id>/index.html`` and return that path.

    ``results`` are the ``result`` of the run's reports; of one suite and batch the last counts. A site of the same run is
    replaced; of all sites in ``folder`` the newest 30 are kept. Raises ``ValueError`` without results, with results of several
    runs, or where the run's id is no name for a folder.
    """
    runs = {str(result["meta"]["run_id"]) for result in results}
    if len(runs) != 1:
        raise ValueError(f"Data Docs are for one run, not for {len(runs)}")
    run_id = runs.pop()
    if run_id in ("", ".", "..") or Path(run_id).name != run_id:
        raise ValueError(f"{run_id!r} is no name for a folder")
    last = {(result["suite_name"], result["meta"]["batch"]): result for result in results}
    ordered = sorted(last.values(), key=lambda result: bool(result["success"]))
    site = folder / run_id
    shutil.rmtree(site, ignore_errors=True)
    pages = build_site(site, ordered[:MAX_PAGES])
    for picture in site.glob("static/images/*.gif"):  # 3 MB of how-to films that no page shows
        picture.unlink()
    index = site / "index.html"
    index.write_text(_index(run_id, ordered, [page.relative_to(site).as_posix() for page in pages]), encoding="utf-8")
    _forget_old(folder, index)
    return index


def _index(run_id: str, results: list[dict[str, Any]], pages: list[str]) -> str:
    """One table row for each suite and batch, with the rules that failed and their reasons; readable without a network."""
    rows = [_row(result, pages[place] if place < len(pages) else None) for place, result in enumerate(results)]
    head = "<tr><th>Suite</th><th>Batch</th><th>Rules met</th><th>Rules not met</th></tr>"
    title = f"Checks of run {escape(run_id)}"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style></head>'
        f"<body><h1>{title}</h1><table>{head}{''.join(rows)}</table></body></html>"
    )


def _row(result: dict[str, Any], page: str | None) -> str:
    name, total = escape(result["suite_name"]), len(result["results"])
    broken = [one for one in result["results"] if not one["success"]]
    told = "".join(f"<li>{_told(one)}</li>" for one in broken)
    batch = "whole warehouse" if name == "set" else result["meta"]["batch"]
    link = f'<a href="{escape(page)}">{name}</a>' if page else name
    return f"<tr><td>{link}</td><td>{batch}</td><td>{total - len(broken)} of {total}</td><td><ul>{told}</ul></td></tr>"


def _told(one: dict[str, Any]) -> str:
    rule, found = one["expectation_config"], one["result"]
    words, why, severity = (escape(str(rule[part])) for part in ("description", "notes", "severity"))
    return f"<b>{words}</b> ({severity}): {found['unexpected_count']} of {found['element_count']} rows. {why}"


def _forget_old(folder: Path, newest: Path) -> None:
    others = [path for path in folder.glob("*/index.html") if path != newest]
    for old in sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT_RUNS - 1 :]:
        shutil.rmtree(old.parent)
