"""wait as a process, on a real server and in the demo: it misses nothing, and its exit code is the outcome."""

from __future__ import annotations

import json
import shlex
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from scantui.models import ScanState
from scantui.store import DataStore
from tests.cli.conftest import publish
from tests.cli.processes import PersonsEyes, Running, run, run_as_process, word_and_number
from tests.servers import command, plain_client

Start = Callable[..., Running]


def close(store: DataStore, key: str, end_reason: str) -> None:
    store.advance_scan(key, ScanState.CLOSED, {"end_reason": end_reason})


@pytest.mark.parametrize(
    ("end_reason", "word", "exit_code"),
    [
        ("SUCCESS", "DONE", 0),
        ("FAILURE", "FAIL", 4),
        ("USER_ABORT", "ABRT", 5),
        ("DELETION", "LOST", 6),
        ("", "END", 6),
    ],
)
def test_the_exit_code_of_wait_is_the_outcome(
    store: DataStore, store_url: str, end_reason: str, word: str, exit_code: int
) -> None:
    scan = publish(store, 1, end_reason)
    done = run("wait", scan.key, "-s", store_url)
    assert (done.returncode, done.stderr) == (exit_code, "")
    assert word_and_number(done.stdout) == (word, 1)


def test_wait_takes_the_first_scan_that_gets_there_from_now_on(store: DataStore, store_url: str, start: Start) -> None:
    publish(store, 1, "FAILURE", name="dscan")
    running = publish(store, 2, None, name="dscan")
    eyes = PersonsEyes()
    try:
        waiting = start("wait", "name=dscan", "--json", "-s", store_url, stderr=eyes.stream)
        eyes.read_until(b"watching redis://")
        publish(store, 3)
        close(store, running.key, "USER_ABORT")
        assert json.loads(waiting.line())["key"] == running.key
        assert waiting.end()[0] == 5
    finally:
        eyes.close()


def test_wait_can_wait_for_another_state(store: DataStore, store_url: str) -> None:
    scan = publish(store, 1, None)
    assert run("wait", scan.key, "--until", "started", "-s", store_url).returncode == 0
    done = run("wait", scan.key, "--until", "stopped", "--timeout", "0.1", "-s", store_url)
    assert (done.returncode, done.stdout) == (124, "")
    assert done.stderr == "scantui: timed out after 0.1 s\n"


def test_wait_for_a_scan_that_is_not_there_or_goes(store: DataStore, store_url: str, start: Start) -> None:
    scan = publish(store, 1, None)
    another = scan.key[:-1] + ("1" if scan.key.endswith("0") else "0")
    assert run("wait", another, "-s", store_url).returncode == 3
    eyes = PersonsEyes()
    try:
        waiting = start("wait", scan.key, "-s", store_url, stderr=eyes.stream)
        eyes.read_until(b"watching redis://")
        with plain_client(store_url) as client:
            command(client, "DEL", scan.key)
        assert waiting.end()[0] == 3
        eyes.read_until(b"was deleted or has expired")
    finally:
        eyes.close()


def test_exec_finds_the_scan_in_its_environment_and_runs_none_of_it(
    store: DataStore, store_url: str, tmp_path: Path
) -> None:
    trap = tmp_path / "trap"
    scan = publish(store, 7, "FAILURE", name=f"$(echo > {trap})", title=f"`echo > {trap}`; echo > {trap}\0\x1b")
    said = 'echo "$SCANTUI_SCAN_KEY/$SCANTUI_SCAN_NUMBER/$SCANTUI_SCAN_WORD/$SCANTUI_SCAN_USER/$SCANTUI_SCAN_TITLE"'
    done = run_as_process("wait", scan.key, "--exec", said, "-s", store_url, environment={"SCANTUI_SCAN_USER": "old"})
    assert done.stdout.splitlines()[1] == f"{scan.key}/7/FAIL//`echo > {trap}`; echo > {trap}␀␛"
    assert done.returncode == 4
    assert not trap.exists()


def test_exec_finds_the_server_and_no_password(store: DataStore, store_url: str) -> None:
    scan = publish(store, 1)
    with_password = store_url.replace("redis://", "redis://default:s3cret@")
    environment = {"SCANTUI_URL": with_password}
    done = run_as_process(
        "wait", f" {scan.key}\r", "--exec", 'echo "SCANTUI_URL=$SCANTUI_URL"', environment=environment
    )
    assert f"SCANTUI_URL={store_url}\n" in done.stdout
    assert "s3cret" not in done.stdout + done.stderr


def test_a_command_that_fails_makes_a_fault_of_a_success(store: DataStore, store_url: str) -> None:
    scan = publish(store, 1)
    done = run("wait", scan.key, "--exec", "exit 7", "-s", store_url)
    assert (done.returncode, done.stderr) == (1, "scantui: the command failed with exit code 7\n")


def test_wait_answers_by_its_exit_code_and_runs_the_command_though_its_output_is_not_read(
    store: DataStore, store_url: str, start: Start, tmp_path: Path
) -> None:
    scan, mark = publish(store, 1, None), tmp_path / "mark"
    waiting = start("wait", scan.key, "--exec", f"echo > {shlex.quote(str(mark))}", "-s", store_url)
    waiting.stop_reading()
    close(store, scan.key, "FAILURE")
    assert waiting.end()[0] == 4
    assert mark.exists()


def test_ctrl_c_ends_wait_quietly(store: DataStore, store_url: str, start: Start) -> None:
    eyes = PersonsEyes()
    try:
        waiting = start("wait", "-s", store_url, stderr=eyes.stream)
        eyes.read_until(b"watching redis://")
        waiting.send(signal.SIGINT)
        assert waiting.end()[:2] == (130, "")
        assert b"Traceback" not in eyes.seen
    finally:
        eyes.close()


def test_wait_in_the_demo() -> None:
    assert run("wait", "--demo", "--until", "created").returncode in (0, 4, 5, 6)
