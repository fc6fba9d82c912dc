"""The authored examples as targets: settling two labellings, seeing a pair from the other side, the files themselves."""

from __future__ import annotations

import numpy as np
import pytest

from transforms.coding.encoding import FIRST, SECOND, tokenizer
from transforms.coding.labels import DIRECTIONS, EVENT_TYPES, GIVEN_ACTOR_TYPES, SECTORS, SPEAKERS, STATUSES
from transforms.coding.training.examples import HERE, MODEL, Corpus, _add_passage, is_held_out, passages, read_jsonl, settle


def mention(source: str, target: str, event: str = "SUPPORT", **changes: object) -> dict:
    return {"sentence": 0, "source": source, "target": target, "reciprocal": False, "event_type": event, "status": "actual", "sectors": ["trade"],
            "speaker_country": source} | changes


def passage(first: list[dict], second: list[dict] | None) -> dict:
    return {"id": "t-1", "genre": "wire", "date": "2020-01-01", "outlet": "Wire", "government": None, "title": "",
            "sentences": ["Norway thanked Peru for the fish, said Oslo."], "first": first, "second": second}


def test_what_one_labeller_gives_is_left_out() -> None:
    agreed, disputed = settle(passage([mention("NOR", "PER"), mention("NOR", "PER", "AGREE")], [mention("NOR", "PER", status="planned")]))
    assert [m["event_type"] for m in agreed] == ["SUPPORT"] and agreed[0]["status"] is None
    assert [m["event_type"] for m in disputed] == ["AGREE"]


def test_a_swapped_pair_turns_direction_and_speaker() -> None:
    corpus = Corpus()
    _add_passage(corpus, passage([mention("NOR", "PER")], None), tokenizer(MODEL))
    (example,) = corpus.examples
    straight, turned = example.targets()[0], example.targets(swapped=True)[0]
    assert DIRECTIONS[straight.direction] == "forward" and DIRECTIONS[turned.direction] == "backward"
    assert SPEAKERS[straight.speaker] == "first" and SPEAKERS[turned.speaker] == "second"


def test_hidden_names_leave_their_marks() -> None:
    corpus = Corpus()
    _add_passage(corpus, passage([mention("NOR", "PER")], None), tokenizer(MODEL))
    shown, hidden = corpus.examples[0].encode(), corpus.examples[0].encode(hidden=True)
    name = tokenizer(MODEL).encode("Norway", add_special_tokens=False).ids[0]
    assert name in shown.ids and name not in hidden.ids
    assert [i for i in shown.ids if i in (FIRST, SECOND)] == [i for i in hidden.ids if i in (FIRST, SECOND)]


def test_every_passage_is_well_formed() -> None:
    seen = set()
    for p in passages():
        assert p["id"] not in seen, p["id"]
        seen.add(p["id"])
        for m in [*p["first"], *(p["second"] or [])]:
            where = f"{p['id']}, sentence {m['sentence']}"
            assert 0 <= m["sentence"] < len(p["sentences"]), where
            assert m["source"] != m["target"] and m["event_type"] in EVENT_TYPES and m["status"] in STATUSES, where
            assert set(m["sectors"]) <= set(SECTORS) and len(m["sectors"]) <= 4, where
            assert not m["reciprocal"] or m["source"] < m["target"], where


def test_every_given_actor_example_is_well_formed() -> None:
    for r in read_jsonl(HERE / "given.jsonl"):
        (a, b), (c, d) = r["source"], r["target"]
        assert 0 <= a < b <= len(r["text"]) and 0 <= c < d <= len(r["text"]) and (b <= c or d <= a), r["id"]
        assert r["event_type"] in GIVEN_ACTOR_TYPES, r["id"]


@pytest.mark.parametrize("pair", [("g1-01#00", "g1-01#59"), ("g2-07#03", "g2-07#04")])
def test_sentences_written_side_by_side_stay_together(pair: tuple[str, str]) -> None:
    assert is_held_out(pair[0]) == is_held_out(pair[1])


def test_calibration_keeps_the_order_of_scores_and_tells_the_share_that_is_right() -> None:
    pytest.importorskip("torch", reason="make train installs it")
    from transforms.coding.training.export import Judged, calibrate

    chooser = np.random.default_rng(1)
    related = chooser.random(4000)
    truths = np.zeros((4000, 17), bool)
    truths[:, 0] = chooser.random(4000) < related**2
    kinds = np.zeros((4000, 17))
    kinds[:, 0] = 1.0
    curve, error = calibrate(Judged(related, kinds, truths, np.zeros((4000, 17), bool)), kinds > 0)
    x, y = np.array(curve).T
    assert (np.diff(x) > 0).all() and (np.diff(y) > 0).all() and (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
    assert error < 0.02 and abs(np.interp(0.7, x, y) - 0.49) < 0.05
