"""Small numbers taken seriously: how many of so many rows are right, and whether two counts differ by more than chance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, comb, exp, floor, lgamma, log, sqrt
from typing import Final

import numpy as np

COVERED: Final = 0.95
ALPHA: Final = 0.05
EXACT: Final = 2_000


@dataclass(frozen=True, slots=True)
class Range:
    """Of ``number`` things about ``expected`` are right, and with 95 % probability ``low`` to ``high`` of them."""

    number: int
    expected: float
    low: int
    high: int


def right_range(probabilities: Iterable[float]) -> Range:
    """How many are right of things that are each right with its probability (0 to 1), independently.

    The exact distribution of their sum; beyond 2,000 things the normal one, which is then the same.
    """
    given = [min(1.0, max(0.0, p)) for p in probabilities]
    if len(given) > EXACT:
        mean, spread = sum(given), sqrt(sum(p * (1 - p) for p in given))
        return Range(len(given), mean, floor(mean - 1.96 * spread), ceil(mean + 1.96 * spread))
    mass = np.zeros(len(given) + 1)
    mass[0] = 1.0
    for count, p in enumerate(given, 1):
        mass[1 : count + 1] = mass[1 : count + 1] * (1 - p) + mass[:count] * p
        mass[0] *= 1 - p
    below = np.cumsum(mass)
    tail = (1 - COVERED) / 2
    low, high = int(np.searchsorted(below, tail, side="right")), int(np.searchsorted(below, 1 - tail, side="left"))
    return Range(len(given), sum(given), min(low, len(given)), min(high, len(given)))


def chance_of(now: int, before: int, share: float) -> float:
    """Two-sided probability of a split as uneven as ``now`` to ``before`` or more so, if each story fell into the later period with the
    probability ``share``: the exact binomial test, which holds for small numbers too. 1.0 where there is nothing to compare.
    """
    total = now + before
    if total == 0 or not 0 < share < 1:
        return 1.0
    masses = [_mass(k, total, share) for k in range(total + 1)]
    return min(1.0, sum(m for m in masses if m <= masses[now] * (1 + 1e-9)))


def _mass(k: int, n: int, p: float) -> float:
    if n < 500:
        return float(comb(n, k) * p**k * (1 - p) ** (n - k))
    return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log(1 - p))


def are_beyond_chance(chances: Sequence[float]) -> list[bool]:
    """Which of several tests stand at 5 % when it is reckoned that there were several (Holm): of twenty partners one would move by chance."""
    order = sorted(range(len(chances)), key=lambda i: chances[i])
    verdicts = [False] * len(chances)
    for place, i in enumerate(order):
        if chances[i] > ALPHA / (len(chances) - place):
            break
        verdicts[i] = True
    return verdicts
