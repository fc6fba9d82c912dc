"""What all tests share: good rows, an opened home, and one Prefect server for the session."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

# Before any import of Prefect or Great Expectations: nothing is told to anybody, nothing drowns the test's own output.
os.environ.setdefault("GX_ANALYTICS_ENABLED", "False")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")
os.environ.setdefault("PREFECT_LOGGING_TO_API_ENABLED", "false")

import pytest

from warehouse.store import Home

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home of its own for each test; nothing is in it yet."""
    return Home(tmp_path / "home").prepare()


@pytest.fixture(scope="session")
def prefect_api() -> Iterator[str]:
    """A Prefect server with a database of its own, one for all tests that run flows; gives its address."""
    from prefect.settings import PREFECT_API_URL
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield str(PREFECT_API_URL.value())
