"""Charts as inline SVG, drawn when the page is made: no script runs in it. Only codes, names from the lexicons and numbers go into a chart.

Cooperation is blue and conflict vermilion (Okabe and Ito 2008: told apart by colour-blind readers too), each in its own panel with its own
words, so that no reader needs the colour. Each chart is drawn twice, for the wide and for the narrow page; the style sheet shows one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import altair as alt
import vl_convert

from warehouse.briefing.rows import CONFLICT, COOPERATION
from warehouse.briefing.sections import Sided
from warehouse.briefing.timeline import Timeline

COLOURS: Final = {COOPERATION: "#0072B2", CONFLICT: "#D55E00"}
INK, FAINT = "#010203", "#818283"  # stand for the colours of the page's text and lines, which may be light or dark
WIDE, NARROW = 640, 300
PANEL: Final = 120
STEP: Final = 20
BARS: Final = 12


def draw_timeline(timeline: Timeline) -> dict[str, str]:
    """Two panels of bars over time, cooperation above conflict on one scale; letters mark the peaks. SVG by ``wide`` and ``narrow``."""
    return {name: _svg(_timeline(timeline, width), name) for name, width in (("wide", WIDE), ("narrow", NARROW))}


def draw_lines(lines: Sequence[Sided]) -> dict[str, str]:
    """Bars for the first dozen lines, cooperation left and conflict right on one scale. SVG by ``wide`` and ``narrow``."""
    return {name: _svg(_lines(lines[:BARS], width), name) for name, width in (("wide", WIDE), ("narrow", NARROW))}


def _timeline(timeline: Timeline, width: int) -> Any:
    letters = {(p.side, p.bin.start): p.letter for p in timeline.peaks}
    top = max([1, *(b.side(side).number for b in timeline.bins for side in COLOURS)])
    short = {"day": "%-d %b", "week": "%-d %b", "month": "%b %y", "year": "%Y"}[timeline.unit]
    marks = _spread([str(b.start) for b in timeline.bins], 8 if width == WIDE else 4)
    labels = {str(b.start): b.start.strftime(short) for b in timeline.bins}
    panels = []
    for place, (side, colour) in enumerate(COLOURS.items()):
        values = [{"start": str(b.start), "stories": b.side(side).number, "letter": letters.get((side, b.start), "")} for b in timeline.bins]
        axis = alt.Axis(values=marks, labelExpr=f"{labels}[datum.value]".replace("'", '"'), labelAngle=0, ticks=True, title=None) if place else None
        base = alt.Chart(alt.InlineData(values=values), width=width, height=PANEL if width == WIDE else 90, title=f"Stories with {side}").encode(
            x=alt.X("start:O", axis=axis, scale=alt.Scale(paddingInner=0.15)),
            y=alt.Y("stories:Q", title=None, scale=alt.Scale(domain=[0, top + max(1, top * 0.12)], nice=False),
                    axis=alt.Axis(values=_ticks(top), format="d")),
        )
        panels.append(alt.layer(base.mark_bar(color=colour), base.mark_text(dy=-7, fontWeight="bold", color=INK).encode(text="letter:N")))
    return alt.vconcat(*panels, spacing=8).resolve_scale(x="shared")


def _lines(lines: Sequence[Sided], width: int) -> Any:
    top = max([1, *(f.number for line in lines for f in (line.cooperation, line.conflict))])
    order = [line.name for line in lines]
    room = 150 if width == WIDE else 104
    panels = []
    for place, (side, colour) in enumerate(COLOURS.items()):
        values = [{"name": line.name, "stories": (line.cooperation if side == COOPERATION else line.conflict).number} for line in lines]
        axis = alt.Axis(title=None, labelLimit=room, minExtent=room, ticks=False, domain=False) if place == 0 else None
        base = alt.Chart(alt.InlineData(values=values), width=(width - room - 30) // 2, height={"step": STEP}, title=side).encode(
            y=alt.Y("name:N", sort=order, axis=axis),
            x=alt.X("stories:Q", axis=None, scale=alt.Scale(domain=[0, top * 1.25], nice=False)),
        )
        panels.append(alt.layer(base.mark_bar(color=colour), base.mark_text(align="left", dx=4, color=INK).encode(text="stories:Q")))
    return alt.hconcat(*panels, spacing=10)


def _spread(labels: list[str], count: int) -> list[str]:
    step = max(1, -(-len(labels) // count))
    return labels[::step]


def _ticks(top: int) -> list[int]:
    step = next(s for m in range(7) for s in (10**m, 2 * 10**m, 5 * 10**m) if top / s <= 4)
    return list(range(0, top + 1, step))


def _svg(chart: Any, name: str) -> str:
    """The chart's SVG for a page: its text in the page's colour, hidden from readers of the text alternative, without ids or addresses."""
    font = {"labelFont": "sans-serif", "labelFontSize": 12, "labelColor": INK}
    dressed = chart.configure(aria=False, background="transparent", padding=2).configure_view(stroke=None).configure_axis(
        **font, gridColor=FAINT, gridOpacity=0.35, domainColor=FAINT, tickColor=FAINT,
    ).configure_title(anchor="start", frame="group", font="sans-serif", fontSize=13, color=INK, offset=4).configure_text(fontSize=12, font="sans-serif")
    svg = vl_convert.vegalite_to_svg(dressed.to_dict())
    found = re.search(r'width="([\d.]+)" height="([\d.]+)" viewBox="([^"]+)"', svg)
    if found is None:
        raise ValueError("the chart has no size")
    width, height, box = found.groups()
    body = svg[svg.index(">") + 1 :].replace(f'"{INK}"', '"currentColor"').replace(FAINT, "#818b96")
    return f'<svg class="{name}" aria-hidden="true" focusable="false" width="{width}" height="{height}" viewBox="{box}">{body}'
