"""Licences of everything that is locked, out of the installed packages' own metadata.

    python benchmarks/licences.py [OUT.md]        # default: print
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def licence_of(name: str) -> tuple[str, str]:
    """Version and licence of an installed package; a package of another system is not installed."""
    try:
        found = metadata(name)
    except PackageNotFoundError:
        return "", "not installed on this system"
    told = found.get("License-Expression") or next((c.split(" :: ")[-1] for c in found.get_all("Classifier") or [] if c.startswith("License ::")), None)
    text = told or (found.get("License") or "").strip().split("\n")[0][:60] or "not told"
    return found["Version"], text


def main() -> None:
    names = [m.group(1) for line in (PROJECT / "requirements.lock").read_text(encoding="utf-8").splitlines() if (m := re.match(r"([\w.-]+)==", line))]
    rows = [(n, *licence_of(n)) for n in names]
    head = ["# Licences of the locked packages", "", "Written by `python benchmarks/licences.py docs/licences.md`.", ""]
    lines = [*head, "| package | version | licence |", "|---|---|---|"]
    lines += [f"| {n} | {v} | {t} |" for n, v, t in rows]
    text = "\n".join(lines) + "\n"
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
