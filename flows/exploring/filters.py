"""What the page shows: filters, their SQL with bound parameters, and their place in the address.

The SQL is chosen among the fixed texts below; what a person or an address gives is only ever a bound value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from warehouse.days import DAY_SQL
from warehouse.tables import CODE, EVENT_TYPES, ID, SECTORS, STATUSES

SIDES: Final = ("cooperation", "conflict", "standing relation")
SIDE_SQL: Final = ("CASE WHEN m.quad_class LIKE '%cooperation' THEN 'cooperation' WHEN m.quad_class LIKE '%conflict' THEN 'conflict'"
                   " ELSE 'standing relation' END")
WORDS_LIMIT: Final = 200
PAGE_LIMIT: Final = 1_000_000

ONE_COUNTRY: Final = "(list_contains({side}, m.country_a) OR list_contains({side}, m.country_b))"
CONDITIONS: Final[dict[str, str]] = {
    "dyad": "((list_contains($countries, m.country_a) AND list_contains($partners, m.country_b))"
            " OR (list_contains($countries, m.country_b) AND list_contains($partners, m.country_a)))",
    "dyad one way": "((list_contains($countries, m.source_country) AND list_contains($partners, m.target_country))"
                    " OR (m.is_reciprocal AND list_contains($countries, m.target_country) AND list_contains($partners, m.source_country)))",
    "countries": ONE_COUNTRY.format(side="$countries"),
    "countries one way": "(list_contains($countries, m.source_country) OR (m.is_reciprocal AND list_contains($countries, m.target_country)))",
    "partners": ONE_COUNTRY.format(side="$partners"),
    "partners one way": "(list_contains($partners, m.target_country) OR (m.is_reciprocal AND list_contains($partners, m.source_country)))",
    "since": f"{DAY_SQL} >= $since",
    "until": f"{DAY_SQL} <= $until",
    "event_types": "list_contains($event_types, m.event_type)",
    "sides": f"list_contains($sides, {SIDE_SQL})",
    "sectors": "m.mention_id IN (SELECT s.mention_id FROM mention_sectors s WHERE list_contains($sectors, s.sector))",
    "statuses": "list_contains($statuses, m.status)",
    "sources": "list_contains($sources, a.source_id)",
    "words": "contains(lower(m.sentence), lower($words))",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for. An empty tuple means no restriction; for ``statuses`` it means nothing is shown.

    ``countries`` and ``partners`` together are dyads (every one of the first with every one of the second); ``is_one_way``
    keeps what the first do to the second, and what both do to each other. ``since`` and ``until`` are days, both included.
    """

    countries: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    is_one_way: bool = False
    since: date | None = None
    until: date | None = None
    event_types: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ("actual",)
    sources: tuple[str, ...] = ()
    words: str = ""
    page: int = 1
    mention_id: str | None = None

    def question(self) -> Filters:
        """The filters alone: the first page, with no sentence chosen."""
        return replace(self, page=1, mention_id=None)


def write_condition(filters: Filters) -> tuple[str, dict[str, Any]]:
    """The condition after WHERE (over mentions ``m``, articles ``a`` and the story's ``lead``) and the values it binds, by name."""
    way = " one way" if filters.is_one_way else ""
    chosen: list[str] = ["statuses"]
    values: dict[str, Any] = {"statuses": list(filters.statuses)}
    for name in ("countries", "partners"):
        if getattr(filters, name):
            values[name] = list(getattr(filters, name))
    if filters.countries and filters.partners:
        chosen.append("dyad" + way)
    elif filters.countries or filters.partners:
        chosen.append(("countries" if filters.countries else "partners") + way)
    for name in ("event_types", "sides", "sectors", "sources"):
        if getattr(filters, name):
            chosen.append(name)
            values[name] = list(getattr(filters, name))
    for name in ("since", "until", "words"):
        if getattr(filters, name):
            chosen.append(name)
            values[name] = getattr(filters, name)
    return " AND ".join(CONDITIONS[name] for name in chosen), values


# --- the address: its keys, the field of each, and which values stand

LISTS: Final[dict[str, tuple[str, Callable[[str], bool]]]] = {
    "country": ("countries", lambda v: re.fullmatch(CODE[1:-1], v) is not None),
    "with": ("partners", lambda v: re.fullmatch(CODE[1:-1], v) is not None),
    "type": ("event_types", lambda v: v in EVENT_TYPES),
    "side": ("sides", lambda v: v in SIDES),
    "sector": ("sectors", lambda v: v in SECTORS),
    "status": ("statuses", lambda v: v in STATUSES),
    "source": ("sources", lambda v: 0 < len(v) <= WORDS_LIMIT),
}


def to_address(filters: Filters) -> dict[str, list[str]]:
    """The query of the address, key -> values; what stands at its default is left out, so the plain address is the plain view."""
    plain, address = Filters(), {}
    for key, (name, _) in LISTS.items():
        if getattr(filters, name) != getattr(plain, name):
            address[key] = list(getattr(filters, name)) or [""]
    for key, day in (("since", filters.since), ("until", filters.until)):
        if day:
            address[key] = [day.isoformat()]
    single = {"way": "one" if filters.is_one_way else "", "words": filters.words, "mention": filters.mention_id or "",
              "page": str(filters.page) if filters.page > 1 else ""}
    return address | {key: [value] for key, value in single.items() if value}


def from_address(address: Mapping[str, Sequence[str]]) -> tuple[Filters, list[str]]:
    """The filters of an address, and the parts (``key=value``) that mean nothing and were left aside. Never raises."""
    found: dict[str, Any] = {}
    aside: list[str] = []
    for key, given in address.items():
        if key in LISTS:
            name, stands = LISTS[key]
            kept = tuple(dict.fromkeys(v for v in given if stands(v)))
            aside += [f"{key}={v}" for v in given if v and not stands(v)]
            if kept or (key == "status" and not any(given)):
                found[name] = kept
            continue
        for value in given[:1]:
            try:
                name, read = SINGLES[key]
                found[name] = read(value)
            except (KeyError, ValueError):
                aside.append(f"{key}={value}")
    return Filters(**found), aside


def _read_one(value: str) -> bool:
    if value != "one":
        raise ValueError(value)
    return True


def _read_words(value: str) -> str:
    if len(value) > WORDS_LIMIT:
        raise ValueError(value)
    return value


def _read_page(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,7}", value) or not 1 <= int(value) <= PAGE_LIMIT:
        raise ValueError(value)
    return int(value)


def _read_id(value: str) -> str:
    if not re.fullmatch(ID[1:-1], value):
        raise ValueError(value)
    return value


SINGLES: Final[dict[str, tuple[str, Callable[[str], Any]]]] = {
    "way": ("is_one_way", _read_one), "since": ("since", date.fromisoformat), "until": ("until", date.fromisoformat),
    "words": ("words", _read_words), "page": ("page", _read_page), "mention": ("mention_id", _read_id),
}
