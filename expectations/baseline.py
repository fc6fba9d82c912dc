"""The dull part of every suite, derived from the table spec: nulls, allowed values, patterns, ranges, the key."""

from __future__ import annotations

from expectations.engine import Expectation
from expectations.rules import Words, between, matches, not_null, one_of, unique
from warehouse.spec import Column, Table

WHY = "The table spec says so, and analysts' queries rest on it."
MEND_CODE = "Mend the step that makes the row, then run `bilateral requeue`."


def baseline(table: Table) -> list[Expectation]:
    """Expectations for every column of the table, in the order of the spec, the key last. All are critical."""
    rules = [rule for column in table.columns for rule in _of_column(column)]
    key = " and ".join(table.key)
    words = Words(
        f"{key} is unique", f"The grain of the table is {table.grain}; a second row would be counted twice.",
        "None is needed if the rows are copies: the first is kept, the others are refused.", shows=table.key,
    )
    return [*rules, unique(table.key, words)]


def _of_column(column: Column) -> list[Expectation]:
    name, rules = column.name, []
    meaning = f"{name}: {column.comment}."

    def words(says: str, why: str) -> Words:
        return Words(f"{name} {says}", f"{why} {meaning}", MEND_CODE, shows=(name,))

    if not column.nullable:
        rules.append(not_null(name, words("is never null", WHY)))
    if column.allowed:
        rules.append(one_of(name, column.allowed, words("is one of the allowed values", "The list is closed.")))
    if column.pattern:
        # Python's $ lets a line feed pass at the end.
        whole = column.pattern.removesuffix("$") + r"\Z"
        rules.append(matches(name, whole, words(f"fits {column.pattern}", "Joins and filters need one spelling.")))
    if column.low is not None or column.high is not None:
        rules.append(between(name, column.low, column.high, words(f"lies {_range(column)}", "Other values have no meaning.")))
    return rules


def _range(column: Column) -> str:
    if column.high is None:
        return f"at or above {column.low:g}"
    if column.low is None:
        return f"at or below {column.high:g}"
    return f"between {column.low:g} and {column.high:g}"
