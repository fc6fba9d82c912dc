"""Plain words for the codes of the tables."""

from __future__ import annotations

from typing import Final

DONE: Final = {
    "AGREE": "promises and offers", "CONSULT": "visits, talks and calls", "SUPPORT": "praise, support and signings", "CONCEDE": "concessions in words",
    "COOPERATE": "trade, exercises and joint projects", "AID": "aid", "RETREAT": "concessions carried out", "REQUEST": "demands and requests",
    "ACCUSE": "criticism and accusations", "REJECT": "refusals", "THREATEN": "threats and warnings", "PROTEST": "protests and boycotts",
    "SANCTION": "sanctions and broken ties", "MOBILIZE": "forces moved or alerted", "COERCE": "arrests, seizures and interference",
    "ASSAULT": "use of force", "RELATE": "standing relations",
}
STATUS: Final = {"actual": "done or under way", "planned": "planned", "hypothetical": "possible", "negated": "denied"}
# Countries whose names take an article, by how the names begin.
WITH_ARTICLE: Final = (
    "United ", "Netherlands", "Philippines", "Bahamas", "Gambia", "Maldives", "Comoros", "European Union", "Soviet Union", "Czech Republic",
    "Dominican Republic", "Central African Republic", "Republic of Congo", "Democratic Republic of Congo", "Vatican", "Ivory Coast",
)
