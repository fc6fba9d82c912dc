"""Articles in, mentions out: the whole coder behind one class.

``Coder().code(articles)`` reads, proposes, scores, decides. Nothing here knows where articles come from or where rows go.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from transforms.coding import lexicon
from transforms.coding.context import Reading, Sentence, read_article
from transforms.coding.dates import find_event_date
from transforms.coding.details import Actor, describe_actor, find_mode, find_place, find_trigger, intensity, speaker_name
from transforms.coding.encoder import MODEL_FOLDER, Encoder, ModelError, PairScores, with_words
from transforms.coding.encoding import ArticleTokens, encode_given, tokenizer
from transforms.coding.labels import DIRECTIONS, EVENT_TYPES, GIVEN_ACTOR_TYPES, QUAD_CLASS, SECTORS, SPEAKERS, STATUSES
from transforms.coding.rules import Draft, apply_rules
from transforms.coding.sectors import SectorEvidence
from transforms.coding.words import pair_runs

RELEASE = "0.4"
MOST_SECTORS = 4


@dataclass(frozen=True, slots=True)
class ArticleText:
    """What the coder needs of an article; ``source`` is the outlet's name, which tells government releases from the press."""

    title: str | None
    body: str
    published: date | None = None
    source: str | None = None


@dataclass(slots=True)
class Mention:
    """One coded mention; offsets are code points into the body. Field meanings as in the codebook."""

    sentence_index: int
    start: int
    end: int
    source: str
    target: str
    is_reciprocal: bool
    event_type: str
    quad_class: str
    mode: str | None
    intensity: float | None
    status: str
    is_quoted: bool
    speaker_country: str | None
    speaker: str | None
    trigger: str | None
    event_date: date | None
    event_date_precision: str
    place: str | None
    place_country: str | None
    confidence: float
    score: float
    sectors: dict[str, float] = field(default_factory=dict)
    actors: list[Actor] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-x))


def _softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max())
    return e / e.sum()


def _other_voice(sentence: Sentence, i: int, j: int) -> str | None:
    """The country that speaks where it is none of the pair: whom the text gives as speaker, else the first one named."""
    others = [s for k, s in enumerate(sentence.slots) if k not in (i, j)]
    named = next((s.code for s in others if s.is_speaker), None)
    return named or next((s.code for s in others if not s.is_carried), None)


class Coder:
    """The coder with its model loaded once; safe to share between threads, cheap to fork before first use."""

    def __init__(self, folder: Path = MODEL_FOLDER, threads: int = 0, spacy_pipeline: str | None = None) -> None:
        """``spacy_pipeline`` names an installed pipeline whose sentences are taken instead of the coder's own splitter's."""
        self.encoder = Encoder(folder, threads)
        self.spacy_pipeline = spacy_pipeline
        self.tokens = tokenizer(folder)
        self.curve = np.array(self.encoder.meta["calibration"])
        self.sector_weights = np.array(self.encoder.meta["sector_weights"])

    @cached_property
    def version(self) -> str:
        """Release, model hash and lexicon hash: ``0.1+m1a2b3c4d.l5e6f7a8b``. Rows carry it; another version recodes."""
        digest = hashlib.sha256()
        for path in sorted(lexicon.FOLDER.iterdir()):
            if path.suffix in (".csv", ".txt"):
                digest.update(path.name.encode() + path.read_bytes())
        pipeline = f".{self.spacy_pipeline}" if self.spacy_pipeline else ""
        return f"{RELEASE}+m{self.encoder.model_hash[:8]}.l{digest.hexdigest()[:8]}{pipeline}"

    @cached_property
    def nlp(self) -> Any:
        """The installed spaCy pipeline of the setting; its entity recogniser and tagger are not read and not run."""
        import spacy

        try:
            return spacy.load(str(self.spacy_pipeline), exclude=["ner", "tagger", "lemmatizer", "attribute_ruler"])
        except OSError as error:
            raise ModelError(f"the spaCy pipeline {self.spacy_pipeline!r} is not installed: install it, or unset BILATERAL_SPACY_PIPELINE") from error

    def read(self, article: ArticleText) -> Reading:
        """Sentences, actors and candidates of an article, before the encoder."""
        year = article.published.year if article.published else None
        spans = None
        if self.spacy_pipeline:
            spans = [(s.start_char, s.end_char) for s in self.nlp(article.body).sents if s.text.strip()]
        return read_article(article.title, article.body, year, article.source, spans=spans)

    def code(self, articles: Sequence[ArticleText]) -> list[list[Mention]]:
        """Mentions of every article, in the order of the articles and their sentences."""
        return self.code_readings([self.read(a) for a in articles], [a.published for a in articles])

    def code_readings(self, readings: Sequence[Reading], published: Sequence[date | None]) -> list[list[Mention]]:
        """As ``code``, for articles that are read already (with sentences of their own, say)."""
        results: list[list[Mention]] = []
        for reading, day in zip(readings, published, strict=True):
            evidence = SectorEvidence(reading, self.encoder.sector_words)
            results.append([m for sentence, found in self._score(reading) for m in self._decide(evidence, sentence, found, day)])
        return results

    def _score(self, reading: Reading) -> list[tuple[Sentence, list[PairScores]]]:
        """The sentences that have candidate pairs, with the scores of each pair.

        One article at a time: int8 scores hang on what shares the pass, and a row must not depend on its neighbours in the batch.
        """
        sentences = [s for s in reading.sentences if s.pairs]
        if not sentences:
            return []
        cut = ArticleTokens(reading, self.tokens)
        found = iter(self.encoder.scores([cut.encode(s, pair) for s in sentences for pair in s.pairs]))
        words, weights = self.encoder.words, self.encoder.meta["word_weights"]
        return [
            (s, [with_words(next(found), words.logits(pair_runs(reading.body, s, pair)), weights) for pair in s.pairs]) for s in sentences
        ]

    def explain(self, article: ArticleText) -> list[dict[str, Any]]:
        """For every sentence with candidates: slots, and per pair the scores of all types before and after rules."""
        reading = self.read(article)
        report = []
        for sentence, found in self._score(reading):
            pairs = []
            for (i, j), score in zip(sentence.pairs, found, strict=True):
                probability = _sigmoid(score.related) * _softmax(score.types)
                ranked = sorted(zip(EVENT_TYPES, probability.tolist(), strict=True), key=lambda t: -t[1])[:4]
                pairs.append({"pair": (sentence.slots[i].code, sentence.slots[j].code), "types": ranked})
            report.append({
                "index": sentence.index, "text": reading.body[sentence.start : sentence.end], "speaker_hint": sentence.speaker,
                "countries": {s.code: [reading.body[a:b] for a, b in s.spans] or ["(carried over)"] for s in sentence.slots},
                "pairs": pairs,
            })
        return report

    def classify(self, text: str, source: tuple[int, int], target: tuple[int, int]) -> dict[str, Any]:
        """Event type of the relation between two given spans; see ``classify_all``."""
        return self.classify_all([(text, source, target)])[0]

    def classify_all(self, items: Sequence[tuple[str, tuple[int, int], tuple[int, int]]]) -> list[dict[str, Any]]:
        """PLOVER's types without RELATE (future cooperation is AGREE, future conflict THREATEN), quad class, status, confidence."""
        answers = []
        for text, source, target in items:
            # One at a time: int8 scores hang on what shares the pass, and an answer must not depend on its neighbours.
            found = self.encoder.scores([encode_given(text, source, target, self.tokens)])[0]
            probability = _softmax(found.given)
            best = int(probability.argmax())
            event = GIVEN_ACTOR_TYPES[best]
            row = EVENT_TYPES.index("CONCEDE" if event == "YIELD" else event)
            quad = "material cooperation" if event == "YIELD" else QUAD_CLASS[event]
            answers.append({
                "event_type": event, "quad_class": quad, "status": STATUSES[int(found.statuses[row].argmax())],
                "confidence": round(float(probability[best]), 4),
            })
        return answers

    def _decide(self, evidence: SectorEvidence, sentence: Sentence, scores: list[PairScores], published: date | None) -> list[Mention]:
        reading, drafts = evidence.reading, []
        for (i, j), score in zip(sentence.pairs, scores, strict=True):
            likely, kinds = float(_sigmoid(score.related)), _softmax(score.types)
            if likely >= self.encoder.meta["related_threshold"]:
                top = int(kinds.argmax())
                more = [int(k) for k in np.nonzero(kinds >= self.encoder.meta["more_threshold"])[0] if k != top]
                drafts += [self._draft(evidence, sentence, (i, j), score, k, likely * float(kinds[k])) for k in (top, *more)]
        return [self._mention(reading, sentence, draft, published) for draft in apply_rules(drafts, reading, sentence)]

    def _draft(self, evidence: SectorEvidence, sentence: Sentence, pair: tuple[int, int], score: PairScores, k: int, probability: float) -> Draft:
        first, second = (sentence.slots[n].code for n in pair)
        direction = DIRECTIONS[int(score.directions[k].argmax())]
        speaker = SPEAKERS[int(score.speakers[k].argmax())]
        sector = _sigmoid(evidence.of(sentence, k, score.sectors[k]) @ self.sector_weights[:-1] + self.sector_weights[-1])
        chosen = sorted(np.nonzero(sector > self.encoder.meta["sector_threshold"])[0], key=lambda s: -sector[s])[:MOST_SECTORS]
        source, target = (second, first) if direction == "backward" else (first, second)
        if direction == "reciprocal":
            source, target = sorted((first, second))
        return Draft(
            source, target, direction == "reciprocal", EVENT_TYPES[k], STATUSES[int(score.statuses[k].argmax())],
            {"first": first, "second": second, "other": _other_voice(sentence, *pair)}.get(speaker),
            {SECTORS[s]: round(float(sector[s]), 4) for s in chosen}, probability,
        )

    def _mention(self, reading: Reading, sentence: Sentence, draft: Draft, published: date | None) -> Mention:
        text = reading.body[sentence.start : sentence.end]
        mode, trigger, at = find_mode(draft.event_type, text)
        if trigger is None:
            trigger, at = find_trigger(draft.event_type, text)
        day, precision = find_event_date(text, published, draft.status, at)
        place, place_country = find_place(reading, sentence)
        named = [("source", draft.source), ("target", draft.target)]
        if draft.speaker:
            named.append(("speaker", draft.speaker))
        actors = [a for a in (describe_actor(role, code, reading, sentence) for role, code in named) if a]
        voice = next((a for a in actors if a.role == "speaker"), None)
        confidence = float(np.interp(draft.score, self.curve[:, 0], self.curve[:, 1]))
        return Mention(
            sentence.index, sentence.start, sentence.end, draft.source, draft.target, draft.is_reciprocal, draft.event_type,
            QUAD_CLASS[draft.event_type], mode, intensity(draft.event_type, mode), draft.status,
            sentence.in_quote or any(c in text for c in "“”\""), draft.speaker, speaker_name(voice) if voice else None,
            trigger, day, precision, place, place_country, round(confidence, 4), round(draft.score, 4), draft.sectors, actors, draft.rules,
        )
