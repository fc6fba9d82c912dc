"""Groups of copies and pairs of look-alikes, made from texts that were written for the project.

A group is one story and its reprints: other headline and dateline, cut at the end, a sentence dropped or put in front, words changed as
desks change them. A look-alike is another story that shares much of the wording: the next day's report with the same background, or
a report on the same pattern with other facts.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from pathlib import Path

PASSAGES = Path(__file__).resolve().parents[2] / "transforms/coding/training/passages"
EDITS = [
    (r"\bsaid\b", "told reporters"), (r"\bsaid\b", "stated"), (r"\bon (Monday|Tuesday|Wednesday|Thursday|Friday)\b", r"\1"), (r"\bper cent\b", "percent"),
    (r"\bpercent\b", "%"), (r"\bhas\b", "had"), (r"\bbut\b", "though"), (r"\babout\b", "around"), (r"\bmore than\b", "over"), (r"\bwill\b", "is to"),
    (r"\balso\b", ""), (r"\btheir\b", "its"), (r"\bmeeting\b", "session"), (r"\btalks\b", "discussions"), (r"\bas well as\b", "and"), (r"\bstarted\b", "began"),
    (r"\bdefence\b", "defense"), (r"\bcentre\b", "center"), (r"\borganis", "organiz"), (r"\bworkers\b", "staff"), (r"\bwhile\b", "as"), (r"[“”]", '"'),
    (r"\bearlier this week\b", "this week"), (r"\bhowever, ", ""), (r"\bcountry\b", "nation"), (r"\btold a news conference\b", "told journalists"),
]
DATELINES = ["", "PARIS (AFP) — ", "(Reuters) - ", "LONDON, (AP) - ", "GENEVA — "]
FRONT = ["Our foreign desk reports.", "This is a developing story.", "The following report came in shortly before we went to press."]
BACK = ["(Reporting by our correspondents; editing by the desk)", "Copyright of the agency. All rights reserved.", "With agency material."]
# Reports on one pattern: what changes from one to the next is what they are about.
PATTERNS = [
    "{city} — The {currency} closed at {n1} to the dollar on {day}, {move} from {n2} the day before, as traders waited for the central bank of {country}. "
    "Dealers said volume was thin. The bank has sold {n3} million dollars this month to steady the currency. Imports make up a third of consumption in "
    "the country, and every fall of the currency is felt in the price of bread. The finance minister, {name}, is due to speak to parliament next week.",
    "An earthquake of magnitude {q} struck {n1} kilometres {side} of {city} on {day}, the seismological institute of {country} said. There were no "
    "immediate reports of casualties. The tremor was felt in the capital and people ran into the streets. The region lies on a fault line and is often shaken. "
    "Rescue teams were sent to the villages near the epicentre, the governor, {name}, said.",
    "{country}'s coast guard said it picked up {n1} migrants from {boats} boats off {city} on {day}. They were given water and blankets and taken to a reception "
    "centre, where their papers will be checked. The spokesman, {name}, said all were in good health. More than {n3} people have arrived by sea since the "
    "beginning of the year, fewer than in the same period of last year.",
    "The foreign minister of {country}, {name}, arrived in {city} on {day} for a visit of {boats} days. He is to meet his counterpart and the head of government "
    "and to sign a programme of cooperation in culture, education and sport. A business delegation of {n1} is travelling with him. Trade between the two "
    "countries came to {n3} million euros last year, according to the chamber of commerce.",
    "Inflation in {country} was {q} per cent in the twelve months to {month}, the statistics office said on {day}, after {q2} per cent the month before. Food prices "
    "rose by {n1} per cent and rents by {boats} per cent. Analysts had expected a smaller rise. The central bank, which meets in {city} next week, has a target of "
    "three per cent. Its governor, {name}, has said that rates will stay where they are for as long as it takes.",
]
VALUES = {
    "city": ["Tunis", "Quito", "Riga", "Izmir", "Busan", "Recife", "Split", "Oran", "Mombasa", "Tampere", "Batumi", "Cebu"],
    "country": ["Peru", "Latvia", "Tunisia", "Kenya", "Georgia", "Croatia", "Ecuador", "Jordan", "Nepal", "Ghana", "Chile", "Finland"],
    "currency": ["sol", "lira", "dinar", "shilling", "lari", "peso", "rupee", "cedi"], "day": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
    "month": ["January", "March", "May", "August", "October", "December"], "side": ["north", "south", "east", "west"],
    "move": ["up", "down", "little changed"], "name": ["Ana Sosa", "Juris Kalns", "Omar Haddad", "Grace Otieno", "Nino Beridze", "Ivo Horvat", "Pita Rama", "Kofi Mensah"],
}


def _texts(shortest: int = 8) -> list[dict]:
    rows = [json.loads(line) for file in sorted(PASSAGES.glob("*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines()]
    return [r for r in rows if len(r["sentences"]) >= shortest]


def _paragraphs(sentences: list[str], chance: random.Random) -> str:
    parts, here = [], []
    for s in sentences:
        here.append(s)
        if chance.random() < 0.4:
            parts.append(" ".join(here))
            here = []
    return "\n\n".join([*parts, " ".join(here)] if here else parts)


def reprint(sentences: list[str], chance: random.Random) -> str:
    """One reprint of the story."""
    kept = list(sentences)
    if chance.random() < 0.6:
        kept = kept[: max(4, round(len(kept) * chance.uniform(0.5, 0.95)))]
    if len(kept) > 6 and chance.random() < 0.4:
        del kept[chance.randrange(2, len(kept))]
    text = _paragraphs(kept, chance)
    for pattern, by in chance.sample(EDITS, chance.randint(2, 7)):
        text = re.sub(pattern, by, text, count=chance.randint(1, 3))
    text = chance.choice(DATELINES) + re.sub(r"^[A-Z][A-Z .]+,[^-–—]{0,40}[-–—]\s*", "", text)
    if chance.random() < 0.2:
        text = f"{chance.choice(FRONT)}\n\n{text}"
    return f"{text}\n\n{chance.choice(BACK)}" if chance.random() < 0.4 else text


def _is_for_look_alikes(text: dict) -> bool:
    """Half of the long texts make look-alikes and only these: the same story in both would be a true copy."""
    return hashlib.sha256(text["id"].encode()).digest()[0] % 2 == 0


def groups(count: int = 200, seed: int = 7) -> list[list[str]]:
    """``count`` stories, each with 3 to 6 texts."""
    chance = random.Random(seed)
    chosen = [t for t in chance.sample(_texts(), 2 * count) if not _is_for_look_alikes(t)][:count]
    return [[_paragraphs(t["sentences"], chance), *(reprint(t["sentences"], chance) for _ in range(chance.randint(2, 5)))] for t in chosen]


def _pattern(pattern: str, chance: random.Random) -> str:
    values = {k: chance.choice(v) for k, v in VALUES.items()} | {
        "n1": chance.randint(11, 98), "n2": chance.randint(11, 98), "n3": chance.randint(120, 990), "boats": chance.randint(2, 9),
        "q": f"{chance.randint(3, 9)}.{chance.randint(0, 9)}", "q2": f"{chance.randint(3, 9)}.{chance.randint(0, 9)}",
    }
    return pattern.format(**values)


def look_alikes(count: int = 200, seed: int = 11) -> list[tuple[str, str]]:
    """Pairs of different stories: half on one pattern, half with the same background below another lead."""
    chance = random.Random(seed)
    texts = [t for t in _texts(10) if _is_for_look_alikes(t)]
    chance.shuffle(texts)
    pairs: list[tuple[str, str]] = []
    while len(pairs) < count:
        if len(pairs) % 2:
            pattern = chance.choice(PATTERNS)
            pairs.append((_pattern(pattern, chance), _pattern(pattern, chance)))
        else:
            story, other = texts.pop(), texts.pop()
            background = story["sentences"][-chance.randint(3, 5):]
            head = chance.randint(5, 6)
            pairs.append((" ".join(story["sentences"][:head] + background), " ".join(other["sentences"][:head] + background)))
    return pairs
