"""The day on which a mention stands, in one place: the view ``told`` has the same words, and a test sees to it."""

from __future__ import annotations

from typing import Final

# What was told as done of a day that lay ahead is not done: it counts as planned.
AHEAD_SQL: Final = "(m.status = 'actual' AND m.event_date > lead.published_at::DATE)"
# Acts stand on their own day; what is planned, possible or standing has no day of its own in the period and stands on the day on which its
# story was told. ``m`` is mentions, ``lead`` the articles that lead the stories.
DAY_SQL: Final = (
    f"CASE WHEN m.status IN ('planned', 'hypothetical') OR m.event_type = 'RELATE' OR {AHEAD_SQL} THEN coalesce(lead.published_at::DATE, m.event_date) "
    "ELSE coalesce(m.event_date, lead.published_at::DATE) END"
)
