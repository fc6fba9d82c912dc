"""What a run tells while it works: to Prefect's log, and to whoever listens (the command line shows it)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str], None]
_listener: ContextVar[Listener | None] = ContextVar("bilateral_listener", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Hand every message of the runs inside the block to ``listener``."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def tell(message: str) -> None:
    """Say what was done: one short line a batch, not one an article."""
    listener = _listener.get()
    if listener is not None:
        listener(message)
    try:
        from prefect import get_run_logger

        get_run_logger().info(message)
    except Exception:  # noqa: BLE001 - outside of a run there is no run logger
        logging.getLogger("bilateral").info(message)
