"""The gazetteer: every way in which news names a country, read from the data files in ``lexicons/``.

A correction is a line in a file there, not a branch here; ``lexicons/LEXICONS.md`` says what each file means.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from transforms.coding.labels import SECTORS

FOLDER = Path(__file__).parent / "lexicons"


class LexiconError(ValueError):
    """A line of a lexicon that cannot be used; the message names file, line and mend."""


@dataclass(frozen=True, slots=True)
class Name:
    """One printed form of a country: ``code`` is ISO 3166-1 alpha-3 (or XKX, EUE, a historic state)."""

    text: str
    code: str
    kind: str
    start_year: int = 0
    end_year: int = 9999

    def holds_in(self, year: int | None) -> bool:
        return year is None or self.start_year <= year <= self.end_year


@dataclass(frozen=True, slots=True)
class Leader:
    """An office holder, with the years in which the press gave the office to the name."""

    name: str
    aliases: tuple[str, ...]
    code: str
    office: str
    start_year: int
    end_year: int


@dataclass(frozen=True, slots=True)
class Country:
    """One coded country: ``kind`` is state, territory, organisation or historic."""

    code: str
    name: str
    kind: str
    start_year: int
    end_year: int
    sovereign: str | None


def _rows(name: str, needed: tuple[str, ...]) -> list[dict[str, str]]:
    path = FOLDER / name
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        missing = set(needed) - set(reader.fieldnames or ())
        if missing:
            raise LexiconError(f"{path.name}: the header lacks {', '.join(sorted(missing))}; add the column")
        rows = []
        for number, row in enumerate(reader, 2):
            if any(row[key] is None for key in needed):
                raise LexiconError(f"{path.name}, line {number}: too few fields; quote the fields that contain commas")
            rows.append(row)
        return rows


def _year(row: dict[str, str], key: str, default: int) -> int:
    text = (row.get(key) or "").strip()
    if not text:
        return default
    if not text.isdigit():
        raise LexiconError(f"{key} is {text!r} in {row}; write a year or leave it empty")
    return int(text)


@cache
def countries() -> dict[str, Country]:
    """All coded countries by code."""
    return {
        row["code"]: Country(
            row["code"], row["name"], row["kind"], _year(row, "start_year", 0), _year(row, "end_year", 9999),
            row["sovereign"] or None,
        )
        for row in _rows("countries.csv", ("code", "name", "kind", "sovereign"))
    }


@cache
def names() -> tuple[Name, ...]:
    """All printed forms; a text may stand for several countries at different times."""
    return tuple(
        Name(row["surface"], row["code"], row["kind"], _year(row, "start_year", 0), _year(row, "end_year", 9999))
        for row in _rows("surfaces.csv", ("surface", "code", "kind"))
    )


@cache
def blocked_phrases() -> frozenset[str]:
    """Phrases that contain a country's name and do not name the country ("Gulf of Mexico")."""
    return frozenset(row["phrase"] for row in _rows("blocks.csv", ("phrase",)))


@cache
def ambiguous() -> dict[str, frozenset[str]]:
    """Care rules of a surface: ``text -> {rule, ...}``."""
    rules: dict[str, set[str]] = {}
    for row in _rows("ambiguous.csv", ("surface", "rule")):
        rules.setdefault(row["surface"], set()).add(row["rule"])
    return {text: frozenset(found) for text, found in rules.items()}


@cache
def leaders() -> tuple[Leader, ...]:
    """Office holders that international news names without their country."""
    return tuple(
        Leader(
            row["name"], tuple(a for a in row["alias"].split("|") if a), row["code"], row["office"],
            _year(row, "start_year", 0), _year(row, "end_year", 9999),
        )
        for row in _rows("leaders.csv", ("name", "alias", "code", "office"))
    )


@cache
def titles() -> dict[str, str]:
    """Office titles in lower case with the PLOVER-like type of their holder ("foreign minister" -> "GOV")."""
    return {row["title"].lower(): row["actor_type"] for row in _rows("titles.csv", ("title", "actor_type"))}


@cache
def sector_stems() -> dict[str, str]:
    """Word stems that speak for a sector, as alternatives of a regular expression."""
    known, found = set(SECTORS), {row["sector"]: row["stems"] for row in _rows("sectors.csv", ("sector", "stems"))}
    if set(found) - known:
        raise LexiconError(f"sectors.csv: no such sector: {', '.join(sorted(set(found) - known))}; use the codebook's names")
    return found


@cache
def words(name: str) -> frozenset[str]:
    """A plain word list from ``lexicons/NAME.txt``: one entry a line, ``#`` opens a comment."""
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))
