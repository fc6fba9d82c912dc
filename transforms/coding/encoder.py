"""The trained encoder, run by onnxruntime: candidate pairs in, scores out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from transforms.coding.encoding import Encoded, collate
from transforms.coding.words import WordModel

MODEL_FOLDER = Path(__file__).parent / "model"
FILES = ("encoder.onnx", "words.npz", "sectors.npz", "tokenizer.json", "meta.json")
OUTPUTS = ("related", "types", "given", "directions", "statuses", "sectors", "speakers")


class ModelError(RuntimeError):
    """The model's files are missing or do not belong together; the message says what to do."""


@dataclass(slots=True)
class PairScores:
    """Logits of one candidate pair: ``related`` () whether there is a mention, ``types`` (17,), ``given`` (15,), ``directions`` (17, 3), ``statuses`` (17, 4),
    ``sectors`` (17, 32), ``speakers`` (17, 4)."""

    related: np.ndarray
    types: np.ndarray
    given: np.ndarray
    directions: np.ndarray
    statuses: np.ndarray
    sectors: np.ndarray
    speakers: np.ndarray


class Encoder:
    """One model folder (``FILES``), opened once and shared."""

    def __init__(self, folder: Path = MODEL_FOLDER, threads: int = 0) -> None:
        self.folder = folder
        self.threads = threads
        for name in FILES:
            if not (folder / name).is_file():
                raise ModelError(f"The coder's model lacks {name} in {folder.name}/; restore it from the repository or run make train")
        self.meta: dict[str, Any] = json.loads((folder / "meta.json").read_text(encoding="utf-8"))

    @cached_property
    def model_hash(self) -> str:
        """SHA-256 of the weights of encoder and word tables, hex."""
        return hashlib.sha256(b"".join((self.folder / name).read_bytes() for name in FILES[:3])).hexdigest()

    @cached_property
    def words(self) -> WordModel:
        """The table of word runs that stands beside the encoder."""
        return WordModel(self.folder / "words.npz")

    @cached_property
    def sector_words(self) -> WordModel:
        """The table of words that speak for sectors."""
        return WordModel(self.folder / "sectors.npz")

    @cached_property
    def session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(str(self.folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"])

    def scores(self, pairs: list[Encoded], tokens_at_once: int = 1024) -> list[PairScores]:
        """The scores of every pair, in order. Pairs of like length share a pass."""
        order = sorted(range(len(pairs)), key=lambda i: len(pairs[i].ids))
        results: list[Any] = [None] * len(pairs)
        batch: list[int] = []
        for i in order:
            if batch and len(pairs[i].ids) * (len(batch) + 1) > tokens_at_once:
                self._run(batch, pairs, results)
                batch = []
            batch.append(i)
        if batch:
            self._run(batch, pairs, results)
        return results

    def _run(self, batch: list[int], pairs: list[Encoded], results: list[Any]) -> None:
        outputs = self.session.run(list(OUTPUTS), collate([pairs[i] for i in batch]))
        for row, i in enumerate(batch):
            results[i] = PairScores(*(output[row] for output in outputs))


def with_words(scores: PairScores, words: np.ndarray, weights: dict[str, Any]) -> PairScores:
    """The encoder's answers to "whether" and "which type", with the word table's opinion (18,) added by ``weights`` of the meta file."""
    own, other, constant = weights["related"]
    related = own * scores.related + other * words[-1] + constant
    own, other = weights["types"]
    return replace(scores, types=own * scores.types + other * words[:-1], related=related)
