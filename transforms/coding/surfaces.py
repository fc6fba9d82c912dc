"""Countries in raw text: one automaton over names, demonyms, capitals, seats, bodies and leaders.

Runs before any parser. An article without two countries stops here, which is most news.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from ahocorasick_rs import AhoCorasick, MatchKind

from transforms.coding import lexicon
from transforms.coding.lexicon import Leader, Name

# What may follow a demonym with a hyphen and takes the country out of play ("French-born", "Swiss-made").
DESCRIPTIVE = re.compile(r"-(?:born|made|built|speaking|language|style|educated|trained|designed|flagged|American)\b")
TITLE_BEFORE = re.compile(
    r"(?:[Pp]resident|[Pp]remier|[Mm]inister|[Cc]hancellor|PM|[Ss]ecretary|[Ll]eader|[Kk]ing|[Qq]ueen|[Pp]rince|[Ee]mir|"
    r"[Ss]enator|Sen\.|Rep\.|Mr\.?|Mrs\.?|Ms\.?|Gen\.|General|Colonel|Ayatollah|Pope|Comrade|Marshal|Chairman|[Aa]mbassador|"
    r"[Ee]nvoy|[Gg]overnor)\s+(?:[A-Z][\w.'’-]+\s+){0,2}$"
)
US_STATE_CUES = re.compile(r"Atlanta|Savannah|Republican|Democrat|\bSen\.|Gov\.|Alabama|Florida|Carolina|Tennessee|Senate race")


@dataclass(frozen=True, slots=True)
class Hit:
    """A stretch ``[start, end)`` (code points) that names country ``code``; ``kind`` as in ``surfaces.csv``, or ``person``
    for a leader, ``actor`` for a person whom the article introduced, ``reference`` for a resolved reference."""

    start: int
    end: int
    code: str
    kind: str
    text: str


class _Automaton:
    def __init__(self, fold_upper: bool) -> None:
        entries: dict[str, list[Name | Leader | None]] = {}

        def add(text: str, entry: Name | Leader | None) -> None:
            entries.setdefault(text.upper() if fold_upper else text, []).append(entry)

        for name in lexicon.names():
            if not fold_upper or len(name.text) > 3 or "." in name.text or name.text.isupper():
                add(name.text, name)
        for phrase in lexicon.blocked_phrases():
            add(phrase, None)
        for leader in lexicon.leaders():
            for text in {leader.name, *leader.aliases}:
                if len(text) > 2:
                    add(text, leader)
        self.patterns = list(entries)
        self.entries = list(entries.values())
        self.matcher = AhoCorasick(self.patterns, matchkind=MatchKind.LeftmostLongest)

    def find(self, text: str) -> list[tuple[int, int, list[Name | Leader | None]]]:
        return [(start, end, self.entries[i]) for i, start, end in self.matcher.find_matches_as_indexes(text)]


@cache
def _automaton(fold_upper: bool) -> _Automaton:
    return _Automaton(fold_upper)


def find_countries(text: str, year: int | None = None) -> list[Hit]:
    """All country names in ``text`` in order, not overlapping. ``year`` decides between states and leaders of a time."""
    folded = _is_capitals(text)
    raw = [m for m in _automaton(folded).find(text) if _is_word(text, m[0], m[1])]
    if len(text) > 200 and not folded:
        raw = _add_capital_lines(text, raw)
    hits: list[Hit] = []
    people: list[tuple[int, int, list[Leader]]] = []
    for start, end, entries in raw:
        named = [e for e in entries if isinstance(e, Name)]
        chosen = _choose(named, year)
        if chosen is not None:
            if _is_country(text, start, end, chosen):
                hits.append(Hit(start, end, _state_or_country(text, start, chosen), chosen.kind, text[start:end]))
        elif None not in entries:
            holders = [e for e in entries if isinstance(e, Leader)]
            if holders:
                people.append((start, end, holders))
    hits += _leaders(text, people, {h.code for h in hits}, year)
    return sorted(hits, key=lambda h: h.start)


def _is_capitals(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) > 5 and sum(c.isupper() for c in letters) > 0.8 * len(letters)


def _add_capital_lines(text: str, raw: list) -> list:
    """Headings in capitals inside a text, read with the folded automaton."""
    found = list(raw)
    for line in re.finditer(r"^[^a-z\n]{16,200}$", text, re.MULTILINE):
        if _is_capitals(line.group()):
            taken = {s for s, _, _ in raw}
            for start, end, entries in _automaton(True).find(line.group()):
                s, e = start + line.start(), end + line.start()
                if s not in taken and _is_word(text, s, e):
                    found.append((s, e, entries))
    return sorted(found, key=lambda m: m[0])


def _is_word(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if before.isalnum() or (before in "-–" and start > 1 and text[start - 2].isalnum() and text[start:end].islower()):
        return False
    return not (after.isalnum() and text[end - 1].isalnum())


def _choose(named: list[Name], year: int | None) -> Name | None:
    if not named:
        return None
    valid = [n for n in named if n.holds_in(year)] or named
    # Of several countries for one form, the one whose years are narrowest holds (a historic state in its time).
    return min(valid, key=lambda n: n.end_year - n.start_year) if year is not None else max(valid, key=lambda n: n.end_year)


def _is_country(text: str, start: int, end: int, name: Name) -> bool:
    form, after, before = text[start:end], text[end : end + 24], text[max(0, start - 40) : start]
    if name.kind == "prefix":
        return after[:1] in "-–"
    if form in ("US", "USA") and _is_capitals(text[max(0, start - 30) : end + 30]) and not text[start - 1 : start].isspace():
        return False
    if name.kind == "demonym" and DESCRIPTIVE.match(after):
        return False
    rules = lexicon.ambiguous().get(form, frozenset())
    if "not_before_surname" in rules and re.match(r"\s[A-Z][a-z]+\b(?!\s+(?:Minister|President|Government))", after):
        return bool(re.match(r"\s(?:President|Prime|Foreign|Defen[cs]e|Minister|King|Government|Ambassador|Embassy)", after))
    return not ("not_after_firstname" in rules and re.search(r"(?:^|[^.\w])(?!The|In|At|Of|From|To|And|For|On|With|But|As|If|North|South|East|West|President|King|Mr)[A-Z][a-z]+\s$", before) and not re.search(r"[.!?]\s+\w+\s$", before))


def _state_or_country(text: str, start: int, name: Name) -> str:
    if name.text == "Georgia" and US_STATE_CUES.search(text[max(0, start - 300) : start + 300]) and "Tbilisi" not in text:
        return "USA"
    return name.code


def _leaders(text: str, people: list, codes: set[str], year: int | None) -> list[Hit]:
    """Leaders by name: an alias alone counts when the full name, the title or the country stands in the text."""
    common = lexicon.words("common_surnames")
    full = {(holder.name, holder.code) for s, e, hs in people for holder in hs if text[s:e] == holder.name}
    hits = []
    for start, end, holders in people:
        form = text[start:end]
        in_office = [h for h in holders if year is None or h.start_year - 1 <= year <= h.end_year + 1]
        for holder in sorted(in_office or [h for h in holders if form == h.name], key=lambda h: -h.end_year):
            introduced = form == holder.name or (holder.name, holder.code) in full
            titled = bool(TITLE_BEFORE.search(text[max(0, start - 60) : start]))
            followed = re.match(r"\s[A-Z][a-z]", text[end : end + 4])
            preceded = re.search(r"[A-Z][a-z]+\s$", text[max(0, start - 15) : start]) and not titled
            if introduced or (not (followed or preceded) and (titled or (holder.code in codes and form not in common))):
                hits.append(Hit(start, end, holder.code, "person", form))
                break
    return hits
