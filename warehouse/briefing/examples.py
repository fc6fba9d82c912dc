"""Which sentences may stand on the front page: those that an outsider understands alone, with both countries in them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import duckdb

from warehouse.briefing.rows import Row
from warehouse.briefing.scope import Scope

SURE: Final = 0.5
FEWEST_WORDS: Final = 6
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# "JOURNALIST:", "PRIME MINISTER:", "Q:" at the start of a line.
TAG = re.compile(r"^[ \t]*[A-Z][A-Z.'’() -]{0,60}:(?=\s|$)", re.MULTILINE)
GREETING = re.compile(r"\b(?:thank you|thanks|thank|good (?:morning|afternoon|evening|day|night)|welcome|hello|congratulations|greetings)\b", re.I)
COURTESY = re.compile(
    GREETING.pattern + r"|\b(?:can i (?:just )?say|may i (?:just )?say|let me (?:just )?say|i(?: would|'d) like to|very much|so much|indeed|"
    r"for (?:joining|having|being|coming)(?: \w+){0,2}|this (?:morning|afternoon|evening)|all right|"
    r"all|everyone|once again|ladies and gentlemen|mr|madam|prime minister|president|minister|ambassador|your excellency|please)\b", re.I,
)
# Whom "you" or "they" means was guessed from other sentences: with these a country does not stand in this one.
TEXTS = """
SELECT m.mention_id, m.sentence, coalesce(x.countries, [])
FROM mentions m LEFT JOIN (
  SELECT mention_id, list(DISTINCT country) AS countries FROM mention_actors WHERE role IN ('source', 'target')
    AND lower(text) NOT IN ('you', 'your', 'yours', 'they', 'them', 'their', 'theirs', 'it', 'its') GROUP BY 1
) x USING (mention_id)
WHERE m.mention_id IN (SELECT unnest($ids))
"""


@dataclass(frozen=True, slots=True)
class Examples:
    """The rows that are fit to be shown, by mention id, with their sentence as it is compared with others."""

    fit: dict[str, str]

    def pick(self, rows: Iterable[Row], most: int, seen: set[str] | None = None) -> tuple[Row, ...]:
        """The first ``most`` fit rows in the order given, no sentence twice nor one that is ``seen``; what is picked is added to ``seen``."""
        taken = set() if seen is None else seen
        found: list[Row] = []
        for row in rows:
            said = self.fit.get(row.mention_id)
            if said is not None and said not in taken and len(found) < most:
                taken.add(said)
                found.append(row)
        return tuple(found)


def read_examples(connection: duckdb.DuckDBPyConnection, scope: Scope, rows: Iterable[Row]) -> Examples:
    """Of these rows the fit ones: confidence of 0.5 or more, both countries in the sentence, and a sentence that stands alone."""
    sure = {r.mention_id: r for r in rows if r.confidence >= SURE}
    found = connection.execute(TEXTS, {"ids": list(sure)}).fetchall() if sure else []
    return Examples({
        key: " ".join(text.split()).casefold() for key, text, countries in found
        if stands_alone(text) and all(c in countries or _is_named(scope.name(c), text) for c in (sure[key].source, sure[key].target))
    })


def stands_alone(text: str) -> bool:
    """Six words or more, no line of a transcript with its tag, and more than thanks or a greeting."""
    if TAG.search(text) or len(WORD.findall(text)) < FEWEST_WORDS:
        return False
    return not GREETING.search(text) or len(WORD.findall(COURTESY.sub(" ", text))) >= FEWEST_WORDS


def _is_named(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None
