"""Files, folders and archives as a stream of records: packed or not, local or behind any fsspec address; refused by name when unreadable."""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

from flows.sources.archives import read_warc
from transforms.reading.newsml import parse_newsml
from transforms.reading.records import MOST_LINE_BYTES, PARSERS, Record, Refusal, parse_jsonl, whole

LINES = (".jsonl", ".ndjson")
DOCUMENTS = {**PARSERS, ".xml": parse_newsml}
PACKED = (".gz", ".zst")
SUFFIXES = (*DOCUMENTS, *LINES, ".warc", ".zip")
MOST_FILE_BYTES = 200 * 1024 * 1024
MOST_MEMBERS = 200_000
READ_ERRORS: tuple[type[Exception], ...] = (OSError, EOFError, zlib.error, lzma.LZMAError)
MEMBER_ERRORS: tuple[type[Exception], ...] = (zipfile.BadZipFile, RuntimeError, NotImplementedError, *READ_ERRORS)
# What zipfile raises besides where the places and lengths that an archive gives are wrong.
OPEN_ERRORS: tuple[type[Exception], ...] = (*MEMBER_ERRORS, ValueError, struct.error)
Opener = Callable[[], IO[bytes]]


def find_files(paths: Iterable[Path]) -> tuple[list[Path], list[Refusal]]:
    """Files to read, in a stable order; paths that are not there or of no known kind are refused."""
    files: list[Path] = []
    refusals: list[Refusal] = []
    known = f"{', '.join(SUFFIXES)} (also {', '.join(PACKED)})"
    for path in paths:
        if path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.is_file() and kind_of(p.name) and not p.name.startswith("."))
            if not found:
                refusals.append(Refusal(whole(str(path)), f"no file of a known kind in the folder: {known}", rule="path"))
            files += found
        elif not path.exists():
            refusals.append(Refusal(whole(str(path)), "no such file or folder: check the path", rule="path"))
        elif not kind_of(path.name):
            refusals.append(Refusal(whole(str(path)), f"unknown kind of file; known are {known}", rule="path"))
        else:
            files.append(path)
    return list(dict.fromkeys(files)), refusals


def find_remote(address: str) -> list[tuple[str, str, Opener]]:
    """Files under an fsspec address (``s3://…``, ``memory://…``, a path): name, state (changes when the file does), opener; sorted by name."""
    from fsspec.core import url_to_fs

    system, root = url_to_fs(address)
    found: list[tuple[str, str, Opener]] = []
    for name, info in sorted(system.find(root, detail=True).items()):
        if kind_of(name):
            state = "|".join(str(info.get(k, "")) for k in ("size", "mtime", "LastModified", "ETag", "created"))
            found.append((name, state, partial(_open_remote, system, name)))
    return found


def _open_remote(system: Any, name: str) -> IO[bytes]:
    return cast(IO[bytes], system.open(name, "rb"))


def kind_of(name: str) -> str | None:
    """The kind of file by its name, whatever it is packed with; None if it is not known."""
    plain = name.lower()
    for packed in PACKED:
        plain = plain.removesuffix(packed)
    return next((s for s in SUFFIXES if plain.endswith(s)), None)


def read_file(path: Path, raw: Path | None = None) -> Iterator[Record | Refusal]:
    """Records of one local file. Whole documents (text, HTML) are kept by hash under ``raw``; bulk files stay where they are."""
    return read_named(path.name, lambda: path.open("rb"), raw)


def read_named(given: str, opener: Opener, raw: Path | None = None) -> Iterator[Record | Refusal]:
    """Records of what ``opener`` opens; ``given`` is its name, whose endings say how it is packed and what it holds."""
    name = whole(given)
    try:
        with opener() as file:
            yield from _read_stream(name, file, raw)
    except READ_ERRORS as error:
        yield Refusal(name, _what(error), rule="readable")


def _read_stream(name: str, file: IO[bytes], raw: Path | None) -> Iterator[Record | Refusal]:
    kind = kind_of(name)
    if kind == ".warc":  # its records are packed one by one; warcio sees to it
        yield from _guarded(read_warc(file, name), name)
        return
    if kind == ".zip":
        yield from _members(name, file, raw)
        return
    plain = _unpacked(name, file)
    if kind in LINES:
        yield from _guarded(parse_jsonl(_lines(plain), name), name)
        return
    content = plain.read(MOST_FILE_BYTES + 1)
    if len(content) > MOST_FILE_BYTES:
        yield Refusal(name, f"larger than {MOST_FILE_BYTES >> 20} MiB: split it", rule="size")
        return
    if not content.strip():
        yield Refusal(name, "the file is empty: fetch it again or remove it", rule="text")
        return
    if raw is not None and kind in (".txt", ".html", ".htm", ".xml"):
        keep_raw(raw, content)
    yield from DOCUMENTS[str(kind)](content, name)


def _unpacked(name: str, file: IO[bytes]) -> IO[bytes]:
    if name.lower().endswith(".gz"):
        return cast(IO[bytes], gzip.GzipFile(fileobj=file, mode="rb"))
    if name.lower().endswith(".zst"):
        import zstandard

        return io.BufferedReader(cast(Any, _Zstandard(zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(file, read_across_frames=True))))
    return file


class _Zstandard(io.RawIOBase):
    """zstandard's reader with the errors of this module."""

    def __init__(self, reader: Any) -> None:
        self.reader = reader

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        import zstandard

        try:
            return int(self.reader.readinto(buffer))
        except zstandard.ZstdError as error:
            raise EOFError(f"zstd: {error}") from None


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """Lines; of one without end only as much is held as the parser needs to refuse it."""
    while line := file.readline(MOST_LINE_BYTES + 1):
        yield line
        while len(line) > MOST_LINE_BYTES and not line.endswith(b"\n"):
            line = file.readline(MOST_LINE_BYTES + 1)
            if not line:
                return


def _members(name: str, file: IO[bytes], raw: Path | None) -> Iterator[Record | Refusal]:
    """Files of known kinds inside a zip archive, each as if it lay in a folder of the archive's name."""
    try:
        archive = zipfile.ZipFile(file)
    except OPEN_ERRORS as error:
        yield Refusal(name, f"no zip archive, or a cut off one ({error}): fetch it again", rule="readable")
        return
    with archive:
        members = [m for m in archive.infolist() if not m.is_dir() and (k := kind_of(m.filename)) and k != ".zip"]
        if not members:
            yield Refusal(name, f"no file of a known kind in the archive: {', '.join(SUFFIXES)}", rule="path")
        for member in members[:MOST_MEMBERS]:
            where = f"{name}/{whole(member.filename)}"
            try:
                inner = archive.open(member)
            except OPEN_ERRORS as error:
                yield _sealed(where, error)
                continue
            try:
                with inner:
                    yield from _read_stream(where, inner, raw)
            except MEMBER_ERRORS as error:
                yield _sealed(where, error)


def _sealed(where: str, error: Exception) -> Refusal:
    return Refusal(where, f"the member cannot be unpacked ({error}): make the archive again without password", rule="readable")


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
        return "the packed file is cut off: fetch it again (what was read before stays)"
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
