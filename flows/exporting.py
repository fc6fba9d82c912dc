"""``bilateral export`` and ``bilateral rollback``: what the command line gives, checked, done, and told in words."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from warehouse.export import Choice, Exported, ExportError, export, parse_dyad
from warehouse.exporting.layouts import beside
from warehouse.exporting.places import settle_place
from warehouse.rollback import list_snapshots, roll_back_to
from warehouse.store import Home


def export_rows(
    published: Path, out: Path, form: str, since: datetime | None = None, until: datetime | None = None, dyad: str | None = None,
    with_bodies: bool = False, replace: bool = False,
) -> str:
    """Export and say what was written; ``since`` and ``until`` are days, both included. Raises ``ExportError``.

    In the layouts of other data sets a name without an ending gets ``.tsv``.
    """
    choice = Choice(parse_dyad(dyad) if dyad else None, since.date() if since else None, until.date() if until else None)
    return describe(export(published, settle_place(out, form), form, choice, with_bodies, replace), form)


def describe(done: Exported, form: str) -> str:
    """One or two lines on what an export wrote and what it left out."""
    if "events" in done.counts:
        lines = [f"{done.counts['events']:,} events of {done.choice} written to {done.path}; {beside(done.path).name} leads to their sentences"]
        if done.counts["undated"]:
            lines.append(f"{done.counts['undated']:,} events have no day and are left out: {form} has no place for them")
        return "\n".join(lines)
    counts = ", ".join(f"{count:,} {name}" for name, count in done.counts.items())
    empty = "" if done.counts["mentions"] else "\nno mention fits: the files have their headings only"
    return f"{counts} of {done.choice} written to {done.path}{empty}"


def show_snapshots(home_path: Path) -> str:
    """The kept files, newest first, a line each."""
    found = list_snapshots(Home(home_path))
    if not found:
        return "there are no snapshots yet: each publish keeps one"
    lines = (f"{s.published_at:%Y-%m-%d %H:%M:%S} UTC  {s.path.stat().st_size / 2**20:8.1f} MiB  {s.path.name}" for s in found)
    return "\n".join(line + ("  (published now)" if s.is_current else "") for line, s in zip(lines, found, strict=True))


def put_back(home_path: Path, name: str | None) -> str:
    """Put a snapshot back and say what was done. Raises ``warehouse.rollback.RollbackError``."""
    done = roll_back_to(Home(home_path), name)
    return (
        f"published.duckdb is again what run {done.run_id} published on {done.published_at:%Y-%m-%d %H:%M:%S} UTC ({done.path.name})\n"
        "the write file is as it was: the next publish brings its rows, and bilateral rollback --list shows the way back"
    )


__all__ = ["ExportError", "describe", "export_rows", "put_back", "show_snapshots"]
