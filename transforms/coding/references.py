"""What stands for a country without naming it: "he", "the two sides", "the Ministry", "its neighbour", resolved sentence by sentence."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from typing import TYPE_CHECKING

from transforms.coding.actors import Person
from transforms.coding.surfaces import Hit

if TYPE_CHECKING:
    from transforms.coding.speakers import SpeakerTracker

Adder = Callable[..., None]  # takes a match and the codes that it may mean
LOCATIONS = frozenset({"city", "capital", "region"})
BOTH = re.compile(
    r"\b(?:(?:the|these|our|those|all)\s+two(?:\s+\w+){0,2}\s+(?:countries|nations|sides|governments|states|leaders|neighbou?rs|parties|"
    r"presidents|ministers|premiers|capitals|peoples|armies|economies|allies|powers|militaries|navies|republics|kingdoms|men|teams|delegations)"
    r"|the\s+two\b(?=\s+(?:also|agreed|said|discussed|signed|met|have|had|are|were|will|would|share|exchanged|reviewed))"
    r"|both\s+(?:\w+\s+)?(?:countries|nations|sides|governments|states|leaders|parties|presidents|ministers|capitals|peoples|delegations|economies|armies)"
    r"|(?:either|neither)\s+(?:side|country|government)|each\s+other|one\s+another|bilateral(?:ly)?|two-way|the\s+leaders|the\s+(?:Prime\s+)?Ministers|the\s+Presidents"
    r"|our\s+(?:two|both)\s+\w+|between\s+(?:them|us))\b",
    re.I,
)
PRONOUN = re.compile(r"\b(?:[Hh]e|[Ss]he|[Hh]is|[Hh]er|[Hh]im)\b")
WE = re.compile(r"\b(?:[Ww]e|[Oo]ur|[Uu]s|[Ii]|[Mm]y|[Oo]urs|[Mm]yself)\b")
YOU = re.compile(r"\b(?:[Yy]ou|[Yy]our|[Yy]ours)\b")
# The last sentence's subject goes on.
GOES_ON = re.compile(r"^[“\"']?(?:It|They|Its|Their)\b")
# Offices and bodies that a release names without its country.
OFFICES = "president|premier|minister|chancellor|ambassador|secretary|ministry|government|embassy|delegation|department|cabinet|parliament"
ROLES = f"{OFFICES}|king|queen|prince|emir|sultan|leader|official|spokesman|spokeswoman|senator|general|envoy|army|agency|commander"
ROLE = re.compile(rf"\b({ROLES})\b", re.I)
THE_ROLE = re.compile(rf"\b(?:the|this|that)\s+(?:\w+\s+)?({ROLES})\b", re.I)
IS_OFFICE = re.compile(OFFICES, re.I)
OF_COUNTRY = re.compile(r"(?:\s+(?:of|for)\s[\w\s]{0,30})?\s+(?:of|from|in|to)\s+(?:the\s+)?")
NEIGHBOUR = re.compile(
    r"\b(?:its|their|his|her|our|the)\s+(?:\w+\s+){0,2}?(?:neighbou?rs?|counterparts?|hosts?|colleagues?|guests?|opposite\s+number)\b"
    r"|\bneighbou?ring\s+(?:country|state|nation)\b", re.I,
)
THE_COUNTRY = re.compile(r"\b[Tt]he\s+(?:\w+\s+)?(?:country|nation|islands?|kingdom|republic|emirate|sultanate|archipelago)\b")


class References:
    """Keeps what a later reference may mean: the last person, who holds which office, whose the last sentence was."""

    def __init__(self, home: str | None, people: dict[str, Person]) -> None:
        self.home = home
        self.people = people
        self.last_person: str | None = None
        self.by_role: dict[str, str] = {}
        self.subject: str | None = None

    def resolve(
        self, text: str, start: int, hits: list[Hit], roles: list[Hit], speaker: str | None, tracker: SpeakerTracker, ranked: list[str],
    ) -> list[Hit]:
        """References of the sentence ``text`` that opens at ``start`` of the body, beside its ``roles``; ``ranked``: countries in play, foremost first."""
        found: list[Hit] = []

        def add(match: re.Match[str], *codes: str | None) -> None:
            for code in codes:
                if code:
                    found.append(Hit(start + match.start(), start + match.end(), code, "reference", match.group()))

        starts = [h.start for h in hits]
        for match in BOTH.finditer(text):
            at = bisect_left(starts, start + match.start())
            add(match, *_focus([h.code for h in hits[max(0, at - 40) : at]], ranked))
        people = [h for h in hits if h.kind in ("person", "actor")]
        ends = [h.end for h in people]
        for match in PRONOUN.finditer(text):
            at = bisect_left(ends, start + match.start() + 1)
            add(match, people[at - 1].code if at else (self.last_person or (people[0].code if people else None)))
        self._of_speakers(text, speaker, tracker, ranked, add)
        self._of_countries(text, start, starts, ranked, add)
        if opening := GOES_ON.match(text):
            add(opening, self.subject)
        known = {h.code for h in (*hits, *roles, *found)}
        if len(known) == 1:
            for match in NEIGHBOUR.finditer(text):
                add(match, next((c for c in ranked if c not in known), None))
        return found

    def _of_speakers(self, text: str, speaker: str | None, tracker: SpeakerTracker, ranked: list[str], add: Adder) -> None:
        quoted = tracker.is_first_person or tracker.in_quote or any(c in text for c in "“\"")
        if tracker.is_press_asking:  # "you" is whom the journalist asks, "we" is nobody's government
            for match in YOU.finditer(text):
                add(match, self.home)
            return
        own = speaker or self.home
        if quoted:
            for match in WE.finditer(text):
                add(match, own)
        if tracker.is_first_person:
            for match in YOU.finditer(text):
                add(match, next((c for c in ranked if c != own), None))

    def of_roles(self, text: str, start: int, hits: list[Hit]) -> list[Hit]:
        """Offices and bodies without their country ("the ministry"), as the article has spoken of them before."""
        found, starts = [], [h.start for h in hits]
        for match in THE_ROLE.finditer(text):
            at = bisect_left(starts, start + match.end())
            if any(h.end > start + match.start() for h in hits[max(0, at - 3) : at]) or _belongs_to(text, start, match.end(), hits[at : at + 1]):
                continue
            role = match.group(1).lower()
            code = self.by_role.get(role) or (self.home if IS_OFFICE.fullmatch(role) else None)
            if code:
                found.append(Hit(start + match.start(), start + match.end(), code, "reference", match.group()))
        return found

    def _of_countries(self, text: str, start: int, starts: list[int], ranked: list[str], add: Adder) -> None:
        for match in THE_COUNTRY.finditer(text):
            if not bisect_left(starts, start + match.end()):  # after a name "the country" says nothing new
                add(match, next((c for c in ranked if c != self.home), None))

    def remember(self, text: str, start: int, hits: list[Hit], subject: str | None, tracker: SpeakerTracker) -> None:
        """Takes in a sentence that has been read; ``subject`` is the first country that it names or refers to."""
        self.subject = subject or self.subject
        people = [h for h in hits if h.kind in ("person", "actor")]
        if people:
            spoken = next((h for h in people if h.code == tracker.last and tracker.spoke_by_name), None)
            self.last_person = (spoken or people[0]).code
        for hit in people:
            person = self.people.get(hit.text.split()[-1])
            if person is not None and person.title and person.code:
                self.by_role[person.title.split()[-1]] = person.code
        starts = [h.start for h in hits]
        for match in ROLE.finditer(text):
            opens = start + match.start()
            at = bisect_left(starts, opens)
            near = [h for h in hits[max(0, at - 6) : at] if h.kind not in LOCATIONS and h.end <= opens and opens - h.end < 30]
            if near:
                self.by_role[match.group(1).lower()] = near[-1].code
            elif _belongs_to(text, start, match.end(), hits[at : at + 1]):
                self.by_role[match.group(1).lower()] = hits[at].code


def _belongs_to(text: str, start: int, end: int, following: list[Hit]) -> bool:
    """Does ``text`` go on after ``end`` with "of Korea", "of Foreign Affairs of the Kingdom"?"""
    return any(OF_COUNTRY.fullmatch(text[end : h.start - start]) for h in following if h.start - start - end < 45)


def _focus(before: list[str], ranked: list[str]) -> list[str]:
    """The two countries that "the two countries" means: those just named, else the most salient."""
    recent = list(dict.fromkeys(reversed(before)))
    if len(recent) >= 2:
        return recent[:2]
    both = recent + [c for c in ranked if c not in recent]
    return both[:2] if len(both) >= 2 else []
