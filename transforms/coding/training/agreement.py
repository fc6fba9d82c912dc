"""How well the two labellings of the training passages agree: ``python -m transforms.coding.training.agreement``."""

from __future__ import annotations

from collections.abc import Callable

from transforms.coding.labels import QUAD_CLASS
from transforms.coding.training.examples import HERE, passages, read_jsonl, settle


def _pair(m: dict) -> tuple:
    return tuple(sorted((m["source"], m["target"])))


def _ways(m: dict) -> list[tuple]:
    both = [(m["source"], m["target"]), (m["target"], m["source"])]
    return both if m["reciprocal"] else both[:1]


KEYS: dict[str, Callable[[dict], list[tuple]]] = {
    "sentence dyad": lambda m: [(m["sentence"], _pair(m))],
    "directed dyad": lambda m: [(m["sentence"], w) for w in _ways(m)],
    "dyad + quad class": lambda m: [(m["sentence"], _pair(m), QUAD_CLASS[m["event_type"]])],
    "dyad + event type": lambda m: [(m["sentence"], _pair(m), m["event_type"])],
    "dyad + sector": lambda m: [(m["sentence"], _pair(m), s) for s in m["sectors"]],
}


def agreement() -> dict[str, float | int]:
    """F1 between the labellings for each key, accuracy of the fields of shared mentions, and the counts behind them."""
    twice = [p for p in passages() if p["second"] is not None]
    result: dict[str, float | int] = {"passages": len(passages()), "labelled twice": len(twice)}
    for name, key in KEYS.items():
        hit = total = 0
        for p in twice:
            first, second = ({k for m in p[side] for k in key(m)} for side in ("first", "second"))
            hit, total = hit + len(first & second), total + len(first) + len(second)
        result[name] = round(2 * hit / max(1, total), 3)
    settled = [settle(p) for p in twice]
    agreed = [m for a, _ in settled for m in a]
    result["mentions agreed"], result["mentions left out"] = len(agreed), sum(len(d) for _, d in settled)
    result["status"] = round(sum(m["status"] is not None for m in agreed) / max(1, len(agreed)), 3)
    result["speaker"] = round(sum(not m["speaker_differs"] for m in agreed) / max(1, len(agreed)), 3)
    given = [r for r in read_jsonl(HERE / "given.jsonl") if r.get("second")]
    result["given actors labelled twice"] = len(given)
    result["given actors, type"] = round(sum(r["second"] == r["event_type"] for r in given) / max(1, len(given)), 3)
    return result


if __name__ == "__main__":
    for name, value in agreement().items():
        print(f"{name:32}{value}")
