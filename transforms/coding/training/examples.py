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
from transforms.coding.labels import DIRECTIONS, EVENT_TYPES, GIVEN_ACTOR_TYPES, SECTORS, SPEAKERS, STATUSES

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
    """One candidate pair of a sentence: its rows, and the event types that only one of the two labellings gives it: those take
    no part in the loss."""

    sentence: Sentence
    pair: tuple[int, int]
    tokens: ArticleTokens
    rows: list[Row]
    disputed: set[int]
    passage: str

    @property
    def is_empty(self) -> bool:
        """Neither labelling gives the pair any mention here."""
        return not self.rows and not self.disputed

    def encode(self, swapped: bool = False, hidden: bool = False) -> Encoded:
        return self.tokens.encode(self.sentence, self.pair[::-1] if swapped else self.pair, hidden)

    def targets(self, swapped: bool = False) -> list[Row]:
        """The rows as seen from the pair, or from the swapped pair: ``speaker`` becomes an index into ``SPEAKERS``."""
        first, second = self.pair[::-1] if swapped else self.pair
        turned = []
        for row in self.rows:
            way = 1 - row.direction if swapped and row.direction in (0, 1) else row.direction
            voice = {first: "first", second: "second", NOBODY: "nobody"}.get(row.speaker, "other")
            turned.append(Row(row.event, way, row.status, SPEAKERS.index(voice) if row.speaker >= 0 else -1, row.sectors))
        return turned


@dataclass(slots=True)
class Given:
    """A sentence with given actors and one PLOVER type; ``kinds``: the codebook's types that it may be, none where the two
    conventions part (PLOVER as used with CAMEO calls imposed sanctions COERCE, a blockade ASSAULT, a cancelled visit REJECT)."""

    encoded: Encoded
    event: int
    kinds: tuple[int, ...]


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
    """A fixed eighth of the passages, chosen by the hash of their id, is never trained on. Ids that differ only after ``#`` were written
    side by side and stay together."""
    return int(hashlib.sha256(identity.split("#")[0].encode()).hexdigest()[:8], 16) / 0xFFFFFFFF < HOLD_OUT_SHARE


def is_drill(identity: str) -> bool:
    """Drills are short passages written in sets to show near types side by side: what is rare in articles is common in them, so they
    teach, and thresholds and confidences are chosen without them."""
    return identity.startswith("d")


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
    if with_given:
        for record in given_records(held_out):
            encoded = encode_given(record["text"], tuple(record["source"]), tuple(record["target"]), tokens)
            result.given.append(Given(encoded, GIVEN_ACTOR_TYPES.index(record["event_type"]), type_indices(record)))
    return result


def given_records(held_out: bool) -> list[dict]:
    """The given-actor examples of one part on which both labellings agree."""
    records = read_jsonl(HERE / "given.jsonl")
    return [r for r in records if is_held_out(r["id"]) == held_out and r["second"] in (None, r["event_type"])]


def type_indices(record: dict) -> tuple[int, ...]:
    """The codebook's types that a given-actor example may be; none where the two conventions part."""
    if record.get("convention") == "cameo":
        return ()
    names = ("CONCEDE", "RETREAT") if record["event_type"] == "YIELD" else (record["event_type"],)
    return tuple(EVENT_TYPES.index(n) for n in names)


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
            for i, j in sentence.pairs:
                codes = sorted((sentence.slots[i].code, sentence.slots[j].code))
                doubt = doubts.get((sentence.index, *codes), set())
                result.examples.append(Example(sentence, (i, j), cut, _rows(sentence, i, j, mentions), doubt, passage["id"]))
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


def batches(items: list, size: int, seed: float, length) -> Iterator[list]:
    """Batches of about equal length in a seeded order."""
    chooser = random.Random(seed)
    order = sorted(items, key=lambda item: length(item) + chooser.random() * 40)
    groups = [order[i : i + size] for i in range(0, len(order), size)]
    chooser.shuffle(groups)
    yield from groups
