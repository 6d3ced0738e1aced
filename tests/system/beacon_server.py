"""A small Beacon on the loopback interface; it knows only the message that asks for the Redis."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Sequence
from types import TracebackType


def frame(kind: int, body: bytes) -> bytes:
    return struct.pack("<ii", kind, len(body)) + body


class BeaconServer:
    """Answers one question after the other with the same pieces of bytes, and notes what it was asked.

    It reads whole questions only; with no pieces at all it keeps silent until the other side gives up, with `hang_up`
    it closes the connection after them. The `pieces` may be changed.
    """

    def __init__(self, *pieces: bytes, hang_up: bool = False) -> None:
        self.pieces: Sequence[bytes] = pieces
        self._hang_up = hang_up
        self.asked: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.where = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> BeaconServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:  # closed, which is how it ends
                return
            with connection:
                header = _exactly(connection, 8)
                self.asked.append(header + _exactly(connection, struct.unpack("<ii", header)[1]))
                for piece in self.pieces:
                    connection.sendall(piece)
                if not self._hang_up:
                    connection.recv(1)


def _exactly(connection: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        chunk = connection.recv(size - len(received))
        assert chunk, "the question was cut off"
        received += chunk
    return received
