"""Read kept raw documents again with today's parser: a better one mends old articles without fetching anything."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("GX_ANALYTICS_ENABLED", "False")

from prefect import flow, runtime

from flows import steps
from flows.enrich import coder_for
from flows.ingest import Batch
from flows.params import A_DAY, HomeFolder, documented
from flows.pipeline import work_batch
from flows.progress import tell
from flows.publish import check_and_publish
from flows.settings import load_settings
from flows.sources.documents import read_document
from flows.sources.files import DOCUMENTS, kind_of
from flows.sources.ledger import Ledger
from flows.steps import Tally
from transforms.reading.articles import make_article
from transforms.reading.records import Record, Refusal
from warehouse.store import Home, WarehouseError, open_warehouse

Row = dict[str, Any]


@flow(name="reparse", flow_run_name=lambda: f"reparse {steps.now():%Y-%m-%dT%H:%M}", validate_parameters=True, timeout_seconds=A_DAY)
@documented
def reparse(home: HomeFolder = None) -> dict[str, Any]:
    """Parse every kept raw document again; articles whose text comes out otherwise are coded anew and take the old one's place."""
    settings = load_settings(home=home)
    place, wait, tally = Home(Path(settings.home)), settings.lock_wait_seconds, Tally()
    if not place.warehouse.exists():
        raise WarehouseError(f"there is no warehouse in {place.path}: run bilateral run PATH first")
    run_id, coder = str(runtime.flow_run.id or steps.now().isoformat()), coder_for(settings)
    steps.start_run(place, run_id, "reparse", {}, wait)
    state, message = "failed", "the run ended early; see the log"
    try:
        batch = Batch(0)
        for found in _changed(place, wait):
            batch.in_count += 1
            if isinstance(found, Refusal):
                batch.refusals.append(found)
            else:
                batch.articles.append(found)
            if len(batch.articles) >= settings.batch_articles:
                _work(batch, run_id, place, settings, tally)
                batch = Batch(batch.number + 1)
        _work(batch, run_id, place, settings, tally)
        state, message = check_and_publish(place, run_id, settings, tally, True)
    except BaseException as error:
        message = steps.words_of(error)
        raise
    finally:
        steps.end_run(place, run_id, state, message, coder.version, wait)
    return tally.summary() | {"state": state, "message": message, "run_id": run_id, "home": str(place.path)}


def _work(batch: Batch, run_id: str, place: Home, settings: Any, tally: Tally) -> None:
    """Land the new rows, then take the old ones away: a run that dies between leaves both, as versions of one story."""
    from warehouse.load import delete_articles

    replaced = [old for a in batch.articles for old in a.pop("replaces")]
    work_batch(batch.number, batch, run_id, place, settings, tally)
    if replaced:
        with open_warehouse(place, settings.lock_wait_seconds) as connection:
            tally.articles_written += delete_articles(connection, replaced)


def _changed(place: Home, wait: float) -> Iterator[Row | Refusal]:
    """Articles that come out otherwise than they stand in the warehouse, each with the ids that it ``replaces``."""
    with open_warehouse(place, wait) as connection:
        standing = connection.execute(
            "SELECT a.raw_hash, a.article_id, a.source_id, a.external_id, a.fetched_at, s.name FROM articles a JOIN sources s USING (source_id) "
            "WHERE a.raw_hash IS NOT NULL ORDER BY ALL"
        ).fetchall()
    by_raw: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for row in standing:
        by_raw.setdefault((row[2], row[0]), []).append(row)
    seen = set()
    names = {r[2]: r[5] for r in standing}
    for document in Ledger(place.raw).with_raw():
        key = (document.source_id, str(document.raw_hash))
        seen.add(key)
        yield from _compared(read_document(document, names.get(document.source_id, document.source_id), place.raw), by_raw.get(key, []), document.source_id)
    for key, rows in by_raw.items():
        if key not in seen:
            yield from _compared(_read_file(place.raw, rows[0]), rows, key[0])


def _read_file(raw: Path, row: tuple[Any, ...]) -> Record | Refusal:
    """A document that came from a local file: its name says its kind."""
    digest, name = str(row[0]), str(row[3])
    try:
        content = gzip.decompress((raw / digest[:2] / f"{digest}.gz").read_bytes())
    except (OSError, EOFError) as error:
        return Refusal(name, f"the raw document {digest[:12]} cannot be read ({error}): run the file again", "", "raw")
    parser = DOCUMENTS.get(kind_of(name) or (".xml" if content.lstrip()[:5] == b"<?xml" else ""))
    if parser is None:
        return Refusal(name, "the name does not say what kind of document this is: run the file again", "", "raw")
    found = [r for r in parser(content, name) if isinstance(r, Refusal) or str(r.values.get("id") or r.key) == name]
    if found and isinstance(found[0], Record):
        found[0].values["source"] = found[0].values.get("source") or row[5]
    return found[0] if found else Refusal(name, "the document no longer gives this article: run the file again", "", "raw")


def _compared(record: Record | Refusal, rows: list[tuple[Any, ...]], source_id: str) -> Iterator[Row | Refusal]:
    row = record if isinstance(record, Refusal) else make_article(record)
    if isinstance(row, Refusal):
        if rows:  # what stands was good enough once; it stays
            tell(f"{row.where}: {row.reason}")
            return
        yield row
        return
    old = [r[1] for r in rows if r[1] != row["article_id"]]
    if not rows or len(old) == len(rows):
        yield row | {"source_id": source_id, "fetched_at": rows[0][4] if rows else steps.now(), "replaces": old}
