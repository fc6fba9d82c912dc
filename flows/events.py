"""Events for Prefect's automations: a source that dried up, a run that was refused, a new publication."""

from __future__ import annotations

from typing import Any

from flows.progress import tell


def emit(event: str, resource: str, **payload: Any) -> None:
    """Send ``bilateral.<event>`` about ``bilateral.<resource>``. Outside of a run nothing is sent; a fault is told, not raised."""
    from prefect import runtime

    if runtime.flow_run.id is None:
        return
    from prefect.events import emit_event

    try:
        emit_event(
            event=f"bilateral.{event}", resource={"prefect.resource.id": f"bilateral.{resource}", "prefect.resource.name": resource},
            related=[{"prefect.resource.id": f"prefect.flow-run.{runtime.flow_run.id}", "prefect.resource.role": "flow-run"}], payload=payload,
        )
    except Exception as error:  # noqa: BLE001 - a message that does not go out fails no run
        tell(f"the event bilateral.{event} could not be sent ({type(error).__name__}: {error})")
