"""The facts of a brief: queries on the published file in, frozen records out. No word and no markup is made here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import duckdb

from warehouse.briefing.chance import Range, right_range
from warehouse.briefing.examples import Examples, read_examples
from warehouse.briefing.figures import Figure, Register, choose_rows, telling
from warehouse.briefing.rows import (
    CONFLICT,
    COOPERATION,
    RELATION,
    Row,
    Sentence,
    all_rows_sql,
    count_left_out,
    count_told,
    read_outlets,
    read_rows,
    read_sentences,
)
from warehouse.briefing.scope import Scope
from warehouse.briefing.sections import (
    LINES,
    Change,
    Deed,
    Partner,
    Sided,
    compare,
    compare_pairs,
    count_directions,
    count_lines,
    gather_deeds,
    one_a_story,
)
from warehouse.briefing.terms import DONE, STATUS
from warehouse.briefing.timeline import Timeline, is_act, make_timeline
from warehouse.briefing.voices import is_name
from warehouse.tables import EVENT_TYPES, STATUSES

LATEST: Final = 8
STANDING: Final = 8


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a page tells. ``numbers`` gives the printed sentences their numbers, from 1, in the order in which they stand."""

    scope: Scope
    built_at: datetime | None
    coder_versions: tuple[str, ...]
    stories: Figure
    sources: Figure
    row_count: int
    mean_confidence: float
    right: Range
    grid: tuple[tuple[str, Figure, Figure], ...]  # status, cooperation, conflict
    relations: Figure
    told_now: int
    told_before: int
    before_count: int  # stories of the brief's pairs in the period before
    ahead_count: int  # rows told as done of a day after their publication
    changes: tuple[Change, Change]
    timeline: Timeline
    partners: tuple[Partner, ...]
    partner_count: int
    directions: tuple[Sided, ...]
    event_types: tuple[Sided, ...]
    sectors: tuple[Sided, ...]
    speakers: tuple[Sided, ...]
    speaker_countries: tuple[Sided, ...]
    deeds: tuple[Deed, ...]
    deed_counts: dict[str, tuple[Figure, ...]]
    latest: tuple[Row, ...]
    statement_count: int  # one for each story and speaker's country, fit to be shown or not
    standing: tuple[Row, ...]
    outlets: tuple[tuple[str, str, str | None, Figure], ...]  # name, kind, country, stories
    left_out: tuple[int, int, int]
    figures: tuple[Figure, ...]
    sentences: dict[str, Sentence]
    groups: tuple[tuple[str, int, tuple[Row, ...]], ...]  # group, rows in all, rows printed
    numbers: dict[str, int]
    sql: str


def gather(connection: duckdb.DuckDBPyConnection, scope: Scope) -> Facts:
    """All facts of the scope from an open published file."""
    rows, register = read_rows(connection, scope, scope.since, scope.until), Register()
    before = [] if scope.last_year else read_rows(connection, scope, *scope.before)  # before the whole time there is nothing
    examples = read_examples(connection, scope, rows)
    told = count_told(connection, scope.since, scope.until), count_told(connection, *scope.before)
    outlets = read_outlets(connection, scope)
    stories = register.count("stories", "stories", rows)
    sources = register.note("sources", "sources", len(outlets), telling(rows))
    grid = tuple((status, _cell(register, rows, status, COOPERATION), _cell(register, rows, status, CONFLICT)) for status in STATUSES)
    relations = register.count("standing", "standing relations", [r for r in rows if r.side == RELATION])
    timeline = make_timeline(register, rows, scope.since, scope.until, examples)
    partners, partner_count = compare_pairs(register, scope, rows, before, told, examples)
    speaking = [r for r in rows if r.speaker_country]
    named = Counter((str(r.speaker), str(r.speaker_country)) for r in speaking if r.speaker and is_name(r.speaker, scope.name(str(r.speaker_country))))
    deeds, deed_counts = gather_deeds(register, rows)
    statements = [r for r in speaking if r.side != RELATION]
    latest = _latest(statements, examples)
    standing = examples.pick(one_a_story(r for r in relations.rows if r.mention_id in examples.fit), STANDING)
    lines = {
        "directions": count_directions(register, scope, rows) if len(scope.countries) == 2 else (),
        "event_types": count_lines(register, "type", [(t, DONE[t], [r for r in rows if r.event_type == t and is_act(r)]) for t in EVENT_TYPES]),
        "sectors": count_lines(register, "sector", [(s, s, [r for r in rows if s in r.sectors]) for s in sorted({s for r in rows for s in r.sectors})]),
        "speaker_countries": count_lines(register, "country", [
            (c, scope.name(c), [r for r in speaking if r.speaker_country == c]) for c in sorted({str(r.speaker_country) for r in speaking})])[:LINES],
        "speakers": count_lines(register, "speaker", [
            (c, s, [r for r in speaking if (r.speaker, r.speaker_country) == (s, c)]) for (s, c), _ in named.most_common(LINES)]),
    }
    told_by = tuple((name, kind, country, register.count(f"source-{n}", name, [r for r in rows if r.story_id in held]))
                    for n, (_, name, kind, country, held) in enumerate(outlets[:LINES]))
    wanted = [*(r for p in timeline.peaks for r in p.rows), *(r for p in partners for r in p.rows), *latest, *standing]
    shown = choose_rows(register.figures, wanted)
    groups = _groups(rows, {r.mention_id for r in shown})
    built = connection.execute("SELECT built_at FROM snapshot_meta").fetchone()
    coders = connection.execute("SELECT DISTINCT coder_version FROM articles WHERE coder_version IS NOT NULL ORDER BY 1").fetchall()
    return Facts(
        scope=scope, built_at=built[0] if built else None, coder_versions=tuple(r[0] for r in coders), stories=stories, sources=sources, row_count=len(rows),
        mean_confidence=sum(r.confidence for r in rows) / max(1, len(rows)), right=right_range(r.confidence for r in rows), grid=grid, relations=relations,
        told_now=told[0], told_before=told[1], before_count=len({r.story_id for r in before}),
        ahead_count=sum(r.is_ahead for r in rows), changes=compare(rows, before, told), timeline=timeline, partners=partners, partner_count=partner_count,
        **lines, deeds=deeds, deed_counts=deed_counts, latest=latest,
        statement_count=len({(r.story_id, r.speaker_country) for r in statements}), standing=standing,
        outlets=told_by, left_out=count_left_out(connection, scope),
        figures=tuple(register.figures), sentences=read_sentences(connection, shown), groups=groups,
        numbers={r.mention_id: n for n, r in enumerate((r for _, _, part in groups for r in part), 1)}, sql=all_rows_sql(scope),
    )


def _cell(register: Register, rows: Sequence[Row], status: str, side: str) -> Figure:
    return register.count(f"{status}-{side}", f"{side}, {STATUS[status]}", [r for r in rows if (r.status, r.side) == (status, side)])


def _latest(statements: Sequence[Row], examples: Examples) -> tuple[Row, ...]:
    """The latest statements that are fit to be shown: the surest of each story and speaker's country, newest first."""
    found: dict[tuple[str, str | None], Row] = {}
    for row in telling(r for r in statements if r.mention_id in examples.fit):
        found.setdefault((row.story_id, row.speaker_country), row)
    return examples.pick(sorted(found.values(), key=lambda r: (r.day, r.confidence, r.mention_id), reverse=True), LATEST)


def _groups(rows: Sequence[Row], shown: set[str]) -> tuple[tuple[str, int, tuple[Row, ...]], ...]:
    """The sentences under the heads of the list, newest first."""
    heads: dict[str, list[Row]] = {h: [] for h in (COOPERATION, CONFLICT, "planned or possible", "denied", "standing relations")}
    for row in rows:
        told = {"actual": row.side, "negated": "denied"}.get(row.status, "planned or possible")
        heads["standing relations" if row.side == RELATION else told].append(row)
    return tuple((head, len(found), tuple(sorted((r for r in found if r.mention_id in shown), key=lambda r: (r.day, r.confidence, r.mention_id), reverse=True)))
                 for head, found in heads.items() if found)

