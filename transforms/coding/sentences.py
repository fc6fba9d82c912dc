"""Sentence boundaries of news prose: offsets into the text, nothing changed.

Rules rather than a parser: headlines, datelines, hard-wrapped scans and quotations that run over several sentences are where
statistical splitters trained on edited prose fail, and the splitter has to run before any parser is worth its time.
"""

from __future__ import annotations

import re
from statistics import median

ABBREVIATIONS = frozenset("""
    mr mrs ms dr prof rev hon sen rep gov gen col maj capt lt sgt cpl cmdr adm brig st mt ft jr sr no nos vs etc
    inc corp ltd co bros jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun approx dept est
    fig vol pp art para sec messrs mme mlle mgr pres amb supt det insp e.g i.e cf al viz
""".split())  # noqa: SIM905
# Initialisms that may end a sentence: a boundary only before a word that commonly opens one.
INITIALISM = re.compile(r"(?:^|[\s(\"“‘'-])(?:[A-Za-z]\.){2,}$")
OPENERS = frozenset("""
    The A An In On At He She It They We I You But And This That These Those His Her Their Our Its There If When While As After
    Before For Since With Under Both Some Many Most Asked What Such So Also Earlier Last However Meanwhile Now Yet Despite
""".split())  # noqa: SIM905
END = re.compile(r"[.!?…]+[\"”’')\]]*(?=\s)|[.!?…]+[\"”’')\]]+(?=[A-Z“\"])")
BREAK = re.compile(r"[ \t]*\r?\n\s*")


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Character spans ``(start, end)`` of the sentences of ``text``, in order, without surrounding white space."""
    spans = []
    for start, end in _blocks(text):
        cut = start
        for match in END.finditer(text, start, end):
            if match.end() < end and _is_boundary(text, cut, match, end):
                spans.append((cut, match.end()))
                cut = match.end()
        spans.append((cut, end))
    return [span for span in (_trim(text, *s) for s in spans) if span[0] < span[1]]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _blocks(text: str) -> list[tuple[int, int]]:
    """Runs of lines that belong together: paragraphs, headings, list items; hard-wrapped lines are joined."""
    breaks = list(BREAK.finditer(text))
    if not breaks:
        return [(0, len(text))]
    wrapped_at = _wrap_width(text, breaks)
    blocks, start, line_start = [], 0, 0
    for found in breaks:
        line = text[line_start : found.start()].strip()
        following = text[found.end() : found.end() + 1]
        if not _continues(line, following, wrapped_at):
            blocks.append((start, found.start()))
            start = found.end()
        line_start = found.end()
    blocks.append((start, len(text)))
    return blocks


def _wrap_width(text: str, breaks: list[re.Match[str]]) -> float | None:
    """The line width of hard-wrapped text, or None where line breaks mean paragraphs."""
    edges = [0, *(b.end() for b in breaks)]
    lines = [text[a : b.start()].strip() for a, b in zip(edges, breaks, strict=False)]
    lines = [line for line in lines if line]
    if len(lines) < 6:
        return None
    unfinished = sum(line[-1] not in ".!?:;\"”’)" for line in lines) / len(lines)
    width = median(len(line) for line in lines)
    return width if unfinished > 0.5 and 40 <= width <= 110 else None


def _continues(line: str, following: str, wrapped_at: float | None) -> bool:
    """Does the next line go on with this one's sentence?"""
    if not line or not following:
        return False
    if line[-1] in ".!?:…" or line[-2:] in (".”", '."', "?”", '?"'):
        return False
    if following.islower():
        return line[-1] not in ";" or wrapped_at is not None
    if wrapped_at is None or following in "-•*·" or line.isupper():
        return False
    return len(line) >= 0.7 * wrapped_at


def _is_boundary(text: str, start: int, match: re.Match[str], limit: int) -> bool:
    following = re.compile(r"\s*(?:\[n[A-Z]\w+\]\s*)?[\"“‘'(\[—–-]*\s*(\S+)").match(text, match.end(), limit)
    if not following:
        return True
    word = following.group(1)
    if word[0].islower() and not word[0].isdigit():
        return False
    mark = match.group()
    if mark[0] != "." or mark.startswith(".."):
        return True
    if len(mark) > 1:  # a full stop inside closing quotes or brackets
        return True
    before = text[start : match.end()]
    last = before.rsplit(None, 1)[-1].strip("\"“”‘’'([")[:-1]
    if INITIALISM.search(before) or last.lower() in ("a.m", "p.m"):
        return word.strip(",\"“”’'") in OPENERS
    if len(last) == 1 and last.isupper():
        return False
    if last.lower() in ABBREVIATIONS:
        return last.lower() in ("no", "sat", "sun", "al", "art", "etc") and word.strip(",") in OPENERS
    return True
