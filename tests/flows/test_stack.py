"""``make up`` and ``make down``: the stack starts, can be started again, shows its deployments, and leaves nothing behind."""

from __future__ import annotations

import json
import socket
import urllib.request
from pathlib import Path

import pytest

from flows import stack


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> stack.Stack:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("BILATERAL_HOME", str(tmp_path))
    monkeypatch.setenv("BILATERAL_PREFECT_PORT", str(port))
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    return stack.stack()


@pytest.mark.slow
def test_up_twice_shows_deployments_and_down_leaves_nothing(place: stack.Stack) -> None:
    try:
        assert place.page in stack.up()
        first = stack.running(place)
        assert set(first) == {"server", "worker"}
        stack.up()
        assert stack.running(place) == first, "a second up starts nothing anew"
        asked = urllib.request.Request(f"{place.api}/deployments/filter", b"{}", {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked, timeout=20) as answer:
            assert {d["name"] for d in json.load(answer)} >= {"hourly", "on-demand", "recode", "nightly"}
        asked = urllib.request.Request(f"{place.api}/automations/filter", b"{}", {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked, timeout=20) as answer:
            assert [a["name"] for a in json.load(answer)] == ["bilateral: silent runs are crashed"], "made once"
    finally:
        told = stack.down()
    assert told == "stopped: server, worker"
    assert not stack.answers(place) and not stack.running(place)
    assert stack.down() == "nothing was running"


def test_a_foreign_server_on_the_port_is_named(place: stack.Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack, "answers", lambda here: True)
    with pytest.raises(stack.StackError, match="BILATERAL_PREFECT_PORT"):
        stack.up()


def test_a_reused_process_number_is_not_ours(place: stack.Stack) -> None:
    place.folder.mkdir(parents=True)
    place.record.write_text(json.dumps({"server": [1, "Thu Jan  1 00:00:00 1970"]}), encoding="utf-8")
    assert stack.running(place) == {}
    assert stack.down() == "nothing was running"
