"""``bilateral doctor``: what is installed, where things lie, what is wrong and the mend."""

from __future__ import annotations

import importlib.metadata
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

PACKAGES = ("prefect", "fastapi", "polars", "spacy", "duckdb", "great-expectations", "onnxruntime", "pandas")


@dataclass(frozen=True, slots=True)
class Finding:
    """``state`` is ok, warn or bad; ``mend`` says what to do."""

    state: str
    what: str
    detail: str
    mend: str = ""


def examine(home: Path) -> list[Finding]:
    """Everything that can be wrong on this machine, looked at without changing anything."""
    return [_python(), *_packages(), _model(), _search(), *_home(home), _space(home)]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Finding("ok", "python", version)
    return Finding("bad", "python", version, "use Python 3.11 to 3.13: make setup PYTHON=python3.11")


def _packages() -> list[Finding]:
    found = []
    for name in PACKAGES:
        try:
            found.append(Finding("ok", name, importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            found.append(Finding("bad", name, "not installed", "make setup"))
    return found


def _model() -> Finding:
    from flows.enrich import coder_for
    from flows.settings import load_settings
    from transforms.coding.encoder import ModelError

    settings = load_settings()
    try:
        coder = coder_for(settings)
        expected = coder.encoder.meta.get("model_sha256")
        if expected and expected != coder.encoder.model_hash:
            return Finding("bad", "model", "encoder.onnx is not the file that meta.json describes", "restore both from the repository, or run make train")
        return Finding("ok", "coder", coder.version)
    except ModelError as error:
        return Finding("bad", "model", str(error), "restore the model's files from the repository, or run make train")


def _search() -> Finding:
    from warehouse.search import extension_path

    path = extension_path()
    if path is None:
        mend = "make setup; without it query -n search finds words only as they stand"
        return Finding("warn", "search", "duckdb-extension-fts for this version of DuckDB is not installed", mend)
    return Finding("ok", "search", "full text can be indexed and asked")


def _home(home: Path) -> list[Finding]:
    from warehouse.store import Home, WarehouseError, WarehouseLocked, open_warehouse, schema_version

    place = Home(home)
    if not home.exists():
        return [Finding("ok", "home", f"{home} (not made yet)")]
    found = [Finding("ok", "home", str(home))]
    try:
        place.prepare()
    except WarehouseError as error:
        found.append(Finding("bad", "home", str(error), "chmod the folder, or choose another with --home"))
        return found
    if place.warehouse.exists():
        try:
            with open_warehouse(place, wait_seconds=0.5) as connection:
                running = connection.execute("SELECT count(*) FROM runs WHERE state = 'running'").fetchone()
                refused = connection.execute("SELECT count(*) FROM quarantine WHERE NOT is_requeued").fetchone()
                coders = connection.execute("SELECT coder_version, count(*) FROM articles WHERE is_coded GROUP BY ALL").fetchall()
                found.append(Finding("ok", "warehouse", f"schema {schema_version(connection)}, {place.warehouse.stat().st_size >> 20} MiB"))
            found += _other_coders(dict(coders))
            if running and running[0]:
                mend = "if none works now, they died: run the same input again, it completes"
                found.append(Finding("warn", "runs", f"{running[0]} marked as running", mend))
            if refused and refused[0]:
                mend = 'bilateral query "SELECT row_key, reason FROM quarantine", then bilateral requeue'
                found.append(Finding("warn", "quarantine", f"{refused[0]} rows wait", mend))
        except WarehouseLocked as error:
            found.append(Finding("warn", "warehouse", str(error), "wait for the run to end"))
        except WarehouseError as error:
            found.append(Finding("bad", "warehouse", str(error), "use the bilateral that wrote it, or move the file away and run again"))
    if place.published.exists():
        found.append(Finding("ok", "published", f"{place.published.stat().st_size >> 20} MiB"))
    else:
        found.append(Finding("warn", "published", "nothing yet", "bilateral run tests/samples/articles"))
    left = [p.name for p in home.glob(".published-*")]
    if left:
        found.append(Finding("warn", "left over", ", ".join(left), "the next publish removes files of dead processes"))
    return found


def _other_coders(articles: dict[str, int]) -> list[Finding]:
    """Articles that were coded by another version than the one that would code them now."""
    from flows.enrich import coder_for
    from flows.settings import load_settings
    from transforms.coding.encoder import ModelError

    try:
        now = coder_for(load_settings()).version
    except ModelError:  # told by the check of the model
        return []
    other = sum(count for version, count in articles.items() if version != now)
    if not other:
        return []
    told = f"{other} {'article was' if other == 1 else 'articles were'} coded by another version than {now}"
    return [Finding("warn", "recode", told, "bilateral recode; until then explain shows other scores")]


def _space(home: Path) -> Finding:
    where = home if home.exists() else Path.cwd()
    free = shutil.disk_usage(where).free
    if free < 200 << 20:
        return Finding("bad", "disk", f"{free >> 20} MiB free", "free space; a publish needs room for a second copy of the tables")
    return Finding("ok", "disk", f"{free >> 30} GiB free")
