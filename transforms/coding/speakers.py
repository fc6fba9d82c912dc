"""Who speaks: attribution of statements to a country, sentence by sentence, through runs of quotation."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache

from transforms.coding import lexicon
from transforms.coding.surfaces import Hit

FIRST_PERSON = re.compile(r"\b(?:I|we|We|our|Our|my|us)\b|\bI['’]")
PRONOUN_BEFORE = re.compile(r"\b(?:he|she|it|they|He|She|It|They)\s+(?:\w+\s+){0,2}$")
# The tag before a turn of a transcript; the press asks, whoever else has a tag answers.
TAG = re.compile(r"^\s*((?:[A-Z][A-Z.'’-]*\s?){1,5}(?:\([^)]{1,40}\)\s?)?|Q|A)\s*:(?=\s|$)")
PRESS = re.compile(r"JOURNALIST|QUESTION|REPORTER|INTERVIEWER|HOST|PRESENTER|COMPERE|COMP[EÈ]RE|^Q$")


ACCORDING = re.compile(r"\b[Aa]ccording to\b")
OPENING = re.compile(r'(?:^|[\s(])"')
CLOSING = re.compile(r'"(?=[\s,.;:)!?]|$)')
BREAK = re.compile(r"[;:“”\"]")
INVERTED = re.compile(r"[,”\"]\s*$")
OBJECT = re.compile(r"\b(?:in|at|from|with|to|of|by|on|for|against|near|about)\s+(?:the\s+)?$")


@cache
def _say_pattern() -> re.Pattern[str]:
    verbs = sorted(lexicon.words("say_verbs"), key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(re.escape(v) for v in verbs) + r")\b")


class SpeakerTracker:
    """Keeps the speaking country from one sentence to the next.

    ``attribute`` gives a hint, not a decision: the encoder chooses the speaker of each mention among the slots.
    """

    def __init__(self, body: str, home: str | None) -> None:
        self.body = body
        self.home = home
        self.last: str | None = None
        self.in_quote = False
        self.spoke_by_name = False
        self.is_press_asking = False
        self.say = _say_pattern()
        first = len(FIRST_PERSON.findall(body))
        # A government's own text in the first person is spoken by its country throughout.
        self.is_first_person = bool(home) and first >= 3 and first * 120 > len(body.split())

    def attribute(self, start: int, end: int, hits: list[Hit], last_person: str | None) -> str | None:
        """The country that speaks in ``[start, end)`` of the body, or None; updates the run of quotation."""
        text = self.body[start:end]
        tag = TAG.match(text)
        if tag:
            self.is_press_asking = bool(PRESS.search(tag.group(1).strip()))
        was_open = self.in_quote
        opened = text.count("“") + len(OPENING.findall(text))
        closed = text.count("”") + len(CLOSING.findall(text))
        self.in_quote = (was_open and closed <= opened) if closed or opened else was_open
        if opened > closed:
            self.in_quote = True
        elif opened == closed and opened:
            self.in_quote = was_open and text[:1] not in "“\""
        elif closed > opened:
            self.in_quote = False
        self.spoke_by_name = False
        found = self._named(text, start, hits, last_person)
        if found:
            self.last = found
            return found
        if self.is_press_asking:
            return None
        if was_open or text.startswith(("“", '"')) or self.in_quote:
            return self.last or self.home
        if self.is_first_person:
            return self.home
        return None

    def _named(self, text: str, start: int, hits: list[Hit], last_person: str | None) -> str | None:
        according = ACCORDING.search(text)
        if according:
            after = [h for h in hits if 0 <= h.start - start - according.end() < 60]
            if after:
                self.spoke_by_name = True
                return after[0].code
        starts = [h.start for h in hits]
        for match in self.say.finditer(text):
            at = start + match.start()
            near = hits[bisect_left(starts, at - 180) : bisect_left(starts, at)]
            before = [h for h in near if h.end <= at and at - h.end < 90 and not BREAK.search(self.body, h.end, at)]
            after = hits[bisect_left(starts, start + match.end()) : bisect_left(starts, start + match.end() + 40)]
            lead = text[max(0, match.start() - 80) : match.start()]
            inverted = bool(INVERTED.search(lead))
            if PRONOUN_BEFORE.search(lead):
                return last_person or self.last
            if inverted and after:
                self.spoke_by_name = True
                return after[0].code
            if before:
                self.spoke_by_name = True
                return self._subject(text, start, before)
        return None

    def _subject(self, text: str, start: int, before: list[Hit]) -> str:
        """The last hit that is no object of a preposition in front of the verb, else the first one."""
        for hit in before:
            if not OBJECT.search(text[max(0, hit.start - start - 30) : max(0, hit.start - start)]):
                return hit.code
        return before[0].code
