"""Runs on a Prefect server: started from the command line, and listed beside what the warehouse says of them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from flows.running import RunFailed
from flows.stack import stack


def _api() -> str:
    """Address of the server: Prefect's own setting, else the one that make up starts."""
    from prefect.settings import PREFECT_API_URL

    return str(PREFECT_API_URL.value() or stack().api)


def start_deployment(name: str, parameters: dict[str, Any]) -> str:
    """Start a run of the deployment ``flow/name``; returns where to watch it. Bad parameters are refused before a run exists."""
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with temporary_settings({PREFECT_API_URL: _api()}), get_client(sync_client=True) as client:
        try:
            deployment = client.read_deployment_by_name(name)
            run = client.create_flow_run_from_deployment(deployment.id, parameters=json.loads(json.dumps(parameters, default=str)))
        except ObjectNotFound:
            raise RunFailed(f"no deployment {name!r}: prefect deployment ls lists them, make up makes them") from None
        except PrefectHTTPStatusError as error:
            raise RunFailed(f"{name}: {_detail(error)}") from None
        except Exception as error:
            if "connect" in str(error).lower():
                raise RunFailed(f"no Prefect server answers at {_api()}: make up starts one, or set PREFECT_API_URL") from None
            raise
    return f"run {run.name} of {name} is scheduled: {_api().removesuffix('/api')}/runs/flow-run/{run.id}"


def _detail(error: Any) -> str:
    try:
        return str(error.response.json().get("detail") or error)
    except ValueError:
        return str(error)


def list_runs(published: Path, count: int) -> list[dict[str, Any]]:
    """The last runs, newest first: what the warehouse says of them, and Prefect's state where a server knows them."""
    import duckdb

    if not published.exists():
        raise RunFailed(f"nothing is published at {published}: run bilateral run PATH first")
    with duckdb.connect(str(published), read_only=True) as connection:
        rows = connection.execute("""
            SELECT r.run_id, r.flow, r.started_at, r.ended_at, r.state, coalesce(r.message, '') AS message,
                   coalesce(sum(s.in_count), 0)::BIGINT AS read, coalesce(sum(s.loaded_count), 0)::BIGINT AS written,
                   coalesce(sum(s.quarantined_count), 0)::BIGINT AS refused
            FROM runs r LEFT JOIN run_steps s ON s.run_id = r.run_id AND s.step = 'load'
            GROUP BY ALL ORDER BY r.started_at DESC LIMIT ?
        """, [count])
        names = [d[0] for d in rows.description]
        found = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    states = _prefect_states([r["run_id"] for r in found])
    return [r | {"prefect": states.get(r["run_id"], "")} for r in found]


def _prefect_states(run_ids: list[str]) -> dict[str, str]:
    """State of each run as the server has it; nothing where no server answers."""
    from uuid import UUID

    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
    from prefect.settings import PREFECT_API_URL, temporary_settings

    ids = []
    for run_id in run_ids:
        try:
            ids.append(UUID(run_id))
        except ValueError:
            continue
    try:
        with temporary_settings({PREFECT_API_URL: _api()}), get_client(sync_client=True) as client:
            runs = client.read_flow_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=ids)), limit=200)
    except Exception:  # noqa: BLE001 - without a server the warehouse's own word stands alone
        return {}
    return {str(r.id): r.state_name or "" for r in runs}


def show_runs(published: Path, count: int) -> str:
    """The runs as a table in text."""
    import io
    import shutil

    from rich.console import Console
    from rich.table import Table

    table = Table()
    for heading in ("run", "flow", "started (UTC)", "seconds", "warehouse", "prefect", "read", "written", "refused", "message"):
        table.add_column(heading, justify="right" if heading in ("seconds", "read", "written", "refused") else "left", overflow="fold")
    for r in list_runs(published, count):
        took = f"{(r['ended_at'] - r['started_at']).total_seconds():.0f}" if isinstance(r["ended_at"], datetime) else ""
        table.add_row(r["run_id"][:8], r["flow"], f"{r['started_at']:%Y-%m-%d %H:%M}", took, r["state"], r["prefect"], str(r["read"]), str(r["written"]),
                      str(r["refused"]), r["message"])
    console = Console(file=io.StringIO(), width=shutil.get_terminal_size((180, 24)).columns)
    console.print(table)
    return str(console.file.getvalue())  # type: ignore[attr-defined]
