"""The parts of a brief: lines of its tables, partners compared, periods compared, visits and agreements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from warehouse.briefing.chance import are_beyond_chance, chance_of
from warehouse.briefing.examples import Examples
from warehouse.briefing.figures import Figure, Register, telling
from warehouse.briefing.rows import SIDES, Row
from warehouse.briefing.scope import Scope
from warehouse.briefing.timeline import is_act
from warehouse.briefing.voices import is_name
from warehouse.tables import STATUSES

LINES: Final = 12  # lines of a table of visits, agreements, speakers, sources
PARTNERS: Final = 12
LEAST_BEFORE: Final = 5  # stories in the period before, below which there is nothing to compare with
SECTIONED: Final = 5  # partners or dyads that have a paragraph of their own


@dataclass(frozen=True, slots=True)
class Sided:
    """One line of a table: stories in all, with cooperation and with conflict as done, kept apart."""

    code: str
    name: str
    stories: Figure
    cooperation: Figure
    conflict: Figure


@dataclass(frozen=True, slots=True)
class Change:
    """Stories of one side now and in the period before; ``chance`` is the probability of so uneven a split by chance alone;
    ``is_rise`` where the share of the collection's stories rose; ``is_compared`` is false where the period before has too little for a test.
    """

    side: str
    now: int
    before: int
    chance: float
    is_beyond: bool
    is_rise: bool
    is_compared: bool


@dataclass(frozen=True, slots=True)
class Partner:
    """One pair of the brief: a partner of the country, or one of the top dyads. ``rows`` are its most telling ones."""

    line: Sided
    pair: tuple[str, str]
    not_yet: Figure
    denied: Figure
    changes: tuple[Change, Change]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Deed:
    """One visit or agreement as told: rows of the same parties, stage and day together. ``is_done`` where it is told as done."""

    kind: str
    stage: str
    is_done: bool
    source: str
    target: str
    who: str | None
    event_date: date | None
    precision: str
    figure: Figure


def count_lines(register: Register, prefix: str, parts: Iterable[tuple[str, str, list[Row]]]) -> tuple[Sided, ...]:
    """A line for each part that has rows, those with most stories first."""
    lines = []
    for place, (code, name, rows) in enumerate(parts):
        if rows:
            key = f"{prefix}-{place}"
            done = [register.count(f"{key}-{side}", f"{name}: {side}", [r for r in rows if r.side == side and is_act(r)]) for side in SIDES]
            lines.append(Sided(code, name, register.count(key, name, rows), *done))
    return tuple(sorted(lines, key=lambda line: (-line.stories.number, line.name)))


def count_directions(register: Register, scope: Scope, rows: Sequence[Row]) -> tuple[Sided, ...]:
    """Who acts on whom: each towards the other, and both to each other."""
    a, b = scope.countries
    parts = [(f"{x}-{y}", f"{scope.name(x)} towards {scope.name(y)}", [r for r in rows if not r.is_reciprocal and r.source == x]) for x, y in ((a, b), (b, a))]
    return count_lines(register, "direction", [*parts, ("both", "both to each other", [r for r in rows if r.is_reciprocal])])


def one_a_story(rows: Iterable[Row]) -> list[Row]:
    """The first row of each story, in the order given."""
    found: dict[str, Row] = {}
    for row in rows:
        found.setdefault(row.story_id, row)
    return list(found.values())


def count_stories(rows: Iterable[Row], side: str) -> int:
    """Stories with an act of that side as done."""
    return len({r.story_id for r in rows if r.side == side and is_act(r)})


def compare(rows: Sequence[Row], before: Sequence[Row], told: tuple[int, int], verdicts: Sequence[bool] | None = None) -> tuple[Change, Change]:
    """Each side against the period before, by the share of stories that the collection has from each of the two; no test without both."""
    share = told[0] / sum(told) if all(told) else 0.0
    counts = [(side, count_stories(rows, side), count_stories(before, side)) for side in SIDES]
    is_compared = are_comparable(before, told)
    chances = [chance_of(now, past, share) if is_compared else 1.0 for _, now, past in counts]
    beyond = verdicts or are_beyond_chance(chances)
    first, second = (Change(side, now, past, chances[i], beyond[i], now > share * (now + past), is_compared) for i, (side, now, past) in enumerate(counts))
    return first, second


def are_comparable(before: Sequence[Row], told: tuple[int, int]) -> bool:
    """Does the period before have the five stories that a comparison needs, and the collection stories of both periods?"""
    return all(told) and len({r.story_id for r in before}) >= LEAST_BEFORE


def compare_pairs(
    register: Register, scope: Scope, rows: Sequence[Row], before: Sequence[Row], told: tuple[int, int], examples: Examples,
) -> tuple[tuple[Partner, ...], int]:
    """Pairs of the brief, those with most stories first, and how many there are; none for a brief about one pair."""
    if len(scope.countries) == 2:
        return (), 1
    by_pair: dict[tuple[str, str], list[Row]] = {}
    past: dict[tuple[str, str], list[Row]] = {}
    for found, kept in ((rows, by_pair), (before, past)):
        for row in found:
            kept.setdefault(row.pair, []).append(row)
    order = sorted(by_pair, key=lambda p: (-len({r.story_id for r in by_pair[p]}), -sum(r.confidence for r in by_pair[p]), p))[: scope.top or PARTNERS]
    tested = [p for p in order if are_comparable(past.get(p, []), told)]
    verdicts = are_beyond_chance([c.chance for p in tested for c in compare(by_pair[p], past[p], told)])
    beyond = {p: verdicts[2 * n : 2 * n + 2] for n, p in enumerate(tested)}
    partners, seen = [], set[str]()
    for place, pair in enumerate(order):
        others = [c for c in pair if c not in scope.countries]
        found = by_pair[pair]
        line = count_lines(register, f"pair-{'-'.join(pair)}", [("-".join(others), " and ".join(scope.name(c) for c in others), found)])[0]
        partners.append(Partner(
            line, pair, register.count(f"pair-{pair}-not-yet", f"{line.name}: planned or possible", [r for r in found if r.status in STATUSES[1:3]]),
            register.count(f"pair-{pair}-denied", f"{line.name}: denied", [r for r in found if r.status == "negated"]),
            compare(found, past.get(pair, []), told, beyond.get(pair)),
            tuple(r for side in SIDES for r in examples.pick(telling(r for r in found if r.side == side and is_act(r)), 2, seen)) if place < SECTIONED else (),
        ))
    return tuple(partners), len(by_pair)


def gather_deeds(register: Register, rows: Sequence[Row]) -> tuple[tuple[Deed, ...], dict[str, tuple[Figure, ...]]]:
    """Visits and agreements, planned against done: the lines told by most stories, and counts by stage."""
    parts: dict[tuple[str, str, bool, str, str, date | None, str], list[Row]] = {}
    for row in rows:
        if row.is_visit and row.status != "negated":
            key = ("visit", "done" if row.status == "actual" else row.status, row.status == "actual", row.source, row.target)
        elif row.agreement:
            stage = "planned" if row.is_ahead else row.agreement
            key = ("agreement", stage, stage == "signed", row.source, row.target)
        else:
            continue
        exact = row.precision in ("day", "week", "month", "year")
        parts.setdefault((*key, row.event_date if exact else None, row.precision if exact else "unknown"), []).append(row)
    counts, deeds = {}, []
    order = sorted(parts, key=lambda w: (-len({r.story_id for r in parts[w]}), -(w[5] or date.min).toordinal(), *w[:5]))
    for kind in ("visit", "agreement"):
        both = []
        for is_done, word in ((True, "done"), (False, "planned")):
            own = [what for what in order if (what[0], what[2]) == (kind, is_done)]
            both.append(register.count(f"{kind}-{word}", f"{kind}s {word}", [r for what in own for r in parts[what]]))
            for place, what in enumerate(own[:LINES]):
                names = {r.visitor for r in parts[what] if r.visitor and is_name(r.visitor)}
                figure = register.count(f"{kind}-{word}-{place}", f"{kind}, {what[1]}: {what[3]} and {what[4]}", parts[what])
                deeds.append(Deed(*what[:5], names.pop() if len(names) == 1 else None, what[5], what[6], figure))
        counts[kind] = tuple(both)
    return tuple(deeds), counts
