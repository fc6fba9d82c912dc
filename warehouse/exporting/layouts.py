"""The column layouts of POLECAT, ICEWS and GDELT: actual events of stories' leads, tab separated, as their users' scripts read them.

``docs/exports.md`` says which columns are filled and why the others are empty. Beside each file stands ``NAME.mentions.csv``: event id,
mention id, sentence and address, so that every row leads back to its text.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

# Root codes of CAMEO, and Goldstein's score of each root code: PLOVER's own scores are another scale.
CAMEO: Final = {
    "AGREE": ("03", 4.0), "CONSULT": ("04", 1.0), "SUPPORT": ("05", 3.5), "COOPERATE": ("06", 6.0), "AID": ("07", 7.0), "CONCEDE": ("08", 5.0),
    "RETREAT": ("08", 5.0), "REQUEST": ("10", -5.0), "ACCUSE": ("11", -2.0), "REJECT": ("12", -4.0), "THREATEN": ("13", -6.0), "PROTEST": ("14", -6.5),
    "MOBILIZE": ("15", -7.2), "SANCTION": ("16", -4.0), "COERCE": ("17", -7.0), "ASSAULT": ("19", -10.0),
}
QUADS: Final = ("verbal cooperation", "material cooperation", "verbal conflict", "material conflict")
# Kinds of actors that CAMEO knows by the same code; RELigion, SOCiety and UNKnown are none of its.
ACTOR_TYPES: Final = ("GOV", "LEG", "JUD", "MIL", "COP", "SPY", "OPP", "REB", "BUS", "CVL", "MED", "EDU", "IGO")
GEO: Final = ("Type", "Fullname", "CountryCode", "ADM1Code", "ADM2Code", "Lat", "Long", "FeatureID")
ACTOR: Final = ("Code", "Name", "CountryCode", "KnownGroupCode", "EthnicCode", "Religion1Code", "Religion2Code", "Type1Code", "Type2Code", "Type3Code")
GDELT_COLUMNS: Final = (
    "GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "FractionDate", *(f"Actor1{c}" for c in ACTOR), *(f"Actor2{c}" for c in ACTOR),
    "IsRootEvent", "EventCode", "EventBaseCode", "EventRootCode", "QuadClass", "GoldsteinScale", "NumMentions", "NumSources", "NumArticles", "AvgTone",
    *(f"{who}Geo_{c}" for who in ("Actor1", "Actor2", "Action") for c in GEO), "DATEADDED", "SOURCEURL",
)
# GDELT 1.0: no second-level districts, and the day alone in DATEADDED.
GDELT1_COLUMNS: Final = tuple(c for c in GDELT_COLUMNS if not c.endswith("ADM2Code"))
LAYOUTS: Final = ("polecat", "icews", "gdelt", "gdelt1")


def write_layout(connection: duckdb.DuckDBPyConnection, path: Path, layout: str) -> dict[str, int]:
    """Write ``path`` and ``NAME.mentions.csv`` beside it; returns the rows written (``events``) and left out for want of a day (``undated``)."""
    _list_events(connection, twice=layout != "polecat")
    sql = _polecat_sql() if layout == "polecat" else _icews_sql() if layout == "icews" else _gdelt_sql(layout)
    described = connection.execute(f"DESCRIBE {sql}").fetchall()
    heading, null = ("false" if layout.startswith("gdelt") else "true"), ("None" if layout == "polecat" else "")
    connection.execute(
        f"COPY (SELECT {', '.join(_clean(c[0], c[1]) for c in described if c[0] != 'number')} FROM ({sql}) ORDER BY number) TO '{_quoted(path)}'"
        f" (FORMAT csv, DELIMITER '\t', QUOTE '', ESCAPE '', HEADER {heading}, NULLSTR '{null}')"
    )
    key = {"polecat": "e.mention_id", "icews": "e.number"}.get(layout, "e.global_id")
    connection.execute(
        f"""COPY (SELECT {key} AS event_id, mention_id, m.sentence, a.url, a.external_id FROM events e JOIN mentions m USING (mention_id)
        JOIN articles a USING (article_id) ORDER BY number) TO '{_quoted(beside(path))}' (FORMAT csv, HEADER)"""
    )
    counts = connection.execute("SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM undated)").fetchone() or (0, 0)
    return {"events": int(counts[0]), "undated": int(counts[1])}


def _clean(name: str, kind: str) -> str:
    """No tab, line break or double quote inside a value: readers with and without quoting see the same columns."""
    if kind != "VARCHAR":
        return f'"{name}"'
    return f"""translate(regexp_replace("{name}", '[[:cntrl:]\\x{{0085}}\\x{{2028}}\\x{{2029}}]+', ' ', 'g'), '"', '''') AS "{name}\""""


def beside(path: Path) -> Path:
    """The file that leads from event ids to mentions and sentences."""
    return path.with_name(f"{path.stem}.mentions.csv")


def _list_events(connection: duckdb.DuckDBPyConnection, twice: bool) -> None:
    """The events in order: number from 1, mention, day, source, target. Reciprocal ones stand ``twice``, as in ICEWS and GDELT.

    ``global_id`` is the mention id's first 15 hex digits as a number; the other way round of a reciprocal event has 2^60 added.
    """
    both = "UNION ALL SELECT *, true FROM facts WHERE is_reciprocal" if twice else ""
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE acts AS
        SELECT m.mention_id, c.day, m.is_reciprocal, m.source_country, m.target_country
        FROM mentions m JOIN chosen c USING (mention_id) JOIN articles a USING (article_id)
        WHERE m.event_type <> 'RELATE' AND m.status = 'actual' AND a.is_lead
    """)
    connection.execute("CREATE OR REPLACE TEMP TABLE undated AS SELECT mention_id FROM acts WHERE day IS NULL")
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE events AS
        WITH facts AS (SELECT * FROM acts WHERE day IS NOT NULL), ways AS (SELECT *, false AS is_mirrored FROM facts {both})
        SELECT row_number() OVER (ORDER BY day, mention_id, is_mirrored)::INTEGER AS number, mention_id, day,
          CASE WHEN is_mirrored THEN target_country ELSE source_country END AS source_country,
          CASE WHEN is_mirrored THEN source_country ELSE target_country END AS target_country,
          ('0x' || mention_id[1:15])::BIGINT + CASE WHEN is_mirrored THEN 1152921504606846976 ELSE 0 END AS global_id
        FROM ways
    """)


def _polecat_sql() -> str:
    return 'SELECT e.number, v.* REPLACE (e.day AS "Event Date") FROM polecat v JOIN events e ON e.mention_id = v."Event ID"'


def _icews_sql() -> str:
    """ICEWS ids are whole numbers of 32 bits; its CAMEO codes have three digits (030: root 03, not specified below)."""
    return """
        SELECT e.number, v.* REPLACE (
          e.number AS "Event ID", e.day AS "Event Date", v."CAMEO Code" || '0' AS "CAMEO Code",
          dense_rank() OVER (ORDER BY v."Story ID")::INTEGER AS "Story ID", (SELECT name FROM countries WHERE code = v."Country") AS "Country")
        FROM icews v
        JOIN (SELECT e.*, cs.name AS source_name, ct.name AS target_name FROM events e
              LEFT JOIN countries cs ON cs.code = e.source_country LEFT JOIN countries ct ON ct.code = e.target_country) e
          ON e.mention_id = v."Event ID" AND e.source_name IS NOT DISTINCT FROM v."Source Country" AND e.target_name IS NOT DISTINCT FROM v."Target Country"
        QUALIFY row_number() OVER (PARTITION BY e.number) = 1
    """


def _gdelt_sql(layout: str) -> str:
    codes = ", ".join(f"('{name}', '{root}', {score})" for name, (root, score) in CAMEO.items())
    quads = " ".join(f"WHEN '{name}' THEN {number}" for number, name in enumerate(QUADS, 1))
    types = ", ".join(f"'{t}'" for t in ACTOR_TYPES)
    filled = {
        "GLOBALEVENTID": "e.global_id", "SQLDATE": "strftime(e.day, '%Y%m%d')::INTEGER", "MonthYear": "strftime(e.day, '%Y%m')::INTEGER", "Year": "year(e.day)",
        "FractionDate": "printf('%.4f', year(e.day) + ((month(e.day) - 1) * 30 + day(e.day)) / 365.0)",
        "IsRootEvent": "CASE WHEN m.sentence_index = 0 OR m.char_start < strpos(a.body, chr(10)) THEN 1 ELSE 0 END",
        "EventCode": "k.root || '0'", "EventBaseCode": "k.root || '0'", "EventRootCode": "k.root", "QuadClass": f"CASE m.quad_class {quads} END",
        "GoldsteinScale": "k.goldstein", "NumMentions": "n.mention_count", "NumSources": "s.source_count", "NumArticles": "s.article_count",
        "Actor1Geo_Type": "0", "Actor2Geo_Type": "0", "ActionGeo_Type": "0", "ActionGeo_Fullname": "m.place",
        "DATEADDED": f"strftime(a.fetched_at, '{'%Y%m%d' if layout == 'gdelt1' else '%Y%m%d%H%M%S'}')::BIGINT", "SOURCEURL": "coalesce(a.url, a.external_id)",
    }
    for actor, country, role in (("Actor1", "e.source_country", "x"), ("Actor2", "e.target_country", "y")):
        filled |= {
            f"{actor}Code": f"{country} || CASE WHEN {role}.kind IN ({types}) THEN {role}.kind ELSE '' END", f"{actor}CountryCode": country,
            f"{actor}Name": f"upper(coalesce({role}.name, (SELECT name FROM countries WHERE code = {country}), {country}))",
            f"{actor}Type1Code": f"CASE WHEN {role}.kind IN ({types}) THEN {role}.kind END",
        }
    columns = GDELT1_COLUMNS if layout == "gdelt1" else GDELT_COLUMNS
    listed = ", ".join(f'{filled.get(c, "NULL::VARCHAR")} AS "{c}"' for c in columns)
    return f"""
        SELECT e.number, {listed}
        FROM events e JOIN mentions m USING (mention_id) JOIN articles a USING (article_id)
        JOIN (VALUES {codes}) k(event_type, root, goldstein) ON k.event_type = m.event_type
        JOIN (SELECT story_id, count(*) AS article_count, count(DISTINCT source_id) AS source_count FROM articles GROUP BY story_id) s
          ON s.story_id = a.story_id
        JOIN (SELECT b.story_id, o.source_country, o.target_country, o.is_reciprocal, o.event_type, count(*) AS mention_count
              FROM mentions o JOIN articles b USING (article_id) WHERE o.status = 'actual' GROUP BY ALL) n
          ON n.story_id = a.story_id AND n.source_country = m.source_country AND n.target_country = m.target_country
          AND n.is_reciprocal = m.is_reciprocal AND n.event_type = m.event_type
        LEFT JOIN (SELECT mention_id, country, min(name) AS name, min(actor_type) FILTER (actor_type IN ({types})) AS kind FROM mention_actors
                   WHERE role <> 'speaker' GROUP BY ALL) x ON x.mention_id = e.mention_id AND x.country = e.source_country
        LEFT JOIN (SELECT mention_id, country, min(name) AS name, min(actor_type) FILTER (actor_type IN ({types})) AS kind FROM mention_actors
                   WHERE role <> 'speaker' GROUP BY ALL) y ON y.mention_id = e.mention_id AND y.country = e.target_country
    """


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
