"""Every rule has a row that fails it, and only it, and the row goes where its severity says."""

from __future__ import annotations

from functools import cache

import pytest

from expectations import checks, sets
from expectations.rules import Words, between
from tests.expectations.cases import SET_CASES, WRITTEN, of_suite, prepared, uncovered
from tests.expectations.rows import metrics

CASES = {name: of_suite(name) for name in WRITTEN} | {"set": SET_CASES}
WORDS = {name: [rule.description for rule in suite().expectations] for name, suite in checks.SUITES.items()}


@cache
def found(name: str) -> tuple[dict[int, set[str]], checks.Report]:
    """The rules that each row of all cases of a suite failed, and the report over them."""
    frame, _ = prepared(name)
    failed: dict[int, set[str]] = {row: set() for row in range(frame.height)}
    for outcome in checks.find(name, frame)[0]:
        for row in outcome.rows:
            failed[row].add(outcome.rule.description)
    return failed, checks.validate(name, frame.with_row_index("case_row"), "run-1", 0)


@pytest.mark.parametrize(("name", "says"), [(name, says) for name in WRITTEN for says in CASES[name]])
def test_row_fails_its_rule_alone_and_goes_where_it_must(name: str, says: str) -> None:
    case, row = of_suite(name)[says], prepared_rows(name)[says]
    failed, report = found(name)
    assert failed[row] == {says, *case.also}
    critical = {rule.description for rule in checks.SUITES[name]().expectations if rule.severity.value == "critical"}
    is_kept = row in report.kept["case_row"].to_list()
    assert is_kept == (not critical & failed[row])
    assert is_kept or says in "; ".join(report.refused["reason"])


@cache
def prepared_rows(name: str) -> dict[str, int]:
    return prepared(name)[1]


@pytest.mark.parametrize("name", list(WRITTEN))
def test_no_other_row_fails(name: str) -> None:
    failed, report = found(name)
    assert {row for row, rules in failed.items() if rules} == set(prepared_rows(name).values())
    assert report.kept.height + report.refused.height == len(failed)
    assert not report.stops_publish


@pytest.mark.parametrize("says", list(SET_CASES))
def test_set_rule_fails_alone_and_stops_the_publish_if_critical(says: str) -> None:
    report = checks.validate("set", SET_CASES[says], "run-1", 0)
    broken = report.validations.filter(~report.validations["is_met"])
    assert broken["expectation"].to_list() == [says]
    assert report.stops_publish == (broken["severity"][0] == "critical")
    assert report.refused.is_empty()


def test_good_figures_meet_every_set_rule() -> None:
    report = checks.validate("set", sets.prepare(metrics(), 20, 100), "run-1", 0)
    assert report.validations["is_met"].all()
    assert not report.stops_publish


def test_every_rule_has_a_failing_case() -> None:
    assert uncovered(WORDS, CASES) == []


def test_a_new_rule_without_a_case_is_told() -> None:
    new = between("confidence", 0, 0.5, Words("a new rule", "why", "mend"))
    assert uncovered(WORDS | {"mentions": [*WORDS["mentions"], new.description]}, CASES) == ["mentions: a new rule"]


@pytest.mark.parametrize("name", list(checks.SUITES))
def test_every_rule_has_its_own_words_a_reason_and_a_mend(name: str) -> None:
    assert len(set(WORDS[name])) == len(WORDS[name])
    for rule in checks.SUITES[name]().expectations:
        assert rule.notes and rule.meta["mend"] and rule.severity.value in ("critical", "warning")
