"""People whom the article itself gives to a country: "French Interior Minister Gérald Darmanin" makes every later "Darmanin" French."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from functools import cache

from ahocorasick_rs import AhoCorasick, MatchKind

from transforms.coding import lexicon
from transforms.coding.surfaces import Hit

WORD = r"(?:[A-ZÀ-ÖØ-ÞŁŚŠŽ][\w'’.-]*[\w’]|[A-Z]\.)"
LINK = r"(?:al-|el-|bin|ibn|van|von|der|den|de|da|do|dos|di|du|del|la|le|ter|y)"
NAME = rf"{WORD}(?:\s+(?:{LINK}\s+)*{WORD}){{0,4}}"
NAMED = re.compile(NAME)
STOP = frozenset("""
    The A An In On At He She It They We I You But And This That These Those His Her Their Our Its There If When While As After
    Before For Since With Under Both Some Many Most Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February
    March April June July August September October November December Mr Mrs Ms Dr Sir Minister President Government Ministry
    Parliament Army Council Embassy Republic Kingdom State House Senate Congress
""".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Person:
    """A person of a country: ``title`` in lower case as printed, ``actor_type`` as in ``titles.csv``."""

    name: str
    surname: str
    code: str | None
    title: str | None
    actor_type: str | None
    start: int


APPOSITION = re.compile(rf"({NAME}),\s+(?=[^,.;]{{3,90}}[,.;])")
PAUSE = re.compile(r"[,.;]")
NAME_AFTER = re.compile(rf",?\s+(?:of\s+the\s+|of\s+)?({NAME})")
OF_AFTER = re.compile(r",?\s+of\s")
NAME_BEFORE = re.compile(rf"({NAME}),\s+(?:[^,.;:\"“”]{{0,60}})$")
POSSESSIVE = re.compile(r"['’]s?$")
QUALIFIER = re.compile(r"\b(?:deputy|vice|acting|former|then|ex)[\s-]+$", re.IGNORECASE)
COUNTRY_THEN_TITLE = re.compile(r"['’]?s?(?:[\s-]+(?:(?!and\b|said\b|on\b|in\b|of\b|to\b|with\b)[\w&-]+)){0,5}[\s-]*")
TITLE_OF_COUNTRY = re.compile(
    r"\s+(?:of|for|to)\s+(?:the\s+)?(?:(?:Republic|Kingdom|State|Federation|Government|People['’]s)\s+of\s+)?"
)
TITLE_OF_POST_OF_COUNTRY = re.compile(r"(?:\s+(?:of|for)\s+[\w\s]{3,40})?\s+(?:of|for)\s+(?:the\s+)?(?:(?:Republic|Kingdom)\s+of\s+)?")
NAME_OF_COUNTRY = re.compile(r",?\s+(?:of|from)\s+(?:the\s+)?")
SPACES = re.compile(r"[\s-]")


@cache
def _title_matcher() -> AhoCorasick:
    return AhoCorasick(sorted({SPACES.sub(" ", form) for form in lexicon.titles()}), matchkind=MatchKind.LeftmostLongest)


def _find_titles(text: str) -> list[tuple[int, int, int]]:
    """Office titles as ``(start, end, end of the plural)``; "deputy" and the like in front belong to the title."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters change their length: keep the offsets
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    found = []
    for _, start, end in _title_matcher().find_matches_as_indexes(SPACES.sub(" ", lowered)):
        after = end + 1 if lowered[end : end + 1] == "s" else end
        if (start and _is_letter(text[start - 1])) or (after < len(text) and _is_letter(text[after])):
            continue
        qualified = QUALIFIER.search(text, max(0, start - 12), start)
        found.append((qualified.start() if qualified else start, end, after))
    return found


def _is_letter(c: str) -> bool:
    return c.isalnum() or c == "_"


class _Hits:
    """Hits in order with quick access by place."""

    def __init__(self, hits: list[Hit]) -> None:
        self.hits = sorted(hits, key=lambda h: h.start)
        self.starts = [h.start for h in self.hits]

    def starting_in(self, start: int, end: int) -> list[Hit]:
        return self.hits[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def last_ending_by(self, position: int) -> Hit | None:
        at = bisect_right(self.starts, position)
        return next((h for h in reversed(self.hits[max(0, at - 2) : at]) if h.end <= position), None)


def find_people(text: str, hits: list[Hit], home: str | None = None) -> list[Person]:
    """People with a title or an apposition, in order; ``code`` is None where nothing in the text gives a country.

    ``home`` is the country of the body that issued the text: a bare "Prime Minister" in a release is its own.
    """
    people: dict[str, Person] = {}
    placed = _Hits(hits)
    for start, end, after in _find_titles(text):
        named = _name_after(text, after) or _name_before(text, start)
        if named is None:
            continue
        code = _country_of_title(text, start, after, named, placed)
        _keep(people, named, code, " ".join(text[start:end].lower().split()), text)
    for match in APPOSITION.finditer(text):
        name, start = _clean(match.group(1), match.start(1))
        if " " in name:
            pause = PAUSE.search(text, match.end())
            inside = placed.starting_in(match.end(), pause.start() if pause else len(text))
            if len({h.code for h in inside}) == 1:
                _keep(people, (name, start), inside[0].code, None, text)
    found = sorted(people.values(), key=lambda p: p.start)
    return [replace(p, code=home) if p.code is None and home and p.title else p for p in found]


def _clean(name: str, start: int) -> tuple[str, int]:
    parts = name.split(" ")
    while parts and parts[0].rstrip(".") in STOP:
        start += len(parts[0]) + 1
        parts = parts[1:]
    return POSSESSIVE.sub("", " ".join(parts)), start


def _name_after(text: str, position: int) -> tuple[str, int] | None:
    match = NAME_AFTER.match(text, position)
    if not match or OF_AFTER.match(match.group()):
        return None
    name, start = _clean(match.group(1), match.start(1))
    return (name, start) if len(name) > 2 else None


def _name_before(text: str, position: int) -> tuple[str, int] | None:
    """"Jens Stoltenberg, the Norwegian prime minister": the name ends in a comma shortly before the title."""
    if "," not in text[max(0, position - 62) : position]:
        return None
    found = list(NAME_BEFORE.finditer(text[max(0, position - 130) : position]))
    if not found:
        return None
    name, start = _clean(found[-1].group(1), max(0, position - 130) + found[-1].start(1))
    return (name, start) if " " in name else None


def _country_of_title(text: str, start: int, end: int, named: tuple[str, int], hits: _Hits) -> str | None:
    before = hits.last_ending_by(start)
    if before is not None and start - before.end < 60 and COUNTRY_THEN_TITLE.fullmatch(text[before.end : start]):
        return before.code
    name_end = named[1] + len(named[0])
    for hit in hits.starting_in(end, end + 80)[:1]:
        between = text[end : hit.start]
        if TITLE_OF_COUNTRY.fullmatch(between) or TITLE_OF_POST_OF_COUNTRY.fullmatch(between):
            return hit.code
        if named[1] >= end and NAME_OF_COUNTRY.fullmatch(text[name_end : hit.start]):
            return hit.code
    return next((h.code for h in hits.starting_in(max(0, named[1] - 60), name_end + 1) if h.kind == "person" and h.end >= named[1]), None)


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
    forms: dict[str, Person] = {}
    for person in people:
        if person.code is not None:
            forms.setdefault(person.name, person)
            forms.setdefault(person.surname, person)
    if not forms:
        return []
    taken = _Hits(hits)
    patterns = list(forms)
    found = []
    for number, start, end in AhoCorasick(patterns, matchkind=MatchKind.LeftmostLongest).find_matches_as_indexes(text):
        if (start and (_is_letter(text[start - 1]) or text[start - 1] == "-")) or (end < len(text) and (_is_letter(text[end]) or text[end] == "-")):
            continue
        if not any(h.end > start for h in taken.starting_in(max(0, start - 80), end)):
            found.append(Hit(start, end, forms[patterns[number]].code or "", "actor", text[start:end]))
    return found
