"""What a large warehouse costs: publishing it, asking it, and landing 1,000 more articles in it.

    python benchmarks/growth.py [--mentions 100000 1000000] [--json FILE] [--threads 2]

Articles are made up in SQL, ten mentions each, in words drawn as unevenly as words are. For each size: seconds and highest MiB of a whole
publish; milliseconds of a dyad's months and of a full-text search in a new connection; then the seconds of landing 1,000 coded
articles, step by step as a run does it (known?, load, copies, rules over the set, publish), coding left out.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

import duckdb  # noqa: E402
import polars as pl  # noqa: E402

from benchmarks.memory import tree_bytes  # noqa: E402
from flows.steps import country_rows  # noqa: E402
from transforms.reading.near import band_keys, is_copy, text_of  # noqa: E402
from warehouse.dimensions import fill_dimensions  # noqa: E402
from warehouse.load import load_batch, polars_schema  # noqa: E402
from warehouse.metrics import METRICS_SQL  # noqa: E402
from warehouse.publish import publish  # noqa: E402
from warehouse.search import load_search, search  # noqa: E402
from warehouse.store import Home, open_warehouse  # noqa: E402
from warehouse.stories import settle_stories  # noqa: E402
from warehouse.tables import BY_NAME  # noqa: E402

PER_ARTICLE = 10
WORDS = 30_000
SYLLABLES = ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va", "we", "xi", "yo", "zu"]


def word(n: int) -> str:
    found = ""
    while True:
        found += SYLLABLES[n % 20]
        n //= 20
        if not n:
            return found


def fill(home: Home, mentions: int) -> None:
    """Articles and mentions straight into the tables, as if landed by a run of long ago."""
    with open_warehouse(home) as connection:
        run = connection.execute
        fill_dimensions(connection, country_rows())
        connection.register("pool", pl.DataFrame({"id": range(WORDS + 1), "word": [word(n) for n in range(WORDS + 1)]}).to_arrow())
        run("CREATE TEMP TABLE words AS SELECT list(word ORDER BY id) AS w FROM pool")
        codes = [r[0] for r in run("SELECT code FROM countries WHERE kind = 'state' ORDER BY code LIMIT 60").fetchall()]
        run("CREATE TEMP TABLE codes AS SELECT ? AS c", [codes])
        run(f"""
            CREATE TEMP TABLE said AS
            SELECT n, n // {PER_ARTICLE} AS article, n % {PER_ARTICLE} AS place, md5('m' || n)[:20] AS mention_id,
            md5('a' || n // {PER_ARTICLE})[:20] AS article_id,
              array_to_string(list_transform(range(18), lambda k: w[(power((hash(n, k) % 1000000) / 1000000.0, 3) * {WORDS})::INT + 1]),
              ' ') || '.' AS sentence,
              c[(power((hash(n, 'a') % 1000) / 1000.0, 2) * 59)::INT + 1] AS one, c[(power((hash(n, 'b') % 1000) / 1000.0, 2) * 59)::INT + 1] AS other
            FROM range({mentions}) r(n), words, codes
        """)
        run("""
            INSERT INTO articles BY NAME
            SELECT article_id, article::VARCHAR AS external_id, 'post' AS source_id, NULL AS url, 'Report ' || article AS title, string_agg(sentence,
            ' ' ORDER BY place) AS body,
              NULL AS author, NULL AS section, 'en' AS language, TIMESTAMP '2006-01-01' + to_hours((article * 7 % 175000)::INT) AS published_at,
              'second' AS published_precision, TIMESTAMP '2026-01-01' AS fetched_at, md5(article::VARCHAR) || md5('x' || article) AS content_hash,
              NULL AS raw_hash,
              article_id AS story_id, true AS is_lead, NULL AS home_country, true AS is_coded, count(*) FILTER (one <> other)::INT AS mention_count,
              '1' AS coder_version, 'r0' AS run_id
            FROM said GROUP BY article, article_id
        """)
        run("""
            INSERT INTO mentions BY NAME
            SELECT mention_id, article_id, place::INT AS sentence_index, sentence, (place * 200)::INT AS char_start, (place * 200 + 199)::INT AS char_end,
              one AS source_country, other AS target_country, least(one, other) AS country_a, greatest(one, other) AS country_b, false AS is_reciprocal,
              e.event_type, NULL AS mode, e.quad_class, e.intensity, 'actual' AS status, false AS is_quoted, one AS speaker_country, NULL AS speaker,
              NULL AS trigger,
              (TIMESTAMP '2006-01-01' + to_hours((article * 7 % 175000)::INT))::DATE AS event_date, 'publication' AS event_date_precision,
              NULL AS place, NULL AS place_country,
              0.5 + (hash(n, 'q') % 500) / 1000.0 AS confidence, NULL AS rules, false AS is_corrected, '1' AS coder_version, 'r0' AS run_id
            FROM said JOIN (SELECT *, row_number() OVER (ORDER BY event_type) - 1 AS k FROM event_types) e ON e.k = hash(n, 'e') % 17 WHERE one <> other
        """)
        run("INSERT INTO mention_sectors SELECT mention_id, s.sector, 0.7 FROM said JOIN "
            "(SELECT sector, row_number() OVER (ORDER BY sector) - 1 AS k FROM sectors) s ON s.k = hash(n, 's') % 32 WHERE one <> other")
        run("INSERT INTO mention_actors SELECT mention_id, 'source', one, NULL, NULL, NULL, one, 'GOV' FROM said WHERE one <> other")
        run("INSERT INTO article_bands SELECT article_id, b, (hash(article_id, b) % 9223372036854775807)::BIGINT, "
            "(published_at::DATE - DATE '1970-01-01')::INT, true FROM articles, range(16) r(b)")
        run("INSERT INTO runs VALUES ('r0', 'pipeline', TIMESTAMP '2026-01-01', TIMESTAMP '2026-01-01', 'completed', '0', '1', '{}', '')")
        for name in ("said", "words", "codes"):
            run(f"DROP TABLE temp.{name}")


def more_articles(count: int, run_id: str) -> dict[str, pl.DataFrame]:
    """``count`` coded articles of ten mentions in words of their own."""
    chooser = random.Random(run_id)
    frames: dict[str, list[dict[str, Any]]] = {"articles": [], "mentions": [], "mention_sectors": [], "mention_actors": []}
    for n in range(count):
        identity = f"{chooser.getrandbits(80):020x}"
        sentences = [" ".join(word(int(chooser.random() ** 3 * WORDS)) for _ in range(18)) + "." for _ in range(PER_ARTICLE)]
        frames["articles"].append({
            "article_id": identity, "external_id": f"{run_id}-{n}", "source_id": "post", "url": None, "title": f"News {n}",
            "body": " ".join(sentences), "author": None,
            "section": None, "language": "en", "published_at": datetime(2026, 2, 1 + n % 20), "published_precision": "day", "fetched_at": datetime(2026, 3, 1),
            "content_hash": f"{chooser.getrandbits(256):064x}", "raw_hash": None, "story_id": identity, "is_lead": True, "home_country": None, "is_coded": True,
            "mention_count": PER_ARTICLE, "coder_version": "1", "run_id": run_id,
        })
        for place, sentence in enumerate(sentences):
            key = f"{chooser.getrandbits(80):020x}"
            one, other = chooser.sample(("FRA", "MAR", "DEU", "POL", "KEN", "BRA"), 2)
            frames["mentions"].append({
                "mention_id": key, "article_id": identity, "sentence_index": place, "sentence": sentence, "char_start": place, "char_end": place + 9,
                "source_country": one,
                "target_country": other, "country_a": min(one, other), "country_b": max(one, other), "is_reciprocal": False, "event_type": "SUPPORT",
                "mode": None,
                "quad_class": "verbal cooperation", "intensity": 5.0, "status": "actual", "is_quoted": False, "speaker_country": one,
                "speaker": None, "trigger": None,
                "event_date": datetime(2026, 2, 1).date(), "event_date_precision": "publication", "place": None, "place_country": None,
                "confidence": 0.9, "rules": None,
                "is_corrected": False, "coder_version": "1", "run_id": run_id,
            })
            frames["mention_sectors"].append({"mention_id": key, "sector": "trade", "confidence": 0.7})
            frames["mention_actors"].append({"mention_id": key, "role": "source", "text": one, "name": None, "title": None, "organisation": None,
            "country": one,
                                             "actor_type": "GOV"})
    return {name: pl.DataFrame(rows, schema=polars_schema(BY_NAME[name])) for name, rows in frames.items()}


def land(home: Home, run_id: str) -> dict[str, float]:
    """Seconds of each step after coding."""
    frames, step = more_articles(1000, run_id), pl.DataFrame(schema=polars_schema(BY_NAME["run_steps"]))
    laps: dict[str, float] = {}

    def lap(name: str, since: float) -> float:
        laps[name] = round(time.perf_counter() - since, 2)
        return time.perf_counter()

    at = time.perf_counter()
    with open_warehouse(home) as connection:
        connection.execute("INSERT INTO runs VALUES (?, 'pipeline', now()::TIMESTAMP, NULL, 'running', '0', '1', '{}', NULL)", [run_id])
        ids = frames["articles"]["article_id"].to_list()
        connection.execute("SELECT article_id FROM articles WHERE article_id IN (SELECT unnest(?::VARCHAR[])) AND coder_version = '1'", [ids]).fetchall()
    at = lap("known", at)
    with open_warehouse(home) as connection:
        load_batch(connection, frames, step)
    at = lap("load", at)
    with open_warehouse(home) as connection:
        settle_stories(connection, band_keys, lambda one, other: is_copy(text_of(one), text_of(other)))
    at = lap("copies", at)
    with open_warehouse(home) as connection:
        connection.execute(METRICS_SQL, {"run_id": run_id}).fetchall()
    at = lap("rules over the set", at)
    publish(home, run_id)
    lap("publish", at)
    return laps | {"all": round(sum(laps.values()), 2)}


class Peak:
    """The highest MiB of this process while the block runs."""

    def __enter__(self) -> Peak:
        import os

        self.highest, self._over = 0, threading.Event()

        def watch() -> None:
            while not self._over.wait(0.5):
                self.highest = max(self.highest, tree_bytes(os.getpid()) >> 20)

        self._watcher = threading.Thread(target=watch, daemon=True)
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watcher.join()


def ask(home: Home) -> dict[str, float]:
    """Milliseconds, the middle of five, each with a connection of its own."""
    found: dict[str, list[float]] = {"dyad_month of one pair": [], "full text": []}
    for _ in range(5):
        with duckdb.connect(str(home.published), read_only=True) as connection:
            load_search(connection)
            since = time.perf_counter()
            connection.execute("SELECT * FROM dyad_month WHERE country_a = 'ALB' AND country_b = 'ARG'").fetchall()
            found["dyad_month of one pair"].append(time.perf_counter() - since)
            since = time.perf_counter()
            search(connection, f"{word(9000)} {word(1200)}")
            found["full text"].append(time.perf_counter() - since)
    return {name: round(sorted(values)[2] * 1000, 1) for name, values in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mentions", type=int, nargs="*", default=[0, 100_000, 1_000_000])
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    results: dict[str, Any] = {}
    for mentions in args.mentions:
        with tempfile.TemporaryDirectory(prefix="bilateral-growth-") as scratch:
            home = Home(Path(scratch)).prepare()
            fill(home, mentions)
            since = time.perf_counter()
            with Peak() as peak:
                publish(home, "r0", is_whole=True)
            result: dict[str, Any] = {"whole publish, seconds": round(time.perf_counter() - since, 1), "whole publish, MiB": peak.highest,
                                      "published, MiB": home.published.stat().st_size >> 20}
            result["asked, milliseconds"] = ask(home) if mentions else {}
            land(home, "warm")
            with Peak() as peak:
                result["landing 1,000 articles, seconds"] = land(home, "r1")
            result["landing, MiB"] = peak.highest
            results[f"{mentions:,} mentions"] = result
            print(f"{mentions:,} mentions", json.dumps(result), flush=True)
    if args.json:
        args.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
