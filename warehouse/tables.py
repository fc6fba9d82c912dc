"""The one table spec: every table, its grain, key and columns.

From here come the DDL, the comments in the database, the empty polars schemas, the baseline expectations and the data
dictionary in ``docs/``. A test compares it with a live database. Units are in the names: ``_at`` is UTC time, ``_date`` a
day, ``_count`` a number of things, ``_share`` 0 to 1, ``is_`` a truth, ``_seconds`` a duration.
"""

from __future__ import annotations

from typing import Final

from warehouse.spec import Column, Table

SCHEMA_VERSION: Final = 3

EVENT_TYPES: Final = (
    "AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "REQUEST", "ACCUSE", "REJECT", "THREATEN",
    "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT", "RELATE",
)
QUAD_CLASSES: Final = ("verbal cooperation", "material cooperation", "verbal conflict", "material conflict", "standing relation")
STATUSES: Final = ("actual", "planned", "hypothetical", "negated")
SECTORS: Final = (
    "diplomacy", "defence", "security", "terrorism", "intelligence", "drugs", "cyber", "justice", "migration", "territory",
    "conflict", "nuclear", "human-rights", "democracy", "trade", "investment", "aid", "energy", "resources", "agriculture",
    "environment", "disaster", "health", "education", "science", "culture", "religion", "sport", "tourism", "transport",
    "labour", "diaspora",
)
MODES: Final = (
    "visit", "third-party", "multilateral", "phone", "withdraw", "release", "disarm", "ceasefire", "access", "resign",
    "assist", "change", "yield", "meet", "disapprove", "investigate", "allege", "restrict", "arrest", "relations", "expel",
    "territory", "violence", "demo", "riot", "strike", "hunger", "boycott", "obstruct", "vandalize", "convict", "discontinue",
    "troops", "weapons", "police", "militia", "seize", "censor", "curfew", "martial-law", "deport", "withhold",
    "misinformation", "cyber", "abduct", "beat", "torture", "sexual", "targeted", "destroy", "primitive", "firearms",
    "explosives", "suicide-attack", "aerial", "drone", "heavy-weapons", "crowd-control", "unconventional",
)
DATE_PRECISIONS: Final = ("day", "week", "month", "year", "publication", "unknown")
ACTOR_TYPES: Final = (
    "GOV", "LEG", "JUD", "MIL", "COP", "SPY", "OPP", "REB", "BUS", "CVL", "MED", "EDU", "REL", "IGO", "SOC", "UNK",
)
ROLES: Final = ("source", "target", "speaker")


ID = r"^[0-9a-f]{20}$"
CODE = r"^[A-Z]{3}$"


def _id(name: str, comment: str) -> Column:
    return Column(name, "VARCHAR", comment + " (20 hex digits of a SHA-256)", pattern=ID)


def _country(name: str, comment: str, nullable: bool = False) -> Column:
    return Column(name, "VARCHAR", comment + "; ISO 3166-1 alpha-3, or XKX, EUE, SUN, YUG, CSK, DDR", nullable, pattern=CODE)


RUN_ID = Column("run_id", "VARCHAR", "The run that wrote the row; see runs")

ARTICLES = Table(
    "articles", "one article version", ("article_id",),
    (
        _id("article_id", "Hash of source, external id or canonical address, and content hash"),
        Column("external_id", "VARCHAR", "The id that the source gave, or the file name and record number"),
        Column("source_id", "VARCHAR", "The source it came from; see sources"),
        Column("url", "VARCHAR", "Canonical address, null for files", nullable=True),
        Column("title", "VARCHAR", "Headline, null where the article has none", nullable=True),
        Column("body", "VARCHAR", "Plain text as coded; character offsets of mentions point into it"),
        Column("author", "VARCHAR", "Byline, null if none", nullable=True),
        Column("section", "VARCHAR", "Section or rubric of the outlet", nullable=True),
        Column("language", "VARCHAR", "ISO 639-1 code as recognised in the body; und if unsure", pattern=r"^[a-z]{2,3}$"),
        Column("published_at", "TIMESTAMP", "When the outlet says it was published, UTC; null if unknown", nullable=True),
        Column("published_precision", "VARCHAR", "How exact published_at is", allowed=("second", "day", "unknown")),
        Column("fetched_at", "TIMESTAMP", "When the bytes were read first, UTC"),
        Column("content_hash", "VARCHAR", "SHA-256 of title and body", pattern=r"^[0-9a-f]{64}$"),
        Column("raw_hash", "VARCHAR", "SHA-256 of the raw document under raw/, null for records of a bulk file", nullable=True),
        _id("story_id", "Copies and near copies of one story share it: the article_id of the first of them"),
        Column("is_lead", "BOOLEAN", "Is this the earliest copy of its story?"),
        _country("home_country", "Country of the government that issued the text, null for the press", nullable=True),
        Column("is_coded", "BOOLEAN", "Was it read by the coder? false for languages the coder cannot read"),
        Column("mention_count", "INTEGER", "Number of its mentions", low=0),
        Column("coder_version", "VARCHAR", "The coder that read it, null if none did", nullable=True),
        RUN_ID,
    ),
)

MENTIONS = Table(
    "mentions", "one statement about one pair of countries in one sentence", ("mention_id",),
    (
        _id("mention_id", "Hash of article, sentence span, pair and event type"),
        _id("article_id", "The article; see articles"),
        Column("sentence_index", "INTEGER", "Place of the sentence in the body, from 0", low=0),
        Column("sentence", "VARCHAR", "The sentence: body[char_start:char_end]"),
        Column("char_start", "INTEGER", "First code point of the sentence in the body", low=0),
        Column("char_end", "INTEGER", "Code point after the sentence's last", low=1),
        _country("source_country", "Who does or says it; alphabetically first when reciprocal"),
        _country("target_country", "Who receives it or is spoken of"),
        _country("country_a", "Alphabetically first of the pair"),
        _country("country_b", "Alphabetically second of the pair"),
        Column("is_reciprocal", "BOOLEAN", "Do both do it to each other?"),
        Column("event_type", "VARCHAR", "PLOVER event type, or RELATE for a standing relation", allowed=EVENT_TYPES),
        Column("mode", "VARCHAR", "PLOVER mode of the event type, null where none applies", nullable=True, allowed=MODES),
        Column("quad_class", "VARCHAR", "Verbal or material, cooperation or conflict; or standing relation", allowed=QUAD_CLASSES),
        Column("intensity", "DOUBLE", "PLOVER score, -10 (assault) to +10 (aid); null for RELATE", nullable=True, low=-10, high=10),
        Column("status", "VARCHAR", "Did it happen?", allowed=STATUSES),
        Column("is_quoted", "BOOLEAN", "Does the statement stand in quotation marks?"),
        _country("speaker_country", "Country of who says it, null for the reporter's own voice", nullable=True),
        Column("speaker", "VARCHAR", "Who says it, by name or title as printed", nullable=True),
        Column("trigger", "VARCHAR", "The word that carries the event, null where no single word does", nullable=True),
        Column("event_date", "DATE", "Day (or first day of the period) of the event, null if it cannot be told", nullable=True),
        Column("event_date_precision", "VARCHAR", "What event_date rests on", allowed=DATE_PRECISIONS),
        Column("place", "VARCHAR", "Where it happens, as printed", nullable=True),
        _country("place_country", "Country of the place", nullable=True),
        Column("confidence", "DOUBLE", "Calibrated probability that pair and event type are right", low=0, high=1),
        Column("rules", "VARCHAR", "Rules that overrode the encoder, space separated; null if none did", nullable=True),
        Column("is_corrected", "BOOLEAN", "Was a value of this row set by corrections.csv?"),
        Column("coder_version", "VARCHAR", "The coder: version and hash of model and lexicons"),
        RUN_ID,
    ),
    is_indexed=False,
)

MENTION_SECTORS = Table(
    "mention_sectors", "one sector of one mention", ("mention_id", "sector"),
    (
        _id("mention_id", "The mention; see mentions"),
        Column("sector", "VARCHAR", "What the statement is about; see sectors", allowed=SECTORS),
        Column("confidence", "DOUBLE", "Probability that the sector is right", low=0, high=1),
    ),
    is_indexed=False,
)

MENTION_ACTORS = Table(
    "mention_actors", "one actor in one mention", ("mention_id", "role", "text"),
    (
        _id("mention_id", "The mention; see mentions"),
        Column("role", "VARCHAR", "Part that the actor plays", allowed=ROLES),
        Column("text", "VARCHAR", "The actor as printed in the sentence (a resolved reference as its words)"),
        Column("name", "VARCHAR", "Full name of the person where the article gives one", nullable=True),
        Column("title", "VARCHAR", "Office or title, lower case", nullable=True),
        Column("organisation", "VARCHAR", "Body, ministry, firm or group", nullable=True),
        _country("country", "Country of the actor"),
        Column("actor_type", "VARCHAR", "Kind of actor, after PLOVER's sectors", allowed=ACTOR_TYPES),
    ),
    is_indexed=False,
)

COUNTRIES = Table(
    "countries", "one coded country", ("code",),
    (
        _country("code", "Code of the country"),
        Column("name", "VARCHAR", "English short name"),
        Column("kind", "VARCHAR", "state, territory, organisation (EU) or historic", allowed=("state", "territory", "organisation", "historic")),
        Column("start_year", "INTEGER", "First year of a historic state", nullable=True),
        Column("end_year", "INTEGER", "Last year of a historic state", nullable=True),
        _country("sovereign", "Sovereign of a dependent territory", nullable=True),
    ),
)

EVENT_TYPES_TABLE = Table(
    "event_types", "one event type", ("event_type",),
    (
        Column("event_type", "VARCHAR", "Code", allowed=EVENT_TYPES),
        Column("quad_class", "VARCHAR", "Quad class", allowed=QUAD_CLASSES),
        Column("intensity", "DOUBLE", "PLOVER score without a mode, -10 to +10; null for RELATE", nullable=True, low=-10, high=10),
        Column("definition", "VARCHAR", "When it is coded"),
    ),
)

SECTORS_TABLE = Table(
    "sectors", "one sector", ("sector",),
    (
        Column("sector", "VARCHAR", "Code", allowed=SECTORS),
        Column("definition", "VARCHAR", "What it covers"),
    ),
)

SOURCES = Table(
    "sources", "one source of articles", ("source_id",),
    (
        Column("source_id", "VARCHAR", "Short stable name"),
        Column("name", "VARCHAR", "Outlet or ministry as the article names it"),
        Column("kind", "VARCHAR", "How it is read", allowed=("feed", "page", "sitemap", "list", "file", "archive")),
        Column("outlet_type", "VARCHAR", "wire, press, ministry, broadcaster or other", allowed=("wire", "press", "ministry", "broadcaster", "other")),
        _country("country", "Country of the outlet", nullable=True),
        Column("language", "VARCHAR", "Language expected, null if mixed", nullable=True),
        Column("first_seen_at", "TIMESTAMP", "First article read, UTC"),
    ),
)

RUNS = Table(
    "runs", "one run of a flow", ("run_id",),
    (
        Column("run_id", "VARCHAR", "Id of the run; Prefect's flow run id where there is one"),
        Column("flow", "VARCHAR", "Flow that ran"),
        Column("started_at", "TIMESTAMP", "Start, UTC"),
        Column("ended_at", "TIMESTAMP", "End, UTC; null while it runs or if it died", nullable=True),
        Column("state", "VARCHAR", "How it stands", allowed=("running", "completed", "refused", "failed")),
        Column("version", "VARCHAR", "Version of bilateral"),
        Column("coder_version", "VARCHAR", "Coder in use", nullable=True),
        Column("parameters", "VARCHAR", "Parameters as JSON, without secrets"),
        Column("message", "VARCHAR", "What happened, in a sentence", nullable=True),
    ),
)

RUN_STEPS = Table(
    "run_steps", "one step of one run on one batch", ("run_id", "step", "batch"),
    (
        RUN_ID,
        Column("step", "VARCHAR", "Step of the street", allowed=("read", "enrich", "validate", "load", "publish")),
        Column("batch", "INTEGER", "Number of the batch in the run, from 0", low=0),
        Column("in_count", "INTEGER", "Rows that came in", low=0),
        Column("kept_count", "INTEGER", "Rows that went on", low=0),
        Column("quarantined_count", "INTEGER", "Rows refused", low=0),
        Column("loaded_count", "INTEGER", "Rows written or changed", low=0),
        Column("seconds", "DOUBLE", "Time that it took", low=0),
    ),
)

VALIDATIONS = Table(
    "validations", "one check in one run on one batch", ("validation_id",),
    (
        _id("validation_id", "Hash of run, batch, suite and expectation"),
        RUN_ID,
        Column("batch", "INTEGER", "Number of the batch in the run", low=0),
        Column("suite", "VARCHAR", "Suite: a table, or set for rules over tables"),
        Column("expectation", "VARCHAR", "What must be true"),
        Column("column_name", "VARCHAR", "Column looked at, null for whole rows", nullable=True),
        Column("severity", "VARCHAR", "critical refuses, warning records", allowed=("critical", "warning")),
        Column("is_met", "BOOLEAN", "Did it hold?"),
        Column("checked_count", "INTEGER", "Rows looked at", low=0),
        Column("unexpected_count", "INTEGER", "Rows that failed", low=0),
        Column("note", "VARCHAR", "Why the rule exists", nullable=True),
        Column("details", "VARCHAR", "Observed values as JSON", nullable=True),
    ),
)

QUARANTINE = Table(
    "quarantine", "one refused row or document", ("quarantine_id",),
    (
        _id("quarantine_id", "Hash of run-independent content: table, row, reason"),
        RUN_ID,
        Column("table_name", "VARCHAR", "Table the row was meant for; documents for input that gave no article"),
        Column("row_key", "VARCHAR", "Key of the row, or file and line of the document"),
        Column("expectation", "VARCHAR", "The rule that it broke"),
        Column("severity", "VARCHAR", "Severity of the rule", allowed=("critical", "warning")),
        Column("reason", "VARCHAR", "What is wrong and the mend, in words"),
        Column("row_json", "VARCHAR", "The row as JSON; what could be read of a document"),
        Column("refused_at", "TIMESTAMP", "When, UTC"),
        Column("is_requeued", "BOOLEAN", "Was it put back by bilateral requeue?"),
    ),
)

# Not for analysts: what the search for copies keeps, so that new articles are compared with old ones without reading these again.
ARTICLE_BANDS = Table(
    "article_bands", "one MinHash band of one article's body", ("article_id", "band"),
    (
        _id("article_id", "The article; see articles"),
        Column("band", "INTEGER", "Number of the band; -1 for a text too short to have any", low=-1),
        Column("key", "BIGINT", "Hash of the band: near copies share at least one; null for a text too short", nullable=True),
        Column("day", "INTEGER", "Days since 1970 of publication, else of fetching: copies are sought within two weeks"),
        Column("is_searched", "BOOLEAN", "Was it compared with the others?"),
    ),
    published=False,
    is_indexed=False,
)

TABLES: Final[tuple[Table, ...]] = (
    ARTICLES, MENTIONS, MENTION_SECTORS, MENTION_ACTORS, COUNTRIES, EVENT_TYPES_TABLE, SECTORS_TABLE, SOURCES, RUNS,
    RUN_STEPS, VALIDATIONS, QUARANTINE, ARTICLE_BANDS,
)
BY_NAME: Final[dict[str, Table]] = {table.name: table for table in TABLES}
