"""Files and folders as a stream of records: plain or gzipped, read as they are, refused by name when they cannot be read."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, cast

from transforms.reading.records import PARSERS, Record, Refusal, parse_jsonl, whole

SUFFIXES = (*PARSERS, ".jsonl", ".ndjson")
MOST_FILE_BYTES = 200 * 1024 * 1024
READ_ERRORS = (OSError, EOFError, zlib.error)


def find_files(paths: Iterable[Path]) -> tuple[list[Path], list[Refusal]]:
    """Files to read, in a stable order; paths that are not there or of no known kind are refused."""
    files: list[Path] = []
    refusals: list[Refusal] = []
    for path in paths:
        if path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.is_file() and _kind(p) and not p.name.startswith("."))
            if not found:
                refusals.append(Refusal(whole(str(path)), f"no file of a known kind in the folder: {', '.join(SUFFIXES)} (also .gz)", rule="path"))
            files += found
        elif not path.exists():
            refusals.append(Refusal(whole(str(path)), "no such file or folder: check the path", rule="path"))
        elif not _kind(path):
            refusals.append(Refusal(whole(str(path)), f"unknown kind of file; known are {', '.join(SUFFIXES)} (also .gz)", rule="path"))
        else:
            files.append(path)
    return list(dict.fromkeys(files)), refusals


def _kind(path: Path) -> str | None:
    name = path.name.lower().removesuffix(".gz")
    return next((s for s in SUFFIXES if name.endswith(s)), None)


def read_file(path: Path, raw: Path | None = None) -> Iterator[Record | Refusal]:
    """Records of one file. Whole documents (text, HTML) are kept by hash under ``raw``; bulk files stay where they are."""
    name = whole(path.name)
    kind = _kind(path)
    try:
        if kind in (".jsonl", ".ndjson"):
            with _open(path) as lines:
                yield from _guarded(parse_jsonl(lines, name), name)
            return
        with _open(path) as file:
            content = file.read(MOST_FILE_BYTES + 1)
    except READ_ERRORS as error:
        yield Refusal(name, _what(error), rule="readable")
        return
    if len(content) > MOST_FILE_BYTES:
        yield Refusal(name, f"larger than {MOST_FILE_BYTES >> 20} MiB: split it", rule="size")
        return
    if not content.strip():
        yield Refusal(name, "the file is empty: fetch it again or remove it", rule="text")
        return
    if raw is not None and kind in (".txt", ".html", ".htm"):
        keep_raw(raw, content)
    yield from PARSERS[str(kind)](content, name)


def _open(path: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path, "rb")) if path.name.lower().endswith(".gz") else path.open("rb")


def _guarded(records: Iterator[Record | Refusal], name: str) -> Iterator[Record | Refusal]:
    """A bulk file that breaks in the middle keeps what was read before; one without any record is refused as empty."""
    count = 0
    try:
        for record in records:
            count += 1
            yield record
    except READ_ERRORS as error:
        yield Refusal(f"{name}, after record {count}", _what(error), rule="readable")
        return
    if not count:
        yield Refusal(name, "the file is empty: fetch it again or remove it", rule="text")


def _what(error: BaseException) -> str:
    if isinstance(error, EOFError):
        return "the gzip file is cut off: fetch it again (what was read before stays)"
    if isinstance(error, gzip.BadGzipFile | zlib.error):
        return f"the gzip file is damaged ({error}): fetch it again"
    if isinstance(error, PermissionError):
        return "no permission to read it: change its mode or owner"
    return f"cannot be read ({error}): check the file and the disk"


def keep_raw(folder: Path, content: bytes) -> str:
    """Keep a raw document compressed under its SHA-256; returns the hash. A document that is there already is not rewritten."""
    digest = hashlib.sha256(content).hexdigest()
    path = folder / digest[:2] / f"{digest}.gz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_suffix(".part")
        scratch.write_bytes(gzip.compress(content, mtime=0))
        scratch.replace(path)
    return digest
