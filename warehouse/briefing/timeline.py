"""Periods of time and their peaks: days, weeks, months or years, as the length of the brief asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from warehouse.briefing.examples import Examples
from warehouse.briefing.figures import Figure, Register, telling
from warehouse.briefing.rows import CONFLICT, COOPERATION, SIDES, Row

# unit -> the longest brief, in days, that is told in it
UNITS: Final = {"day": 14, "week": 120, "month": 3660}
# A date that is only known to the week, month or year has no place in a finer timeline.
FINER: Final = {"day": ("week", "month", "year"), "week": ("month", "year"), "month": ("year",), "year": ()}
PEAKS, SHOWN = 3, 3
STANDS_OUT = 1.5


@dataclass(frozen=True, slots=True)
class Bin:
    """One day, week, month or year: stories with cooperation and with conflict as done, with plans and possibilities, with denials."""

    start: date
    label: str
    cooperation: Figure
    conflict: Figure
    not_yet: Figure
    denied: Figure

    def side(self, name: str) -> Figure:
        return self.cooperation if name == COOPERATION else self.conflict


@dataclass(frozen=True, slots=True)
class Peak:
    """A period that stands out on one side; ``rows`` are the surest of its most certain stories, of those that are fit to be shown: none, it may be."""

    letter: str
    side: str
    bin: Bin
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """``unit`` is day, week, month or year; ``undrawn`` are the acts whose date is not known that exactly."""

    unit: str
    bins: tuple[Bin, ...]
    peaks: tuple[Peak, ...]
    undrawn: Figure


def say_day(day: date) -> str:
    """3 June 2026"""
    return f"{day.day} {day:%B} {day.year}"


def make_timeline(register: Register, rows: Sequence[Row], since: date, until: date, examples: Examples) -> Timeline:
    """All periods from ``since`` to ``until``, the empty ones too; the peaks are told by ``examples``."""
    length = (until - since).days + 1
    unit = next((u for u, days in UNITS.items() if length <= days), "year")
    coarse = [r for r in rows if r.precision in FINER[unit] and is_act(r)]
    hidden = {r.mention_id for r in coarse}
    by_start: dict[date, list[Row]] = {start: [] for start in _starts(since, until, unit)}
    for row in rows:
        if row.mention_id not in hidden and row.side in SIDES:
            by_start[_start(row.day, unit)].append(row)
    bins = tuple(_bin(register, start, unit, found) for start, found in by_start.items())
    return Timeline(unit, bins, tuple(_peaks(bins, examples)), register.count("undrawn", f"acts whose {unit} is not known", coarse))


def is_act(row: Row) -> bool:
    """Cooperation or conflict as done: what stands on a day of its own."""
    return row.side in SIDES and row.status == "actual"


def _start(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=min(day.weekday(), (day - date.min).days))
    return day if unit == "day" else day.replace(day=1) if unit == "month" else day.replace(month=1, day=1)


def _starts(since: date, until: date, unit: str) -> Iterator[date]:
    start = _start(since, unit)
    while start <= until:
        yield start
        after = start + timedelta(days={"day": 1, "week": 7, "month": 31, "year": 366}[unit])
        start = _start(after, unit)


def _bin(register: Register, start: date, unit: str, rows: list[Row]) -> Bin:
    label = {"day": say_day(start), "week": f"week of {say_day(start)}", "month": f"{start:%B} {start.year}", "year": str(start.year)}[unit]
    done = {side: register.count(f"time-{start}-{side}", f"{label}: {side}", [r for r in rows if r.side == side and is_act(r)]) for side in SIDES}
    return Bin(
        start, label, done[COOPERATION], done[CONFLICT],
        register.count(f"time-{start}-not-yet", f"{label}: planned or possible", [r for r in rows if r.status in ("planned", "hypothetical")]),
        register.count(f"time-{start}-denied", f"{label}: denied", [r for r in rows if r.status == "negated"]),
    )


def _peaks(bins: Sequence[Bin], examples: Examples) -> Iterator[Peak]:
    """Up to three periods a side, no two of them neighbours, that have two stories or more and half as many again as the average period."""
    letters, seen = iter("ABCDEF"), set[str]()
    for side in SIDES:
        mean = sum(b.side(side).number for b in bins) / max(1, len(bins))
        high = sorted((i for i, b in enumerate(bins) if b.side(side).number >= max(2, STANDS_OUT * mean)), key=lambda i: (-bins[i].side(side).number, i))
        chosen: list[int] = []
        for i in high:
            if len(chosen) < PEAKS and not any(abs(i - j) == 1 for j in chosen):
                chosen.append(i)
        for found in (bins[i] for i in sorted(chosen)):
            yield Peak(next(letters), side, found, examples.pick(telling(found.side(side).rows), SHOWN, seen))
