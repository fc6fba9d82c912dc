"""Runs started from the command line: in this process, on Prefect's ephemeral API, with progress on the terminal."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from flows.offspring import tie_server_to_this_process
from flows.progress import listening


class RunFailed(RuntimeError):  # noqa: N818 - it says what is the case
    """The run could not be done; the message says why and what to do."""


def _quiet_prefect() -> None:
    """Prefect's log lines would drown the progress; the run's record keeps what matters."""
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")  # what ends a run is told once, by the command line
    os.environ.setdefault("PREFECT_LOGGING_TO_API_ENABLED", "false")
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
    os.environ.setdefault("PREFECT_CLI_COLORS", "false")
    for name in ("httpx", "great_expectations", "great_expectations.data_context.types.base"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("great_expectations.render").setLevel(logging.CRITICAL)  # a report that cannot be written is told once, in a line


def _listener(quiet: bool) -> Callable[[str], None]:
    if quiet:
        return lambda message: None
    return lambda message: print(f"  {message}", file=sys.stderr, flush=True)


def run_pipeline(
    paths: list[Path], home: Path | None, batch: int | None, publish: bool, quiet: bool, sources: list[str] | None = None, group: str | None = None,
    runner: str | None = None, address: str | None = None,
) -> dict[str, Any]:
    """The pipeline flow in this process; returns its tally."""
    missing = [str(p) for p in paths if not p.exists()]
    if not (sources or group):
        if not paths:
            raise RunFailed("nothing to read: name files or folders, --source NAME or --group NAME")
        if len(missing) == len(paths):
            raise RunFailed(f"no such file or folder: {', '.join(missing)}")
    if address:
        from flows.spread import ClusterError, knock

        try:
            knock(address)
        except ClusterError as error:
            raise RunFailed(str(error)) from None
    _quiet_prefect()
    tell = _listener(quiet)
    tell("starting")
    from flows.pipeline import pipeline

    given: dict[str, Any] = {
        "paths": paths, "sources": sources or [], "group": group, "home": home, "batch_articles": batch, "publish": publish,
        "runner": runner, "address": address,
    }
    return _call(lambda: pipeline(**given), tell)


def run_recode(home: Path | None, everything: bool) -> dict[str, Any]:
    """The recode flow in this process."""
    _quiet_prefect()
    from flows.recode import recode

    return _call(lambda: recode(home=home, everything=everything), _listener(False))


def run_reparse(home: Path | None) -> dict[str, Any]:
    """The reparse flow in this process."""
    _quiet_prefect()
    from flows.reparse import reparse

    return _call(lambda: reparse(home=home), _listener(False))


def run_backfill(since: date, until: date, folders: list[Path], archives: list[str], home: Path | None, again: bool) -> dict[str, Any]:
    """The backfill flow in this process."""
    _quiet_prefect()
    from flows.backfill import backfill

    return _call(lambda: backfill(since=since, until=until, folders=folders, archives=archives, home=home, again=again), _listener(False))


def run_maintenance(home: Path | None, keep_raw_days: int) -> dict[str, Any]:
    """The maintenance flow in this process."""
    _quiet_prefect()
    from flows.maintenance import maintenance

    return _call(lambda: maintenance(home=home, keep_raw_days=keep_raw_days), _listener(False))


def run_requeue(home: Path, quarantine_ids: list[str]) -> dict[str, Any]:
    """The requeue flow in this process."""
    _quiet_prefect()
    from flows.recode import requeue

    return _call(lambda: requeue(quarantine_ids=quarantine_ids, home=home), _listener(True))


def _call(start: Callable[[], dict[str, Any]], tell: Callable[[str], None]) -> dict[str, Any]:
    from flows.sources.registry import SourcesError
    from flows.spread import ClusterError
    from transforms.coding.encoder import ModelError
    from warehouse.store import WarehouseError

    if not os.environ.get("PREFECT_API_URL"):
        tie_server_to_this_process()
    with listening(tell):
        try:
            return start()
        except (WarehouseError, ModelError, SourcesError, ClusterError) as error:
            raise RunFailed(str(error)) from error
        except OSError as error:
            raise RunFailed(f"{error.strerror or error}{f' ({error.filename})' if error.filename else ''}: free space or choose another --home") from error
        except Exception as error:
            if "no space left" in str(error).lower() or "IO Error" in str(error):
                what = str(error).splitlines()[0]
                raise RunFailed(f"the disk refused to write ({what}): free space or choose another --home; what was landed before stands") from error
            raise
