"""A warehouse beyond one machine: DuckLake, Parquet files in a shared folder with a catalogue that several machines reach.

An address is ``ducklake:postgres:dbname=lake host=db.example;data=/srv/lake``; the folder of the Parquet files must be the same path on every
machine and needs to be told only when the lake is made. ``ducklake:sqlite:FILE`` serves several processes of one machine, ``ducklake:FILE``
one process. The extensions come as packages and are loaded from their files: nothing is fetched when a program runs.
"""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Final

import duckdb

from warehouse.store import WRITING, WarehouseError

PREFIX: Final = "ducklake:"
EXTENSIONS: Final = {"file": ("ducklake",), "postgres": ("ducklake", "postgres_scanner"), "sqlite": ("ducklake", "sqlite_scanner")}
SECRETS = re.compile(r"(password\s*=\s*)('(?:[^'\\]|\\.)*'|\S+)|(://[^:/@\s]*:)[^@\s]*(?=@)", re.IGNORECASE)
Moment = str | date | datetime | None


class LakeError(WarehouseError):
    """The lake cannot be used as asked; the message says why and the mend. It never shows a password."""


class LakeBusy(LakeError):  # noqa: N818 - it says what is the case
    """Other writers were first each time until the wait was over; nothing was written."""


@dataclass(frozen=True, slots=True)
class Lake:
    """``kind`` is postgres, sqlite or file; ``catalogue`` what DuckLake attaches; ``data`` the folder of the Parquet files, None for the one that the
    catalogue names."""

    kind: str
    catalogue: str
    data: Path | None = None

    def __str__(self) -> str:
        return hide_secrets(PREFIX + self.catalogue)


@dataclass(frozen=True, slots=True)
class LakeAt:
    """A lake as it was known at a moment; None for now."""

    address: str
    at: Moment = None

    def open(self) -> duckdb.DuckDBPyConnection:
        """See ``open_lake``."""
        return open_lake(self.address, self.at)


def is_lake(address: str) -> bool:
    """Is it the address of a lake?"""
    return address.startswith(PREFIX)


def parse_address(address: str, data: Path | None = None) -> Lake:
    """The lake that an address names; ``;data=FOLDER`` in it counts before ``data``. Raises ``LakeError``."""
    if not is_lake(address):
        raise LakeError(f"{hide_secrets(address)!r} is no lake: write ducklake:postgres:dbname=NAME host=HOST;data=FOLDER, or ducklake:FILE")
    rest, mark, folder = address.removeprefix(PREFIX).partition(";data=")
    if "://" in folder or (data is not None and ":/" in str(data)):
        raise LakeError(f"the data folder {hide_secrets(folder or str(data))!r} is an address: name a folder that every machine mounts at the same path")
    named = Path(folder).expanduser().absolute() if folder.strip() else data.expanduser().absolute() if data is not None else None
    if mark and not folder.strip():
        raise LakeError("the address ends in ;data= without a folder: name the one of the Parquet files")
    kind, colon, place = rest.partition(":")
    if colon and kind in ("postgres", "sqlite"):
        if not place.strip():
            raise LakeError(f"the address ends after {kind}: and names no {'database: add dbname=NAME host=HOST' if kind == 'postgres' else 'file'}")
        if kind == "postgres":
            return Lake(kind, f"postgres:{place.strip()}", named)
        file = Path(place).expanduser().absolute()
        return Lake(kind, f"sqlite:{file}", named or Path(f"{file}.files"))
    if not rest.strip() or re.match(r"[a-z]{2,}:", rest):
        raise LakeError(f"{hide_secrets(address)!r}: the catalogue is postgres:…, sqlite:FILE or the FILE of a DuckDB database")
    file = Path(rest).expanduser().absolute()
    return Lake("file", str(file), named or Path(f"{file}.files"))


def open_lake(address: str, at: Moment = None) -> duckdb.DuckDBPyConnection:
    """A read-only connection to the lake's tables and views, by their plain names; files other than the lake's are out of reach.

    ``at`` shows the lake as it was known then: a day (``2026-03-01``, the whole of it, UTC) or a moment (``2026-03-01T12:00``, UTC unless it says
    otherwise). Each query sees whole writes only, and without ``at`` the newest. What the reader may do in the catalogue is up to its
    PostgreSQL role. Raises ``LakeError``.
    """
    lake = parse_address(address)
    connection = connect_lake(lake, is_read_only=True, at=at)
    try:
        tables = connection.execute("SELECT count(*) FROM duckdb_tables() WHERE database_name = 'lake' AND table_name = 'snapshot_meta'").fetchone()
        if not tables or not tables[0]:
            raise LakeError(f"{lake} holds no tables of bilateral" + (f" as of {at}: ask for a later day" if at else ": bilateral run --warehouse writes them"))
        folder = str(_data_folder(connection, lake)).replace("'", "''")
        connection.execute(f"SET allowed_directories = ['{folder}']; SET enable_external_access = false; SET lock_configuration = true")
    except BaseException:
        connection.close()
        raise
    return connection


def connect_lake(lake: Lake, is_read_only: bool, at: Moment = None) -> duckdb.DuckDBPyConnection:
    """A connection in memory with the lake attached as ``lake`` and in use. For writing it makes the lake if there is none. Raises ``LakeError``."""
    options = ["READ_ONLY"] if is_read_only else []
    if at is not None:
        options.append(f"SNAPSHOT_TIME '{moment(at).isoformat(sep=' ')}'")
    if lake.data is not None and not is_read_only:
        options.append("DATA_PATH '{}'".format(str(lake.data).replace("'", "''")))
    connection = duckdb.connect(config=WRITING | {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
    try:
        for name in EXTENSIONS[lake.kind]:
            connection.execute("LOAD '{}'".format(str(_extension(name)).replace("'", "''")))
        if is_read_only and lake.kind != "postgres" and not Path(lake.catalogue.removeprefix("sqlite:")).exists():
            raise LakeError(f"{lake} does not exist: bilateral run --warehouse makes it")
        address = (PREFIX + lake.catalogue).replace("'", "''")
        told = f" ({', '.join(options)})" if options else ""
        connection.execute(f"ATTACH '{address}' AS lake{told}")
        connection.execute("USE lake")
        if not is_read_only:
            _data_folder(connection, lake, is_new=True)
    except duckdb.Error as error:
        connection.close()
        raise explain(lake, error) from error
    except BaseException:
        connection.close()
        raise
    return connection


def moment(at: str | date | datetime) -> datetime:
    """The moment that is meant, with its zone: the last microsecond of a day, or the moment given, UTC unless it says otherwise. Raises ``LakeError``."""
    try:
        value = (date.fromisoformat(at) if len(at.strip()) <= 10 else datetime.fromisoformat(at.strip())) if isinstance(at, str) else at
    except ValueError:
        raise LakeError(f"{at!r} is no day or moment: write it as 2026-03-01 or 2026-03-01T12:00") from None
    value = value if isinstance(value, datetime) else datetime.combine(value, time.max)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def hide_secrets(text: str) -> str:
    """The text with three stars for each password in it."""
    return SECRETS.sub(lambda found: f"{found.group(1) or found.group(3)}***", text)


def _extension(name: str) -> Path:
    spec = importlib.util.find_spec(f"duckdb_extension_{name}")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
        if path.exists():
            return path
    package = f"duckdb-extension-{name.replace('_', '-')}=={duckdb.__version__}"
    raise LakeError(f"DuckDB's extension {name} is not installed: pip install {package}, or in the project's folder pip install -e '.[lake]'")


def _data_folder(connection: duckdb.DuckDBPyConnection, lake: Lake, is_new: bool = False) -> Path:
    """Where the catalogue says that the Parquet files are. A lake that has tables has the folder too, else this machine does not mount it."""
    row = connection.execute("SELECT value FROM ducklake_options('lake') WHERE option_name = 'data_path'").fetchone()
    folder = Path(str(row[0])) if row else Path(str(lake.data))
    if not folder.is_dir():
        if not is_new or connection.execute("SELECT 1 FROM duckdb_tables() WHERE database_name = 'lake' LIMIT 1").fetchone():
            raise LakeError(f"the data folder of {lake}, {folder}, is not on this machine: mount it there; nothing was written")
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise LakeError(f"the data folder {folder} cannot be made ({error.strerror}): make it, or name another with ;data=FOLDER") from error
    return folder


def explain(lake: Lake, error: duckdb.Error) -> LakeError:
    """What went wrong with the lake, and the mend, without secrets."""
    # DuckDB runs its own words on to the address, so that the password's end cannot be told there: the address is replaced as it was given.
    given = lake.catalogue.removeprefix("postgres:")
    said = str(error).replace(given, hide_secrets(given))
    known = {
        "Unable to connect to Postgres": "cannot be reached: see that the server runs and that host, port, dbname, user and password are right",
        "creating a new DuckLake is explicitly disabled": "does not exist: bilateral run --warehouse makes it",
        "data_path is not set": "is new and has no folder for its Parquet files yet: add ;data=FOLDER to the address, or set BILATERAL_LAKE_DATA",
        "does not match existing data path": "keeps its Parquet files in another folder: leave ;data= out of the address",
        "No snapshot found": "was not there yet at that time: ask for a later day",
        "Could not set lock on file": "is open in another process: a catalogue in a file serves one process; use ducklake:postgres: for several",
    }
    for words, mend in known.items():
        if words in said:
            cause = next((line for line in reversed(said.splitlines()) if "FATAL" in line or "failed:" in line), "")
            cause = cause.rpartition("failed: ")[2].strip()
            return LakeError(f"{lake} {mend}" + (f" ({cause})" if cause else ""))
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    # The catalogue's own word ("ERROR: permission denied for table …") stands further down than DuckDB's.
    cause = next((line for line in lines[1:] if "ERROR" in line), "")
    return LakeError(f"{lake}: {lines[0]}" + (f" {cause}" if cause else ""))
