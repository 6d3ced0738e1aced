"""tail as a process, on a real server and in the demo: it misses nothing."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable

import pytest

from scantui.models import ScanState
from scantui.store import DataStore
from tests.cli.conftest import publish
from tests.cli.processes import PersonsEyes, Running, run, word_and_number
from tests.servers import RealRedis, initialise

Start = Callable[..., Running]
ALL_SO_FAR = ("--since", "2020-01-01")


def close(store: DataStore, key: str, end_reason: str) -> None:
    store.advance_scan(key, ScanState.CLOSED, {"end_reason": end_reason})


def test_tail_prints_scans_so_far_and_then_each_new_one(store: DataStore, store_url: str, start: Start) -> None:
    for number in range(1, 151):
        publish(store, number)
    tail = start("tail", *ALL_SO_FAR, "-s", store_url)
    assert [word_and_number(tail.line()) for _ in range(150)] == [("DONE", number) for number in range(1, 151)]
    publish(store, 151, "FAILURE")
    assert word_and_number(tail.line())[1] == 151


def test_tail_without_since_leaves_out_what_was_there(store: DataStore, store_url: str, start: Start) -> None:
    publish(store, 1)
    eyes = PersonsEyes()
    try:
        tail = start("tail", "-s", store_url, stderr=eyes.stream)
        eyes.read_until(b"watching redis://")
        publish(store, 2)
        assert word_and_number(tail.line())[1] == 2
    finally:
        eyes.close()


def test_tail_prints_a_scan_when_it_first_matches_the_filter(store: DataStore, store_url: str, start: Start) -> None:
    publish(store, 1, "FAILURE")
    running = publish(store, 2, None)
    tail = start("tail", "state=fail", *ALL_SO_FAR, "-s", store_url)
    assert word_and_number(tail.line()) == ("FAIL", 1)
    publish(store, 3)
    close(store, running.key, "FAILURE")
    assert word_and_number(tail.line()) == ("FAIL", 2)


def test_tail_prints_states_as_json(store: DataStore, store_url: str, start: Start) -> None:
    scan = publish(store, 1, None)
    tail = start("tail", *ALL_SO_FAR, "--states", "--json", "--max", "3", "-s", store_url)
    told = [json.loads(tail.line())]
    store.advance_scan(scan, ScanState.STOPPED)
    told.append(json.loads(tail.line()))
    close(store, scan.key, "SUCCESS")
    told.append(json.loads(tail.line()))
    assert [(each["event"], each["word"]) for each in told] == [("new", "RUN"), ("state", "STOP"), ("state", "DONE")]
    assert {each["key"] for each in told} == {scan.key}
    assert tail.end() == (0, "", "")


def test_tail_prints_a_scan_that_went_away(store: DataStore, store_url: str, start: Start) -> None:
    scan = publish(store, 1, None)
    tail = start("tail", *ALL_SO_FAR, "--states", "-s", store_url)
    assert word_and_number(tail.line()) == ("RUN", 1)
    store.delete_scan(scan.key, force=True)
    # Whether it is seen closed before is a matter of luck.
    assert word_and_number(tail.line())[0] in ("LOST", "GONE")


def test_plain_is_a_sentence_an_event(store: DataStore, store_url: str) -> None:
    publish(store, 1, "FAILURE", title="ascan samx \x1b[31m")
    publish(store, 2, None)
    done = run("tail", *ALL_SO_FAR, "--plain", "--max", "2", "-s", store_url)
    assert [line.partition(": ")[2] for line in done.stdout.splitlines()] == [
        "Scan 1, ascan samx ␛[31m, failed after 0:00.",
        "Scan 2, ascan, is running.",
    ]


def test_since_takes_a_timestamp_of_the_store(store: DataStore, store_url: str) -> None:
    publish(store, 1)
    timestamp, _ = store.get_last_scan()
    publish(store, 2)
    publish(store, 3)
    done = run("tail", "--since", timestamp, "--max", "2", "-s", store_url)
    assert [word_and_number(line)[1] for line in done.stdout.splitlines()] == [2, 3]


def test_a_lost_server_loses_no_scan(start_redis: Callable[..., RealRedis], start: Start) -> None:
    server = start_redis(config={"save": "900 1"})
    initialise(server.url)
    with DataStore(server.url) as store:
        publish(store, 1)
        open_scan = publish(store, 2, None)
    tail = start("tail", "is=closed", *ALL_SO_FAR, "-s", server.url)
    assert word_and_number(tail.line()) == ("DONE", 1)
    server.restart()
    # Before or after it has reconnected: both are reported, each once.
    with DataStore(server.url) as store:
        publish(store, 3)
        close(store, open_scan.key, "FAILURE")
    assert {word_and_number(tail.line()) for _ in range(2)} == {("FAIL", 2), ("DONE", 3)}
    tail.send(signal.SIGINT)
    exit_code, rest, errors = tail.end()
    assert (exit_code, rest) == (130, "")
    assert "Traceback" not in errors


def test_a_server_that_starts_anew_is_followed_on(start_redis: Callable[..., RealRedis], start: Start) -> None:
    server = start_redis()
    initialise(server.url)
    with DataStore(server.url) as store:
        publish(store, 1)
    tail = start("tail", *ALL_SO_FAR, "-s", server.url)
    assert word_and_number(tail.line()) == ("DONE", 1)
    server.restart()
    initialise(server.url)
    with DataStore(server.url) as store:
        publish(store, 2)
    assert word_and_number(tail.line()) == ("DONE", 2)


def test_a_server_that_is_not_there_yet_is_waited_for(start_redis: Callable[..., RealRedis], start: Start) -> None:
    server = start_redis()
    server.stop()
    eyes = PersonsEyes()
    try:
        waiting = start("wait", "--until", "created", "-s", server.url, stderr=eyes.stream)
        eyes.read_until(b"; retrying")
        server.start()
        initialise(server.url)
        eyes.read_until(b"reconnected to redis://")
        with DataStore(server.url) as store:
            publish(store, 1, None)
        assert word_and_number(waiting.line())[1] == 1
        assert waiting.end()[0] == 0
    finally:
        eyes.close()


def test_tail_ends_with_its_reader_although_nothing_happens(store: DataStore, store_url: str, start: Start) -> None:
    publish(store, 1)
    tail = start("tail", *ALL_SO_FAR, "-s", store_url)
    tail.line()
    tail.stop_reading()
    assert tail.end() == (0, "", "")


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_tail_quietly(
    store: DataStore, store_url: str, start: Start, number: signal.Signals, exit_code: int
) -> None:
    publish(store, 1)
    tail = start("tail", *ALL_SO_FAR, "-s", store_url)
    tail.line()
    tail.send(number)
    assert tail.end() == (exit_code, "", "")


def test_tail_follows_the_demo(start: Start) -> None:
    tail = start("tail", "--demo", "--states", *ALL_SO_FAR)
    for _ in range(8):
        word_and_number(tail.line())
    tail.send(signal.SIGINT)
    exit_code, _, errors = tail.end()
    assert (exit_code, errors) == (130, "")
