"""One function for each kind of rule: it gives a Great Expectations object with its words, its reason and its mend.

``says`` is what must be true, unique in its suite; ``why`` the reason of the rule; ``mend`` what somebody who finds the row in
quarantine can do. ``shows`` names the columns whose values stand in the refusal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from expectations.engine import Expectation, gxe

Severity = Literal["critical", "warning"]


@dataclass(frozen=True, slots=True)
class Words:
    """What is said about a rule, in the suite, in ``validations`` and in ``quarantine``."""

    says: str
    why: str
    mend: str
    severity: Severity = "critical"
    shows: tuple[str, ...] = ()

    def given(self) -> dict[str, Any]:
        """Keyword arguments for a Great Expectations object."""
        meta = {"mend": self.mend, "shows": list(self.shows)}
        return {"description": self.says, "notes": self.why, "severity": self.severity, "meta": meta}


def not_null(column: str, words: Words) -> Expectation:
    """The column has a value in every row."""
    return gxe.ExpectColumnValuesToNotBeNull(column=column, **words.given())


def one_of(column: str, values: tuple[str, ...], words: Words) -> Expectation:
    """The column holds one of ``values``, or null."""
    return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=list(values), **words.given())


def matches(column: str, pattern: str, words: Words) -> Expectation:
    """The column fits the regular expression, or is null."""
    return gxe.ExpectColumnValuesToMatchRegex(column=column, regex=pattern, **words.given())


def between(column: str, low: float | None, high: float | None, words: Words) -> Expectation:
    """The column lies in the inclusive range, or is null."""
    return gxe.ExpectColumnValuesToBeBetween(column=column, min_value=low, max_value=high, **words.given())


def unique(columns: tuple[str, ...], words: Words) -> Expectation:
    """No two rows have the same values in ``columns``."""
    if len(columns) == 1:
        return gxe.ExpectColumnValuesToBeUnique(column=columns[0], **words.given())
    return gxe.ExpectCompoundColumnsToBeUnique(column_list=list(columns), **words.given())


def greater(column: str, than: str, words: Words) -> Expectation:
    """The column is greater than another; rows in which one of the two is null are passed over."""
    return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A=column, column_B=than, ignore_row_if="either_value_is_missing", **words.given()
    )


def holds(column: str, words: Words) -> Expectation:
    """A truth that ``prepare`` worked out is true, or null where the rule does not apply."""
    return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=[True], **words.given())
