"""The trained encoder, run by onnxruntime: sentences in, scores for every candidate pair out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from transforms.coding.encoding import Encoded, collate

MODEL_FOLDER = Path(__file__).parent / "model"
OUTPUTS = ("types", "given", "directions", "statuses", "sectors", "speakers")


class ModelError(RuntimeError):
    """The model's files are missing or do not belong together; the message says what to do."""


@dataclass(slots=True)
class PairScores:
    """Logits of one candidate pair: ``types`` (17,), ``given`` (15,), ``directions`` (17, 3), ``statuses`` (17, 4),
    ``sectors`` (17, 32), ``speakers`` (17, 7)."""

    types: np.ndarray
    given: np.ndarray
    directions: np.ndarray
    statuses: np.ndarray
    sectors: np.ndarray
    speakers: np.ndarray


class Encoder:
    """One model folder (``encoder.onnx``, ``tokenizer.json``, ``meta.json``), opened once and shared."""

    def __init__(self, folder: Path = MODEL_FOLDER, threads: int = 0) -> None:
        self.folder = folder
        self.threads = threads
        for name in ("encoder.onnx", "tokenizer.json", "meta.json"):
            if not (folder / name).is_file():
                raise ModelError(f"The coder's model lacks {name} in {folder.name}/; restore it from the repository or run make train")
        self.meta: dict[str, Any] = json.loads((folder / "meta.json").read_text(encoding="utf-8"))

    @cached_property
    def model_hash(self) -> str:
        """SHA-256 of the weights, hex."""
        return hashlib.sha256((self.folder / "encoder.onnx").read_bytes()).hexdigest()

    @cached_property
    def session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(str(self.folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"])

    def scores(self, sentences: list[Encoded], tokens_at_once: int = 4096) -> list[list[PairScores]]:
        """For every sentence the scores of its pairs, in order. Sentences of like length share a pass."""
        order = sorted(range(len(sentences)), key=lambda i: len(sentences[i].ids))
        results: list[list[PairScores]] = [[] for _ in sentences]
        batch: list[int] = []
        for i in order:
            if batch and len(sentences[i].ids) * (len(batch) + 1) > tokens_at_once:
                self._run(batch, sentences, results)
                batch = []
            batch.append(i)
        if batch:
            self._run(batch, sentences, results)
        return results

    def _run(self, batch: list[int], sentences: list[Encoded], results: list[list[PairScores]]) -> None:
        arrays = collate([sentences[i] for i in batch])
        if not len(arrays["pair_at"]):
            return
        outputs = self.session.run(list(OUTPUTS), arrays)
        at = 0
        for i in batch:
            for _ in sentences[i].pair_at:
                results[i].append(PairScores(*(output[at] for output in outputs)))
                at += 1
