"""Asking Beacon for the Redis over real sockets: valid answers, and errors for all others."""

from __future__ import annotations

import pytest

from scantui.exceptions import MachineError, UsageError
from scantui.system.beacon import ask_beacon
from tests.servers import free_port
from tests.system.beacon_server import BeaconServer, frame

# The question as the protocol notes have it, recorded from blissdata.
QUESTION = bytes.fromhex("20 00 00 00 02 00 00 00 31 7c")


@pytest.mark.parametrize(
    ("body", "label"),
    [
        (b"1|id11|6380", "redis://id11:6380"),
        (b"1|localhost|/run/beacon/redis_data.sock", "unix:///run/beacon/redis_data.sock"),
        (b"1|::1|6380", "redis://[::1]:6380"),
    ],
)
def test_the_question_is_the_recorded_one_and_the_answer_an_address(body: bytes, label: str) -> None:
    with BeaconServer(frame(34, body)) as server:
        assert ask_beacon(server.where).label == label
    assert server.asked == [QUESTION]


def test_an_answer_may_come_byte_by_byte() -> None:
    answer = bytes.fromhex("22 00 00 00 0b 00 00 00") + b"1|id11|6380"
    with BeaconServer(*(answer[at : at + 1] for at in range(len(answer)))) as server:
        assert ask_beacon(server.where).label == "redis://id11:6380"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (frame(33, b"1|no \x1b[2Jredis"), "does not know a Redis for scans: no ␛[2Jredis"),
        (frame(34, b"1|id11"), "a message of type 34"),
        (frame(34, b"2|id11|6380"), "a message of type 34"),
        (frame(31, b"id11:6379"), "a message of type 31"),
        (frame(34, b"1||6380"), "invalid address for the Redis"),
        (frame(34, b"1|id11|99999"), "invalid address for the Redis"),
        (frame(34, b"1|id11|redis.sock"), "invalid address for the Redis"),
        (frame(34, b"1|id11|6380")[:-1], "closed the connection in the middle"),
        (b"", "closed the connection in the middle"),
        (b"\x22\x00\x00\x00\xff\xff\xff\x7f", "a message of 2147483647 bytes"),
        (b"\x22\x00\x00\x00\xff\xff\xff\xff", "a message of -1 bytes"),
        (b"HTTP/1.1 400 Bad Request\r\n", "a message of 825110831 bytes"),
    ],
)
def test_an_answer_that_is_of_no_use_is_reported(answer: bytes, said: str) -> None:
    with BeaconServer(answer, hang_up=True) as server, pytest.raises(MachineError, match="BEACON_HOST") as failed:
        ask_beacon(server.where)
    assert said in str(failed.value)


def test_a_beacon_that_keeps_silent_is_not_waited_for_long() -> None:
    with BeaconServer() as server, pytest.raises(MachineError, match=r"did not answer within 0\.1 s"):
        ask_beacon(server.where, timeout=0.1)


def test_one_that_stops_in_the_middle_is_not_waited_for_either() -> None:
    with BeaconServer(b"\x22\x00\x00\x00\x0b") as server, pytest.raises(MachineError, match=r"did not answer within"):
        ask_beacon(server.where, timeout=0.1)


def test_one_that_is_not_there_is_reported() -> None:
    with pytest.raises(MachineError, match="Connection refused"):
        ask_beacon(f"127.0.0.1:{free_port()}")


def test_a_host_that_has_no_name_is_reported() -> None:
    with pytest.raises(MachineError, match="cannot ask Beacon"):
        ask_beacon(f"{'a' * 64}.invalid:25000")


@pytest.mark.parametrize("where", ["", "id11", ":25000", "id11:", "id11:port", "id11:0", "id11:70000", "::1:25000"])
def test_where_it_is_takes_host_and_port(where: str) -> None:
    with pytest.raises(UsageError, match="must be host:port"):
        ask_beacon(where)
