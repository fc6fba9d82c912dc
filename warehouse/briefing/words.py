"""The words of a brief: sentences in plain English from its figures. Of an article's text only a speaker's name goes through here, unescaped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from warehouse.briefing.chance import ALPHA, Range
from warehouse.briefing.facts import LATEST, Facts
from warehouse.briefing.rows import Row
from warehouse.briefing.scope import Scope
from warehouse.briefing.sections import LEAST_BEFORE, Change, Deed, Sided
from warehouse.briefing.terms import DONE, STATUS, WITH_ARTICLE
from warehouse.briefing.timeline import Peak, Timeline, say_day
from warehouse.briefing.voices import is_name

FEW: Final = 10


def name_country(scope: Scope, code: str) -> str:
    """The country's name as it stands in the middle of a sentence: the United States, Morocco."""
    name = scope.name(code)
    return f"the {name}" if name.startswith(WITH_ARTICLE) or name.endswith("Islands") else name


def entitle(scope: Scope) -> str:
    """The page's title."""
    if len(scope.countries) == 2:
        return " and ".join(scope.name(c) for c in scope.countries)
    return f"{scope.name(scope.countries[0])} and its partners" if scope.countries else "The dyads with most stories"


def say_days(since: date, until: date) -> str:
    """From 1 May 2024 to 30 April 2025."""
    return f"on {say_day(since)}" if since == until else f"from {say_day(since)} to {say_day(until)}"


def count(number: int, one: str, many: str | None = None) -> str:
    """1 story, 2,400 stories."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def stories(number: int) -> str:
    """1 story, 3 stories, no story."""
    return count(number, "story", "stories") if number else "no story"


def join(words: Sequence[str]) -> str:
    """a, b and c"""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def say_range(right: Range) -> str:
    """about 7 right (5 to 10); of one thing alone its confidence"""
    if right.number == 1:
        return f"confidence {right.expected:.2f}"
    return f"about {right.expected:,.0f} right ({right.low:,} to {right.high:,})" if right.low != right.high else f"about {right.expected:,.0f} right"


def say_lead(facts: Facts) -> list[str]:
    """The first paragraph: what there is, on which side, how sure."""
    scope, (_, cooperation, conflict) = facts.scope, facts.grid[0]
    whom = join([name_country(scope, c) for c in scope.countries]) if len(scope.countries) == 2 else (
        f"{name_country(scope, scope.countries[0])} and {count(facts.partner_count, 'other country', 'other countries')}" if scope.countries
        else count(facts.partner_count, "pair of countries", "pairs of countries"))
    said = [f"{stories(facts.stories.number)} from {count(facts.sources.number, 'source')} {'tells' if facts.stories.number == 1 else 'tell'} of {whom} "
            f"{say_days(scope.since, scope.until)}."]
    said.append(f"Cooperation is told as done in {stories(cooperation.number)} and conflict in {stories(conflict.number)}; a story can tell of both.")
    kinds = {side: [DONE[k.code] for k in facts.event_types if getattr(k, side).number][:2] for side in ("cooperation", "conflict")}
    for side, found in kinds.items():
        if found:
            said.append(f"The {side} is chiefly {', then '.join(found)}.")
    said.append(say_not_done(facts))
    return [s for s in said if s]


def say_not_done(facts: Facts) -> str:
    """What is planned, possible or denied: never counted with what is done."""
    parts = []
    for status, cooperation, conflict in facts.grid[1:]:
        sides = [f"{side} in {stories(f.number)}" for side, f in (("cooperation", cooperation), ("conflict", conflict)) if f.number]
        if sides:
            parts.append(f"Told as {STATUS[status]}: {join(sides)}.")
    return " ".join(parts) or "Nothing is told as planned, possible or denied."


def say_little(facts: Facts) -> str:
    """A warning where there is little data, else nothing."""
    if facts.stories.number < FEW:
        return f"There is little here: {stories(facts.stories.number)}. Read the sentences rather than the numbers."
    if facts.sources.number == 1:
        return "All of it comes from one source: it is that source's view of the matter."
    return ""


def say_certainty(facts: Facts) -> str:
    """How many rows are likely to be right."""
    return (f"The brief rests on {count(facts.row_count, 'row')} (one statement about one pair in one sentence) with a mean confidence of "
            f"{facts.mean_confidence:.2f}: {say_range(facts.right)}, if rows err one by one. Rows of one article tend to err together, so the truth may lie "
            "further out. What the coder missed is not in these numbers.")


def say_more(scope: Scope) -> str:
    """What there is outside of the period, and how to have it; and why the whole time is told where the last year was asked for."""
    if scope.last_year:
        since, until = scope.last_year
        return (f"The last year holds {stories(scope.last_year_count)}, so this is the whole time. "
                f"The last year alone: bilateral brief {' '.join(scope.countries)} --since {since} --until {until}")
    if scope.first is None or scope.last is None or (scope.first >= scope.since and scope.last <= scope.until):
        return ""
    return f"The data run from {say_day(scope.first)} to {say_day(scope.last)}; --since and --until choose other days."


def say_changes(facts: Facts) -> list[str]:
    """Cooperation and conflict against the period before, each with its test."""
    if facts.scope.last_year:
        return ["Nothing to compare with: this is the whole time."]
    since, until = facts.scope.before
    if facts.before_count < LEAST_BEFORE or not facts.told_before or not facts.told_now:
        why = (f"it has {stories(facts.before_count)}, and fewer than {LEAST_BEFORE} are not compared" if facts.before_count < LEAST_BEFORE
               else f"the collection has no story published in {'it' if not facts.told_before else 'this one'}")
        return [f"Nothing to compare with in the period before ({say_days(since, until)}): {why}."]
    size = f"The collection as a whole had {stories(facts.told_now)} in this period and {facts.told_before:,} in the one before ({say_days(since, until)})."
    return [*(say_change(c) for c in facts.changes), size]


def say_change(change: Change) -> str:
    """One side now and before, and whether chance alone would do it."""
    text = f"{change.side.capitalize()}: {stories(change.now)} now, {change.before:,} before."
    if change.now + change.before == 0:
        return f"{change.side.capitalize()}: none now, none before."
    if change.is_beyond:
        return f"{text} That is {'more' if change.is_rise else 'less'} than chance would bring, for a collection of this size ({say_chance(change.chance)})."
    return f"{text} Chance alone could do that ({say_chance(change.chance)}); take it for no change."


def say_chance(chance: float) -> str:
    """p = 0.14"""
    return "p < 0.001" if chance < 0.001 else f"p = {chance:.2f}" if chance >= 0.01 else f"p = {chance:.3f}"


def say_timeline(timeline: Timeline) -> str:
    """The chart in words, for those who do not see it."""
    parts = []
    for side in ("cooperation", "conflict"):
        high = max(timeline.bins, key=lambda b: (b.side(side).number, b.start))
        total = [b for b in timeline.bins if b.side(side).number]
        parts.append(f"{side} in {count(len(total), timeline.unit)} of {len(timeline.bins)}, most in {high.label} ({stories(high.side(side).number)})"
                     if total else f"no {side}")
    return f"Two bar charts by {timeline.unit}: {'; '.join(parts)}. The table below has every number."


def say_lines(what: str, lines: Sequence[Sided]) -> str:
    """A chart of lines in words."""
    parts = [f"{line.name} {line.cooperation.number} cooperation, {line.conflict.number} conflict" for line in lines[:5]]
    return f"Bar chart of stories by {what}: {'; '.join(parts)}{' and others' if len(lines) > 5 else ''}. The table below has every number."


def say_sectors(lines: Sequence[Sided]) -> str:
    """What cooperation and conflict are about."""
    said = []
    for side in ("cooperation", "conflict"):
        found = sorted((line for line in lines if getattr(line, side).number), key=lambda line: (-getattr(line, side).number, line.name))[:3]
        if found:
            said.append(f"{side.capitalize()} is mostly about {join([f'{line.name} ({getattr(line, side).number})' for line in found])}.")
    return " ".join(said) or "No sector is named."


def say_speakers(facts: Facts) -> str:
    """Which countries speak."""
    lines = facts.speaker_countries[:4]
    return "Heard are " + join([f"{name_country(facts.scope, line.code)} ({stories(line.stories.number)})" for line in lines]) + "." if lines else (
        "No statement has a speaker whose country is known.")


def say_when(deed: Deed) -> str:
    """The day of a visit or agreement as exactly as it is known."""
    if deed.event_date is None or deed.precision == "unknown":
        first, last = min(r.day for r in deed.figure.rows), max(r.day for r in deed.figure.rows)
        return f"no day told ({'story of ' + say_day(first) if first == last else 'stories ' + say_days(first, last)})"
    day = deed.event_date
    return {"day": say_day(day), "week": f"week of {say_day(day - timedelta(days=day.weekday()))}", "month": f"{day:%B} {day.year}"}.get(
        deed.precision, str(day.year))


def say_act(scope: Scope, row: Row) -> str:
    """Who did what to whom, in names: France to Morocco: visits, talks and calls, planned."""
    arrow = "and" if row.is_reciprocal else "to"
    what = DONE[row.event_type] + ("" if row.status == "actual" else f", {STATUS[row.status]}")
    return f"{scope.name(row.source)} {arrow} {scope.name(row.target)}: {what}"


def say_speaker(scope: Scope, row: Row) -> tuple[str, str]:
    """The speaker's name or office as read (article text) and country; for a pronoun, a lone demonym or a scrap the country alone."""
    printed = (row.printed_speaker or "").strip()
    country = scope.name(row.speaker_country) if row.speaker_country else ""
    return next((text for text in (row.speaker or "", printed if " " in printed else "") if is_name(text, country)), ""), country


def first_up(text: str) -> str:
    """The text with a capital at its start; the rest as it is."""
    return text[:1].upper() + text[1:]


def say_left_out(facts: Facts) -> str:
    """Rows that are not in the brief, and why."""
    undated, past, coming = facts.left_out
    parts = [f"{count(n, 'row')} {why}" for n, why in (
        (undated, "without any day"), (past, "printed in the period about something before it"), (coming, "about something after it"),
    ) if n]
    said = f"Left out: {join(parts)}." if parts else "No row was left out."
    if facts.ahead_count:
        said += f" {count(facts.ahead_count, 'row')} told as done of a day after publication {'counts' if facts.ahead_count == 1 else 'count'} as planned."
    return said


FIT: Final = "both countries in it, six words or more, confidence 0.50 or more, no bare thanks or greeting"


def say_latest(facts: Facts) -> str:
    """How the latest statements were chosen, and how many were not fit to be shown."""
    if not facts.statement_count:
        return "No statement in the period has a speaker whose country is known."
    shown = len(facts.latest)
    said = f"The surest statement of each story and speaker's country, newest first, of those that stand well alone ({FIT})."
    if not shown:
        return f"None of {count(facts.statement_count, 'statement')} stands well alone ({FIT}). They are in the list of sentences."
    is_short = shown < min(LATEST, facts.statement_count)
    return f"{said} Only {shown} of {facts.statement_count:,} do; the others are in the list of sentences." if is_short else said


def say_peak(peak: Peak, unit: str) -> str:
    """A word where a peak has no sentence fit to be shown, else nothing."""
    return "" if peak.rows else f"No sentence of this {unit} stands well alone ({FIT}); the number leads to all."


def say_standing(facts: Facts) -> str:
    """How many of the standing relations' stories have a sentence here."""
    if facts.relations.number > len(facts.standing):
        return "the surest that stand well alone are shown" if facts.standing else f"no sentence stands well alone ({FIT}); the number leads to all"
    return ""


def say_test() -> str:
    """How periods are compared."""
    return (f"Periods are compared by the exact binomial test, which holds for small numbers, against the share of all stories that the collection has from "
            f"each period; where there are several comparisons the bar of {ALPHA:.0%} is raised for their number (Holm).")
