"""Files in, records and refusals out: whatever a file holds, the others are read."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import random
from pathlib import Path

import pytest

from benchmarks.fuzz import mutate, seeds
from flows.ingest import Batch, read_batches
from flows.sources.files import find_files, keep_raw, read_file, read_named
from tests.flows.street import ARABIC, TEXT, record, write_jsonl
from transforms.reading.records import Record, Refusal


def read(path: Path) -> tuple[list[str], list[tuple[str, str]]]:
    """Texts of the records, and where and why of the refusals."""
    found = list(read_file(path))
    return [r.values["text"] for r in found if isinstance(r, Record)], [(r.where, r.reason) for r in found if isinstance(r, Refusal)]


def batches(*paths: Path, size: int = 100) -> list[Batch]:
    return list(read_batches(paths, size))


# --- finding


def test_folder_is_read_in_order_without_hidden_and_unknown_files(tmp_path: Path) -> None:
    for name in ("b.txt", "a.jsonl", ".hidden.txt", "notes.md", "c.csv.gz", "deep/d.HTML", "deep/e.parquet"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    files, refusals = find_files([tmp_path, tmp_path / "b.txt"])
    assert [f.relative_to(tmp_path).as_posix() for f in files] == ["a.jsonl", "b.txt", "c.csv.gz", "deep/d.HTML", "deep/e.parquet"]
    assert refusals == []


def test_paths_that_give_nothing_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.md").write_text("x")
    files, refusals = find_files([tmp_path / "empty", tmp_path / "notes.md", tmp_path / "gone.txt"])
    assert files == [] and [(Path(r.where).name, r.rule) for r in refusals] == [("empty", "path"), ("notes.md", "path"), ("gone.txt", "path")]
    assert all(".jsonl" in r.reason or "check the path" in r.reason for r in refusals)


# --- bad files


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.csv", "a.parquet", "a.jsonl", "a.ndjson"])
@pytest.mark.parametrize("content", [b"", b" \n\n"])
def test_empty_file(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert read(tmp_path / name) == ([], [(name, "the file is empty: fetch it again or remove it")])


def test_gzipped_file_is_read_as_plain_one(tmp_path: Path) -> None:
    plain = write_jsonl(tmp_path / "a.jsonl", record("1"), record("2", "Two"))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(plain.read_bytes()))
    (tmp_path / "b.txt.gz").write_bytes(gzip.compress(b"Talks\n\nThey met."))
    assert read(tmp_path / "a.jsonl.gz") == ([TEXT, "Two"], [])
    assert read(tmp_path / "b.txt.gz") == (["They met."], [])


def test_truncated_gzip_keeps_what_was_whole(tmp_path: Path) -> None:
    rows = "".join(f'{{"text": "Article {n} {hashlib.sha256(str(n).encode()).hexdigest() * 20}"}}\n' for n in range(2_000))
    packed = gzip.compress(rows.encode())
    (tmp_path / "a.jsonl.gz").write_bytes(packed[: len(packed) * 2 // 3])
    texts, refusals = read(tmp_path / "a.jsonl.gz")
    assert 500 < len(texts) < 2_000 and texts[0].startswith("Article 0 ")
    assert [r[0] for r in refusals] == [f"a.jsonl.gz, after record {len(texts)}"] and "cut off: fetch it again" in refusals[0][1]


@pytest.mark.parametrize(("name", "content", "reason"), [
    ("a.txt.gz", gzip.compress(b"Talks in Rabat and more text")[:-12], "cut off: fetch it again"), ("a.jsonl.gz", b"no gzip at all", "damaged"),
    ("a.txt.gz", b"no gzip at all", "damaged"), ("a.csv.gz", gzip.compress(b"id,text\n1,a\n")[:-4] + b"abcd", "damaged"),
])
def test_damaged_gzip(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    texts, refusals = read(tmp_path / name)
    assert texts == [] and len(refusals) == 1 and refusals[0][0].startswith(name) and reason in refusals[0][1]


def test_broken_json_on_line_3(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", record("1"), record("2"), '{"id": "3", "text": "cut', record("4"))
    texts, refusals = read(path)
    assert len(texts) == 3 and len(refusals) == 1
    assert refusals[0][0] == "a.jsonl, line 3" and "no JSON" in refusals[0][1] and "mend the line" in refusals[0][1]


def test_missing_text(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", {"id": "1", "title": "Talks"}, record("2"))
    assert read(path) == ([TEXT], [("a.jsonl, line 1", "text is missing: every record needs a text")])


def test_text_of_50_mb_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", record("1", "France " * 7_500_000), record("2"))
    [batch] = batches(path)
    assert [a["external_id"] for a in batch.articles] == ["2"]
    assert [(r.where, r.rule, len(r.content)) for r in batch.refusals] == [("a.jsonl, line 1", "size", 500)] and "split it" in batch.refusals[0].reason


def test_null_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"France\x00Morocco")
    (tmp_path / "b.jsonl").write_bytes(b'{"text": "France\x00"}\n{"text": "France"}\n')
    assert [w for w, r in read(tmp_path / "a.txt")[1] if "null bytes" in r] == ["a.txt"]
    assert read(tmp_path / "b.jsonl")[0] == ["France"]


def test_latin_1_file_is_read_with_its_accents(tmp_path: Path) -> None:
    body = "The Élysée said that Gérald Darmanin had been received at Málaga by his Spanish counterpart."
    (tmp_path / "a.txt").write_bytes(body.encode("latin-1"))
    assert read(tmp_path / "a.txt") == ([body], [])


def test_name_that_is_no_utf8(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    path.write_text(TEXT)
    [batch] = batches(path)
    assert [a["external_id"] for a in batch.articles] == ["caf?.txt"]


def test_unreadable_file(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", record("1"))
    path.chmod(0)
    if os.geteuid() == 0:
        assert read(path) == ([TEXT], []), "root reads it"
    else:
        assert read(path) == ([], [("a.jsonl", "no permission to read it: change its mode or owner")])


# --- batches and ids


def test_batches_have_at_most_their_size(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", *(record(str(n), f"{TEXT} {n}") for n in range(7)), "{broken")
    found = batches(path, size=3)
    assert [(b.number, len(b.articles), b.in_count, len(b.refusals)) for b in found] == [(0, 3, 3, 0), (1, 3, 3, 0), (2, 1, 2, 1)]


def test_one_id_for_two_texts_refuses_the_second(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", record("1"), record("1", TEXT + " Again."), record("1"), record("1", TEXT + " Else.", source="Other"))
    [batch] = batches(path)
    assert [(a["external_id"], a["source_name"]) for a in batch.articles] == [("1", "Rif Daily"), ("1", "Other")]
    assert batch.copy_count == 1
    assert [(r.where, r.rule) for r in batch.refusals] == [("a.jsonl, line 2", "id")] and "give each article its own id" in batch.refusals[0].reason


def test_files_of_one_name_in_two_folders_are_two_articles(tmp_path: Path) -> None:
    for folder, text in (("x", "One. "), ("y", "Two. "), ("z", "One. ")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "01.txt").write_text(text + TEXT)
        write_jsonl(tmp_path / folder / "part.jsonl", {"text": text + TEXT})
    [batch] = batches(tmp_path)
    assert len(batch.articles) == 4 and len({a["article_id"] for a in batch.articles}) == 4
    assert (batch.copy_count, batch.refusals) == (2, [])


def test_one_address_without_id_twice_is_one_article(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", *[{"text": TEXT, "url": "https://example.org/1"}] * 2)
    [batch] = batches(path)
    assert (len(batch.articles), batch.copy_count) == (1, 1)


def test_text_in_arabic_is_an_article_that_is_not_coded(tmp_path: Path) -> None:
    [batch] = batches(write_jsonl(tmp_path / "a.jsonl", record("1", ARABIC)))
    assert [(a["language"], a["is_coded"]) for a in batch.articles] == [("ar", False)]


# --- raw documents


def test_whole_documents_are_kept_once_by_their_hash(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    raw = tmp_path / "raw"
    [record_] = read_file(tmp_path / "a.txt", raw)
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    kept = raw / digest[:2] / f"{digest}.gz"
    assert isinstance(record_, Record) and record_.raw_hash == digest and gzip.decompress(kept.read_bytes()) == TEXT.encode()
    before = kept.stat().st_mtime_ns
    assert keep_raw(raw, TEXT.encode()) == digest and kept.stat().st_mtime_ns == before
    assert [p.name for p in raw.rglob("*") if p.is_file()] == [kept.name]


@pytest.mark.parametrize("kind", ["zip", "warc.gz", "jsonl.gz", "jsonl.zst", "parquet"])
def test_damaged_archives_are_refused_and_raise_nothing(kind: str) -> None:
    """As ``benchmarks/fuzz.py`` does for an hour."""
    (content,), chooser = seeds()[kind], random.Random(kind)
    for _ in range(60):
        damaged = mutate(content, [content], chooser)
        found = list(read_named(f"case.{kind}", lambda given=damaged: io.BytesIO(given)))
        assert all(f.reason for f in found if isinstance(f, Refusal))
