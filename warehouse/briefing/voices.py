"""Who is printed as a speaker: a name or an office. A pronoun, a lone demonym or a scrap of a sentence stands as the country alone."""

from __future__ import annotations

import re
from typing import Final

# With these a scrap of a sentence begins, not a name: "our two countries", "like Peru".
NO_START: Final = re.compile(
    "i|me|my|mine|myself|we|us|our|ours|ourselves|you|your|yours|he|him|his|himself|she|hers?|its?|they|them|theirs?|this|that|these|those|"
    "who|both|each|either|neither|all|and|or|but|like|with|from|of|to|for|by|as|in|at"
)
ARTICLES: Final = ("the", "a", "an")
# The words of which an office in lower case may consist; with any other word it is a scrap ("lake president", "wrote to president").
OFFICE: Final = re.compile(
    "prime|foreign|deputy|vice|first|acting|former|interim|assistant|permanent|senior|special|chief|high|ministers?|president|premier|chancellor|secretary|"
    "ambassador|envoy|commissioner|consul|spokesman|spokeswoman|spokesperson|officials?|senator|governor|governor-general|general|admiral|colonel|"
    "brigadier|captain|commander|king|queen|prince|princess|emir|sultan|sheikh|pope|leader|speaker|chairman|chairwoman|mayor|judge|attorney-general|"
    "treasurer|representative|negotiator|director|head|of|state|government|staff|the|opposition|defence|defense|trade|finance|interior|home|affairs|"
    "justice|economy|energy|health|education|agriculture|environment|immigration|police|army|navy|ministry|embassy|parliament|cabinet|delegation|for|"
    "and|to|united|nations"
)


def is_name(text: str, country: str = "") -> bool:
    """Is it a name or an office? Headings in capitals, contractions (I'm), pronouns (our two countries), scraps and the ``country``'s own name are none."""
    words = text.split()
    while words and words[0].lower() in ARTICLES:
        words = words[1:]
    if not words or text == country or "\n" in text or (text.isupper() and len(text) > 4) or NO_START.fullmatch(re.split("['’]", words[0])[0].lower()):
        return False
    return any(_is_capital(w[0]) for w in words) or all(OFFICE.fullmatch(w) for w in words)


def _is_capital(letter: str) -> bool:
    """Scripts without capitals have names too."""
    return letter.isupper() or (letter.isalpha() and letter.lower() == letter.upper())
