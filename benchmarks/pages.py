"""Article bodies out of saved news pages: token F1 against the bodies marked by hand, and how many pages give a title and a date.

    python benchmarks/pages.py [FOLDER]        # the folder has *.html.gz and truth.json; default: ../shared/corpus/pages
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from transforms.reading.articles import make_article  # noqa: E402
from transforms.reading.records import Refusal, parse_html  # noqa: E402

CORPUS = PROJECT.parent / "shared/corpus/pages"


def token_f1(found: str, wanted: str) -> float:
    """F1 of the bags of words."""
    one, other = Counter(re.findall(r"\w+", found)), Counter(re.findall(r"\w+", wanted))
    hit = sum((one & other).values())
    return 2 * hit / (sum(one.values()) + sum(other.values())) if hit else 0.0


def measure(folder: Path) -> dict[str, dict]:
    """By page: F1, and whether it has a title and a date."""
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    result = {}
    for name, wanted in truth.items():
        with gzip.open(folder / f"{name}.html.gz") as page:
            record = next(iter(parse_html(page.read(), f"{name}.html")))
        article = record if isinstance(record, Refusal) else make_article(record)
        found = {} if isinstance(article, Refusal) else article
        score = token_f1(found.get("body", ""), wanted["articleBody"])
        result[name] = {"f1": score, "title": bool(found.get("title")), "date": bool(found.get("published_at"))}
    return result


def main() -> None:
    found = measure(Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS)
    scores = sorted((r["f1"], n) for n, r in found.items())
    print(f"{len(found)} pages: mean F1 {sum(f for f, _ in scores) / len(scores):.4f}, lowest {scores[0][0]:.3f} ({scores[0][1][:12]})")
    have = {field: sum(r[field] for r in found.values()) for field in ("title", "date")}
    print(f"under 0.5: {sum(f < 0.5 for f, _ in scores)}; with a title {have['title']}, with a date {have['date']}")


if __name__ == "__main__":
    main()
