"""Train the tables of words on the authored examples: ``python -m transforms.coding.training.words``. Two minutes on one core."""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from transforms.coding.labels import EVENT_TYPES, SECTORS
from transforms.coding.sectors import sector_runs
from transforms.coding.training.examples import MODEL, corpus, given_records, type_indices
from transforms.coding.words import BUCKETS, FIRST_WORD, OUTPUTS, SCALE, SECOND_WORD, pair_runs, word_runs

Item = tuple[list[int], tuple[int, ...], float]  # buckets, types (none: no mention), weight of the yes-or-no question


def items(seed: int, empty_share: float = 0.5) -> list[Item]:
    """The pairs of the training passages, each from one side, and the given-actor sentences of the codebook's convention."""
    chooser, found = random.Random(seed), []
    for example in corpus(held_out=False, with_given=False).examples:
        if example.rows or (example.is_empty and chooser.random() < empty_share):
            pair = example.pair[::-1] if chooser.random() < 0.5 else example.pair
            runs = pair_runs(example.tokens.reading.body, example.sentence, pair)
            found.append((runs, tuple(r.event for r in example.rows), 1.0))
    for record in given_records(held_out=False):
        kinds = type_indices(record)
        if kinds:
            marks = [(*record["source"], FIRST_WORD), (*record["target"], SECOND_WORD)]
            found.append((word_runs(record["text"], marks), kinds, 0.0))
    return found


def train(data: list[Item], epochs: int, rate: float, decay: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights (65536, 18) and bias (18,)."""
    torch.manual_seed(seed)
    table, bias = torch.nn.EmbeddingBag(BUCKETS, OUTPUTS, mode="sum"), torch.zeros(OUTPUTS, requires_grad=True)
    torch.nn.init.zeros_(table.weight)
    optimizer = torch.optim.Adagrad([table.weight, bias], lr=rate)
    chooser = random.Random(seed)
    for _ in range(epochs):
        chooser.shuffle(data)
        for start in range(0, len(data), 256):
            batch = data[start : start + 256]
            total, logits = _look_up(table, bias, [runs for runs, _, _ in batch])
            kinds = torch.zeros(len(batch), len(EVENT_TYPES))
            for n, (_, types, _) in enumerate(batch):
                kinds[n, list(types)] = 1.0 / max(1, len(types))
            weight = torch.tensor([w for _, _, w in batch])
            has = kinds.sum(1)
            each = -(torch.log_softmax(logits[:, :-1], 1) * kinds).sum(1)
            some = F.binary_cross_entropy_with_logits(logits[:, -1], (has > 0).float(), weight=weight, reduction="none")
            loss = each.sum() / has.sum().clamp(min=1) + some.mean() + decay * (total**2).sum() / len(batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return table.weight.detach().numpy(), bias.detach().numpy()


def _look_up(table: torch.nn.EmbeddingBag, bias: torch.Tensor, runs: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Sums of the rows of each example's buckets, and the logits that ``WordModel.logits`` makes of them, both (B, K)."""
    total = table(torch.tensor([bucket for r in runs for bucket in r]), torch.tensor(np.cumsum([0, *(len(r) for r in runs[:-1])])))
    return total, total * SCALE * torch.tensor([max(1, len(r)) ** -0.5 for r in runs])[:, None] + bias


def sector_items() -> list[tuple[list[int], list[int]]]:
    """Buckets and sectors of every mention of the training passages."""
    return [
        (sector_runs(e.tokens.reading, e.sentence, row.event), row.sectors)
        for e in corpus(held_out=False, with_given=False).examples for row in e.rows
    ]


def train_sectors(data: list[tuple[list[int], list[int]]], epochs: int, rate: float, seed: int, left_out: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    """Weights (65536, 32) and bias (32,). A share of the words is left out at every step, or the rare ones are learnt by heart."""
    torch.manual_seed(seed)
    table, bias = torch.nn.EmbeddingBag(BUCKETS, len(SECTORS), mode="sum"), torch.full((len(SECTORS),), -3.0, requires_grad=True)
    torch.nn.init.zeros_(table.weight)
    optimizer = torch.optim.Adagrad([table.weight, bias], lr=rate)
    chooser = random.Random(seed)
    for _ in range(epochs):
        chooser.shuffle(data)
        for start in range(0, len(data), 256):
            batch = [([r for r in runs if chooser.random() > left_out] or runs[:1], sectors) for runs, sectors in data[start : start + 256]]
            _, logits = _look_up(table, bias, [runs for runs, _ in batch])
            wanted = torch.zeros(len(batch), len(SECTORS))
            for n, (_, sectors) in enumerate(batch):
                wanted[n, sectors] = 1.0
            loss = F.binary_cross_entropy_with_logits(logits, wanted, reduction="none").sum(1).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return table.weight.detach().numpy(), bias.detach().numpy()


def save(weights: np.ndarray, bias: np.ndarray, path: Path) -> None:
    scale = np.maximum(np.abs(weights).max(0), 1e-6) / 127
    np.savez_compressed(path, weights=np.round(weights / scale).astype(np.int8), scale=scale.astype(np.float32), bias=bias.astype(np.float32))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--rate", type=float, default=0.15)
    parser.add_argument("--decay", type=float, default=1e-5)
    parser.add_argument("--seed", type=int, default=20261125)
    parser.add_argument("--folder", type=Path, default=MODEL)
    args = parser.parse_args()
    data = items(args.seed)
    weights, bias = train(data, args.epochs, args.rate, args.decay, args.seed)
    save(weights, bias, args.folder / "words.npz")
    save(*train_sectors(sector_items(), 3, args.rate, args.seed), args.folder / "sectors.npz")
    print(f"{len(data)} examples, {int((np.abs(weights).sum(1) > 0).sum())} of {BUCKETS} buckets in use")


if __name__ == "__main__":
    main()
