"""The summary of a run in the terminal: a table of counts, what was refused, three rows in plain words, what to try next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

VERBS = {
    "AGREE": ("agreed with or promised", "agreed with"), "CONSULT": ("visited or consulted", "held talks with"),
    "SUPPORT": ("praised or supported", "supported"),
    "CONCEDE": ("conceded to", "conceded to"), "COOPERATE": ("cooperated with", "cooperated with"), "AID": ("aided", "aided"),
    "RETREAT": ("made a concession to", "made a concession to"), "REQUEST": ("asked or urged", "asked"), "ACCUSE": ("criticised or accused", "accused"),
    "REJECT": ("refused", "refused"), "THREATEN": ("threatened", "threatened"), "PROTEST": ("protested against", "protested against"),
    "SANCTION": ("cut ties or put sanctions on", "sanctioned"), "MOBILIZE": ("moved forces against", "moved forces against"),
    "COERCE": ("coerced", "coerced"), "ASSAULT": ("attacked", "fought with"), "RELATE": ("stands in relation to", "has ties with"),
}


def print_summary(result: dict[str, Any]) -> None:
    """Print what a run read, kept, refused and landed."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(title=f"Run {result['run_id'][:8]}: {result['message']}", title_justify="left")
    for heading in ("read", "kept", "repeated", "known", "refused", "mentions", "articles written", "mentions written"):
        table.add_column(heading, justify="right")
    table.add_row(*(f"{result[k]:,}" for k in ("read", "kept", "copies", "known", "quarantined", "mentions", "articles_written", "mentions_written")))
    console.print(table)
    console.print("seconds: " + ", ".join(f"{k} {v:.1f}" for k, v in result["seconds"].items()), highlight=False)
    for line in result.get("warnings", []):
        console.print(f"warning  {line}", style="yellow", highlight=False, markup=False)
    for line in result["refusals"][:12]:
        console.print(f"refused  {line}", style="yellow", highlight=False, markup=False)
    if len(result["refusals"]) > 12:
        console.print(f"… and {result['quarantined'] - 12} more: bilateral query \"SELECT row_key, reason FROM quarantine\"", highlight=False)
    published = Path(result["home"]) / "published.duckdb"
    if published.exists():
        _examples(console, published)
        console.print(f"\nPublished: {published}", highlight=False, soft_wrap=True)


def _examples(console: Any, published: Path) -> None:
    import duckdb

    with duckdb.connect(str(published), read_only=True) as connection:
        rows = connection.execute("""
            SELECT s.name, t.name, m.is_reciprocal, m.event_type, m.status, m.speaker, p.name, m.confidence, m.event_date, m.sentence, m.mention_id,
                   (SELECT string_agg(x.sector, ', ') FROM mention_sectors x WHERE x.mention_id = m.mention_id)
            FROM mentions m JOIN articles a USING (article_id)
            JOIN countries s ON s.code = m.source_country JOIN countries t ON t.code = m.target_country
            LEFT JOIN countries p ON p.code = m.speaker_country
            WHERE a.is_lead AND m.event_type <> 'RELATE' AND length(m.sentence) < 320
            QUALIFY row_number() OVER (PARTITION BY m.event_type ORDER BY m.confidence DESC, m.mention_id) = 1
            ORDER BY m.confidence DESC, m.mention_id LIMIT 3
        """).fetchall()
    for source, target, both, event, status, speaker, country, confidence, day, sentence, mention, sectors in rows:
        verb = VERBS[event][1 if both else 0]
        words = f"{source} {verb} {target}" + (f", on {sectors}" if sectors else "")
        if country:
            words += f", said {speaker or country}" + (f" ({country})" if speaker and country not in speaker else "")
        words += f", {status}, confidence {confidence:.2f}" + (f", event on {day:%A %Y-%m-%d}" if day else "")
        console.print(f"\n• {words}", style="bold", highlight=False, markup=False)
        console.print(f"  “{sentence}”\n  bilateral explain {mention}", highlight=False, markup=False)
