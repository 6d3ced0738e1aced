"""The bare wire: commands in, bytes out, no client in between."""

from __future__ import annotations

import socket

from tests.servers import RealRedis

_END = b"+that is all\r\n"


class Wire:
    """A socket on which commands are sent as they stand, many at once."""

    def __init__(self, server: RealRedis) -> None:
        self._socket = socket.create_connection(("127.0.0.1", server.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def exchange(self, packed: bytes) -> bytes:
        """Send packed commands, and return all that is answered."""
        self.send(packed)
        return self.receive()

    def send(self, packed: bytes) -> None:
        self._socket.sendall(packed + _ECHO)

    def receive(self) -> bytes:
        """All that is answered to what was sent."""
        parts = []
        tail = b""
        while not tail.endswith(_END):
            parts.append(self._socket.recv(1 << 20))
            if not parts[-1]:
                raise ConnectionError("the server closed the connection")
            tail = (tail + parts[-1])[-len(_END) :]
        return b"".join(parts)[: -len(_END)]

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def packed(*words: str | int | bytes) -> bytes:
    """A command as it is sent."""
    parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in parts)


# Redis answers in order, so this answer comes last: a status that no other reply holds.
_ECHO = packed("EVAL", "return {ok='that is all'}", 0)
