"""Words beside the encoder: the table of word runs, the sector words, and the rules that overrule."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from transforms.coding.context import read_article
from transforms.coding.labels import SECTORS
from transforms.coding.rules import Draft, apply_rules
from transforms.coding.sectors import FEATURES, SectorEvidence, _patterns, spoken_for
from transforms.coding.words import BUCKETS, OUTPUTS, WordModel, pair_runs, topic_runs, word_runs


def sectors(text: str) -> set[str]:
    return {SECTORS[i] for i in np.nonzero(spoken_for(text))[0]}


def test_sector_words_count_at_the_start_of_a_word() -> None:
    assert {"trade", "agriculture"} <= sectors("It raised tariffs on wheat.")
    assert "transport" not in sectors("They gave support.")


def test_every_sector_has_words() -> None:
    assert {place for place, _ in _patterns()} == set(range(len(SECTORS)))
    assert all(isinstance(p, re.Pattern) and not p.search("") for _, p in _patterns())


def a_table(folder: Path, outputs: int) -> WordModel:
    """A table that says 1.0 more for a run in the bucket 7, and -1.0 otherwise."""
    weights = np.zeros((BUCKETS, outputs), np.int8)
    weights[7] = 2
    np.savez(folder / "table.npz", weights=weights, scale=np.full(outputs, 0.5), bias=np.full(outputs, -1.0))
    return WordModel(folder / "table.npz")


def test_evidence_looks_at_sentence_context_and_article(tmp_path: Path) -> None:
    reading = read_article("Norway and Peru", "Norway and Peru talked of fish. Norway thanked Peru. Peru smiled at Norway. Peru went home.", 2020)
    evidence = SectorEvidence(reading, a_table(tmp_path, len(SECTORS))).of(reading.sentences[1], 2, np.zeros(len(SECTORS)))
    assert evidence.shape == (len(SECTORS), len(FEATURES))
    resources = dict(zip(FEATURES, evidence[SECTORS.index("resources")], strict=True))
    assert resources == {"encoder": 0.0, "in_sentence": 0.0, "just_before": 1.0, "article_share": 0.25, "word_table": -1.0}


def test_word_runs_know_who_is_first() -> None:
    reading = read_article("", "Norway praised Peru.", 2020)
    one, other = (pair_runs(reading.body, reading.sentences[0], pair) for pair in ((0, 1), (1, 0)))
    assert one != other and all(0 <= run < BUCKETS for run in one)
    assert one == word_runs("AA praised BB.", [(0, 2, "AA"), (11, 13, "BB")])


def test_word_model_adds_up_its_rows(tmp_path: Path) -> None:
    model = a_table(tmp_path, OUTPUTS)
    assert np.allclose(model.logits([7]), 2.0) and np.allclose(model.logits([]), -1.0)


def test_topic_runs_know_where_a_word_stands() -> None:
    here, before = topic_runs("the fish", "", 3), topic_runs("", "the fish", 3)
    assert len(here) == 3 and len(before) == 2  # "s fish", "s the fish", "t 3"; "c fish", "t 3"
    assert set(here) & set(before) == set(topic_runs("", "", 3))


def test_a_promise_is_done_when_it_is_made() -> None:
    reading = read_article("", "Norway promised Peru help.", 2020)
    draft = Draft("NOR", "PER", False, "AGREE", "planned", "NOR", {}, 0.9)
    (kept,) = apply_rules([draft], reading, reading.sentences[0])
    assert kept.status == "actual" and kept.rules == ["done-by-saying"]
    later = Draft("NOR", "PER", False, "CONSULT", "planned", "NOR", {}, 0.9)
    assert apply_rules([later], reading, reading.sentences[0])[0].status == "planned"
