"""``bilateral classify``: event types for actors that a researcher brings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class InputError(ValueError):
    """The input file cannot be used at all; the message says why."""


def _item(line: str) -> tuple[Any, str, tuple[int, int], tuple[int, int]]:
    record = json.loads(line)
    text = record["text"]
    spans = []
    for side in ("source", "target"):
        start, end = record[side]
        if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(text)):
            raise ValueError(f"{side} [{start}, {end}] is no span of a text of {len(text)} characters")
        spans.append((start, end))
    return record["id"], text, spans[0], spans[1]


def classify_file(source: Path, answer: Path) -> tuple[int, list[str]]:
    """Answer every line of ``source``; returns how many, and what was refused, by line."""
    from flows.enrich import coder_for
    from flows.settings import load_settings

    if not source.is_file():
        raise InputError(f"{source}: no such file")
    items, refused = [], []
    try:
        lines = source.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise InputError(f"{source} is not UTF-8 ({error}): save it as UTF-8") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                items.append(_item(line))
            except (ValueError, KeyError, TypeError) as error:
                what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
                refused.append(f"{source.name}, line {number}: {what}; a line is {{id, text, source: [start, end], target: [start, end]}}")
    settings = load_settings()
    coder = coder_for(settings)
    answers = coder.classify_all([(text, s, t) for _, text, s, t in items])
    try:
        with answer.open("w", encoding="utf-8") as out:
            for (identity, *_), found in zip(items, answers, strict=True):
                out.write(json.dumps({"id": identity} | found) + "\n")
    except OSError as error:
        raise InputError(f"{answer} cannot be written ({error.strerror}): name a file in a folder that is there") from error
    return len(items), refused
