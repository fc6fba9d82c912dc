"""Several machines, one lake: DuckLake with the catalogue in a real PostgreSQL, started here, as several processes use it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.warehouse.rows import tables
from tests.warehouse.test_refresh import batch, land
from warehouse import lake as module
from warehouse.correction_lines import HEADER
from warehouse.lake import LakeError, open_lake
from warehouse.lake_load import write_changes
from warehouse.load import delete_articles
from warehouse.publish import publish
from warehouse.read import connect
from warehouse.store import Home, open_warehouse
from warehouse.tables import TABLES

SHOWN = [t.name for t in TABLES if t.published]
ROOT = Path(__file__).resolve().parents[2]
LACKING = [n for n in ("ducklake", "postgres_scanner") if module.importlib.util.find_spec(f"duckdb_extension_{n}") is None]
pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(LACKING), reason=f"DuckDB extensions that are not installed: {', '.join(LACKING)}")]


def binaries() -> Path | None:
    """The newest PostgreSQL's programs, on the path or where Debian puts them."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    return next((p for p in reversed(places) if (p / "initdb").exists() and (p / "postgres").exists()), None)


class Server:
    """A PostgreSQL on a socket in a folder of its own, and on loopback."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.programs, self.folder, self.count = programs, folder, 0
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        # PostgreSQL refuses to run as root.
        self.user = ["setpriv", "--reuid", "nobody", "--clear-groups"] if os.geteuid() == 0 else []
        (folder / "pg").mkdir()
        if self.user:
            folder.chmod(0o711)
            shutil.chown(folder / "pg", "nobody")
        self._run([*self.user, programs / "initdb", "-D", folder / "pg", "-U", "bilateral", "-A", "trust", "-E", "UTF8", "--locale", "C", "--no-sync"])
        options = ["-p", str(self.port), "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder / 'pg'}", "-c", "fsync=off"]
        self.process = subprocess.Popen([*self.user, programs / "postgres", "-D", folder / "pg", *options], stdout=subprocess.DEVNULL,
                                        stderr=(folder / "log").open("wb"))
        deadline = time.monotonic() + 60
        while subprocess.run([programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)], check=False).returncode:
            assert self.process.poll() is None and time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.1)

    def _run(self, command: list[Any]) -> str:
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False, cwd="/")
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def sql(self, text: str, database: str = "postgres") -> str:
        return self._run([self.programs / "psql", "-h", "127.0.0.1", "-p", self.port, "-U", "bilateral", "-d", database, "-Atqc", text])

    def new_lake(self, data: Path, user: str = "bilateral") -> str:
        """The address of a database that has no lake yet."""
        self.count += 1
        self.sql(f"CREATE DATABASE lake{self.count}")
        return f"ducklake:postgres:dbname=lake{self.count} host=127.0.0.1 port={self.port} user={user};data={data}"

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    programs = binaries()
    if programs is None:
        pytest.skip("no PostgreSQL here: initdb is neither on the path nor under /usr/lib/postgresql")
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("PostgreSQL does not run as root, and there is no setpriv to become somebody else")
    folder = Path(tempfile.mkdtemp(prefix="lake-"))
    try:
        running = Server(folder, programs)
        try:
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def address(server: Server, tmp_path: Path) -> str:
    return server.new_lake(tmp_path / "data")


def database(address: str) -> str:
    return address.split("dbname=")[1].split()[0]


def asked(address: str, sql: str, at: Any = None) -> list[tuple[Any, ...]]:
    with open_lake(address, at) as connection:
        return connection.execute(sql).fetchall()


def published(home: Home, numbers: list[int], run_id: str) -> Home:
    land(home, numbers, run_id, random.Random(run_id))
    publish(home, run_id)
    return home


def test_lake_holds_what_is_published_and_a_second_write_nothing_new(server: Server, home: Home, address: str) -> None:
    land(home, list(range(8)), "run-0", random.Random(1))
    (home.path / "corrections.csv").write_text(f"{','.join(HEADER)}\n,trigger=praised speaker_country=null,status,planned,tried,anna\nwrong line\n")
    publish(home, "run-0")
    snapshots = "SELECT max(snapshot_id) FROM ducklake_snapshot"

    def same() -> None:
        with connect(home.published) as file, open_lake(address) as lake:
            assert tables(lake, *SHOWN) == tables(file, *SHOWN)
            for view in ("dyad_day", "visits", "icews"):
                assert sorted(lake.execute(f"FROM {view}").fetchall()) == sorted(file.execute(f"FROM {view}").fetchall())

    assert write_changes(home, address).articles == 8
    same()
    assert asked(address, "SELECT count(*) FILTER (is_corrected) > 0, (SELECT count(*) > 0 FROM quarantine) FROM mentions") == [(True, True)]
    assert write_changes(home, address).rows == 0  # known by the published file's stamp
    publish(home, "run-0", is_whole=True)
    done = write_changes(home, address)
    assert (done.articles, done.removed, done.rows) == (0, 0, 2)  # when the wrong line was refused, and nothing else
    corrected = {r[0] for r in asked(address, "SELECT article_id FROM mentions WHERE is_corrected")}
    land(home, [1, 8], "run-1", random.Random(2))
    with open_warehouse(home) as connection:
        delete_articles(connection, [f"{3:020x}"])
    (home.path / "corrections.csv").unlink()
    publish(home, "run-1")
    last = int(server.sql(snapshots, database(address)))
    done = write_changes(home, address)
    same()
    assert done.removed == 1 and int(server.sql(snapshots, database(address))) == last + 1, "one transaction, one snapshot"
    written = {r[0] for r in asked(address, f"SELECT article_id FROM ducklake_table_insertions('lake', 'main', 'articles', {last + 1}, {last + 1})")}
    assert written == corrected | {f"{n:020x}" for n in (1, 8)} - {f"{3:020x}"} and len(written) < 8


WRITER = """
import random, sys
from pathlib import Path
from tests.warehouse.test_lake import published
from warehouse.lake_load import write_changes
from warehouse.store import Home
first, home = int(sys.argv[1]), Home(Path(sys.argv[2])).prepare()
for turn in range(3):
    published(home, [999, *range(first + 5 * turn, first + 5 * turn + 5)], f"run-{first}-{turn}")
    print(write_changes(home, sys.argv[3], wait_seconds=300).attempts, flush=True)
"""


def python(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code, *map(str, arguments)], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_two_writers_at_once_lose_nothing_and_a_reader_sees_whole_writes(tmp_path: Path, address: str) -> None:
    """Both hold article 999; both make the lake."""
    writers = [python(WRITER, first, tmp_path / f"home-{first}", address) for first in (100, 200)]
    seen: list[tuple[int, ...]] = []
    whole = "SELECT count(*), sum(mention_count), (SELECT count(*) FROM mentions), (SELECT count(*) FROM article_homes) FROM articles"
    while any(w.poll() is None for w in writers):
        try:
            with open_lake(address) as reader:
                while any(w.poll() is None for w in writers):
                    seen += reader.execute(whole).fetchall()
                    time.sleep(0.2)
        except LakeError as error:
            assert "does not exist" in str(error) or "no tables" in str(error)
            time.sleep(0.5)
    attempts = [int(n) for w in writers for n in (w.communicate()[0] or "").split() if n.isdigit()]
    assert [w.returncode for w in writers] == [0, 0] and len(attempts) == 6
    assert max(attempts) > 1, "they never met: this test would see nothing"
    assert seen and all(said == there and articles == homes for articles, said, there, homes in seen)
    assert all(articles % 5 == 1 for articles, *_ in seen) and len(set(seen)) > 1
    expected = sorted([f"{999:020x}", *(f"{first + n:020x}" for first in (100, 200) for n in range(15))])
    assert [r[0] for r in asked(address, "SELECT article_id FROM articles ORDER BY 1")] == expected
    assert asked(address, "SELECT count(*), count(DISTINCT home_id) FROM article_homes") == [(31, 2)]
    assert asked(address, "SELECT count(*) - count(DISTINCT mention_id) FROM mentions") == [(0,)]
    assert asked(address, "SELECT count(*) FROM run_steps WHERE run_id LIKE 'run-_00-_'") == [(6,)]


def test_time_travel_shows_what_was_known(server: Server, home: Home, address: str) -> None:
    write_changes(published(home, [1, 2], "run-0"), address)
    # What was written today is put a month back.
    server.sql("UPDATE ducklake_snapshot SET snapshot_time = '2026-02-28 11:59+00'::timestamptz + snapshot_id * interval '1 second'", database(address))
    land(home, [1, 3], "run-1", random.Random(5))
    with open_warehouse(home) as connection:
        delete_articles(connection, [f"{2:020x}"])
    publish(home, "run-1")
    write_changes(home, address)
    shown = "SELECT article_id[-1]::INT, run_id FROM articles ORDER BY 1"
    then = [(1, "run-0"), (2, "run-0")]
    assert asked(address, shown) == [(1, "run-1"), (3, "run-1")] and asked(address, shown, "2026-03-01") == then
    assert asked(address, shown, "2026-02-28T13:00+01:00") == then
    with open_lake(address, "2026-03-01") as lake:
        counts = lake.execute("SELECT sum(mention_count), (SELECT count(*) FROM mentions), (SELECT count(*) FROM dyad('FRA', 'MAR')) FROM articles").fetchone()
        assert counts is not None and len(set(counts)) == 1
    with pytest.raises(LakeError, match="was not there yet at that time: ask for a later day"):
        open_lake(address, "2026-02-27")


KILLED = """
import sys, time
from pathlib import Path
from warehouse import lake_load
from warehouse.store import Home
def wait(connection, home_id):
    print(connection.execute("SELECT count(*) FROM lake.articles").fetchone()[0], flush=True)
    time.sleep(600)
lake_load._note_write = wait  # the last thing before the commit
lake_load.write_changes(Home(Path(sys.argv[1])), sys.argv[2])
"""


def test_killed_writer_leaves_nothing_half_and_stands_in_nobodys_way(home: Home, address: str) -> None:
    write_changes(published(home, [1, 2], "run-0"), address)
    published(home, [1, 3, 4], "run-1")
    writer = python(KILLED, home.path, address)
    assert writer.stdout is not None and next((line for line in writer.stdout if line.strip()), "") == "4\n"
    writer.kill()
    writer.communicate()
    rows = "SELECT article_id[-1]::INT, run_id, (SELECT count(*) FROM mentions m WHERE m.article_id = a.article_id) = mention_count FROM articles a ORDER BY 1"
    assert asked(address, rows) == [(1, "run-0", True), (2, "run-0", True)]
    assert write_changes(home, address).articles == 3
    assert asked(address, rows) == [(1, "run-1", True), (2, "run-0", True), (3, "run-1", True), (4, "run-1", True)]


def test_errors_say_what_is_wrong_and_never_the_password(server: Server, home: Home, address: str) -> None:
    published(home, [1], "run-0")
    plain = address.partition(";")[0] + " password=geheim"
    uses: dict[str, tuple[Callable[[], object], str]] = {
        "server down": (lambda: write_changes(home, plain.replace(f"port={server.port}", "port=1")), r"cannot be reached: see that the server runs.*refused"),
        "no such database": (lambda: open_lake(plain.replace("dbname=lake", "dbname=sea")), r'cannot be reached: .*database "sea\d+" does not exist'),
        "no lake yet": (lambda: open_lake(plain), "does not exist: bilateral run --warehouse makes it"),
        "no data folder told": (lambda: write_changes(home, plain), "add ;data=FOLDER"),
        "no option of PostgreSQL": (lambda: open_lake(plain + " rubbish=1"), "cannot be reached"),
    }
    for name, (use, said) in uses.items():
        with pytest.raises(LakeError, match=said) as error:
            use()
        assert "geheim" not in str(error.value), name
    write_changes(home, address)
    with pytest.raises(LakeError, match=r"keeps its Parquet files in another folder: leave ;data= out"):
        write_changes(home, f"{plain};data={home.path}")


def test_role_that_may_only_read(server: Server, home: Home, address: str) -> None:
    write_changes(published(home, [1], "run-0"), address)
    server.sql("CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader", database(address))
    reader = address.replace("user=bilateral", "user=reader")
    assert asked(reader, "SELECT count(*) FROM articles") == [(1,)]
    published(home, [2], "run-1")
    with pytest.raises(LakeError, match="permission denied"):
        write_changes(home, reader)
    assert asked(reader, "SELECT count(*) FROM articles") == [(1,)]


def test_texts_stay_texts(home: Home, address: str) -> None:
    """Few rows stand in the catalogue itself: what an article says goes through SQL there."""
    hostile = "'); DROP TABLE ducklake_snapshot; -- \\ \" $$ \x00 {} \u2028 é 日本 " + "x" * 3000
    rows = batch([1], "run-0", random.Random(3))
    for name, column in (("articles", "title"), ("articles", "body"), ("mentions", "sentence")):
        for row in rows[name]:
            row[column] = hostile
    from tests.warehouse.rows import load

    with open_warehouse(home) as connection:
        load(connection, **rows)
    publish(home, "run-0")
    write_changes(home, address)
    assert asked(address, "SELECT title, body, (SELECT any_value(sentence) FROM mentions) FROM articles") == [(hostile, hostile, hostile)]
