"""Rules of the codebook that hold whatever the encoder says; each names itself on the rows that it changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from transforms.coding import lexicon
from transforms.coding.context import Reading, Sentence

# A list of more countries than this gives no mention unless the sentence singles out a pair (codebook, rule 13).
MOST_COUNTRIES = 4
ALWAYS_ONE_SIDED = frozenset({"REQUEST", "PROTEST"})
# Acts of speech: what is promised, asked or threatened lies ahead, the act itself is done when the words are said.
DONE_BY_SAYING = frozenset({"AGREE", "REQUEST", "THREATEN"})


@dataclass(slots=True)
class Draft:
    """A mention before rules: ``score`` is the encoder's probability of the type."""

    source: str
    target: str
    is_reciprocal: bool
    event_type: str
    status: str
    speaker: str | None
    sectors: dict[str, float]
    score: float
    rules: list[str] = field(default_factory=list)


def apply_rules(drafts: list[Draft], reading: Reading, sentence: Sentence) -> list[Draft]:
    """The drafts that stand, changed where a rule of the codebook says so."""
    kept = [d for d in drafts if not _is_domestic(d)]
    for draft in kept:
        if draft.event_type in ALWAYS_ONE_SIDED and draft.is_reciprocal:
            draft.is_reciprocal = False
            draft.source, draft.target = _by_speaker(draft)
            draft.rules.append("one-sided-type")
        if draft.event_type in DONE_BY_SAYING and draft.status == "planned":
            draft.status = "actual"
            draft.rules.append("done-by-saying")
    return kept


def _is_domestic(draft: Draft) -> bool:
    """A dependent territory with its sovereign is domestic (codebook, rule 15)."""
    known = lexicon.countries()
    one, other = known.get(draft.source), known.get(draft.target)
    return bool((one and one.sovereign == draft.target) or (other and other.sovereign == draft.source))


def _by_speaker(draft: Draft) -> tuple[str, str]:
    if draft.speaker == draft.target:
        return draft.target, draft.source
    return draft.source, draft.target
