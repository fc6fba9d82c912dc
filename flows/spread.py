"""Coding on more machines: batches go to the workers of a Dask cluster, their rows come back in the order of the batches.

Only the coder runs elsewhere. Reading, checking, loading and publishing stay in this process, one batch after the other, so that the rows are
those of a run in one process. What travels is Arrow: article rows there, frames back. A worker loads the model once and codes in one thread.

Who may speak to a Dask scheduler may run code on it, on its workers and here: Dask sends functions and errors as pickles, and nothing in it asks
who is there, unless it is set up with TLS (``tls://`` and Dask's own ``distributed.comm.tls`` settings). A temporary cluster therefore listens on
loopback only, with certificates made for this one run; for ``address`` take a net of your own, or TLS.

``prefect_dask.DaskTaskRunner`` makes the cluster. Its client is given plain functions, not Prefect tasks: each batch is the task ``batch-N`` of the
run already, and workers need no way to Prefect's server.
"""

from __future__ import annotations

import io
import logging
import os
import socket
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flows.progress import tell

if TYPE_CHECKING:
    import polars as pl

    from flows.ingest import Batch
    from flows.settings import Settings
    from warehouse.store import Home

Coded = tuple["Batch", "Coding | None"]
# One that is coded and one that waits: more would only lie in memory.
PER_THREAD = 2
ANSWER_SECONDS, WORKER_SECONDS = 10.0, 120.0
LOST = "the scheduler went away ({}): start it, then run again; it goes on where it was"


class ClusterError(RuntimeError):
    """The cluster cannot be had, or was lost; the message says why and what to do. What was landed stands."""


class Coding:
    """One batch on its way: its article ids, how many articles the warehouse had coded already, and, once waited for, its frames."""

    def __init__(self, ids: set[str], known: int, future: Any, client: Any) -> None:
        self.ids, self.known = ids, known
        self._future, self._client = future, client

    def is_done(self) -> bool:
        return bool(self._future.done())

    def frames(self) -> dict[str, pl.DataFrame]:
        """As ``flows.enrich.enrich``; waits. Raises what the coder raised, or ``ClusterError``. To be asked once: the workers forget the rows then."""
        from distributed import CancelledError, KilledWorker
        from distributed.comm import CommClosedError

        try:
            sent = self._wait()
        except KilledWorker as error:
            raise ClusterError(f"{self._future.key}: one worker after the other died of it; their memory is the first suspect ({error})") from error
        except (CancelledError, CommClosedError) as error:
            raise ClusterError(LOST.format(error)) from error
        except RuntimeError as error:
            if "deserialization" not in str(error):
                raise
            raise ClusterError("the scheduler or a worker cannot load bilateral: install the same release with its extra dask on all machines") from error
        self._future = None
        return {name: _from_arrow(frame) for name, frame in sent.items()}

    def _wait(self) -> dict[str, bytes]:
        while True:
            try:
                return dict(self._future.result(timeout=WORKER_SECONDS))
            except TimeoutError:
                if not _threads(self._client):
                    raise ClusterError(f"no worker has been there for {WORKER_SECONDS:.0f} s: start workers, then run again; it goes on where it was") from None


@contextmanager
def coded_ahead(batches: Iterable[Batch], run_id: str, home: Home, settings: Settings) -> Iterator[Iterator[Coded]]:
    """Batches in their order, each with its ``Coding``; with ``None``, to be coded here, unless the settings ask for Dask.

    Each is to be landed before the next is asked for. Texts are let go of as they are sent: ``Batch.articles`` is empty then.
    """
    if settings.runner == "dask":
        with _cluster(settings) as client:
            yield _ahead(batches, run_id, home, settings, client)
    elif settings.dask_address:
        raise ClusterError(f"the address {settings.dask_address} is used with --runner dask only: add it, or leave the address out")
    else:
        yield ((batch, None) for batch in batches)


def _ahead(batches: Iterable[Batch], run_id: str, home: Home, settings: Settings, client: Any) -> Iterator[Coded]:
    from flows.enrich import coder_for
    from flows.steps import without_known

    version, threads = coder_for(settings).version, _threads(client)
    where = [str(settings.model_folder) if settings.model_folder else None, settings.spacy_pipeline]
    waiting: deque[tuple[Batch, Coding]] = deque()
    for batch in batches:
        ids = {a["article_id"] for a in batch.articles}
        threads = _threads(client, threads)
        most = PER_THREAD * max(1, sum(threads.values()))
        # An article that is on its way counts as known only when it has landed, as in one process.
        while waiting and (len(waiting) >= most or waiting[0][1].is_done() or any(ids & c.ids for _, c in waiting)):
            yield waiting.popleft()
        fresh = without_known(home, batch.articles, version, settings.lock_wait_seconds)
        future = client.submit(code_rows, _sent(fresh), run_id, version, *where, key=f"code-{run_id}-{batch.number}", pure=False)
        waiting.append((batch, Coding(ids, len(batch.articles) - len(fresh), future, client)))
        batch.articles = []
    while waiting:
        threads = _threads(client, threads)
        yield waiting.popleft()


def code_rows(articles: bytes, run_id: str, version: str, folder: str | None, spacy_pipeline: str | None) -> dict[str, bytes]:
    """On a worker: article rows in, the frames of ``flows.enrich.enrich`` out, all as Arrow. Another coder than ``version`` is a ``ClusterError``."""
    from flows.enrich import coder_of, enrich

    coder = coder_of(Path(folder) if folder else None, 1, spacy_pipeline)
    if coder.version != version:
        raise ClusterError(f"the worker on {socket.gethostname()} codes with {coder.version}, this run with {version}: install the same release on both")
    return {name: _to_arrow(frame) for name, frame in enrich(_from_arrow(articles).to_dicts(), run_id, coder).items()}


def _sent(articles: list[dict[str, Any]]) -> bytes:
    import polars as pl

    from warehouse.load import polars_schema
    from warehouse.tables import ARTICLES

    schema = polars_schema(ARTICLES) | {"source_name": pl.String}
    return _to_arrow(pl.DataFrame([{k: a.get(k) for k in schema} for a in articles], schema=schema))


def _to_arrow(frame: pl.DataFrame) -> bytes:
    return frame.write_ipc_stream(None, compression="zstd").getvalue()


def _from_arrow(sent: bytes) -> pl.DataFrame:
    import polars as pl

    return pl.read_ipc_stream(io.BytesIO(sent))


def _threads(client: Any, before: Iterable[str] = ()) -> dict[str, int]:
    """Threads of each worker, by its address; a worker that was there ``before`` and is not now is told."""
    try:
        there = dict(client.nthreads())
    except OSError as error:
        raise ClusterError(LOST.format(error)) from error
    for gone in sorted(set(before) - there.keys()):
        tell(f"worker {gone} is gone; what it had is coded again elsewhere")
    return there


@contextmanager
def _cluster(settings: Settings) -> Iterator[Any]:
    """The client of the cluster at the address of the settings, or of one on this machine that lasts as long as the block."""
    try:
        from prefect_dask import DaskTaskRunner
    except ImportError as error:
        raise ClusterError(f"--runner dask needs the extra ({error.name} is missing): in the project's folder, .venv/bin/pip install -e '.[dask]'") from error
    address, count = settings.dask_address, settings.dask_workers or os.cpu_count() or 1
    if address:
        knock(address)
        runner = DaskTaskRunner(address=address, client_kwargs={"timeout": ANSWER_SECONDS})
    else:
        runner = DaskTaskRunner(cluster_class="distributed.LocalCluster", cluster_kwargs={
            "n_workers": count, "threads_per_worker": 1, "processes": True, "host": "127.0.0.1", "security": True, "dashboard_address": "127.0.0.1:0",
            "silence_logs": logging.ERROR,
        })
    with runner:
        where = address or "this machine"
        try:
            client = runner.client
        except OSError as error:
            raise ClusterError(f"what listens at {where} does not answer as a Dask scheduler ({error}): check the port, TLS and Dask's version") from error
        try:
            client.wait_for_workers(1, timeout=WORKER_SECONDS)
        except TimeoutError:
            raise ClusterError(f"no worker has joined {where} in {WORKER_SECONDS:.0f} s: start some (dask worker ADDRESS --nthreads 1)") from None
        threads = _threads(client)
        tell(f"coding on {where}: {len(threads)} workers, {sum(threads.values())} threads")
        yield client


def knock(address: str) -> None:
    """Ask at once whether a scheduler is at ``tcp://HOST:PORT``: Dask itself tries again until its time is up. ``ClusterError`` if not."""
    parts = urlsplit(address)
    try:
        if parts.scheme not in ("tcp", "tls") or not parts.hostname or not parts.port:
            raise ValueError
    except ValueError:
        raise ClusterError(f"{address!r} is no address of a scheduler: write it as tcp://HOST:8786 or tls://HOST:8786") from None
    try:
        line = socket.create_connection((parts.hostname, parts.port), timeout=ANSWER_SECONDS)
    except OSError as error:
        raise ClusterError(f"nobody listens at {address} ({error.strerror or error}): start dask scheduler there, or leave --address out") from error
    with line, suppress(OSError):
        # A scheduler speaks first; Dask's client would wait without end for one that does not.
        if parts.scheme == "tls" or line.recv(1):
            return
    raise ClusterError(f"what listens at {address} does not answer as a Dask scheduler: check the port, and tls:// for one with TLS")
