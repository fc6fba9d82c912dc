"""Training examples: the authored passages of ``passages/`` and the given-actor sentences of ``given.jsonl``, as targets."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tokenizers import Tokenizer

from transforms.coding.context import MOST_SLOTS, Reading, Sentence, Slot, read_article
from transforms.coding.encoding import ArticleTokens, Encoded, encode_given, tokenizer
from transforms.coding.labels import DIRECTIONS, EVENT_TYPES, GIVEN_ACTOR_TYPES, SECTORS, STATUSES

HERE = Path(__file__).parent
MODEL = HERE.parent / "model"
NOBODY = MOST_SLOTS
HOLD_OUT_SHARE = 0.12


@dataclass(slots=True)
class Row:
    """One coded mention of a pair: indices into the label lists; ``speaker`` a slot or ``NOBODY``; -1 where the two labellings
    differ or the speaker's country is not among the slots."""

    event: int
    direction: int
    status: int
    speaker: int
    sectors: list[int]


@dataclass(slots=True)
class Example:
    """One sentence: per candidate pair its rows, and the event types that only one of the two labellings gives it: those take
    no part in the loss."""

    sentence: Sentence
    tokens: ArticleTokens
    rows: list[list[Row]]
    disputed: list[set[int]]
    passage: str


@dataclass(slots=True)
class Given:
    """A sentence with given actors and one PLOVER type."""

    encoded: Encoded
    event: int


@dataclass(slots=True)
class Corpus:
    examples: list[Example] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    missed: int = 0
    found: int = 0


def read_jsonl(path: Path) -> list[dict]:
    """Records of a JSONL file; a broken line is named."""
    records = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                records.append(json.loads(line))
            except json.JSONDecodeError as error:
                raise ValueError(f"{path.name}, line {number}: {error}; mend the line") from error
    return records


def is_held_out(identity: str) -> bool:
    """A fixed eighth of the passages, chosen by the hash of their id, is never trained on."""
    return int(hashlib.sha256(identity.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF < HOLD_OUT_SHARE


def passages() -> list[dict]:
    """All authored passages, in the order of their files."""
    return [p for path in sorted((HERE / "passages").glob("*.jsonl")) for p in read_jsonl(path)]


def read_passage(passage: dict) -> Reading:
    """The passage as the coder reads an article: sentences joined by a space, their spans given."""
    spans, at = [], 0
    for sentence in passage["sentences"]:
        spans.append((at, at + len(sentence)))
        at += len(sentence) + 1
    body = " ".join(passage["sentences"])
    return read_article(passage["title"], body, int(passage["date"][:4]), None, passage["government"], spans)


def corpus(held_out: bool, with_given: bool = True) -> Corpus:
    """Examples of the training part, or of the held-out part."""
    tokens = tokenizer(MODEL)
    result = Corpus()
    for passage in passages():
        if is_held_out(passage["id"]) == held_out:
            _add_passage(result, passage, tokens)
    path = HERE / "given.jsonl"
    if with_given and path.exists():
        for record in read_jsonl(path):
            if is_held_out(record["id"]) == held_out and record["second"] in (None, record["event_type"]):
                encoded = encode_given(record["text"], tuple(record["source"]), tuple(record["target"]), tokens)
                result.given.append(Given(encoded, GIVEN_ACTOR_TYPES.index(record["event_type"])))
    return result


def _key(mention: dict) -> tuple:
    return (mention["sentence"], *sorted((mention["source"], mention["target"])), mention["event_type"])


def settle(passage: dict) -> tuple[list[dict], list[dict]]:
    """The mentions that both labellings give, and those that only one gives.

    Of a mention that both give, fields on which they differ become None; sectors are those of both, or of the first labelling
    where they share none. A passage without a second labelling counts as it is.
    """
    if passage["second"] is None:
        return passage["first"], []
    first, second = ({_key(m): m for m in passage[name]} for name in ("first", "second"))
    agreed = []
    for key, one in first.items():
        other = second.get(key)
        if other is None:
            continue
        same_way = one["reciprocal"] == other["reciprocal"] and one["source"] == other["source"]
        shared = [x for x in one["sectors"] if x in other["sectors"]]
        agreed.append(one | {
            "reciprocal": one["reciprocal"] if same_way else None, "status": one["status"] if one["status"] == other["status"] else None,
            "sectors": shared or one["sectors"], "speaker_country": one["speaker_country"],
            "speaker_differs": one["speaker_country"] != other["speaker_country"],
        })
    return agreed, [m for key, m in (first | second).items() if (key in first) != (key in second)]


def _add_passage(result: Corpus, passage: dict, tokens: Tokenizer) -> None:
    reading = read_passage(passage)
    agreed, disputed = settle(passage)
    by_sentence: dict[int, list[dict]] = {}
    for mention in agreed:
        by_sentence.setdefault(mention["sentence"], []).append(mention)
    doubts: dict[tuple, set[int]] = {}
    for mention in disputed:
        doubts.setdefault(_key(mention)[:3], set()).add(EVENT_TYPES.index(mention["event_type"]))
    cut = ArticleTokens(reading, tokens)
    for sentence in reading.sentences:
        mentions = by_sentence.pop(sentence.index, [])
        for mention in mentions:
            known = {s.code for s in sentence.slots}
            if {mention["source"], mention["target"]} <= known:
                result.found += 1
            else:
                result.missed += 1
                _add_slots(sentence, mention)
        if sentence.pairs:
            rows = [_rows(sentence, i, j, mentions) for i, j in sentence.pairs]
            codes = [tuple(sorted((sentence.slots[i].code, sentence.slots[j].code))) for i, j in sentence.pairs]
            result.examples.append(Example(sentence, cut, rows, [doubts.get((sentence.index, *c), set()) for c in codes], passage["id"]))
    result.missed += sum(map(len, by_sentence.values()))


def _add_slots(sentence: Sentence, mention: dict) -> None:
    """Give the encoder a pair to learn from that the candidates missed, if there is room."""
    for code in (mention["source"], mention["target"]):
        if code not in {s.code for s in sentence.slots}:
            if len(sentence.slots) >= MOST_SLOTS:
                spare = next((s for s in sentence.slots if s.is_carried), None)
                if spare is None:
                    return
                spare.code = code
            else:
                sentence.slots.append(Slot(code))
    codes = [s.code for s in sentence.slots]
    if mention["source"] in codes and mention["target"] in codes:
        pair = tuple(sorted((codes.index(mention["source"]), codes.index(mention["target"]))))
        if pair not in sentence.pairs:
            sentence.pairs.append(pair)  # type: ignore[arg-type]


def _rows(sentence: Sentence, i: int, j: int, mentions: list[dict]) -> list[Row]:
    first, second = sentence.slots[i].code, sentence.slots[j].code
    codes = [s.code for s in sentence.slots]
    rows = []
    for m in mentions:
        if {m["source"], m["target"]} != {first, second}:
            continue
        way = -1
        if m["reciprocal"] is not None:
            way = DIRECTIONS.index("reciprocal" if m["reciprocal"] else "forward" if m["source"] == first else "backward")
        speaker = m["speaker_country"]
        place = NOBODY if speaker is None else codes.index(speaker) if speaker in codes else -1
        if m.get("speaker_differs"):
            place = -1
        status = STATUSES.index(m["status"]) if m["status"] else -1
        rows.append(Row(EVENT_TYPES.index(m["event_type"]), way, status, place, [SECTORS.index(s) for s in m["sectors"]]))
    return rows


def batches(items: list, size: int, seed: int, length) -> Iterator[list]:
    """Batches of about equal length in a seeded order."""
    chooser = random.Random(seed)
    order = sorted(items, key=lambda item: length(item) + chooser.random() * 24)
    groups = [order[i : i + size] for i in range(0, len(order), size)]
    chooser.shuffle(groups)
    yield from groups
