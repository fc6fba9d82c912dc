"""The house rules: who may import whom, quick starts, one spec, one place for code lists, nothing of this machine in the files."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import pytest

from tests.conftest import ROOT
from warehouse import tables
from warehouse.dictionary import REFERENCES
from warehouse.refresh import OF_ARTICLES
from warehouse.store import Home, open_warehouse

PACKAGES = ("flows", "transforms", "expectations", "warehouse")
MODULES = sorted(p for package in PACKAGES for p in (ROOT / package).rglob("*.py"))
NETWORK = ("httpx", "requests", "urllib.request", "urllib3", "socket", "http.client", "aiohttp", "ftplib")
# package -> what its modules may not import
FORBIDDEN = {
    "transforms": ("prefect", "duckdb", "great_expectations", "flows", "warehouse", "expectations", *NETWORK),
    "expectations": ("prefect", "duckdb", "flows", "transforms", *NETWORK),
    "warehouse": ("prefect", "great_expectations", "flows", "transforms", "expectations", *NETWORK),
    "flows": ("great_expectations",),
}
HEAVY = ("spacy", "great_expectations", "polars", "prefect", "duckdb", "pandas", "numpy", "onnxruntime", "trafilatura")
VIEWS = (
    "agreements", "country_profile", "dyad_day", "dyad_month", "dyad_period", "dyad_sector_month", "dyad_year", "icews", "polecat", "statements", "told",
    "visits",
)


def names(paths: list[Path]) -> list[str]:
    return [p.relative_to(ROOT).as_posix() for p in paths]


def imports(path: Path) -> set[str]:
    """Full names of all that a module imports, inside functions too."""
    found: set[str] = set()
    package = path.relative_to(ROOT).parent.as_posix().replace("/", ".")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            base = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            module = ".".join(p for p in (base, node.module) if p)
            found |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return found


def is_of(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


# --- imports


@pytest.mark.parametrize("path", MODULES, ids=names(MODULES))
def test_imports_point_one_way(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    wrong = {name for name in imports(path) for other in FORBIDDEN[package] if is_of(name, other)}
    assert not wrong
    if package == "expectations":
        allowed = ("warehouse.tables", "warehouse.spec")
        assert not {n for n in imports(path) if is_of(n, "warehouse") and n != "warehouse" and not any(is_of(n, a) for a in allowed)}


def test_an_arrow_the_wrong_way_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = tmp_path / "transforms" / "reading" / "bad.py"
    module.parent.mkdir(parents=True)
    module.write_text("from ..x import y\ndef f():\n    from warehouse import store\n    import urllib.request\n")
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    assert imports(module) >= {"transforms.x.y", "warehouse.store", "urllib.request"}


def test_command_line_loads_nothing_heavy() -> None:
    code = f"import sys, flows.cli; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_answers_at_once() -> None:
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        done = subprocess.run([sys.executable, "-m", "flows.cli", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
        seconds.append(time.perf_counter() - start)
    assert all(word in done.stdout for word in ("run", "classify", "query", "explain", "requeue", "recode", "doctor"))
    # The aim is half a second; the bound leaves room for a busy machine.
    assert min(seconds) < 1.0


# --- modules


def test_no_module_is_a_drawer_for_everything() -> None:
    assert not [p for p in names(list(ROOT.rglob("*.py"))) if Path(p).name in ("utils.py", "helpers.py", "misc.py") and ".venv" not in p]


@pytest.mark.parametrize("path", MODULES, ids=names(MODULES))
def test_every_module_says_what_it_is_for(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not tree.body or ast.get_docstring(tree), "write a docstring (a package marker without a statement needs none)"


def test_no_module_has_the_name_of_a_standard_one() -> None:
    """Prefect puts the folder of a flow on the path: ``flows/queue.py`` would hide the standard ``queue``."""
    assert not [p.name for p in (ROOT / "flows").glob("*.py") if p.stem in sys.stdlib_module_names and p.stem != "__init__"]


# --- the spec and a live database


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, duckdb.DuckDBPyConnection]]:
    """A fresh write file and what is published from it."""
    from warehouse.publish import publish

    home = Home(tmp_path_factory.mktemp("spec") / "home").prepare()
    with open_warehouse(home):
        pass
    publish(home, "run-0")
    with duckdb.connect(str(home.warehouse), read_only=True) as written, duckdb.connect(str(home.published), read_only=True) as published:
        yield {"warehouse": written, "published": published}


@pytest.mark.parametrize("database", ["warehouse", "published"])
@pytest.mark.parametrize("table", tables.TABLES, ids=lambda t: t.name)
def test_spec_is_the_live_table(databases: dict[str, duckdb.DuckDBPyConnection], database: str, table: tables.Table) -> None:
    if database == "published" and not table.published:
        pytest.skip("stays in the write file")
    rows = databases[database].execute(
        "SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index", [table.name]
    ).fetchall()
    assert rows == [(c.name, c.type, c.nullable, c.comment) for c in table.columns]
    keys = databases[database].execute(
        "SELECT constraint_column_names FROM duckdb_constraints() WHERE table_name = ? AND constraint_type = 'PRIMARY KEY'", [table.name]
    ).fetchall()
    # The large tables go without the index, in the published file articles too: the rules over the set enforce their keys.
    has_index = table.is_indexed and not (database == "published" and table.name in OF_ARTICLES)
    assert keys == ([(list(table.key),)] if has_index else [])
    assert databases[database].execute("SELECT comment FROM duckdb_tables() WHERE table_name = ?", [table.name]).fetchone() == (table.grain,)


def test_every_reference_leads_to_a_key(databases: dict[str, duckdb.DuckDBPyConnection]) -> None:
    for name, column, goal in REFERENCES:
        key = tables.BY_NAME[goal].key[0]
        assert tables.BY_NAME[name].column(column).type == tables.BY_NAME[goal].column(key).type
        databases["published"].execute(f"SELECT * FROM {name} t JOIN {goal} g ON t.{column} = g.{key}")


@pytest.mark.parametrize("kind", ["tables", "views"])
def test_nothing_published_is_without_a_comment(databases: dict[str, duckdb.DuckDBPyConnection], kind: str) -> None:
    rows = databases["published"].execute(f"SELECT {kind[:-1]}_name, comment FROM duckdb_{kind}() WHERE NOT internal AND schema_name = 'main'").fetchall()
    assert rows and not [name for name, comment in rows if not comment]


def test_no_published_column_is_without_a_comment(databases: dict[str, duckdb.DuckDBPyConnection]) -> None:
    rows = databases["published"].execute(
        "SELECT table_name || '.' || column_name FROM duckdb_columns() "
        "WHERE NOT internal AND comment IS NULL AND schema_name = 'main'"
    ).fetchall()
    assert not rows


def test_only_the_spec_is_published(databases: dict[str, duckdb.DuckDBPyConnection]) -> None:
    found = {r[0] for r in databases["published"].execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal AND schema_name = 'main'").fetchall()}
    assert found == {t.name for t in tables.TABLES if t.published} | {"snapshot_meta"}
    views = databases["published"].execute("SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1").fetchall()
    assert tuple(v[0] for v in views) == VIEWS
    schemas = databases["published"].execute("SELECT DISTINCT schema_name FROM duckdb_tables() WHERE NOT internal ORDER BY 1").fetchall()
    assert schemas == [("fts_main_articles",), ("fts_main_mentions",), ("main",)], "besides the search index"


def test_macros_are_those_of_their_files_and_say_what_they_give(databases: dict[str, duckdb.DuckDBPyConnection]) -> None:
    rows = databases["published"].execute(
        "SELECT function_name, comment FROM duckdb_functions() WHERE function_type LIKE '%macro' AND NOT internal AND schema_name = 'main'"
    ).fetchall()
    files = sorted((ROOT / "warehouse" / "macros").glob("*.sql"))
    assert sorted(name for name, _ in rows) == sorted(f.stem.split("_", 1)[1] for f in files)
    assert all(comment and f": {comment}\n" in next(f for f in files if f.stem.endswith(f"_{name}")).read_text(encoding="utf-8") for name, comment in rows)


@pytest.mark.parametrize("view", VIEWS)
def test_view_runs_on_empty_tables(databases: dict[str, duckdb.DuckDBPyConnection], view: str) -> None:
    assert databases["published"].execute(f"SELECT * FROM {view}").fetchall() == []


def test_foreign_layouts_have_all_their_columns(databases: dict[str, duckdb.DuckDBPyConnection]) -> None:
    count = {v: len(databases["published"].execute(f"DESCRIBE {v}").fetchall()) for v in ("polecat", "icews")}
    assert count == {"polecat": 40, "icews": 20}


@pytest.mark.parametrize("table", tables.TABLES, ids=lambda t: t.name)
def test_spec_is_sound(table: tables.Table) -> None:
    assert table.grain and len(set(table.names)) == len(table.names)
    assert all(k in table.names and not table.column(k).nullable for k in table.key)
    assert all(c.comment for c in table.columns)
    assert all(c.name.startswith("is_") == (c.type == "BOOLEAN") for c in table.columns)
    assert all(c.name.endswith("_at") == (c.type == "TIMESTAMP") for c in table.columns)


# --- one place for codes


def test_code_lists_are_those_of_the_coder() -> None:
    from transforms.coding import labels

    assert tables.EVENT_TYPES == labels.EVENT_TYPES
    assert tables.STATUSES == labels.STATUSES
    assert tables.SECTORS == labels.SECTORS
    assert set(tables.QUAD_CLASSES) == set(labels.QUAD_CLASS.values())
    assert set(labels.QUAD_CLASS) == set(labels.EVENT_TYPES)


def test_dimension_files_hold_every_code() -> None:
    from transforms.coding import labels
    from warehouse.dimensions import _frame

    events, sectors = _frame("event_types"), _frame("sectors")
    assert sorted(events["event_type"]) == sorted(tables.EVENT_TYPES)
    assert dict(events.select("event_type", "quad_class").iter_rows()) == labels.QUAD_CLASS
    assert sorted(sectors["sector"]) == sorted(tables.SECTORS)
    assert [e for e, i in events.select("event_type", "intensity").iter_rows() if i is None] == ["RELATE"]


def test_lexicons_load_and_their_codes_are_known() -> None:
    from transforms.coding import lexicon

    countries = lexicon.countries()
    assert {c.kind for c in countries.values()} <= set(tables.COUNTRIES.column("kind").allowed)
    assert not [c for c in countries if not re.fullmatch(tables.CODE, c)]
    assert {c.sovereign for c in countries.values() if c.sovereign} <= set(countries)
    assert not [n for n in lexicon.names() if n.code not in countries]
    assert not [n for n in lexicon.names() if not n.text.strip() or n.start_year > n.end_year]
    assert not [x for x in lexicon.leaders() if x.code not in countries or x.start_year > x.end_year]
    assert set(lexicon.titles().values()) <= set(tables.ACTOR_TYPES)
    assert lexicon.blocked_phrases() and lexicon.ambiguous()


@pytest.mark.parametrize("path", sorted((ROOT / "transforms/coding/lexicons").glob("*.csv")), ids=lambda p: p.name)
def test_lexicon_rows_have_the_fields_of_their_header(path: Path) -> None:
    import csv

    from transforms.coding import lexicon

    with path.open(encoding="utf-8", newline="") as lines:
        header = next(csv.reader(lines))
        assert not [n for n, row in enumerate(csv.reader(lines), 2) if len(row) != len(header)]
    known = {"code": set(lexicon.countries()), "event_type": set(tables.EVENT_TYPES), "mode": set(tables.MODES)}
    for row in lexicon._rows(path.name, tuple(header)):
        assert all(not row.get(column) or row[column] in codes for column, codes in known.items()), row


@pytest.mark.parametrize("path", sorted((ROOT / "transforms/coding/lexicons").glob("*.txt")), ids=lambda p: p.name)
def test_word_lists_load(path: Path) -> None:
    from transforms.coding import lexicon

    assert lexicon.words(path.stem)


# --- nothing of this machine in the files


def kept_files() -> list[Path]:
    """What git keeps or would keep; without git, every file outside of hidden folders."""
    done = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    found = [ROOT / n for n in done.stdout.split("\0") if n] if done.returncode == 0 else [
        p for p in ROOT.rglob("*") if not any(part.startswith(".") for part in p.relative_to(ROOT).parts)
    ]
    return [p for p in found if p.is_file() and p.suffix not in (".onnx", ".parquet", ".png", ".gz", ".duckdb")]


def package_hosts() -> list[str]:
    """Hosts that packages come from: the public ones (written in two parts, for this file is searched too) and this machine's own."""
    hosts = ["py" + "pi.org", "files.python" + "hosted.org", "conda.ana" + "conda.org", "registry.npm" + "js.org"]
    done = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False)
    for address in re.findall(r"https?://[^'\"\s]+", done.stdout):
        hosts.append(urlsplit(address).hostname or "")
    return [h for h in dict.fromkeys(hosts) if h]


def test_no_path_or_host_of_a_machine_is_in_a_file() -> None:
    hosts = package_hosts()
    paths = re.compile(r"(?<![\w.\-/>}])/(?:wo" + r"rk|ro" + r"ot|home/\w+|Users/\w+)/")
    wrong = []
    for path in kept_files():
        text = path.read_text(encoding="utf-8", errors="replace")
        wrong += [f"{path.relative_to(ROOT)}: {found.group()}" for found in paths.finditer(text)]
        wrong += [f"{path.relative_to(ROOT)}: a package host" for host in hosts if host in text]
    assert not wrong
