"""An article read for coding: sentences, country mentions, resolved references, who speaks, and the candidate pairs.

Recall first: a pair that is not proposed here is lost. The encoder decides; this module only has to put every country that a
sentence may be about before it, and to mark where.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import combinations

from transforms.coding import lexicon
from transforms.coding.actors import Person, find_people, person_hits
from transforms.coding.references import LOCATIONS, References
from transforms.coding.sentences import split_sentences
from transforms.coding.speakers import TAG, SpeakerTracker
from transforms.coding.surfaces import Hit, find_countries

MOST_SLOTS = 6
MOST_CARRIED = 3
DECAY = 0.8
STALE_AFTER = 3  # sentences without a foreign country after which only those of the headline are carried on
DATELINE = re.compile(
    r"^\W{0,3}(?:\([^)]{5,200}\)\s*)?(?:[A-ZÀ-Þ][A-ZÀ-Þ.'’ -]+(?:,\s*[\w. ]+)?\s*)?(?:\([^)]{2,40}\)\s*)?(?:-{1,2}|—|–)\s|"
    r"^[A-ZÀ-Þ][A-ZÀ-Þ'’ -]{2,30},\s(?:[\w. ]{2,20},?\s)?(?:-{1,2}|—|–)\s"
)
GOVERNMENT = re.compile(
    r"Prime Minister|President|Minist|Government|Embassy|Foreign Affairs|Department|Chancell|Office|Cabinet|Parliament|Council", re.I
)
WORDS = re.compile(r"[^\W\d_]{2,}")
NOTE = re.compile(r"^\s*[\[(][^\])]{0,40}[\])]\s*$")


@dataclass(slots=True)
class Slot:
    """A country in play in one sentence: the spans (code points into the body) that stand for it; empty when carried over."""

    code: str
    spans: list[tuple[int, int]] = field(default_factory=list)
    is_speaker: bool = False
    is_home: bool = False

    @property
    def is_carried(self) -> bool:
        return not self.spans


@dataclass(slots=True)
class Sentence:
    """One sentence ``[start, end)`` of the body with its slots and candidate pairs (indices into ``slots``)."""

    index: int
    start: int
    end: int
    slots: list[Slot]
    pairs: list[tuple[int, int]]
    speaker: str | None
    in_quote: bool


@dataclass(slots=True)
class Reading:
    """What the encoder and the rules need of one article."""

    title: str
    body: str
    title_hits: list[Hit]
    hits: list[Hit]
    people: list[Person]
    sentences: list[Sentence]
    home: str | None


def issuing_country(source: str | None, year: int | None = None) -> str | None:
    """The country whose government issued the text ("Prime Minister of Australia (…)" -> ``AUS``), or None."""
    if not source or not GOVERNMENT.search(source):
        return None
    codes = {h.code for h in find_countries(source, year)}
    return codes.pop() if len(codes) == 1 else None


def read_article(title: str | None, body: str, year: int | None = None, source: str | None = None,
                 home: str | None = None, spans: list[tuple[int, int]] | None = None) -> Reading:
    """Find everything in ``body`` that bears on country pairs.

    ``year`` is the year of publication (None if unknown), ``home`` the issuing government's country; ``spans`` replaces the
    sentence splitter (for texts that come with their own sentences).
    """
    title = title or ""
    home = home or issuing_country(source, year)
    title_hits = find_countries(title, year)
    hits = find_countries(body, year)
    codes = {h.code for h in title_hits} | {h.code for h in hits} | ({home} if home else set())
    spans = split_sentences(body) if spans is None else spans
    if len(codes) < 2:
        return Reading(title, body, title_hits, hits, [], [], home)
    joined = f"{title}.\n\n{body}"
    shift = len(title) + 3
    everything = title_hits + [Hit(h.start + shift, h.end + shift, h.code, h.kind, h.text) for h in hits]
    people = find_people(joined, everything, home)
    named = person_hits(joined, people, everything)
    title_hits = sorted(title_hits + [h for h in named if h.end <= len(title)], key=lambda h: h.start)
    hits = sorted(
        hits + [Hit(h.start - shift, h.end - shift, h.code, h.kind, h.text) for h in named if h.start >= shift], key=lambda h: h.start
    )
    reading = Reading(title, body, title_hits, hits, people, [], home)
    reading.sentences = _Walk(reading).sentences(spans)
    return reading


def _says_something(text: str, hits: list[Hit]) -> bool:
    """Is there any word beside the countries' names? A heap of names says nothing of any pair, nor does the tag of a transcript
    ("JOURNALIST:"), a note in brackets ("[ends]") or a courtesy without a name ("Thank you very much.")."""
    named = sum(len(WORDS.findall(h.text)) for h in hits)
    said = NOTE.sub("", TAG.sub("", text))
    if not hits and " ".join(WORDS.findall(said.lower())) in lexicon.words("courtesies"):
        return False
    return len(WORDS.findall(said)) - named >= 1


class _Walk:
    """Goes through the sentences in order and keeps what carries over: salience, last person, who speaks."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.salience: dict[str, float] = {}
        self.people = {p.surname: p for p in reading.people}
        self.references = References(reading.home, self.people)
        self.silent = 0
        self.tracker = SpeakerTracker(reading.body, reading.home)
        self.headline = {h.code for h in reading.title_hits} | ({reading.home} if reading.home else set())
        for hit in reading.title_hits:
            self._raise(hit.code, 2.0)
        if reading.home:
            self._raise(reading.home, 1.5)
        counted = Counter(h.code for h in reading.hits if h.kind not in LOCATIONS)
        self.most_named = [code for code, _ in counted.most_common(MOST_CARRIED)]

    def _raise(self, code: str, weight: float) -> None:
        self.salience[code] = self.salience.get(code, 0.0) + weight

    def sentences(self, spans: list[tuple[int, int]]) -> list[Sentence]:
        found, at = [], 0
        hits = self.reading.hits
        for index, (start, end) in enumerate(spans):
            while at < len(hits) and hits[at].end <= start:
                at += 1
            inside = []
            for place in range(at, len(hits)):
                if hits[place].start >= end:
                    break
                inside.append(hits[place])
            found.append(self._sentence(index, start, end, inside))
        return found

    def _sentence(self, index: int, start: int, end: int, hits: list[Hit]) -> Sentence:
        text = self.reading.body[start:end]
        dateline = DATELINE.match(text) if index < 3 else None
        opening = start + dateline.end() if dateline else start
        placed = [h for h in hits if h.end <= opening]
        hits = [h for h in hits if h.end > opening]
        for hit in placed:
            self._raise(hit.code, 0.3)
        roles = self.references.of_roles(text, start, hits)
        speaker = self.tracker.attribute(start, end, sorted(hits + roles, key=lambda h: h.start), self.references.last_person)
        references = roles + self.references.resolve(text, start, hits, roles, speaker, self.tracker, self._ranked())
        slots = self._slots(hits, references, speaker)
        self.silent = 0 if any(h.code != self.reading.home for h in hits) else self.silent + 1
        pairs = self._pairs(slots) if _says_something(text, hits) else []
        self._remember(hits)
        self.references.remember(text, start, hits, slots[0].code if slots and slots[0].spans else None, self.tracker)
        return Sentence(index, start, end, slots, pairs, speaker, self.tracker.in_quote)

    def _ranked(self) -> list[str]:
        return [c for c, s in sorted(self.salience.items(), key=lambda i: -i[1]) if s > 0.1]

    def _slots(self, hits: list[Hit], references: list[Hit], speaker: str | None) -> list[Slot]:
        by_code: dict[str, Slot] = {}
        for hit in sorted(hits + references, key=lambda h: (h.start, -h.end)):
            by_code.setdefault(hit.code, Slot(hit.code)).spans.append((hit.start, hit.end))
        explicit = list(by_code.values())
        if len(explicit) > MOST_SLOTS:  # keep those in play before the sentence, then those that come first
            order = sorted(explicit, key=lambda s: (-min(self.salience.get(s.code, 0.0), 1.0), s.spans[0]))
            explicit = sorted(order[:MOST_SLOTS], key=lambda s: s.spans[0])
        carried = [c for c in self._ranked() if c not in by_code][:MOST_CARRIED]
        if self.silent >= STALE_AFTER and not any(h.code != self.reading.home for h in hits):
            carried = [c for c in carried if c in self.headline]
        if speaker and speaker not in by_code and speaker not in carried:
            carried = [speaker, *carried[: MOST_CARRIED - 1]]
        slots = explicit + [Slot(c) for c in carried][: max(0, MOST_SLOTS - len(explicit))]
        is_foreign = any(s.code != self.reading.home for s in slots)
        if len(slots) == 1 and (is_foreign or self.silent < STALE_AFTER):  # nothing to pair yet: what the article mostly speaks of
            slots += [Slot(c) for c in self.most_named if c != slots[0].code][:1]
        for slot in slots:
            slot.is_speaker = slot.code == speaker
            slot.is_home = slot.code == self.reading.home
        return slots

    def _pairs(self, slots: list[Slot]) -> list[tuple[int, int]]:
        """Every pair with a country of the sentence. Two carried countries only where the sentence has none of its own: elsewhere
        such pairs are hardly ever mentions, and would be many of the candidates."""
        carried = {i for i, s in enumerate(slots) if s.is_carried}
        if len(carried) == len(slots):
            return list(combinations(range(len(slots)), 2))
        return [(i, j) for i, j in combinations(range(len(slots)), 2) if not {i, j} <= carried]

    def _remember(self, hits: list[Hit]) -> None:
        for code in self.salience:
            self.salience[code] *= DECAY
        for hit in hits:
            self._raise(hit.code, 0.5 if hit.kind in LOCATIONS else 1.0)
