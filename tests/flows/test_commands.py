"""The commands beside the run: classify, doctor, explain, and what a run says that cannot be done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.classifying import InputError, classify_file
from flows.cli import app
from flows.doctoring import examine
from tests.flows.street import TEXT, write_jsonl
from tests.warehouse.rows import article, load
from tests.warehouse.test_store import held_by_another
from transforms.coding.labels import GIVEN_ACTOR_TYPES, STATUSES
from warehouse.store import Home, open_warehouse
from warehouse.tables import QUAD_CLASSES

SPANS = {"source": [0, 6], "target": [15, 22]}


# --- classify


def test_classify_answers_every_good_line_and_names_the_others(tmp_path: Path) -> None:
    source = write_jsonl(
        tmp_path / "in.jsonl", {"id": 1, "text": TEXT} | SPANS, {"id": "b", "text": TEXT, "source": [0, 6], "target": [15, 9_999]}, "", "{broken",
        {"id": "c", "text": TEXT, "source": [0, 6]}, {"text": TEXT} | SPANS, {"id": "d", "text": 5} | SPANS, "[1]", {"id": "é", "text": TEXT} | SPANS,
    )
    done, refused = classify_file(source, tmp_path / "out.jsonl")
    answers = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert done == 2 and [a["id"] for a in answers] == [1, "é"]
    for answer in answers:
        assert set(answer) == {"id", "event_type", "quad_class", "status", "confidence"}
        assert answer["event_type"] in GIVEN_ACTOR_TYPES and answer["quad_class"] in QUAD_CLASSES and answer["status"] in STATUSES
        assert 0 <= answer["confidence"] <= 1
    assert [r.split(":")[0] for r in refused] == [f"in.jsonl, line {n}" for n in (2, 4, 5, 6, 7, 8)]
    assert all("a line is {id, text" in r for r in refused)


def test_classify_without_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        classify_file(tmp_path / "gone.jsonl", tmp_path / "out.jsonl")
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        classify_file(tmp_path / "bytes.jsonl", tmp_path / "out.jsonl")


@pytest.mark.parametrize(("rows", "status"), [([{"id": 1, "text": TEXT} | SPANS], 0), ([{"id": 1, "text": TEXT} | SPANS, {"id": 2}], 1), ([{"id": 2}], 2)])
def test_classify_command(tmp_path: Path, rows: list[dict[str, object]], status: int) -> None:
    source = write_jsonl(tmp_path / "in.jsonl", *rows)
    assert CliRunner().invoke(app, ["classify", str(source), str(tmp_path / "out.jsonl")]).exit_code == status


# --- doctor


def states(home: Home) -> dict[str, str]:
    return {f.what: f.state for f in examine(home.path)}


def test_doctor_on_a_home_that_is_not_there(tmp_path: Path) -> None:
    found = states(Home(tmp_path / "home"))
    assert found["python"] == found["home"] == found["coder"] == found["duckdb"] == "ok"
    assert not (tmp_path / "home").exists(), "looking makes nothing"


def test_doctor_names_what_waits_and_what_died(home: Home) -> None:
    with open_warehouse(home) as connection:
        connection.execute("INSERT INTO runs VALUES ('r', 'pipeline', now()::TIMESTAMP, NULL, 'running', '0', NULL, '{}', NULL)")
        connection.execute("INSERT INTO quarantine VALUES ('q', 'r', 'documents', 'a', 'json', 'critical', 'broken', '{}', now()::TIMESTAMP, false)")
    (home.path / ".published-1.duckdb").write_bytes(b"")
    found = {f.what: (f.state, f.mend) for f in examine(home.path)}
    assert {w: found[w][0] for w in ("warehouse", "runs", "quarantine", "published", "left over")} == {
        "warehouse": "ok", "runs": "warn", "quarantine": "warn", "published": "warn", "left over": "warn",
    }
    assert "bilateral requeue" in found["quarantine"][1] and "run the same input again" in found["runs"][1]


def test_doctor_advises_to_recode_what_another_version_coded(home: Home) -> None:
    with open_warehouse(home) as connection:
        load(connection, articles=[article(coder_version="0.0", mention_count=0)])
    found = next(f for f in examine(home.path) if f.what == "recode")
    assert found.state == "warn" and found.detail.startswith("1 article was coded by another version") and "bilateral recode" in found.mend


def test_doctor_on_locked_damaged_and_unreachable_homes(home: Home, tmp_path: Path) -> None:
    with open_warehouse(home):
        pass
    with held_by_another(home.warehouse):
        assert states(home)["warehouse"] == "warn"
    home.warehouse.write_bytes(b"no database" * 1_000)
    assert states(home)["warehouse"] == "bad"
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "published.duckdb").mkdir()
    assert all(f.mend for f in examine(home.path) if f.state != "ok")
    assert CliRunner().invoke(app, ["doctor", "--home", str(home.path)]).exit_code == 1


def test_doctor_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = states(Home(tmp_path / "file" / "home"))
    assert found["home"] in ("ok", "bad") and found["disk"] == "ok"


def test_doctor_without_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILATERAL_MODEL_FOLDER", str(tmp_path))
    [model] = [f for f in examine(tmp_path / "home") if f.what == "model"]
    assert model.state == "bad" and "encoder.onnx" in model.detail and "make train" in model.mend


# --- what cannot be done


@pytest.mark.parametrize("arguments", [["run", "gone"], ["explain", "xyz"], ["explain", "abc"], ["query", "SELECT 1"]])
def test_commands_without_anything_to_work_on_say_so(arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    answer = CliRunner().invoke(app, [*arguments, "--home", str(tmp_path / "home")])
    assert answer.exit_code == 2 and answer.output.strip() and "Traceback" not in answer.output
    assert not (tmp_path / "home").exists()


def test_requeue_without_a_warehouse(tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["requeue", "--home", str(tmp_path / "home")])
    assert answer.exit_code == 0 and "nothing to put back" in answer.output and not (tmp_path / "home").exists()
