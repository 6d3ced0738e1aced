"""What the proxy counts: bytes, round trips, and those of them that follow each other."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.benchmarks.proxy import Proxy, Turns


def test_requests_before_an_answer_are_of_one_turn() -> None:
    turns = Turns()
    both = [turns.of_request(), turns.of_request()]
    for turn in both:
        turns.deliver(turn, 1.0)
    turns.deliver(turns.of_request(), 2.0)
    assert (turns.delivered, turns.until(1.5), turns.until(0.5)) == (2, 1, 0)


class Echo(socketserver.BaseRequestHandler):
    """Answers each piece with two of it."""

    def handle(self) -> None:
        while data := self.request.recv(100):
            self.request.sendall(2 * data)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        with Proxy(server.server_address[1]) as proxy:
            yield proxy
        server.shutdown()


def connected(stack: ExitStack, proxy: Proxy) -> Any:
    return stack.enter_context(socket.create_connection(("127.0.0.1", int(proxy.url.rpartition(":")[2]))))


def received(connection: Any, count: int) -> bytes:
    data = b""
    while len(data) < count:
        data += connection.recv(100)
    return data


def test_a_conversation_is_counted(proxy: Proxy) -> None:
    with ExitStack() as stack:
        connection = connected(stack, proxy)
        for _ in range(3):
            connection.sendall(b"asked")
            assert received(connection, 10) == b"askedasked"
    counts = proxy.counts
    assert (counts.asked_bytes, counts.answered_bytes) == (15, 30)
    assert (counts.round_trips, counts.turns.delivered) == (3, 3)
    assert counts.largest_reply == 10


def test_a_reset_counts_from_nothing(proxy: Proxy) -> None:
    with ExitStack() as stack:
        connection = connected(stack, proxy)
        connection.sendall(b"one")
        received(connection, 6)
        proxy.reset()
        connection.sendall(b"two")
        received(connection, 6)
    assert (proxy.counts.asked_bytes, proxy.counts.round_trips, proxy.counts.turns.delivered) == (3, 1, 1)
