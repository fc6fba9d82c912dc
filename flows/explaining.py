"""``bilateral explain``: from a row back to its sentence, its actors, the scores and the rules, and to the line that would correct it."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flows.querying import QueryError, open_published
from warehouse.correction_lines import HEADER

if TYPE_CHECKING:
    from transforms.coding.coder import Coder
    from transforms.coding.context import Reading, Sentence

ARTICLE = """SELECT m.*, a.title, a.body, a.published_at, a.url, s.name AS source_name FROM mentions m JOIN articles a USING (article_id)
JOIN sources s USING (source_id) WHERE m.mention_id LIKE ? || '%'"""
OTHERS = """SELECT mention_id, source_country, target_country, is_reciprocal, event_type, status, confidence FROM mentions
WHERE article_id = ? AND sentence_index = ? AND mention_id <> ? ORDER BY confidence DESC, mention_id"""
TYPES: Final = 4
SHOWN: Final = 90  # characters of the sentence that a country was carried over from


def explain_mention(published: Path, mention_id: str) -> str:
    """The explanation of one mention as text; the coder reads the article again to show its scores."""
    if not mention_id or not all(c in "0123456789abcdef" for c in mention_id):
        raise QueryError(f"{mention_id!r} is no mention id: 20 hex digits, see the column mention_id")
    with open_published(published) as connection:
        found = connection.execute(ARTICLE, [mention_id])
        names = [d[0] for d in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchmany(2)]
        if not rows:
            raise QueryError(f"no mention {mention_id} in {published}")
        if len(rows) > 1:
            raise QueryError(f"several mentions begin with {mention_id}: give more digits")
        row = rows[0]
        sectors = connection.execute("SELECT sector, confidence FROM mention_sectors WHERE mention_id = ? ORDER BY 2 DESC", [row["mention_id"]]).fetchall()
        actors = connection.execute("SELECT role, text, name, title, organisation, country, actor_type FROM mention_actors WHERE mention_id = ?",
                                    [row["mention_id"]]).fetchall()
        others = connection.execute(OTHERS, [row["article_id"], row["sentence_index"], row["mention_id"]]).fetchall()
    return "\n".join([*_describe(row, sectors, actors), *_read_again(row), *_end(row, others)])


def _describe(row: dict[str, Any], sectors: list[Any], actors: list[Any]) -> list[str]:
    """What the row says."""
    arrow = "<->" if row["is_reciprocal"] else "->"
    lines = [
        f"{row['source_country']} {arrow} {row['target_country']}  {row['event_type']}" + (f" ({row['mode']})" if row["mode"] else "")
        + f", {row['status']}, confidence {row['confidence']:.2f}, intensity {row['intensity'] if row['intensity'] is not None else 'none'}",
        f"article   {row['title'] or '(no title)'} · {row['source_name']} · {row['published_at'] or 'no date'}" + (f" · {row['url']}" if row["url"] else ""),
        f"sentence  [{row['char_start']}:{row['char_end']}] {row['sentence']}",
        f"speaker   {row['speaker_country'] or 'none'}" + (f", {row['speaker']}" if row["speaker"] else ""),
        f"date      {row['event_date'] or 'unknown'} (rests on: {row['event_date_precision']})" + (f"; place {row['place']}" if row["place"] else ""),
        "sectors   " + (", ".join(f"{s} {p:.2f}" for s, p in sectors) or "none"),
    ]
    lines += [f"actor     {a[0]}: {a[1]} [{a[5]}, {a[6]}]" + "".join(f", {v}" for v in a[2:5] if v) for a in actors]
    lines.append(f"rules     {row['rules'] or 'none overrode the encoder'}" + ("; corrected by hand" if row["is_corrected"] else ""))
    return lines


def _read_again(row: dict[str, Any]) -> list[str]:
    """What this coder finds in the sentence: the countries and where they come from, and the scores of the row's pair."""
    from flows.enrich import coder_for
    from flows.settings import load_settings
    from transforms.coding.coder import ArticleText

    coder = coder_for(load_settings())
    day = row["published_at"].date() if row["published_at"] else None
    reading = coder.read(ArticleText(row["title"], row["body"], day, row["source_name"]))
    sentence = next((s for s in reading.sentences if s.index == row["sentence_index"] and s.pairs), None)
    if sentence is None:
        return [f"scores    this coder ({coder.version}) proposes no pair in the sentence; the row is of {row['coder_version']}"]
    lines = [f"country   {slot.code}: " + (", ".join(reading.body[a:b] for a, b in slot.spans) or _origin(reading, sentence, slot.code))
             for slot in sentence.slots]
    wanted = {row["source_country"], row["target_country"]}
    pair = next((p for p in sentence.pairs if {sentence.slots[n].code for n in p} == wanted), None)
    if pair is None:
        return [*lines, f"scores    this coder ({coder.version}) does not propose the pair; the row is of {row['coder_version']}"]
    return [*lines, *_scores(coder, reading, sentence, pair, row)]


def _origin(reading: Reading, sentence: Sentence, code: str) -> str:
    """Where a country that is carried over was last named before the sentence; the headline and the issuing government speak for it too."""
    places = []
    hit = next((h for h in reversed(reading.hits) if h.code == code and h.end <= sentence.start), None)
    before = next((s for s in reading.sentences if hit and s.start <= hit.start < s.end), None)
    if hit and before:
        text = " ".join(reading.body[before.start : before.end].split())
        shown = text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
        places.append(f"last named in sentence {before.index} ({' '.join(hit.text.split())}): {shown}")
    titled = next((h.text for h in reading.title_hits if h.code == code), None)
    places += [f"named in the headline ({titled})"] if titled else []
    places += ["it issued the text"] if reading.home == code else []
    return "; ".join(["carried over", *places])


def _scores(coder: Coder, reading: Reading, sentence: Sentence, pair: tuple[int, int], row: dict[str, Any]) -> list[str]:
    """The likeliest types as encoder, word table and both together see them; the thresholds; and how the score became the confidence."""
    import numpy as np

    from transforms.coding.encoder import with_words
    from transforms.coding.encoding import ArticleTokens
    from transforms.coding.labels import EVENT_TYPES
    from transforms.coding.words import pair_runs

    meta, cut = coder.encoder.meta, ArticleTokens(reading, coder.tokens)
    # All pairs of the article, as when it is coded: int8 scores hang on what shares the pass.
    every = [(s, p) for s in reading.sentences for p in s.pairs]
    own = coder.encoder.scores([cut.encode(s, p) for s, p in every])[next(n for n, (s, p) in enumerate(every) if s is sentence and p == pair)]
    words = coder.encoder.words.logits(pair_runs(reading.body, sentence, pair))
    both = with_words(own, words, meta["word_weights"])

    def chances(related: Any, types: Any) -> tuple[float, Any]:
        spread = np.exp(types - types.max())
        return float(1 / (1 + np.exp(-related))), spread / spread.sum()

    voices = [chances(both.related, both.types), chances(own.related, own.types), chances(words[-1], words[:-1])]
    likely, kinds = voices[0]
    lines = ["scores    type       together  encoder  word table"]
    lines += [f"          {EVENT_TYPES[k]:9}" + "".join(f"{a * b[k]:{w}.2f}" for (a, b), w in zip(voices, (10, 9, 12), strict=True))
              for k in np.argsort(-kinds)[:TYPES]]
    lines.append(f"          {'any':9}" + "".join(f"{a:{w}.2f}" for (a, _), w in zip(voices, (10, 9, 12), strict=True)))
    lines.append(f"threshold a pair is a mention where any reaches {meta['related_threshold']:.2f}; its likeliest type is taken, and others "
                 f"whose share of it reaches {meta['more_threshold']:.2f}")
    score = likely * float(kinds[EVENT_TYPES.index(row["event_type"])])
    confidence = float(np.interp(score, coder.curve[:, 0], coder.curve[:, 1]))
    lines.append(f"confidence score {score:.4f} of {row['event_type']} stands for {confidence:.4f} (of held-out rows with such a score so many were right, "
                 "from the calibration in the model's meta.json)")
    if abs(confidence - row["confidence"]) > 0.0005:
        lines.append(f"          the row has {row['confidence']:.4f}: a rule or a correction changed its type, or another coder wrote it "
                     f"({row['coder_version']}, now {coder.version})")
    return lines


def _end(row: dict[str, Any], others: list[Any]) -> list[str]:
    """The other rows of the sentence, who coded it, and lines for corrections.csv."""
    lines = [f"other row {a} {'<->' if both else '->'} {b}  {kind}, {status}, confidence {sure:.2f}  {key}" for key, a, b, both, kind, status, sure in others]
    lines = lines or ["other row none in this sentence"]
    lines.append(f"coder     {row['coder_version']}; run {row['run_id']}")
    lines.append(f"correct   a line for corrections.csv in the home (docs/corrections.md); its heading is {','.join(HEADER)}")
    examples = [
        ("event_type", "CONSULT" if row["event_type"] != "CONSULT" else "AGREE", "another kind of act"),
        ("status", "planned" if row["status"] != "planned" else "actual", "announced, not done" if row["status"] != "planned" else "done"),
        ("source_country", row["target_country"], "the other way round, with the next line"), ("target_country", row["source_country"], "the other way round"),
        ("is_reciprocal", "false" if row["is_reciprocal"] else "true", "one way only" if row["is_reciprocal"] else "both do it"),
        ("speaker_country", "null", "the reporter's own voice"), ("sectors", "none", "about nothing of the list"), ("row", "drop", "no statement about a pair"),
    ]
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([row["mention_id"], "", *example[:2], example[2], "NAME"] for example in examples)
    return [*lines, *written.getvalue().splitlines()]
