"""`scantui diff`: its exit codes, and its JSON."""

from __future__ import annotations

import json

import pytest

from scantui.cli.main import main
from scantui.store import DataStore
from tests.cli.conftest import publish
from tests.hostile import attack, hostile_info


def test_the_exit_code_shows_whether_they_differ(
    store: DataStore, store_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    a, b, other = publish(store, 1), publish(store, 2), publish(store, 3, "FAILURE", count_time=0.5)
    assert main(["diff", "1", b.key, "-s", store_url]) == 0
    assert main(["diff", "1", "3", "-s", store_url, "--json"]) == 1
    record = json.loads(capsys.readouterr().out.partition("{")[2].join(("{", "")))
    assert (record["a"], record["b"]) == (a.key, other.key)
    assert {"path": "count_time", "a": None, "b": 0.5} in record["changed"]
    assert {"path": "end_reason", "a": "SUCCESS", "b": "FAILURE"} in record["changed"]
    assert record.keys() == {"a", "b", "changed", "equal", "ignored"}
    assert main(["diff", "1", "4", "-s", store_url]) == 3
    assert main(["diff", a.key, a.key[:-1] + ("1" if a.key.endswith("0") else "0"), "-s", store_url]) == 3
    assert main(["diff", "1", "2", "-s", "redis://127.0.0.1:1"]) == 2


def test_hostile_names_and_values_stay_texts(
    store: DataStore, store_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(store, 1)
    publish(store, 2, name=attack(1), **hostile_info(1))
    assert main(["diff", "1", "2", "-s", store_url]) == 1
    assert all(line.isprintable() for line in capsys.readouterr().out.split("\n"))
