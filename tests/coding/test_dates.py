"""Event dates; the day of publication is Wednesday 12 March 2025."""

from __future__ import annotations

from datetime import date

import pytest

from transforms.coding.dates import find_event_date

DAY = date(2025, 3, 12)


@pytest.mark.parametrize(("text", "status", "expected"), [
    ("They met on Monday.", "actual", (date(2025, 3, 10), "day")),
    ("They will meet on Monday.", "planned", (date(2025, 3, 17), "day")),
    ("They met last week.", "actual", (date(2025, 3, 3), "week")),
    ("They met in 2019.", "actual", (date(2019, 1, 1), "year")),
    ("They met on 28 December.", "actual", (date(2024, 12, 28), "day")),
    ("They met on February 3, 2021.", "actual", (date(2021, 2, 3), "day")),
    ("They met in January.", "actual", (date(2025, 1, 1), "month")),
    ("They met yesterday.", "actual", (date(2025, 3, 11), "day")),
    ("They met.", "actual", (DAY, "publication")),
    ("They may meet.", "hypothetical", (None, "unknown")),
    ("They met on 31 February 2020.", "actual", (DAY, "publication")),
])
def test_dates(text: str, status: str, expected: tuple[date | None, str]) -> None:
    assert find_event_date(text, DAY, status) == expected


def test_without_a_day_of_publication() -> None:
    assert find_event_date("They met on Monday.", None) == (None, "unknown")
    assert find_event_date("They met on 3 May 1999.", None) == (date(1999, 5, 3), "day")


def test_what_is_actual_has_happened() -> None:
    day = date(1997, 11, 4)
    assert find_event_date("He announced a visit from 6 November.", day, "actual") == (day, "publication")
    assert find_event_date("He announced a visit from 6 November.", day, "planned") == (date(1997, 11, 6), "day")
    assert find_event_date("He said on 3 November that he would come on 6 November.", day, "actual") == (date(1997, 11, 3), "day")


@pytest.mark.parametrize(("text", "expected"), [
    ("The minister on Monday warned Peru that duties would follow.", date(2025, 3, 10)),
    ("The minister said on Monday that duties will follow.", date(2025, 3, 10)),
    ("The minister announced late on Monday that duties will follow.", date(2025, 3, 10)),
    ("The two met Monday and will meet again.", date(2025, 3, 10)),
    ("On Monday the two will meet again.", date(2025, 3, 17)),
    ("The two will meet on Monday, officials said.", date(2025, 3, 17)),
])
def test_a_weekday_of_which_the_past_is_told_lies_behind(text: str, expected: date) -> None:
    assert find_event_date(text, DAY, "planned" if expected > DAY else "actual") == (expected, "day")
