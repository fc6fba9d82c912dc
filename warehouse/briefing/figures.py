"""Figures: a number of stories and the mentions behind it; and the choice of the sentences that are printed for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from warehouse.briefing.chance import Range, right_range
from warehouse.briefing.rows import Row

# So many sentences are printed on a page at most, where each figure has at least one.
SENTENCES: Final = 400


@dataclass(frozen=True, slots=True)
class Figure:
    """``number`` stories (or sources) for which the ``rows`` stand, the most telling first; ``key`` is its anchor in the page."""

    key: str
    label: str
    number: int
    rows: tuple[Row, ...]

    @property
    def right(self) -> Range:
        """How many of the stories are right: a story counts as right with the confidence of its surest row here."""
        best: dict[str, float] = {}
        for row in self.rows:
            best[row.story_id] = max(best.get(row.story_id, 0.0), row.confidence)
        return right_range(best.values())


def telling(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The surest row of each story, then the second of each, and so on; surest stories first."""
    taken: dict[str, int] = {}
    places: list[tuple[int, int, Row]] = []
    for row in sorted(rows, key=lambda r: (-r.confidence, r.mention_id)):
        taken[row.story_id] = taken.get(row.story_id, 0) + 1
        places.append((taken[row.story_id], len(places), row))
    return tuple(row for _, _, row in sorted(places, key=lambda p: p[:2]))


@dataclass(slots=True)
class Register:
    """All figures of a brief in the order in which they are made; each leads back to its sentences."""

    figures: list[Figure] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def count(self, key: str, label: str, rows: Iterable[Row]) -> Figure:
        """The number of stories of these rows, noted under a key that is safe as an anchor."""
        ordered = telling(rows)
        return self.note(key, label, len({r.story_id for r in ordered}), ordered)

    def note(self, key: str, label: str, number: int, rows: Sequence[Row]) -> Figure:
        """A number that is not one of stories, with the rows behind it."""
        figure = Figure("n-" + re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-"), label, number, tuple(rows))
        if figure.key in self.keys:
            raise ValueError(f"two figures have the key {figure.key}")
        self.keys.add(figure.key)
        if figure.rows:
            self.figures.append(figure)
        return figure


def choose_rows(figures: Sequence[Figure], wanted: Iterable[Row], most: int = SENTENCES) -> list[Row]:
    """The rows whose sentences are printed: the ``wanted`` ones and the first of each figure always, then the second of each and so on up to ``most``."""
    chosen: dict[str, Row] = {r.mention_id: r for r in wanted}
    deepest = max((len(f.rows) for f in figures), default=0)
    for depth in range(deepest):
        for figure in figures:
            if depth < len(figure.rows) and (depth == 0 or len(chosen) < most):
                chosen.setdefault(figure.rows[depth].mention_id, figure.rows[depth])
        if len(chosen) >= most:
            break
    return list(chosen.values())
