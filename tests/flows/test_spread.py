"""Coding on a Dask cluster: the rows of one process, also when a worker is killed; addresses that are none; what listens where."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from flows.ingest import Batch, read_batches
from flows.pipeline import work_batch
from flows.progress import listening
from flows.running import RunFailed, run_pipeline
from flows.settings import load_settings
from flows.spread import ClusterError, code_rows, coded_ahead, knock
from flows.steps import Tally, start_run
from tests.conftest import ROOT
from tests.flows.street import ask, content, land, record, write_jsonl
from tests.flows.test_offspring import wait_for
from warehouse.store import Home


@pytest.fixture(autouse=True)
def plain_main(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker process imports what ``__main__`` is, and Streamlit's tests leave their page there."""
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))


PASSAGES = ROOT / "transforms/coding/training/passages/p1.jsonl"
needs_dask = pytest.mark.skipif(find_spec("prefect_dask") is None, reason="the extra is not installed: pip install -e '.[dask]'")
ARTICLES, IN_BATCH = 36, 4


@dataclass
class Cluster:
    """A scheduler and two workers, each a process of its own; the second worker is called ``victim``."""

    address: str
    victim: subprocess.Popen[bytes]


@contextmanager
def started(folder: Path) -> Iterator[Cluster]:
    """The processes as an operator starts them, on loopback."""
    folder.mkdir(parents=True, exist_ok=True)
    file, running = folder / "scheduler.json", []

    def start(program: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", "--host", "127.0.0.1", "--scheduler-file", str(file), "--no-dashboard", *options]
        with (folder / f"{len(running)}.log").open("wb") as log:
            running.append(subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log))
        return running[-1]

    try:
        start("dask_scheduler", "--port", "0")
        wait_for(file.exists, 180)
        workers = [start("dask_worker", "--nthreads", "1", "--no-nanny", "--name", name) for name in ("helper", "victim")]
        address = json.loads(file.read_text())["address"]
        from distributed import Client

        with Client(address, timeout=30, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=240)
        yield Cluster(address, workers[1])
    finally:
        for process in reversed(running):
            process.kill()
            process.wait(timeout=10)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with started(tmp_path_factory.mktemp("cluster")) as both:
        yield both


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three dozen short articles in English, and one in French, which is landed and not coded."""
    texts = [" ".join(json.loads(line)["sentences"][:2]) for line in PASSAGES.read_text(encoding="utf-8").splitlines()[: ARTICLES - 1]]
    french = record("french", "Le président français a rencontré son homologue marocain à Rabat, où ils ont signé un accord sur la pêche.")
    return write_jsonl(tmp_path_factory.mktemp("lines") / "in.jsonl", french, *(record(f"a-{i}", text) for i, text in enumerate(texts)))


@pytest.fixture(scope="module")
def alone(lines: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """What one process lands of them."""
    home = Home(tmp_path_factory.mktemp("alone") / "home").prepare()
    land(home, lines, size=IN_BATCH)
    return home


def land_spread(home: Home, address: str, lines: Path, after: Callable[[int], None] = lambda number: None) -> Tally:
    """As ``street.land``, coded on the cluster; ``after`` is called with the number of each batch that was landed."""
    settings, tally = load_settings(home=home.path, runner="dask", dask_address=address), Tally()
    start_run(home, "run-2", "pipeline", {}, 5)
    with coded_ahead(read_batches([lines], IN_BATCH, home.raw), "run-2", home, settings) as coded:
        for batch, coding in coded:
            assert coding is not None and not batch.articles
            work_batch.fn(batch.number, batch, "run-2", home, settings, tally, coding)
            after(batch.number)
    return tally


# --- rows


@needs_dask
@pytest.mark.slow
def test_rows_are_those_of_one_process(cluster: Cluster, lines: Path, alone: Home, home: Home) -> None:
    landed: list[int] = []
    tally = land_spread(home, cluster.address, lines, landed.append)
    assert landed == list(range(ARTICLES // IN_BATCH))
    assert content(home.warehouse) == content(alone.warehouse)
    assert ask(home.warehouse, "SELECT count(*) > 15, count(DISTINCT run_id) FROM mentions") == [(True, 1)]
    assert (tally.read, tally.kept, tally.known, tally.articles_written) == (ARTICLES, ARTICLES, 0, ARTICLES)

    again = land_spread(home, cluster.address, lines)
    assert (again.kept, again.known, again.articles_written, again.mentions_written) == (ARTICLES, ARTICLES, 0, 0)


@needs_dask
@pytest.mark.slow
def test_a_killed_worker_costs_nothing_but_time(lines: Path, alone: Home, home: Home, tmp_path: Path) -> None:
    from distributed import Client

    told: list[str] = []
    with started(tmp_path / "cluster") as own, Client(own.address, set_as_default=False) as client, listening(told.append):
        name = next(a for a, w in client.scheduler_info()["workers"].items() if w["name"] == "victim")
        lost: list[str] = []

        def kill_with_work() -> None:
            """The victim stands still, so that what it is given stays unfinished, and is killed when it has something."""
            own.victim.send_signal(signal.SIGSTOP)
            lost.extend(wait_for(lambda: [*client.processing().get(name, ()), *client.has_what().get(name, ())], 60) or [])
            own.victim.kill()

        killer = threading.Thread(target=kill_with_work)
        tally = land_spread(home, own.address, lines, lambda number: killer.start() if number == 1 else None)
        killer.join(timeout=60)
    assert lost and all(key.startswith("code-run-2-") for key in lost), "the worker had nothing when it was killed"
    assert content(home.warehouse) == content(alone.warehouse)
    assert (tally.read, tally.kept, tally.articles_written) == (ARTICLES, ARTICLES, ARTICLES)
    assert ask(home.warehouse, "SELECT count(*), count(DISTINCT batch) FROM run_steps WHERE step = 'load'") == [(ARTICLES // IN_BATCH,) * 2]
    assert [line for line in told if name in line and "is gone" in line]


@needs_dask
@pytest.mark.slow
def test_an_article_on_its_way_is_not_coded_twice(cluster: Cluster, lines: Path, home: Home) -> None:
    first = next(iter(read_batches([lines], IN_BATCH, home.raw)))
    twin = Batch(1, [dict(a) for a in first.articles], [], first.in_count)
    settings, tally = load_settings(home=home.path, runner="dask", dask_address=cluster.address), Tally()
    with coded_ahead([first, twin], "run-2", home, settings) as coded:
        for batch, coding in coded:
            work_batch.fn(batch.number, batch, "run-2", home, settings, tally, coding)
    assert (tally.known, tally.articles_written) == (IN_BATCH, IN_BATCH)


@needs_dask
@pytest.mark.slow
def test_the_whole_street_with_a_cluster_of_its_own(prefect_api: str, lines: Path, alone: Home, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILATERAL_DASK_WORKERS", "2")
    result = run_pipeline([lines], home.path, IN_BATCH, True, True, runner="dask")
    assert (result["state"], result["kept"]) == ("completed", ARTICLES)
    mentions = "SELECT * EXCLUDE (run_id) FROM mentions ORDER BY mention_id"
    assert ask(home.published, mentions) == ask(alone.warehouse, mentions)


# --- who listens


@needs_dask
@pytest.mark.slow
def test_own_cluster_listens_on_loopback_only(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    import psutil

    monkeypatch.setenv("BILATERAL_DASK_WORKERS", "1")
    told: list[str] = []
    me = psutil.Process()
    before = {c.laddr for p in (me, *me.children(recursive=True)) for c in p.net_connections("inet") if c.status == psutil.CONN_LISTEN}
    with listening(told.append), coded_ahead([], "run-2", home, load_settings(home=home.path, runner="dask")):
        heard = {c.laddr for p in (me, *me.children(recursive=True)) for c in p.net_connections("inet") if c.status == psutil.CONN_LISTEN} - before
    assert len(heard) >= 2 and {at.ip for at in heard} == {"127.0.0.1"}
    assert told == ["coding on this machine: 1 workers, 1 threads"]


@needs_dask
@pytest.mark.slow
def test_own_cluster_turns_away_who_has_no_certificate(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import Client

    monkeypatch.setenv("BILATERAL_DASK_WORKERS", "1")
    seen: dict[str, Any] = {}

    def look() -> Iterator[Batch]:
        from distributed.scheduler import Scheduler

        seen["address"] = next(iter(Scheduler._instances)).address
        try:
            Client(seen["address"].replace("tls://", "tcp://"), timeout=3, set_as_default=False).close()
            seen["let in"] = True
        except OSError:
            seen["let in"] = False
        yield Batch(0)

    with coded_ahead(look(), "run-2", home, load_settings(home=home.path, runner="dask")) as coded:
        assert [batch.number for batch, _ in coded] == [0]
    assert seen["address"].startswith("tls://127.0.0.1:") and seen["let in"] is False


# --- clear words


def nobody() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return f"tcp://127.0.0.1:{port}"


def test_an_address_where_nobody_listens_is_told_at_once(tmp_path: Path) -> None:
    lines, address = write_jsonl(tmp_path / "in.jsonl", record("a-1")), nobody()
    began = time.monotonic()
    with pytest.raises(RunFailed, match=f"nobody listens at {address} .*start dask scheduler there"):
        run_pipeline([lines], tmp_path / "home", None, True, True, runner="dask", address=address)
    assert time.monotonic() - began < 3
    assert not (tmp_path / "home").exists(), "nothing is begun"


@pytest.mark.parametrize("address", ["10.0.0.5:8786", "http://127.0.0.1:8786", "tcp://127.0.0.1", "tcp://127.0.0.1:port", "tcp://:8786", "tcp://127.0.0.1:99999"])
def test_what_is_no_address_is_told(address: str) -> None:
    with pytest.raises(ClusterError, match=r"is no address of a scheduler: write it as tcp://HOST:8786"):
        knock(address)


def test_something_that_listens_and_does_not_speak_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.spread.ANSWER_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as deaf, pytest.raises(ClusterError, match="does not answer as a Dask scheduler"):
        knock(f"tcp://127.0.0.1:{deaf.getsockname()[1]}")


def test_an_address_without_the_runner_is_told(home: Home) -> None:
    settings = load_settings(home=home.path, dask_address="tcp://127.0.0.1:8786")
    with pytest.raises(ClusterError, match="--runner dask"), coded_ahead([], "run-2", home, settings):
        pass


def test_a_missing_extra_is_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prefect_dask", None)
    with pytest.raises(ClusterError, match=r"pip install -e '.\[dask\]'"), coded_ahead([], "run-2", home, load_settings(home=home.path, runner="dask")):
        pass


def test_a_worker_with_another_coder_is_told() -> None:
    with pytest.raises(ClusterError, match=r"codes with 0\.\d+\+m.*, this run with another: install the same release"):
        code_rows(b"", "run-2", "another", None, None)


def test_without_dask_batches_stay_as_they_are(home: Home, tmp_path: Path) -> None:
    lines = write_jsonl(tmp_path / "in.jsonl", *(record(f"a-{i}") for i in range(5)))
    with coded_ahead(read_batches([lines], 2, home.raw), "run-2", home, load_settings(home=home.path)) as coded:
        assert [(batch.number, len(batch.articles), coding) for batch, coding in coded] == [(0, 2, None), (1, 2, None), (2, 1, None)]
