"""The code lists of the codebook, in the order in which the encoder's heads know them."""

from __future__ import annotations

EVENT_TYPES = (
    "AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "REQUEST", "ACCUSE", "REJECT", "THREATEN",
    "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT", "RELATE",
)
QUAD_CLASS = {
    "AGREE": "verbal cooperation", "CONSULT": "verbal cooperation", "SUPPORT": "verbal cooperation",
    "CONCEDE": "verbal cooperation", "COOPERATE": "material cooperation", "AID": "material cooperation",
    "RETREAT": "material cooperation", "REQUEST": "verbal conflict", "ACCUSE": "verbal conflict", "REJECT": "verbal conflict",
    "THREATEN": "verbal conflict", "PROTEST": "material conflict", "SANCTION": "material conflict",
    "MOBILIZE": "material conflict", "COERCE": "material conflict", "ASSAULT": "material conflict", "RELATE": "standing relation",
}
STATUSES = ("actual", "planned", "hypothetical", "negated")
# Of a pair in slot order: the first is source, the second is source, or both do it to each other.
DIRECTIONS = ("forward", "backward", "reciprocal")
# Who says so, as seen from the pair: its first or second country, another country of the sentence, or nobody.
SPEAKERS = ("first", "second", "other", "nobody")
SECTORS = (
    "diplomacy", "defence", "security", "terrorism", "intelligence", "drugs", "cyber", "justice", "migration", "territory",
    "conflict", "nuclear", "human-rights", "democracy", "trade", "investment", "aid", "energy", "resources", "agriculture",
    "environment", "disaster", "health", "education", "science", "culture", "religion", "sport", "tourism", "transport",
    "labour", "diaspora",
)
# PLOVER without RELATE, CONCEDE and RETREAT as one: the types of `bilateral classify`.
GIVEN_ACTOR_TYPES = (
    "AGREE", "CONSULT", "SUPPORT", "YIELD", "COOPERATE", "AID", "REQUEST", "ACCUSE", "REJECT", "THREATEN", "PROTEST",
    "SANCTION", "MOBILIZE", "COERCE", "ASSAULT",
)
