"""``bilateral review``: the least certain rows one by one; what a person decides goes to ``corrections.csv`` or ``reviewed.csv``.

The terminal is not in here (``flows/review_screen.py``): a session takes a function that shows a row and one that answers a question.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from flows.querying import open_published
from flows.review_items import Item, clean, least_certain, read_item, reviewed_file
from warehouse.correction_lines import FIELDS, HEADER, BadLine, append_row, corrections_file, parse_value
from warehouse.store import Home
from warehouse.tables import EVENT_TYPES, SECTORS, STATUSES

REVIEWED: Final = ("mention_id", "verdict", "author", "reviewed_at", "coder_version", "confidence")
KEYS: Final = {"r": "right", "w": "wrong", "d": "drop", "s": "skip", "q": "quit"}
Ask = Callable[[str, tuple[str, ...]], str]


@dataclass(slots=True)
class Session:
    """What a sitting came to."""

    right: int = 0
    wrong: int = 0
    dropped: int = 0
    skipped: int = 0
    said: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.right} right, {self.wrong} wrong, {self.dropped} dropped, {self.skipped} skipped"


def login_name() -> str:
    """Who sits here, for the column author; ``unknown`` where the system cannot tell."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


def review(home: Home, author: str, show: Callable[[Item, int, int], None], ask: Ask, dyad: tuple[str, str] | None = None, near: float | None = None,
           most: int | None = None) -> Session:
    """Show row after row and take down what is decided, each at once: a sitting that breaks off keeps what was said.

    ``ask(question, choices)`` returns one of the choices, or any text where there are none; ``EOFError`` and ``KeyboardInterrupt``
    end the sitting. ``most`` bounds the rows shown. Raises ``QueryError`` where nothing is published.
    """
    session = Session()
    ids = least_certain(home, dyad, near)
    for number, mention_id in enumerate(ids[:most], 1):
        item = read_item(home, mention_id)
        show(item, number, min(len(ids), most or len(ids)))
        try:
            if not _decide(home, item, author, ask, session):
                break
        except (EOFError, KeyboardInterrupt):
            break
    return session


def _decide(home: Home, item: Item, author: str, ask: Ask, session: Session) -> bool:
    """Take down one decision; false where the sitting is to end."""
    while True:
        key = ask("right, wrong, drop, skip, quit", tuple(KEYS))
        if key == "q":
            return False
        if key == "s":
            session.skipped += 1
            return True
        if key == "r":
            append_row(reviewed_file(home), REVIEWED, {
                "mention_id": item.mention_id, "verdict": "right", "author": author, "reviewed_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
                "coder_version": item.row["coder_version"], "confidence": str(item.row["confidence"]),
            })
            session.right += 1
            return True
        if key == "d":
            _correct(home, item, author, [("row", "drop")], ask("why? (may be empty)", ()))
            session.dropped += 1
            return True
        changes = list(_ask_changes(home, item, ask, session))
        if changes:
            _correct(home, item, author, changes, ask("why? (may be empty)", ()))
            session.wrong += 1
            return True


def _ask_changes(home: Home, item: Item, ask: Ask, session: Session) -> Iterator[tuple[str, str]]:
    """Fields and values until there are no more; a value that cannot be is told and asked for again. None: back to the keys."""
    countries = _countries(home)
    while True:
        name = ask("which field? (empty: no more)", ("", *FIELDS))
        if not name:
            return
        hints = {"event_type": EVENT_TYPES, "status": STATUSES, "is_reciprocal": ("true", "false")}
        hint = " ".join(hints.get(name, SECTORS if name == "sectors" else ("a code such as FRA",)))
        value = ask(f"{name} is {_shown(item.row[name])}; right is ({hint}; empty: leave it)", ()).strip()
        if not value:
            continue
        value = value.upper() if name.endswith("_country") and value.lower() not in ("null", "none") else value
        value = value.upper() if name == "event_type" else value
        try:
            parse_value(name, value, countries)
        except BadLine as error:
            session.said.append(str(error))
            ask(f"{error} (Enter)", ())
            continue
        yield name, value


def _correct(home: Home, item: Item, author: str, changes: list[tuple[str, str]], reason: str) -> None:
    for name, value in changes:
        append_row(corrections_file(home), HEADER, {
            "mention_id": item.mention_id, "field": name, "value": value, "reason": clean(reason), "author": clean(author),
        })


def _countries(home: Home) -> set[str]:
    with open_published(home.published) as connection:
        return {row[0] for row in connection.execute("SELECT code FROM countries").fetchall()}


def _shown(value: Any) -> str:
    return ", ".join(value) or "none" if isinstance(value, list) else "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
