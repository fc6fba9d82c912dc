"""When an event happened or is due: day words, dates and spans in the sentence, against the day of publication."""

from __future__ import annotations

import re
from datetime import date, timedelta

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
MONTH = (
    r"(Jan(?:uary|\.)?|Feb(?:ruary|\.)?|March|Mar\.|April|Apr\.|May|June?|Jun\.|July?|Jul\.|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|"
    r"Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
FULL = re.compile(rf"\b(?:(\d{{1,2}})(?:st|nd|rd|th)?\s+{MONTH}|{MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?)(?:,?\s+(\d{{4}}))?(?!\d)")
MONTH_YEAR = re.compile(rf"\b(?:in|since|from|last|next|this|of|by|for|until|during|mid-|early|late)\s+{MONTH}(?:\s+(\d{{4}}))?\b(?!\s+\d{{1,2}}\b)")
YEAR = re.compile(r"\b(?:in|since|of|by|from|until|during|for)\s+(?:early\s+|late\s+|mid-)?((?:19|20)\d\d)\b")
WEEKDAY = re.compile(r"\b(last\s+|next\s+|this\s+|this coming\s+)?(Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b")
NEAR = re.compile(
    r"\b(today|tonight|yesterday|tomorrow|this morning|last night|overnight|this week|last week|next week|this month|"
    r"last month|next month|this year|last year|next year)\b",
    re.I,
)
A_DAY = timedelta(days=1)  # the outlet's day may be the next one where it happened
FUTURE = re.compile(r"\b(?:will|would|is due|are due|is to|are to|plans? to|next|upcoming|scheduled|expected|later)\b", re.I)

PAST = r"(?:\w+ed|said|told|met|held|was|were|had|gave|took|made|sent|left|began|rang|wrote|went|came|put|set|cut|hit|won|lost|broke|spoke|drew|fell|rose|saw)"
PAST_BEFORE = re.compile(rf"\b{PAST}\s+(?:(?:late|early)\s+)?(?:on\s+)?$")
PAST_AFTER = re.compile(rf"\b{PAST}\b")


def find_event_date(sentence: str, published: date | None, status: str = "actual", anchor: int | None = None) -> tuple[date | None, str]:
    """The day of the event and what it rests on: ``day``, ``week``, ``month``, ``year``, ``publication`` or ``unknown``.

    Of several time words the one nearest to ``anchor`` (a character of the sentence, say the event's trigger) counts. A week,
    month or year is given by its first day. Without a time word the day of publication stands for what is actual. What is actual has
    happened: a day that lies ahead is the day of something else (of the visit that is promised, not of the promise).
    """
    found = _mentions(sentence, published, FUTURE.search(sentence) is not None or status == "planned")
    if status == "actual" and published is not None:
        found = [f for f in found if f[1] <= published + A_DAY]
    if found:
        where = anchor if anchor is not None else 0
        _, day, precision = min(found, key=lambda f: (abs(f[0] - where), f[0]))
        return day, precision
    if published is None:
        return None, "unknown"
    if status == "actual":
        return published, "publication"
    return None, "unknown"


def _mentions(text: str, published: date | None, ahead: bool) -> list[tuple[int, date, str]]:
    found: list[tuple[int, date, str]] = []
    taken: list[tuple[int, int]] = []
    for match in FULL.finditer(text):
        day = _full_date(match, published, ahead)
        if day:
            found.append((match.start(), day, "day"))
            taken.append(match.span())
    for match in MONTH_YEAR.finditer(text):
        if not _overlaps(match, taken):
            day = _month(match.group(1), match.group(2), published, ahead or match.group().lower().startswith("next"))
            if day:
                found.append((match.start(), day, "month"))
                taken.append(match.span())
    for match in YEAR.finditer(text):
        if not _overlaps(match, taken):
            found.append((match.start(), date(int(match.group(1)), 1, 1), "year"))
    if published is not None:
        for match in WEEKDAY.finditer(text):
            if not _overlaps(match, taken):
                found.append((match.start(), _weekday(match, published, ahead and _is_ahead(text, match)), "day"))
        found += [(m.start(), *_near(m.group(1).lower(), published)) for m in NEAR.finditer(text)]
    return found


def _is_ahead(text: str, weekday: re.Match[str]) -> bool:
    """In a sentence that speaks of the future: does the weekday lie there? Not where what was done on it is told, whatever is to follow:
    "on Tuesday warned that it would", "said on Tuesday it will"."""
    if PAST_BEFORE.search(text, 0, weekday.start()):
        return False
    coming = FUTURE.search(text)
    return coming is None or coming.start() < weekday.start() or not PAST_AFTER.search(text, weekday.end(), coming.start())


def _overlaps(match: re.Match[str], taken: list[tuple[int, int]]) -> bool:
    return any(match.start() < end and start < match.end() for start, end in taken)


def _month_number(word: str) -> int:
    return next(i for i, month in enumerate(MONTHS, 1) if month.startswith(word.lower().rstrip(".")[:3]))


def _full_date(match: re.Match[str], published: date | None, ahead: bool) -> date | None:
    number, word = match.group(1) or match.group(4), match.group(2) or match.group(3)
    year = int(match.group(5)) if match.group(5) else None
    try:
        if year is not None:
            return date(year, _month_number(word), int(number))
        if published is None:
            return None
        day = date(published.year, _month_number(word), int(number))
    except ValueError:
        return None
    return _nearest_year(day, published, ahead)


def _nearest_year(day: date, published: date, ahead: bool) -> date:
    """A date without a year is the nearest one that fits the tense."""
    try:
        if not ahead and day > published + timedelta(days=31):
            return day.replace(year=day.year - 1)
        if ahead and day < published - timedelta(days=31):
            return day.replace(year=day.year + 1)
    except ValueError:
        return day
    return day


def _month(word: str, year: str | None, published: date | None, ahead: bool) -> date | None:
    if year:
        return date(int(year), _month_number(word), 1)
    if published is None:
        return None
    day = date(published.year, _month_number(word), 1)
    if not ahead and day > published:
        return day.replace(year=day.year - 1)
    if ahead and (day.year, day.month) < (published.year, published.month):
        return day.replace(year=day.year + 1)
    return day


def _weekday(match: re.Match[str], published: date, ahead: bool) -> date:
    wanted = WEEKDAYS.index(match.group(2).lower())
    word = (match.group(1) or "").strip().lower()
    back = (published.weekday() - wanted) % 7
    if word.startswith("next") or (ahead and word != "last"):
        return published + timedelta(days=(wanted - published.weekday()) % 7 or 7)
    return published - timedelta(days=7 if word == "last" and back == 0 else back)


def _near(word: str, published: date) -> tuple[date, str]:
    monday = published - timedelta(days=published.weekday())
    first = published.replace(day=1)
    if word.endswith("week"):
        return monday + timedelta(weeks={"this": 0, "last": -1, "next": 1}[word.split()[0]]), "week"
    if word.endswith("month"):
        shift = {"this": 0, "last": -1, "next": 1}[word.split()[0]]
        months = first.year * 12 + first.month - 1 + shift
        return date(months // 12, months % 12 + 1, 1), "month"
    if word.endswith("year"):
        return date(published.year + {"this": 0, "last": -1, "next": 1}[word.split()[0]], 1, 1), "year"
    days = {"yesterday": -1, "last night": -1, "overnight": 0, "tomorrow": 1}.get(word, 0)
    return published + timedelta(days=days), "day"
