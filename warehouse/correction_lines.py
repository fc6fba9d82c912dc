"""``corrections.csv``: its lines, what may stand in them, and the small language of its rules.

A line names one mention (``mention_id``) or all that fit a ``rule``: ``event_type=COERCE source_country=FRA trigger=arrest*``.
All conditions must fit; ``*`` at the end stands for any ending, ``null`` for an empty value, quotes hold a value with spaces.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from warehouse.store import Home
from warehouse.tables import CODE, ID, MENTION_SECTORS, MENTIONS, SECTORS

HEADER: Final = ("mention_id", "rule", "field", "value", "reason", "author")
FIELDS: Final = ("event_type", "status", "source_country", "target_country", "is_reciprocal", "speaker_country", "sectors")
# What a rule may ask of a mention; sector and source_id belong to its other tables.
CONDITIONS: Final = (
    "event_type", "mode", "quad_class", "status", "source_country", "target_country", "country_a", "country_b", "is_reciprocal", "is_quoted",
    "speaker_country", "speaker", "trigger", "place_country", "article_id", "coder_version", "sector", "source_id",
)
MOST_SECTORS: Final = 4
TRUTHS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
NOTHING: Final = ("", "null", "none")


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that cannot be applied: its number in the file (1 is the heading), what is wrong and the mend, and its text."""

    line: int
    reason: str
    text: str = ""

    def __str__(self) -> str:
        return f"corrections.csv, line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Line:
    """One good line. ``conditions`` are those of its rule, empty where it names a mention; ``value`` has its field's type."""

    number: int
    mention_id: str | None
    conditions: tuple[tuple[str, str], ...]
    field: str
    value: Any
    text: str


class BadLine(ValueError):  # noqa: N818 - it says what is the case
    """What is wrong with a line, and the mend."""


def corrections_file(home: Home) -> Path:
    """Where corrections lie."""
    return home.path / "corrections.csv"


def read_lines(path: Path, countries: set[str]) -> tuple[list[Line], list[Fault]]:
    """Good lines and faults of the file; ``countries`` are the known codes (empty: any code of the right form)."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return [], [Fault(1, "the file is not UTF-8: save it as CSV UTF-8; none of its lines is applied")]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    lines: list[Line] = []
    faults: list[Fault] = []
    header: list[str] = []
    before = 0
    try:
        for row in rows:
            number, before = before + 1, rows.line_num
            if not header:
                header = [name.strip() for name in row]
                missing = [name for name in HEADER[:4] if name not in header]
                if missing:
                    return [], [Fault(number, f"the heading lacks {', '.join(missing)}: it is {','.join(HEADER)}; no line is applied")]
            elif any(cell.strip() for cell in row):
                values = {name: cell.strip() for name, cell in zip(header, row, strict=False)}
                try:
                    lines.append(_line(number, values, len(row) > len(header), countries))
                except BadLine as error:
                    faults.append(Fault(number, str(error), ",".join(row)))
    except csv.Error as error:
        faults.append(Fault(before + 1, f"no CSV ({error}); it and what follows is not applied"))
    return lines, faults


def append_row(path: Path, header: tuple[str, ...], values: dict[str, str]) -> None:
    """Add one row at the end, in the file's own order of columns, synced; the file is made with its heading if it is not there."""
    order, delimiter, is_ended = list(header), ",", True
    is_new = not path.exists() or path.stat().st_size == 0
    if not is_new:
        text = path.read_text(encoding="utf-8-sig")
        delimiter, is_ended = _delimiter(text), text.endswith(("\n", "\r"))
        order = [name.strip() for name in next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))]
        lacking = sorted(set(header[:4]) - set(order))
        if lacking:
            raise ValueError(f"{path.name}: the heading lacks {', '.join(lacking)}; it is {','.join(header)}")
    with path.open("a", encoding="utf-8", newline="") as handle:
        if not is_ended:
            handle.write("\n")
        writer = csv.writer(handle, delimiter=delimiter, lineterminator="\n")
        if is_new:
            writer.writerow(order)
        writer.writerow([" ".join(values.get(name, "").split()) for name in order])
        handle.flush()
        os.fsync(handle.fileno())


def parse_value(field: str, text: str, countries: set[str]) -> Any:
    """The value in the field's type, checked against the table spec. Raises ``BadLine``."""
    if field == "row":
        if text != "drop":
            raise BadLine(f"the field row takes the value drop, not {text!r}")
        return text
    if field not in FIELDS:
        raise BadLine(f"unknown field {field!r}: it is one of {', '.join(FIELDS)}, or row")
    if field == "sectors":
        return _sectors(text)
    if field == "is_reciprocal":
        if text.lower() not in TRUTHS:
            raise BadLine(f"is_reciprocal is true or false, not {text!r}")
        return TRUTHS[text.lower()]
    column = MENTIONS.column(field)
    if text.lower() in NOTHING and column.nullable:
        return None
    if column.allowed and text not in column.allowed:
        raise BadLine(f"{field} cannot be {text!r}: it is one of {', '.join(column.allowed)}")
    if column.pattern and not re.fullmatch(column.pattern, text):
        raise BadLine(f"{field} cannot be {text!r}: it is a code of three capitals, such as FRA")
    if column.pattern == CODE and countries and text not in countries:
        raise BadLine(f"{field} cannot be {text!r}: the table countries has no such code")
    return text


def _line(number: int, values: dict[str, str], is_long: bool, countries: set[str]) -> Line:
    if is_long:
        raise BadLine("it has more cells than the heading: put a value with a comma in quotes")
    mention_id, rule = values.get("mention_id", ""), values.get("rule", "")
    if bool(mention_id) == bool(rule):
        raise BadLine("it has both a mention_id and a rule: give one of them" if rule else "it has neither a mention_id nor a rule")
    if mention_id and not re.fullmatch(ID, mention_id):
        raise BadLine(f"{mention_id!r} is no mention id: 20 hex digits, see the column mention_id")
    field = values.get("field", "")
    value = parse_value(field, values.get("value", ""), countries)
    return Line(number, mention_id or None, parse_rule(rule) if rule else (), field, value, ",".join(values.values()))


def parse_rule(rule: str) -> tuple[tuple[str, str], ...]:
    """Conditions ``(field, value)`` of a rule. Raises ``BadLine``."""
    try:
        words = shlex.split(rule)
    except ValueError as error:
        raise BadLine(f"the rule cannot be read ({error}): event_type=COERCE source_country=FRA") from None
    conditions = []
    for word in words:
        field, mark, value = word.partition("=")
        if not mark or field not in CONDITIONS:
            raise BadLine(f"the rule has {word!r}: each part is field=value, and field is one of {', '.join(CONDITIONS)}")
        if not value:
            raise BadLine(f"the rule gives {field} no value: write null for an empty one")
        column = MENTION_SECTORS.column(field) if field == "sector" else next((c for c in MENTIONS.columns if c.name == field), None)
        if column and column.allowed and value not in (*column.allowed, "null") and not value.endswith("*"):
            raise BadLine(f"the rule asks for {field}={value}, which no row can have: it is one of {', '.join(column.allowed[:40])}")
        if column and column.type == "BOOLEAN" and value.lower() not in TRUTHS:
            raise BadLine(f"the rule asks for {field}={value}: it is true or false")
        conditions.append((field, value))
    if not conditions:
        raise BadLine("the rule is empty and would fit every row")
    return tuple(conditions)


def _sectors(text: str) -> tuple[str, ...]:
    if text.lower() in NOTHING:
        return ()
    names = tuple(dict.fromkeys(re.split(r"[\s,;|]+", text.strip(" ,;|"))))
    unknown = [n for n in names if n not in SECTORS]
    if unknown:
        raise BadLine(f"unknown sector {unknown[0]!r}: sectors are {', '.join(SECTORS)}")
    if len(names) > MOST_SECTORS:
        raise BadLine(f"{len(names)} sectors: the codebook allows at most {MOST_SECTORS}")
    return names


def _delimiter(text: str) -> str:
    """Spreadsheets of some countries write semicolons."""
    heading = text.split("\n", 1)[0]
    return ";" if heading.count(";") > heading.count(",") else ","
