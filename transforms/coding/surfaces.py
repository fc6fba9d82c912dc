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
DESCRIPTIVE = re.compile(r"-(?:born|made|built|speaking|language|style|educated|trained|designed|American)\b")
TITLE_BEFORE = re.compile(
    r"(?:[Pp]resident|[Pp]remier|[Mm]inister|[Cc]hancellor|PM|[Ss]ecretary|[Ll]eader|[Kk]ing|[Qq]ueen|[Pp]rince|[Ee]mir|"
    r"[Ss]enator|Sen\.|Rep\.|Mr\.?|Mrs\.?|Ms\.?|M\.|Messrs\.?|Dr\.?|Herr|Lord|Sir|Gen\.|General|Colonel|Ayatollah|Pope|Comrade|Marshal|Chairman|[Aa]mbassador|"
    r"[Ee]nvoy|[Gg]overnor)\s+((?:[A-Z][\w.'’-]+\s+){0,2})$"
)
RANK = re.compile(r"General|Minister|President|Secretary|Sir|Lord|Dr\.?|Mr\.?|Mrs\.?|Ms\.?|Prime|Vice|Foreign|Senator")
GOVERNMENT_AFTER = re.compile(r"['’]?s?\s(?:administration|government|cabinet|regime|presidency|doctrine|junta|White House|era)\b", re.I)
CAPITAL_LINE = re.compile(r"^[^a-z\n]{16,200}$", re.MULTILINE)
LABEL = re.compile(r"(?:^|(?<=[.!?”\"]\s))([A-Z][A-Z.'’ -]{2,40})(?=:\s)", re.MULTILINE)
OFFICE = re.compile(r"\s(?:President|Prime|Foreign|Defen[cs]e|Minister|King|Government|Ambassador|Embassy)")
SURNAME_AFTER = re.compile(r"\s[A-Z][a-z]+\b(?!\s+(?:Minister|President|Government))")
FIRST_NAME_BEFORE = re.compile(
    r"(?:^|[^.\w])(?!The|In|At|Of|From|To|And|For|On|With|But|As|If|North|South|East|West|President|King|Mr)[A-Z][a-z]+\s$"
)
OPENS_SENTENCE = re.compile(r"[.!?]\s+\w+\s$")
FOLLOWING_NAME = re.compile(r"\s[A-Z][a-z]")
PRECEDING_NAME = re.compile(r"[A-Z][a-z]+\s$")
BELGIAN = re.compile(r"\bBelgi(?:um|ans?)\b")
UNION_SINCE = 1967  # the executives of the three Communities merged in Brussels
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


_Match = tuple[int, int, list[Name | Leader | None]]


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
    if not folded:
        raw = _add_capital_lines(text, raw)
    hits: list[Hit] = []
    people: list[tuple[int, int, list[Leader]]] = []
    brussels = _brussels(text, year)
    for start, end, entries in raw:
        named = [e for e in entries if isinstance(e, Name)]
        chosen = _choose(named, year)
        if chosen is not None:
            if _is_country(text, start, end, chosen):
                code = brussels if chosen.text == "Brussels" else _state_or_country(text, start, chosen)
                hits.append(Hit(start, end, code, chosen.kind, text[start:end]))
        elif None not in entries:
            holders = [e for e in entries if isinstance(e, Leader)]
            if holders:
                people.append((start, end, holders))
    hits += _leaders(text, people, {h.code for h in hits}, year)
    return sorted(hits, key=lambda h: h.start)


def _is_capitals(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    return letters > 5 and sum(map(str.isupper, text)) > 0.8 * letters


def _brussels(text: str, year: int | None) -> str:
    """Brussels speaks for the Union, unless the text has to do with Belgium or is older than the Community's seat there."""
    return "BEL" if (year is not None and year < UNION_SINCE) or BELGIAN.search(text) else "EUE"


def _add_capital_lines(text: str, raw: list[_Match]) -> list[_Match]:
    """Headings in capitals inside a text, read with the folded automaton."""
    found = list(raw)
    taken = {s for s, _, _ in raw}
    for label in LABEL.finditer(text):  # "ISRAEL: The prime minister said" in a list of countries
        for start, end, entries in _automaton(True).find(label.group(1)):
            if start == 0 and end == len(label.group(1)) and label.start(1) not in taken:
                found.append((label.start(1), label.end(1), entries))
                taken.add(label.start(1))
    for line in CAPITAL_LINE.finditer(text):
        if _is_capitals(line.group()):
            for start, end, entries in _automaton(True).find(line.group()):
                s, e = start + line.start(), end + line.start()
                if s not in taken and _is_word(text, s, e):
                    found.append((s, e, entries))
                    taken.add(s)
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
    valid = [n for n in named if n.holds_in(year)] or [n for n in named if "only_in_years" not in lexicon.ambiguous().get(n.text, ())]
    if not valid:
        return None
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
    if "not_before_surname" in rules and SURNAME_AFTER.match(after):
        return bool(OFFICE.match(after))
    return not ("not_after_firstname" in rules and FIRST_NAME_BEFORE.search(before) and not OPENS_SENTENCE.search(before))


def _state_or_country(text: str, start: int, name: Name) -> str:
    if name.text == "Georgia" and US_STATE_CUES.search(text[max(0, start - 300) : start + 300]) and "Tbilisi" not in text:
        return "USA"
    return name.code


def _leaders(text: str, people: list[tuple[int, int, list[Leader]]], codes: set[str], year: int | None) -> list[Hit]:
    """Leaders by name: an alias alone counts when the full name, the title or the country stands in the text."""
    common = lexicon.words("common_surnames")
    full = {(holder.name, holder.code) for s, e, hs in people for holder in hs if text[s:e] == holder.name}
    hits = []
    for start, end, holders in people:
        form = text[start:end]
        in_office = [h for h in holders if year is None or h.start_year - 1 <= year <= h.end_year + 1]
        for holder in sorted(in_office or [h for h in holders if form == h.name], key=lambda h: -h.end_year):
            introduced = form == holder.name or (holder.name, holder.code) in full
            title = TITLE_BEFORE.search(text[max(0, start - 60) : start])
            if title and form != holder.name and holder.code not in codes and _is_somebody_else(title.group(1), holder):
                continue
            titled = bool(title or GOVERNMENT_AFTER.match(text, end))
            followed = FOLLOWING_NAME.match(text, end) and not GOVERNMENT_AFTER.match(text, end)
            preceded = not titled and PRECEDING_NAME.search(text[max(0, start - 15) : start])
            if introduced or (not (followed or preceded) and (titled or (holder.code in codes and form not in common))):
                hits.append(Hit(start, end, holder.code, "person", form))
                break
    return hits


def _is_somebody_else(first_names: str, holder: Leader) -> bool:
    """"Senator Alice Macron" is not Emmanuel Macron: a first name between title and surname that the leader does not bear."""
    found = [n for n in first_names.split() if not RANK.fullmatch(n)]
    return bool(found) and not set(found) & set(holder.name.split())
