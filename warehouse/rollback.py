"""Snapshots of what was published, and putting one of them back.

``snapshots/`` holds the last published files under a second name (a hard link: no bytes until the next publish takes the first
name away). Names sort by time: ``published-20260314T091500.123456Z-RUN.duckdb``.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from warehouse.store import Home

KEPT_SNAPSHOTS = 5
NAME = re.compile(r"published-(\d{8}T\d{6}\.\d{6})Z-(.+)\.duckdb")


class RollbackError(RuntimeError):
    """The snapshot cannot be put back; the message says why and what there is."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One kept file: when it was published (UTC), by which run, and whether it is what readers see now."""

    path: Path
    published_at: datetime
    run_id: str
    is_current: bool


def folder(home: Home) -> Path:
    """Where snapshots lie."""
    return home.path / "snapshots"


def keep_snapshot(home: Home, run_id: str, keep: int = KEPT_SNAPSHOTS) -> Path | None:
    """Give the published file a second name and remove all but the newest ``keep``; 0 keeps none. Returns the snapshot's path.

    Called when the new file has taken its place. A snapshot that cannot be made (a full disk) raises ``OSError``.
    """
    place, kept = folder(home), None
    if keep > 0:
        place.mkdir(exist_ok=True)
        safe = re.sub(r"[^A-Za-z0-9_.-]", "_", run_id)[:80] or "run"
        kept = place / f"published-{datetime.now(UTC):%Y%m%dT%H%M%S.%f}Z-{safe}.duckdb"
        _link(home.published, kept)
    for old in list_snapshots(home)[max(keep, 0):]:
        old.path.unlink(missing_ok=True)
    return kept


def list_snapshots(home: Home) -> list[Snapshot]:
    """The kept files, newest first."""
    found = []
    for path in folder(home).glob("published-*.duckdb"):
        name = NAME.fullmatch(path.name)
        if name:
            when = datetime.strptime(name.group(1), "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC)
            found.append(Snapshot(path, when, name.group(2), _is_same(path, home.published)))
    return sorted(found, key=lambda s: (s.published_at, s.path.name), reverse=True)


def roll_back_to(home: Home, name: str | None = None) -> Snapshot:
    """Put a snapshot back as ``published.duckdb``, whole or not at all; returns it.

    ``name`` is a file name, its beginning, or a run id; without one, the newest snapshot older than what is published now.
    The write file stays as it is: the next publish goes on from there. Raises ``RollbackError``.
    """
    chosen = _choose(list_snapshots(home), name)
    if chosen.is_current:
        raise RollbackError(f"{chosen.path.name} is what is published now: nothing to put back")
    _check(chosen.path)
    fresh = home.path / f".published-{os.getpid()}.duckdb"
    fresh.unlink(missing_ok=True)
    try:
        _link(chosen.path, fresh)
        _sync(fresh)
        fresh.replace(home.published)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise RollbackError(f"{chosen.path.name} cannot be put back ({error.strerror or error}): what was published stands") from error
    _sync(home.path)
    return Snapshot(chosen.path, chosen.published_at, chosen.run_id, True)


def _choose(snapshots: list[Snapshot], name: str | None) -> Snapshot:
    if not snapshots:
        raise RollbackError("there are no snapshots yet: each publish keeps one")
    if name is None:
        current = next((s.published_at for s in snapshots if s.is_current), None)
        older = [s for s in snapshots if not s.is_current and (current is None or s.published_at < current)]
        if not older:
            raise RollbackError("no snapshot is older than what is published now: bilateral rollback --list shows all")
        return older[0]
    wanted = Path(name).name
    found = [s for s in snapshots if s.path.name == wanted] or [
        s for s in snapshots if s.run_id.startswith(wanted) or s.path.name.removeprefix("published-").startswith(wanted.removeprefix("published-"))
    ]
    if len(found) != 1:
        there = ", ".join(s.path.name for s in found or snapshots)
        raise RollbackError(f"{'several snapshots begin' if found else 'no snapshot begins'} with {name}; there are {there}")
    return found[0]


def _check(path: Path) -> None:
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            connection.execute("SELECT count(*) FROM mentions")
    except duckdb.Error as error:
        raise RollbackError(f"{path.name} cannot be read ({str(error).splitlines()[0]}): choose another, what was published stands") from error


def _link(old: Path, new: Path) -> None:
    """A second name for the file; a copy where the file system knows no hard links."""
    try:
        new.hardlink_to(old)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EXDEV, errno.EMLINK, errno.ENOSYS):
            raise
        part = new.with_suffix(".part")
        try:
            shutil.copyfile(old, part)
            part.replace(new)
        finally:
            part.unlink(missing_ok=True)


def _is_same(path: Path, other: Path) -> bool:
    """One file under two names; where links are unknown, a copy of the same size and bytes counts."""
    if not other.exists():
        return False
    if path.samefile(other):
        return True
    one, two = path.stat(), other.stat()
    if one.st_size != two.st_size or one.st_nlink > 1 or two.st_nlink > 1:
        return False
    import filecmp

    return filecmp.cmp(path, other, shallow=False)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
