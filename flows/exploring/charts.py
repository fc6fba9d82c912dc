"""Stories by time: a small chart for each side and status, on one scale, so that cooperation and conflict never cancel out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import altair as alt
import polars as pl

from flows.exploring.filters import SIDES
from warehouse.tables import STATUSES

COLOURS: Final = {"cooperation": "#2f7ebc", "conflict": "#cf4a30", "standing relation": "#8a8a8a"}
UNITS: Final = {"day": "utcyearmonthdate", "month": "utcyearmonth", "year": "utcyear"}
NAMES: Final = {"actual": "", "planned": ", planned", "hypothetical": ", possible", "negated": ", denied"}
LABELS: Final = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}


def draw_periods(periods: pl.DataFrame, unit: str) -> list[tuple[str, alt.Chart]]:
    """Title and chart of each side and status that has stories: sides in order, what is actual first.

    ``periods`` has ``period`` (first day), ``side``, ``status``, ``stories``; ``unit`` is day, month or year.
    """
    if periods.is_empty():
        return []
    top = int(periods["stories"].max())  # type: ignore[arg-type]
    ends: Any = (periods["period"].min(), periods["period"].max())
    drawn = []
    for status in STATUSES:
        for side in SIDES:
            part = periods.filter((pl.col("side") == side) & (pl.col("status") == status))
            if not part.is_empty():
                drawn.append((f"{side}{NAMES[status]}".capitalize(), _draw(part, unit, COLOURS[side], status == "actual", top, ends)))
    return drawn


def _draw(part: pl.DataFrame, unit: str, colour: str, is_actual: bool, top: int, ends: tuple[date, date]) -> alt.Chart:
    # The days are days, not instants: as UTC from end to end, no browser moves them into the month before.
    rows = [{"period": _milliseconds(day), "stories": count} for day, count in part.select("period", "stories").iter_rows()]
    domain = [alt.DateTime(year=day.year, month=day.month, date=day.day, utc=True) for day in (ends[0], _after(ends[1], unit))]
    return alt.Chart(alt.Data(values=rows)).mark_bar(color=colour, opacity=1.0 if is_actual else 0.45, binSpacing=0).encode(
        x=alt.X("period:T", timeUnit=UNITS[unit], title=None, scale=alt.Scale(type="utc", domain=domain),
                axis=alt.Axis(labelOverlap=True, grid=False, tickCount=6, format=LABELS[unit])),
        y=alt.Y("stories:Q", title=None, scale=alt.Scale(domain=[0, top]), axis=alt.Axis(tickCount=3, tickMinStep=1, minExtent=34, format="d")),
        tooltip=[alt.Tooltip("period:T", timeUnit=UNITS[unit], format=LABELS[unit], title=unit), alt.Tooltip("stories:Q", title="stories")],
    ).properties(height=120 if is_actual else 80)


def _milliseconds(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)


def _after(day: date, unit: str) -> date:
    """The first day of the next period."""
    if unit == "day":
        return day + timedelta(days=1) if day < date.max else day
    year, month = (day.year + 1, 1) if unit == "year" or day.month == 12 else (day.year, day.month + 1)
    return date(min(year, 9999), month, 1)
