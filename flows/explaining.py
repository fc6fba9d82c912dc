"""``bilateral explain``: from a row back to its sentence, its actors, the scores and the rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flows.querying import QueryError, open_published


def explain_mention(published: Path, mention_id: str) -> str:
    """The explanation of one mention as text; the coder reads the article again to show its scores."""
    if not mention_id or not all(c in "0123456789abcdef" for c in mention_id):
        raise QueryError(f"{mention_id!r} is no mention id: 20 hex digits, see the column mention_id")
    with open_published(published) as connection:
        found = connection.execute(
            """SELECT m.*, a.title, a.body, a.published_at, a.url, s.name AS source_name FROM mentions m JOIN articles a USING (article_id)
               JOIN sources s USING (source_id) WHERE m.mention_id LIKE ? || '%'""", [mention_id]
        )
        names = [d[0] for d in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchmany(2)]
        if not rows:
            raise QueryError(f"no mention {mention_id} in {published}")
        if len(rows) > 1:
            raise QueryError(f"several mentions begin with {mention_id}: give more digits")
        sectors = connection.execute("SELECT sector, confidence FROM mention_sectors WHERE mention_id = ? ORDER BY 2 DESC", [rows[0]["mention_id"]]).fetchall()
        actors = connection.execute("SELECT role, text, name, title, organisation, country, actor_type FROM mention_actors WHERE mention_id = ?",
                                    [rows[0]["mention_id"]]).fetchall()
    return _describe(rows[0], sectors, actors)


def _describe(row: dict[str, Any], sectors: list[Any], actors: list[Any]) -> str:
    from flows.enrich import coder_for
    from flows.settings import load_settings
    from transforms.coding.coder import ArticleText

    settings = load_settings()
    coder = coder_for(settings)
    day = row["published_at"].date() if row["published_at"] else None
    report = coder.explain(ArticleText(row["title"], row["body"], day, row["source_name"]))
    entry = next((e for e in report if e["index"] == row["sentence_index"]), None)
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
    if entry is None:
        lines.append(f"scores    this coder ({coder.version}) proposes no pair in the sentence; the row is of {row['coder_version']}")
    else:
        lines.append("countries " + "; ".join(f"{code}: {', '.join(words)}" for code, words in entry["countries"].items()))
        for pair in entry["pairs"]:
            if set(pair["pair"]) == {row["source_country"], row["target_country"]}:
                lines.append("scores    " + ", ".join(f"{t} {p:.2f}" for t, p in pair["types"]))
    lines.append(f"coder     {row['coder_version']}; run {row['run_id']}")
    return "\n".join(lines)
