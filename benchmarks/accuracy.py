"""The accuracy table: on the authored hold-out, and on the dev gold where it lies beside the project.

    python benchmarks/accuracy.py [--errors 20] [--json FILE] [--model FOLDER] [--part holdout|dev|given]

Hold-out passages are chosen by the hash of their id and never trained on; only what both labellings agree on counts, and pairs
on which they differ are left out on both sides.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from transforms.coding.coder import Coder, Mention  # noqa: E402
from transforms.coding.context import read_article  # noqa: E402
from transforms.coding.encoder import MODEL_FOLDER  # noqa: E402
from transforms.coding.labels import EVENT_TYPES, GIVEN_ACTOR_TYPES, QUAD_CLASS  # noqa: E402
from transforms.coding.training import examples  # noqa: E402

GOLD = PROJECT.parent / "shared" / "benchmark"
Row = dict


def pair(row: Row) -> tuple:
    return tuple(sorted((row["source"], row["target"])))


def ways(row: Row) -> list[tuple]:
    both = [(row["source"], row["target"]), (row["target"], row["source"])]
    return both if row["reciprocal"] else both[:1]


KEYS: dict[str, Callable[[Row], list[tuple]]] = {
    "article dyad": lambda r: [(r["article"], pair(r))],
    "sentence dyad": lambda r: [(r["article"], r["sentence"], pair(r))],
    "directed dyad": lambda r: [(r["article"], r["sentence"], w) for w in ways(r)],
    "dyad + quad class": lambda r: [(r["article"], r["sentence"], pair(r), QUAD_CLASS[r["event"]])],
    "dyad + event type": lambda r: [(r["article"], r["sentence"], pair(r), r["event"])],
    "directed + event type": lambda r: [(r["article"], r["sentence"], w, r["event"]) for w in ways(r)],
    "dyad + sector": lambda r: [(r["article"], r["sentence"], pair(r), s) for s in r["sectors"]],
}


def row_of(article: str, sentence: int, m: dict | Mention) -> Row:
    if isinstance(m, Mention):
        return {"article": article, "sentence": sentence, "source": m.source, "target": m.target, "reciprocal": m.is_reciprocal,
                "event": m.event_type, "status": m.status, "sectors": list(m.sectors), "speaker": m.speaker_country}
    return {"article": article, "sentence": sentence, "source": m["source"], "target": m["target"], "reciprocal": bool(m["reciprocal"]),
            "event": m["event_type"], "status": m["status"], "sectors": m["sectors"], "speaker": m["speaker_country"]}


def hold_out(coder: Coder) -> tuple[list[Row], list[Row], dict]:
    """Gold and predicted rows of the held-out passages, and the sentences' texts."""
    chosen = [p for p in examples.passages() if examples.is_held_out(p["id"])]
    readings = [examples.read_passage(p) for p in chosen]
    found = [coder.code_readings([r], [date.fromisoformat(p["date"])])[0] for r, p in zip(readings, chosen, strict=True)]
    gold, predicted, texts = [], [], {}
    for passage, mentions in zip(chosen, found, strict=True):
        agreed, disputed = examples.settle(passage)
        left_out = {(d["sentence"], *pair(d), d["event_type"]) for d in disputed}
        texts |= {(passage["id"], i): s for i, s in enumerate(passage["sentences"])}
        gold += [row_of(passage["id"], m["sentence"], m) for m in agreed]
        rows = [row_of(passage["id"], m.sentence_index, m) for m in mentions]
        predicted += [r for r in rows if (r["sentence"], *pair(r), r["event"]) not in left_out]
    return gold, predicted, texts


def dev(coder: Coder) -> tuple[list[Row], list[Row], dict]:
    """Gold and predicted rows of the dev articles, coded with the sentences that the gold has."""
    gold, predicted, texts = [], [], {}
    for line in (GOLD / "dev.jsonl").read_text(encoding="utf-8").splitlines():
        a = json.loads(line)
        day = date.fromisoformat(a["published_at"]) if a["published_at"] else None
        spans = [(s["start"], s["end"]) for s in a["sentences"]]
        reading = read_article(a["title"], a["text"], day.year if day else None, a["source"], spans=spans)
        mentions = coder.code_readings([reading], [day])[0]
        texts |= {(a["article_id"], s["i"]): a["text"][s["start"] : s["end"]] for s in a["sentences"]}
        gold += [row_of(a["article_id"], m["sentence"], m) for m in a["mentions"]]
        predicted += [row_of(a["article_id"], m.sentence_index, m) for m in mentions]
    return gold, predicted, texts


def keys(rows: list[Row], name: str) -> set:
    return {k for r in rows for k in KEYS[name](r)}


def figures(gold: set, predicted: set) -> dict:
    hit = len(gold & predicted)
    precision, recall = hit / max(1, len(predicted)), hit / max(1, len(gold))
    return {"precision": round(precision, 3), "recall": round(recall, 3),
            "f1": round(2 * precision * recall / (precision + recall), 3) if hit else 0.0, "gold": len(gold), "predicted": len(predicted)}


def same_field(gold: list[Row], predicted: list[Row], field: str) -> dict:
    found: dict[tuple, set] = {}
    for r in predicted:
        found.setdefault((r["article"], r["sentence"], pair(r), r["event"]), set()).add(r[field])
    keyed = [(r, (r["article"], r["sentence"], pair(r), r["event"])) for r in gold if field != "status" or r[field] is not None]
    met = [(r[field], found[k]) for r, k in keyed if k in found]
    return {"accuracy": round(sum(value in values for value, values in met) / max(1, len(met)), 3), "of": len(met)}


def table(gold: list[Row], predicted: list[Row]) -> dict:
    result: dict = {name: figures(keys(gold, name), keys(predicted, name)) for name in KEYS}
    result |= {field: same_field(gold, predicted, field) for field in ("status", "speaker")}
    result["by type"] = {
        t: figures(keys([r for r in gold if r["event"] == t], "dyad + event type"), keys([r for r in predicted if r["event"] == t], "dyad + event type"))
        for t in EVENT_TYPES
    }
    return result


def show(title: str, result: dict) -> None:
    print(f"\n{title}\n{'':24}{'precision':>10}{'recall':>8}{'F1':>8}{'gold':>7}{'found':>7}")
    for name in KEYS:
        r = result[name]
        print(f"{name:24}{r['precision']:>10.3f}{r['recall']:>8.3f}{r['f1']:>8.3f}{r['gold']:>7}{r['predicted']:>7}")
    for field in ("status", "speaker"):
        print(f"{field:24}{'accuracy':>10}{result[field]['accuracy']:>8.3f} of {result[field]['of']}")
    print("by type: " + ", ".join(f"{t} {r['precision']:.2f}/{r['recall']:.2f} ({r['gold']})" for t, r in result["by type"].items()))


def show_errors(gold: list[Row], predicted: list[Row], texts: dict, most: int) -> None:
    """The most telling errors: misses and false alarms of pair and event type, shown with their sentence."""
    name = "dyad + event type"
    for title, found in (("missed", keys(gold, name) - keys(predicted, name)), ("false alarms", keys(predicted, name) - keys(gold, name))):
        print(f"\n{title}: {Counter(k[3] for k in found).most_common()}")
        for article, sentence, dyad, event in sorted(found, key=str)[:most]:
            print(f"  {event:9} {'-'.join(dyad)} [{article}:{sentence}] {texts[article, sentence][:220]}")


def given(coder: Coder, part: str) -> dict:
    """Macro-F1 over types of the relations with given actors: the hold-out's, or the dev set's."""
    if part == "dev":
        records = [json.loads(line) for line in (GOLD / "relations_dev.jsonl").read_text(encoding="utf-8").splitlines()]
    else:
        records = [r for r in examples.read_jsonl(examples.HERE / "given.jsonl") if examples.is_held_out(r["id"])]
    answers = coder.classify_all([(r["text"], tuple(r["source"]), tuple(r["target"])) for r in records])
    truth, guess = [r["event_type"] for r in records], [a["event_type"] for a in answers]
    scores = {}
    for label in GIVEN_ACTOR_TYPES:
        hit, total = sum(t == g == label for t, g in zip(truth, guess, strict=True)), truth.count(label) + guess.count(label)
        if total:
            scores[label] = round(2 * hit / total, 3)
    return {"macro_f1": round(sum(scores.values()) / max(1, len(scores)), 3), "of": len(records), "by type": scores}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--errors", type=int, default=0)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--model", type=Path, default=MODEL_FOLDER)
    parser.add_argument("--part", choices=("holdout", "dev", "given"))
    args = parser.parse_args()
    coder, results = Coder(args.model), {}
    parts: dict[str, Callable] = {"holdout": hold_out} | ({"dev": dev} if GOLD.exists() else {})
    for name, collect in parts.items():
        if args.part in (None, name):
            gold, predicted, texts = collect(coder)
            results[name] = table(gold, predicted)
            show(f"{name}: {len(gold)} mentions, {len(predicted)} found", results[name])
            if args.errors:
                show_errors(gold, predicted, texts, args.errors)
    if args.part in (None, "given"):
        for name in parts:
            results[f"given {name}"] = given(coder, name)
            found = results[f"given {name}"]
            print(f"\ngiven actors, {name}: macro-F1 {found['macro_f1']} of {found['of']}: {found['by type']}")
    if args.json:
        args.json.write_text(json.dumps({"coder": coder.version} | results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
