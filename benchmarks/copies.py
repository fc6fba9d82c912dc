"""Near copies: pairwise precision and recall on authored groups of reprints and on look-alike pairs.

    python benchmarks/copies.py [--sweep]

Texts of all groups and all look-alikes are searched together, as a warehouse would hold them: pairs are proposed by the bands and
then compared.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from itertools import combinations
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from tests.reading.story_groups import groups, look_alikes  # noqa: E402
from transforms.reading import near  # noqa: E402


def measure() -> dict[str, float]:
    """Precision and recall over pairs, and how many pairs the bands proposed."""
    texts, story = [], []
    for number, group in enumerate(groups()):
        texts += group
        story += [f"g{number}"] * len(group)
    for number, pair in enumerate(look_alikes()):
        texts += pair
        story += [f"a{number}", f"b{number}"]
    holders: dict[int, list[int]] = defaultdict(list)
    for i, keys in enumerate(near.band_keys(texts)):
        for key in keys:
            holders[key].append(i)
    proposed = {pair for found in holders.values() for pair in combinations(sorted(set(found)), 2)}
    prepared = [near.Text(t) for t in texts]
    same = {(i, j) for i, j in combinations(range(len(texts)), 2) if story[i] == story[j]}
    found = {(i, j) for i, j in proposed if near.is_copy(prepared[i], prepared[j])}
    # A chain of copies is one story: what a component joins counts, not only what was compared.
    leader = list(range(len(texts)))

    def top(i: int) -> int:
        while leader[i] != i:
            i = leader[i]
        return i

    for i, j in found:
        leader[max(top(i), top(j))] = min(top(i), top(j))
    joined = {(i, j) for i, j in combinations(range(len(texts)), 2) if top(i) == top(j)}
    return {"texts": len(texts), "pairs": len(same), "proposed": len(proposed), "proposed_share": len(same & proposed) / len(same),
            "precision": len(joined & same) / max(1, len(joined)), "recall": len(joined & same) / len(same)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sweep", action="store_true", help="other thresholds beside the chosen ones")
    args = parser.parse_args()
    for name, value in measure().items():
        print(f"{name:16}{value:>10.4f}" if isinstance(value, float) else f"{name:16}{value:>10}")
    if args.sweep:
        for shared in (0.35, 0.45, 0.55, 0.65):
            for facts in (0.7, 0.8, 0.9):
                near.LEAST_SHARED, near.LEAST_FACTS = shared, facts
                result = measure()
                print(f"triples {shared} facts {facts}: precision {result['precision']:.4f} recall {result['recall']:.4f}")


if __name__ == "__main__":
    main()
