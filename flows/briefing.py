"""Briefs from the command line and from the flow: the published file in, one HTML page out."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from flows.querying import QueryError, open_published


def write_brief(
    home: Path, countries: list[str], since: date | None = None, until: date | None = None, out: Path | None = None, top: int | None = None,
) -> Path:
    """Write a brief on two countries, on one, or on the ``top`` dyads of the last day or week with data; returns the page's path.

    ``home`` is the folder of the warehouse; without ``out`` the page goes to ``briefs`` in it. A page that stands there is replaced whole.
    Raises ``QueryError`` where nothing is published, a country is unknown, has no data, or the page cannot be written.
    """
    import duckdb

    from warehouse.briefing.facts import gather
    from warehouse.briefing.scope import BriefError, settle_scope

    connection = open_published(home / "published.duckdb")
    try:
        scope = settle_scope(connection, countries, since, until, top)
        facts = gather(connection, scope)
    except BriefError as error:
        raise QueryError(str(error)) from None
    except duckdb.Error as error:
        raise QueryError(f"published.duckdb is not as this bilateral writes it ({str(error).splitlines()[0]}): run bilateral run PATH again") from error
    finally:
        connection.close()
    from warehouse.briefing.page import render

    name = "-".join([*(scope.countries or (f"top-{scope.top}",)), str(scope.since), str(scope.until)])
    return _write(out or home / "briefs" / f"brief-{name}.html", render(facts), is_own=out is None)


def _write(path: Path, page: str, is_own: bool) -> Path:
    """The page whole or not at all: beside its place first, then renamed into it."""
    fresh = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        if is_own:
            path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(page, encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise QueryError(f"{path} cannot be written ({error.strerror or error}): name a file in a folder that is there, with --out FILE.html") from error
    return path
