"""Human corrections: ``corrections.csv`` in the home, applied to the published copy and never to the write file.

A line on one mention counts before a rule; among the same kind the later line counts. Rules look at what the coder wrote, so that
the order of lines does not matter to them. What hangs on a corrected value is made right with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import duckdb
import polars as pl

from warehouse.correction_lines import TRUTHS, Fault, Line, corrections_file, read_lines
from warehouse.store import Home
from warehouse.tables import BY_NAME, MENTIONS

__all__ = ["Corrections", "Fault", "apply_corrections", "corrections_file"]
Changes = dict[str, dict[str, tuple[Any, Line]]]
CHANGED = ("source_country", "target_country", "is_reciprocal", "event_type", "status", "speaker_country")


@dataclass(frozen=True, slots=True)
class Corrections:
    """What was done: ``counts`` of lines, corrected, dropped, merged (now said twice in one sentence) and unchanged rows; the faults."""

    counts: dict[str, int] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def __str__(self) -> str:
        c = self.counts
        if not c:
            said = "no corrections"
        else:
            said = f"{c['corrected']} {'mention' if c['corrected'] == 1 else 'mentions'} corrected, {c['dropped']} dropped"
            said += f", {c['merged']} merged" if c["merged"] else ""
        return said + (f"; {len(self.faults)} lines of corrections.csv cannot be applied" if self.faults else "")


def apply_corrections(connection: duckdb.DuckDBPyConnection, home: Home) -> Corrections:
    """Apply the file to the published copy that is open; returns counts and the lines that could not be applied.

    Values that rest on a corrected one follow: quad class, intensity and mode on the event type; the pair and its order on the
    countries; sectors, actors and each article's ``mention_count``. ``is_corrected`` is true where a value changed.
    """
    path = corrections_file(home)
    if not path.exists():
        return Corrections()
    countries = {row[0] for row in connection.execute("SELECT code FROM countries").fetchall()}
    lines, faults = read_lines(path, countries)
    line_count = len(lines) + len(faults)
    changes = _collect(connection, lines, faults)
    dropped = [key for key, fields in changes.items() if "row" in fields]
    fresh, sectors, unchanged = _revise(connection, {k: v for k, v in changes.items() if "row" not in v}, faults)
    _write(connection, fresh, sectors)
    merged = _said_twice(connection, [row["mention_id"] for row in fresh])
    _delete(connection, [*dropped, *merged])
    counts = {
        "lines": line_count, "corrected": len(fresh) - len(merged), "dropped": len(dropped), "merged": len(merged), "unchanged": unchanged,
    }
    return Corrections(counts, tuple(sorted(faults, key=lambda f: f.line)))


def _collect(connection: duckdb.DuckDBPyConnection, lines: list[Line], faults: list[Fault]) -> Changes:
    """What is to change by mention: rules first, so that lines on one mention count before them."""
    changes: Changes = {}
    known = {r[0] for r in connection.execute("SELECT mention_id FROM mentions WHERE mention_id IN (SELECT unnest(?::VARCHAR[]))",
                                              [[line.mention_id for line in lines if line.mention_id]]).fetchall()}
    for line in sorted(lines, key=lambda line: (line.mention_id is not None, line.number)):
        if line.mention_id and line.mention_id not in known:
            faults.append(Fault(line.number, f"no mention {line.mention_id} is published: another coder may have read its article since", line.text))
            continue
        for key in [line.mention_id] if line.mention_id else _fitting(connection, line):
            changes.setdefault(key, {})[line.field] = (line.value, line)
    return changes


def _fitting(connection: duckdb.DuckDBPyConnection, line: Line) -> list[str]:
    """Ids of the mentions that fit all conditions of a rule. Names are of the closed list CONDITIONS; values are bound."""
    where, values = [], []
    for name, value in line.conditions:
        column = "a.source_id" if name == "source_id" else "s.sector" if name == "sector" else f"m.{name}"
        if value == "null":
            test = f"{column} IS NULL"
        elif name.startswith("is_"):
            test, value = f"{column} = ?", str(TRUTHS[value.lower()])
        elif value.endswith("*"):
            test, value = f"starts_with(lower({column}), lower(?))", value[:-1]
        else:
            test = f"lower({column}) = lower(?)"
        if name == "sector":
            test = ("NOT EXISTS (SELECT 1 FROM mention_sectors s WHERE s.mention_id = m.mention_id)" if value == "null" else
                    f"EXISTS (SELECT 1 FROM mention_sectors s WHERE s.mention_id = m.mention_id AND {test})")
        where.append(test)
        values += [] if value == "null" else [value]
    rows = connection.execute(f"SELECT m.mention_id FROM mentions m JOIN articles a USING (article_id) WHERE {' AND '.join(where)}", values)
    return [row[0] for row in rows.fetchall()]


def _revise(connection: duckdb.DuckDBPyConnection, changes: Changes, faults: list[Fault]) -> tuple[list[dict[str, Any]], dict[str, tuple[str, ...]], int]:
    """New rows of the mentions that change, new sectors by mention, and how many came out as they were."""
    scores = {r[0]: r[1:] for r in connection.execute("SELECT event_type, quad_class, intensity FROM event_types").fetchall()} or _own_scores()
    found = connection.execute("SELECT * FROM mentions WHERE mention_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY mention_id", [list(changes)]).pl().to_dicts()
    tagged: dict[str, set[str]] = {}
    named = "SELECT mention_id, sector FROM mention_sectors WHERE mention_id IN (SELECT unnest(?::VARCHAR[]))"
    for key, sector in connection.execute(named, [list(changes)]).fetchall():
        tagged.setdefault(key, set()).add(sector)
    fresh: list[dict[str, Any]] = []
    sectors: dict[str, tuple[str, ...]] = {}
    unchanged = 0
    told: set[int] = set()
    for row in found:
        fields = changes[row["mention_id"]]
        new = row | {name: fields[name][0] for name in CHANGED if name in fields}
        if new["source_country"] == new["target_country"]:
            line = max((fields[n][1] for n in ("source_country", "target_country") if n in fields), key=lambda line: line.number)
            if line.number not in told:
                told.add(line.number)
                faults.append(Fault(line.number, f"source and target of {row['mention_id']} would both be {new['source_country']}", line.text))
            new |= {name: row[name] for name in ("source_country", "target_country")}
        _follow(row, new, scores)
        names = fields["sectors"][0] if "sectors" in fields else None
        is_retagged = names is not None and set(names) != tagged.get(row["mention_id"], set())
        if names is not None and is_retagged:
            sectors[row["mention_id"]] = names
        if new == row and not is_retagged:
            unchanged += 1
        else:
            fresh.append(new | {"is_corrected": True})
    return fresh, sectors, unchanged


def _follow(row: dict[str, Any], new: dict[str, Any], scores: dict[str, Any]) -> None:
    """Bring the values that rest on others in line with them."""
    first, second = sorted((new["source_country"], new["target_country"]))
    new |= {"country_a": first, "country_b": second}
    if new["is_reciprocal"]:
        new |= {"source_country": first, "target_country": second}
    if new["event_type"] != row["event_type"]:
        # A mode belongs to its type, and the trigger was sought among the words of the old one.
        new |= {"quad_class": scores[new["event_type"]][0], "intensity": scores[new["event_type"]][1], "mode": None, "trigger": None}
    if new["speaker_country"] is None and row["speaker_country"] is not None:
        new["speaker"] = None


def _own_scores() -> dict[str, Any]:
    """Quad class and score of each type from the package's own file, for a database whose dimensions are not filled."""
    from warehouse.dimensions import _frame

    return {r["event_type"]: (r["quad_class"], r["intensity"]) for r in _frame("event_types").iter_rows(named=True)}


def _write(connection: duckdb.DuckDBPyConnection, fresh: list[dict[str, Any]], sectors: dict[str, tuple[str, ...]]) -> None:
    from warehouse.load import polars_schema

    if not fresh:
        return
    staged = pl.DataFrame(fresh, schema=polars_schema(MENTIONS))
    tags = [{"mention_id": key, "sector": name, "confidence": 1.0} for key, names in sectors.items() for name in names]
    connection.register("revised", staged.to_arrow())
    connection.register("retagged", pl.DataFrame(tags, schema=polars_schema(BY_NAME["mention_sectors"])).to_arrow())
    try:
        rest = ", ".join(f"{name} = s.{name}" for name in MENTIONS.names if name != "mention_id")
        connection.execute(f"UPDATE mentions SET {rest} FROM revised s WHERE mentions.mention_id = s.mention_id")
        connection.execute("DELETE FROM mention_sectors WHERE mention_id IN (SELECT unnest(?::VARCHAR[]))", [list(sectors)])
        connection.execute("INSERT INTO mention_sectors BY NAME SELECT * FROM retagged")
        _settle_actors(connection)
    finally:
        connection.unregister("revised")
        connection.unregister("retagged")


def _settle_actors(connection: duckdb.DuckDBPyConnection) -> None:
    """Actors of corrected mentions: each on its country's side, a speaker of the speaker's country; who is of neither country goes."""
    connection.execute("""
        CREATE TEMP TABLE settled AS
        SELECT x.* REPLACE (
          CASE WHEN x.role = 'speaker' THEN 'speaker' WHEN x.country = r.source_country THEN 'source' ELSE 'target' END AS role,
          CASE WHEN x.role = 'speaker' THEN r.speaker_country ELSE x.country END AS country)
        FROM mention_actors x JOIN revised r USING (mention_id)
        WHERE CASE WHEN x.role = 'speaker' THEN r.speaker_country IS NOT NULL ELSE x.country IN (r.source_country, r.target_country) END
    """)
    connection.execute("DELETE FROM mention_actors WHERE mention_id IN (SELECT mention_id FROM revised)")
    connection.execute("INSERT INTO mention_actors BY NAME SELECT DISTINCT ON (mention_id, role, text) * FROM settled ORDER BY ALL")
    connection.execute("DROP TABLE settled")


def _said_twice(connection: duckdb.DuckDBPyConnection, keys: list[str]) -> list[str]:
    """Corrected mentions that now say what another of the same sentence says: the codebook counts a pair and type once a sentence."""
    rows = connection.execute("""
        SELECT mention_id FROM mentions
        QUALIFY list_contains(?, mention_id) AND row_number() OVER (
          PARTITION BY article_id, char_start, source_country, target_country, is_reciprocal, event_type
          ORDER BY list_contains(?, mention_id), confidence DESC, mention_id) > 1
    """, [keys, keys])
    return sorted(row[0] for row in rows.fetchall())


def _delete(connection: duckdb.DuckDBPyConnection, keys: list[str]) -> None:
    """Take mentions away with what hangs on them, and count their articles' mentions anew."""
    if not keys:
        return
    ids = connection.execute("SELECT DISTINCT article_id FROM mentions WHERE mention_id IN (SELECT unnest(?::VARCHAR[]))", [keys]).fetchall()
    for name in ("mention_sectors", "mention_actors", "mentions"):
        connection.execute(f"DELETE FROM {name} WHERE mention_id IN (SELECT unnest(?::VARCHAR[]))", [keys])
    connection.execute(
        "UPDATE articles SET mention_count = (SELECT count(*) FROM mentions m WHERE m.article_id = articles.article_id) WHERE list_contains(?, article_id)",
        [[i[0] for i in ids]],
    )
