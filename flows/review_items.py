"""What ``bilateral review`` puts before a person: which rows, in which order, and one row as texts that are safe to show."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flows.querying import QueryError, open_published
from warehouse.correction_lines import corrections_file
from warehouse.store import Home

STATUS_WORDS: Final = {
    "actual": "as done, under way or habitual", "planned": "as planned or due", "hypothetical": "as possible or wished", "negated": "as not having happened",
}
# Control characters would move the cursor or recolour the screen, direction marks would turn the text round.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the sentence: of the ``source``, the ``target`` or the ``trigger``."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Item:
    """One row under review: its values, texts that are safe to show, the marks in the sentence, and the coding in words."""

    mention_id: str
    row: dict[str, Any]
    before: str
    sentence: str
    marks: tuple[Mark, ...]
    words: tuple[str, ...]


def reviewed_file(home: Home) -> Path:
    """Where rows lie that a person found right."""
    return home.path / "reviewed.csv"


def least_certain(home: Home, dyad: tuple[str, str] | None = None, near: float | None = None) -> list[str]:
    """Ids of the rows to review: leads first, actual first, then by the distance of their confidence to ``near``.

    ``near`` is the cut unless given: the confidence from which on the coder writes rows. Rows that are corrected, named in
    corrections.csv or found right before are left out. Raises ``QueryError``.
    """
    done = _named(corrections_file(home)) | _named(reviewed_file(home))
    first, second = dyad or (None, None)
    with open_published(home.published) as connection:
        rows = connection.execute(
            """SELECT m.mention_id FROM mentions m JOIN articles a USING (article_id)
            WHERE NOT m.is_corrected AND ($first IS NULL OR (m.country_a = $first AND m.country_b = $second))
            ORDER BY a.is_lead DESC, m.status = 'actual' DESC, abs(m.confidence - coalesce($near, (SELECT min(confidence) FROM mentions))), m.mention_id""",
            {"first": first, "second": second, "near": near},
        ).fetchall()
    return [row[0] for row in rows if row[0] not in done]


def read_item(home: Home, mention_id: str) -> Item:
    """All that a person needs to judge one row. Raises ``QueryError``."""
    with open_published(home.published) as connection:
        found = connection.execute(
            """SELECT m.*, a.title, a.published_at, a.source_id, a.url, coalesce(s.name, m.source_country) AS source_name,
              coalesce(t.name, m.target_country) AS target_name, coalesce(p.name, m.speaker_country) AS speaker_name, e.definition,
              a.body[greatest(1, m.char_start - 1500) : m.char_start] AS context,
              (SELECT list(x.sector ORDER BY x.sector) FROM mention_sectors x WHERE x.mention_id = m.mention_id) AS sectors,
              (SELECT list([x.role, x.text]) FROM mention_actors x WHERE x.mention_id = m.mention_id) AS actors
            FROM mentions m JOIN articles a USING (article_id) LEFT JOIN event_types e USING (event_type) LEFT JOIN countries s ON s.code = m.source_country
            LEFT JOIN countries t ON t.code = m.target_country LEFT JOIN countries p ON p.code = m.speaker_country WHERE m.mention_id = ?""", [mention_id],
        )
        names = [d[0] for d in found.description]
        values = found.fetchone()
    if values is None:
        raise QueryError(f"no mention {mention_id} is published: it may have been coded anew since, start bilateral review again")
    row = dict(zip(names, values, strict=True))
    sentence = clean(row["sentence"])
    return Item(mention_id, row, _sentence_before(row["context"]), sentence, find_marks(sentence, row), _in_words(row))


def clean(text: str | None) -> str:
    """Text on one line without characters that a terminal would obey."""
    return " ".join(CONTROL.sub(" ", text or "").split())


def find_marks(sentence: str, row: dict[str, Any]) -> tuple[Mark, ...]:
    """Where source, target and trigger stand in the sentence; a country that is only carried over has no mark."""
    wanted = [(clean(text), role) for role, text in row["actors"] or [] if role in ("source", "target")]
    wanted += [(row["source_name"], "source"), (row["target_name"], "target"), (clean(row["trigger"]), "trigger")]
    marks: list[Mark] = []
    for text, kind in wanted:
        if text and kind not in {m.kind for m in marks}:
            for found in re.finditer(rf"(?<!\w){re.escape(text)}(?!\w)", sentence):
                if all(found.end() <= m.start or found.start() >= m.end for m in marks):
                    marks.append(Mark(found.start(), found.end(), kind))
                    break
    return tuple(sorted(marks, key=lambda m: m.start))


def _named(path: Path) -> set[str]:
    """Mention ids of a file's column mention_id; a file that cannot be read names none."""
    if not path.exists():
        return set()
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as handle:
        delimiter = ";" if handle.readline().count(";") > 1 else ","
        handle.seek(0)
        return {(row.get("mention_id") or "").strip() for row in csv.DictReader(handle, delimiter=delimiter)}


def _sentence_before(context: str | None) -> str:
    from transforms.coding.sentences import split_sentences

    text = context or ""
    spans = split_sentences(text)
    return clean(text[spans[-1][0] : spans[-1][1]]) if spans else ""


def _in_words(row: dict[str, Any]) -> tuple[str, ...]:
    """The coding in a few lines of plain words."""
    source, target = row["source_name"], row["target_name"]
    who = f"{source} and {target}, both to each other" if row["is_reciprocal"] else f"{source} to {target}"
    speaker = f"said by {row['speaker_name']}" if row["speaker_country"] else "in the reporter's own voice"
    speaker += f" ({clean(row['speaker'])})" if row["speaker"] else ""
    return (
        f"{who}: {row['event_type']}, {STATUS_WORDS[row['status']]} ({row['status']})",
        f"{row['event_type']} is: {row['definition']}" if row["definition"] else "",
        f"{speaker}; sectors: {', '.join(row['sectors'] or []) or 'none'}; confidence {row['confidence']:.2f}",
        f"{clean(row['title']) or '(no title)'} · {clean(row['source_id'])}" + (f" · {row['published_at']:%Y-%m-%d}" if row["published_at"] else ""),
    )
