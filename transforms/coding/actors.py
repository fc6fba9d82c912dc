"""People whom the article itself gives to a country: "French Interior Minister Gérald Darmanin" makes every later "Darmanin" French."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from transforms.coding import lexicon
from transforms.coding.surfaces import Hit

WORD = r"(?:[A-ZÀ-ÖØ-ÞŁŚŠŽ][\w'’.-]*[\w’]|[A-Z]\.)"
LINK = r"(?:al-|el-|bin|ibn|van|von|der|den|de|da|do|dos|di|du|del|la|le|ter|y)"
NAME = rf"{WORD}(?:\s+(?:{LINK}\s+)*{WORD}){{0,4}}"
NAMED = re.compile(NAME)
STOP = frozenset(
    "The A An In On At He She It They We I You But And This That These Those His Her Their Our Its There If When While As After "
    "Before For Since With Under Both Some Many Most Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February "
    "March April June July August September October November December Mr Mrs Ms Dr Sir Minister President Government Ministry "
    "Parliament Army Council Embassy Republic Kingdom State House Senate Congress".split()
)


@dataclass(frozen=True, slots=True)
class Person:
    """A person of a country: ``title`` in lower case as printed, ``actor_type`` as in ``titles.csv``."""

    name: str
    surname: str
    code: str | None
    title: str | None
    actor_type: str | None
    start: int


@cache
def _title_pattern() -> re.Pattern[str]:
    forms = sorted(lexicon.titles(), key=len, reverse=True)
    spelled = "|".join(re.escape(form).replace(r"\ ", r"[\s-]+") for form in forms)
    return re.compile(rf"\b((?:(?:deputy|vice|acting|former|then|ex)[\s-]+)?(?:{spelled}))s?\b", re.IGNORECASE)


def find_people(text: str, hits: list[Hit], home: str | None = None) -> list[Person]:
    """People with a title or an apposition, in order; ``code`` is None where nothing in the text gives a country.

    ``home`` is the country of the body that issued the text: a bare "Prime Minister" in a release is its own.
    """
    people: dict[str, Person] = {}
    for match in _title_pattern().finditer(text):
        title = re.sub(r"\s+", " ", match.group(1).lower())
        named = _name_after(text, match.end()) or _name_before(text, match.start())
        if named is None:
            continue
        code = _country_of_title(text, match.start(), match.end(), named, hits)
        _keep(people, named, code, title, text)
    for match in re.finditer(rf"({NAME}),\s+(?=[^,.;]{{3,90}}[,.;])", text):
        name, start = _clean(match.group(1), match.start(1))
        if " " in name:
            end = re.compile(r"[,.;]").search(text, match.end())
            inside = [h for h in hits if match.end() <= h.start < (end.start() if end else len(text))]
            if len({h.code for h in inside}) == 1:
                _keep(people, (name, start), inside[0].code, None, text)
    found = sorted(people.values(), key=lambda p: p.start)
    return [replace(p, code=home) if p.code is None and home and p.title else p for p in found]


def _clean(name: str, start: int) -> tuple[str, int]:
    parts = name.split(" ")
    while parts and parts[0].rstrip(".") in STOP:
        start += len(parts[0]) + 1
        parts = parts[1:]
    return re.sub(r"['’]s?$", "", " ".join(parts)), start


def _name_after(text: str, position: int) -> tuple[str, int] | None:
    match = re.compile(rf",?\s+(?:of\s+the\s+|of\s+)?({NAME})").match(text, position)
    if not match or re.match(r",?\s+of\s", match.group()):
        return None
    name, start = _clean(match.group(1), match.start(1))
    return (name, start) if len(name) > 2 else None


def _name_before(text: str, position: int) -> tuple[str, int] | None:
    """"Jens Stoltenberg, the Norwegian prime minister": the name ends in a comma shortly before the title."""
    found = list(re.finditer(rf"({NAME}),\s+(?:[^,.;:\"“”]{{0,60}})$", text[max(0, position - 130) : position]))
    if not found:
        return None
    name, start = _clean(found[-1].group(1), max(0, position - 130) + found[-1].start(1))
    return (name, start) if " " in name else None


def _country_of_title(text: str, start: int, end: int, named: tuple[str, int], hits: list[Hit]) -> str | None:
    for hit in reversed([h for h in hits if h.end <= start and start - h.end < 60]):
        between = text[hit.end : start]
        if re.fullmatch(r"['’]?s?(?:[\s-]+(?:(?!and\b|said\b|on\b|in\b|of\b|to\b|with\b)[\w&-]+)){0,5}[\s-]*", between):
            return hit.code
        break
    for hit in [h for h in hits if h.start >= end and h.start - end < 80]:
        between = text[end : hit.start]
        if re.fullmatch(r"\s+(?:of|for|to)\s+(?:the\s+)?(?:(?:Republic|Kingdom|State|Federation|Government|People['’]s)\s+of\s+)?", between):
            return hit.code
        if re.fullmatch(rf"(?:\s+(?:of|for)\s+[\w\s]{{3,40}})?\s+(?:of|for)\s+(?:the\s+)?(?:(?:Republic|Kingdom)\s+of\s+)?", between):
            return hit.code
        name_end = named[1] + len(named[0])
        if named[1] >= end and re.fullmatch(r",?\s+(?:of|from)\s+(?:the\s+)?", text[name_end : hit.start]):
            return hit.code
        break
    return next((h.code for h in hits if h.kind == "person" and h.start <= named[1] + len(named[0]) and h.end >= named[1]), None)


def _keep(people: dict[str, Person], named: tuple[str, int], code: str | None, title: str | None, text: str) -> None:
    name, start = named
    surname = name.split(" ")[-1]
    if len(surname) < 3 or surname in STOP or surname.lower() in lexicon.titles():
        return
    known = people.get(surname)
    if known is None or (known.code is None and code is not None):
        kind = lexicon.titles().get(title or "")
        people[surname] = Person(name, surname, code, title, kind, start)


def person_hits(text: str, people: list[Person], hits: list[Hit]) -> list[Hit]:
    """Every later mention of the people by surname, as hits; stretches already taken by a country are left alone."""
    found = []
    taken = [(h.start, h.end) for h in hits]
    for person in people:
        if person.code is None:
            continue
        for match in re.finditer(rf"(?<![\w-])(?:{re.escape(person.name)}|{re.escape(person.surname)})(?![\w-])", text):
            if not any(s < match.end() and match.start() < e for s, e in taken):
                found.append(Hit(match.start(), match.end(), person.code, "actor", match.group()))
    return found
