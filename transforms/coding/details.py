"""What a mention carries beside its type: PLOVER mode and intensity, the trigger word, the place, the actors by name."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache

from transforms.coding import lexicon
from transforms.coding.actors import Person
from transforms.coding.context import Reading, Sentence
from transforms.coding.references import LOCATIONS
from transforms.coding.surfaces import Hit

PLACED = re.compile(r"\b(?:in|at|near|outside|visiting|off|to)\s+(?:the\s+)?(?:\w+\s+)?$")
NOUN_PHRASE = re.compile(r"[\w'’.&-]+(?:\s+[\w'’.&-]+){0,7}\s*$")
ORGANISATION = re.compile(
    r"((?:[A-Z][\w'’-]+\s+)*(?:[Mm]inistry(?:\s+of\s+(?:the\s+)?[A-Z]?\w+(?:\s+and\s+\w+)?)?|[Pp]arliament|[Ee]mbassy|[Aa]rmy|[Nn]avy|[Aa]ir [Ff]orce|"
    r"[Cc]oast [Gg]uard|[Pp]olice|[Gg]overnment|[Cc]abinet|[Cc]entral [Bb]ank|[Ff]oreign [Oo]ffice|[Dd]epartment|[Ss]enate|[Cc]ourt|[Aa]gency|[Cc]ommission))\b"
)


REFERENCE_WORDS = frozenset("The These Those Both Either Neither Our Your Each Between Bilateral He She His Her We I My They".split())  # noqa: SIM905
PLURALS = frozenset("we our us ours they their them both each other the two sides".split()) | {"the two countries", "both sides", "the two sides"}  # noqa: SIM905
# Who acts where an adjective of a country stands before these.
FOLLOWERS = {
    "MIL": ("troop", "soldier", "forces", "warship", "jet", "army", "navy", "military", "aircraft"), "COP": ("police",), "OPP": ("opposition",),
    "REB": ("rebel", "insurgent", "guerrilla", "militia"), "BUS": ("firm", "compan", "businessm", "businesswom", "investor", "exporter", "airline", "bank"),
    "CVL": ("citizen", "national", "protester", "demonstrator", "student", "fishermen", "tourist", "migrant", "worker", "people", "journalist"),
    "LEG": ("lawmaker", "parliament", "senator", "congress"), "JUD": ("court", "prosecutor", "judge"), "SPY": ("intelligence", "spy", "agent"),
    "GOV": ("government", "official", "authorit", "leader", "minister", "president", "envoy", "diplomat", "embassy", "delegation", "administration"),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """One actor of a mention; ``text`` as printed, ``actor_type`` after PLOVER's sectors, UNK where nothing tells."""

    role: str
    text: str
    name: str | None
    title: str | None
    organisation: str | None
    country: str
    actor_type: str


@cache
def _scores() -> dict[tuple[str, str], float]:
    path = lexicon.FOLDER / "intensity.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return {(r["event_type"], r["mode"]): float(r["intensity"]) for r in csv.DictReader(lines)}


@cache
def _mode_patterns() -> dict[str, tuple[tuple[str, re.Pattern[str]], ...]]:
    path = lexicon.FOLDER / "modes.csv"
    found: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["event_type"], []).append((row["mode"], re.compile(row["pattern"], re.IGNORECASE)))
    return {event: tuple(patterns) for event, patterns in found.items()}


def find_mode(event_type: str, sentence: str) -> tuple[str | None, str | None, int | None]:
    """PLOVER mode, its trigger word as printed and the word's place; all None where the type has no mode or none shows."""
    for mode, pattern in _mode_patterns().get(event_type, ()):
        match = pattern.search(sentence)
        if match:
            return mode, match.group(), match.start()
    return None, None, None


def find_trigger(event_type: str, sentence: str) -> tuple[str | None, int | None]:
    """The first word of the sentence that the lexicon ties to the event type."""
    pattern = _trigger_patterns().get(event_type)
    match = pattern.search(sentence) if pattern else None
    return (match.group(), match.start()) if match else (None, None)


@cache
def _trigger_patterns() -> dict[str, re.Pattern[str]]:
    with (lexicon.FOLDER / "triggers.csv").open(encoding="utf-8", newline="") as lines:
        stems: dict[str, list[str]] = {}
        for row in csv.DictReader(lines):
            stems.setdefault(row["event_type"], []).append(row["stem"])
    return {event: re.compile(r"\b(?:" + "|".join(found) + r")\w*", re.IGNORECASE) for event, found in stems.items()}


def intensity(event_type: str, mode: str | None) -> float | None:
    """PLOVER's score of the mode, else of the type, -10 to +10; None for RELATE."""
    scores = _scores()
    return scores.get((event_type, mode or ""), scores.get((event_type, "")))


def find_place(reading: Reading, sentence: Sentence) -> tuple[str | None, str | None]:
    """Where it happens: a city, region or country after "in" or "at" in the sentence, with its country."""
    best: Hit | None = None
    for hit in reading.hits:
        if sentence.start <= hit.start < sentence.end:
            before = reading.body[max(sentence.start, hit.start - 14) : hit.start]
            is_place = hit.kind in (*LOCATIONS, "name") and PLACED.search(before)
            if is_place and (best is None or (hit.kind in LOCATIONS and best.kind not in LOCATIONS)):
                best = hit
    return (best.text, best.code) if best else (None, None)


def describe_actor(role: str, code: str, reading: Reading, sentence: Sentence) -> Actor | None:
    """The actor of country ``code`` in the sentence, as printed; None if the country is only carried over."""
    slot = next((s for s in sentence.slots if s.code == code), None)
    if slot is None or not slot.spans:
        return None
    start, end = _best_span(slot.spans, reading, sentence)
    text = reading.body[start:end]
    tail = reading.body[end : min(sentence.end, end + 60)]
    person = _person(reading.people, text, tail, code)
    organisation = ORGANISATION.match(tail.lstrip("'’s ").lstrip()) if not person else None
    title = person.title if person else None
    if title is None:
        match = re.match(r"['’]?s?\s+((?:\w+\s+){0,2}?(?:" + _title_words() + r"))\b", tail, re.IGNORECASE)
        title = match.group(1).lower() if match else None
    if person is None and is_reference(text):
        person = _meant(reading, sentence, code, text)
        title = title or (person.title if person else None)
    kind = lexicon.titles().get(title or "") or _organisation_type(organisation.group(1) if organisation else text)
    if kind == "UNK":
        kind = _kind_of_country(tail, next((h.kind for h in reading.hits if (h.start, h.end) == (start, end)), "reference"))
    return Actor(role, text, person.name if person else None, title, organisation.group(1) if organisation else None, code, kind)


def is_reference(text: str) -> bool:
    """Is this a pronoun or "the two sides" rather than a name?"""
    return text[:1].islower() or text.split()[0] in REFERENCE_WORDS


def speaker_name(actor: Actor) -> str:
    """Who speaks, by name or office as printed, else by country: never a bare "he", "my" or "French"."""
    if actor.name:
        return actor.name
    country = lexicon.countries().get(actor.country)
    name = country.name if country else actor.country
    office = actor.title or actor.organisation
    if is_reference(actor.text):
        return f"{name}, {office}" if office else name
    if office and office.lower() not in actor.text.lower():
        return f"{actor.text.removesuffix('’s').removesuffix(chr(39) + 's')} {office}"
    return name if actor.text in _demonyms() else actor.text


@cache
def _demonyms() -> frozenset[str]:
    return frozenset(n.text for n in lexicon.names() if n.kind == "demonym")


def _meant(reading: Reading, sentence: Sentence, code: str, text: str) -> Person | None:
    """The person whom "he" or "the minister" means: the last one of the country who was named before; "we" and "our" mean nobody alone."""
    if text.lower() in PLURALS:
        return None
    before = [h for h in reading.hits if h.code == code and h.kind in ("actor", "person") and h.start < sentence.end]
    return next((p for h in reversed(before) for p in reading.people if p.code == code and p.surname in h.text.split()), None)


def _kind_of_country(tail: str, kind: str) -> str:
    """The actor behind a country's bare name or adjective: the government, unless the next words say who else."""
    words = " ".join(tail.lower().split()[:3])
    for found, stems in FOLLOWERS.items():
        if any(stem in words for stem in stems):
            return found
    return "GOV" if kind in ("name", "capital", "seat", "prefix") else "UNK"


@cache
def _title_words() -> str:
    return "|".join(re.escape(t) for t in sorted(lexicon.titles(), key=len, reverse=True))


def _best_span(spans: list[tuple[int, int]], reading: Reading, sentence: Sentence) -> tuple[int, int]:
    names = {(h.start, h.end): h.kind for h in reading.hits if sentence.start <= h.start < sentence.end}
    order = {"actor": 0, "person": 0, "body": 1, "seat": 1, "demonym": 2, "name": 2}
    return min(spans, key=lambda s: (order.get(names.get(s, "reference"), 3), s[0]))


def _person(people: list[Person], text: str, tail: str, code: str) -> Person | None:
    for person in people:
        if person.code == code and (person.surname in text.split() or re.search(rf"\b{re.escape(person.surname)}\b", tail)):
            return person
    return None


def _organisation_type(text: str) -> str:
    words = text.lower()
    for kind, stems in (
        ("MIL", ("army", "navy", "air force", "troops", "forces", "military", "soldier", "pentagon", "defence", "defense")),
        ("COP", ("police", "coast guard", "border guard")), ("JUD", ("court", "judge", "prosecutor")),
        ("LEG", ("parliament", "senate", "congress", "lawmaker", "bundestag", "knesset", "duma")),
        ("SPY", ("intelligence", "cia", "mossad", "fsb")), ("BUS", ("bank", "firm", "company", "companies")),
        ("GOV", ("ministry", "government", "embassy", "cabinet", "kremlin", "white house", "department", "office", "commission")),
        ("MED", ("news agency", "television", "newspaper")),
    ):
        if any(stem in words for stem in stems):
            return kind
    return "UNK"
