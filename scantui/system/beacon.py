"""Asks Beacon, the configuration server of a BLISS beamline, which Redis holds the scans.

Rule: the caller gets an address or an error within a few seconds, whatever answers there.
Source: protocol, section 9.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Mapping

from scantui.exceptions import MachineError, UsageError
from scantui.store.address import ServerAddress
from scantui.text import printable

HOST_VARIABLE = "BEACON_HOST"
PORT_VARIABLE = "BEACON_PORT"
TIMEOUT = 4.0
USUAL_PORT = 25000

# Precedes each message: its type and the length of its body.
_HEADER = struct.Struct("<ii")
_WHERE_IS_DATA, _REFUSED, _DATA_IS_AT = 32, 33, 34
# An answer carries the key of its question.
_KEY = b"1"
_LARGEST_BODY = 1 << 16


def with_port(where: str, environment: Mapping[str, str]) -> str:
    """`host:port` of a Beacon named by `host` or `host:port`; the port may come from BEACON_PORT, and is usually 25000.

    Raises UsageError if the result is not host:port.
    """
    if _has_port(where):
        _host_and_port(where)
        return where
    _host_and_port(f"{where}:{USUAL_PORT}")
    whole = f"{where}:{environment.get(PORT_VARIABLE) or USUAL_PORT}"
    try:
        _host_and_port(whole)
    except UsageError:
        raise UsageError(f"{PORT_VARIABLE} must be a port, such as {USUAL_PORT}") from None
    return whole


def _has_port(where: str) -> bool:
    return ":" in where.rpartition("]")[2]


def _host_and_port(where: str) -> tuple[str, int]:
    host, colon, port = where.rpartition(":")
    is_bracketed = host.startswith("[") and host.endswith("]")
    is_host = bool(host) and (is_bracketed or ":" not in host)
    if not (is_host and colon and port.isascii() and port.isdigit() and len(port) < 6 and 0 < int(port) < 1 << 16):
        raise UsageError(
            # It is not repeated: it may be a URL with a password.
            f"{HOST_VARIABLE} must be host:port, such as beamline:{USUAL_PORT}"
        )
    return host.strip("[]"), int(port)


def ask_beacon(where: str, timeout: float = TIMEOUT) -> ServerAddress:
    """The address of the Redis for scans, from the Beacon at `host:port`.

    Raises UsageError if `where` is not host:port, MachineError if no usable answer comes within `timeout` seconds.
    """
    host, port = _host_and_port(where)
    asked = printable(f"Beacon at {where} ({HOST_VARIABLE})")
    deadline = time.monotonic() + timeout
    try:
        with socket.create_connection((host, port), timeout=timeout) as connection:
            question = _KEY + b"|"
            connection.sendall(_HEADER.pack(_WHERE_IS_DATA, len(question)) + question)
            kind, body = _receive(connection, deadline)
    except TimeoutError:
        raise MachineError(f"{asked} did not answer within {timeout:g} s: is it running?") from None
    except (OSError, UnicodeError) as error:
        reason = printable(getattr(error, "strerror", None) or str(error))
        raise MachineError(f"cannot ask {asked} for the Redis: {reason}") from None
    except _InvalidMessage as error:
        raise MachineError(f"{asked} is not a Beacon server: {error}") from None
    words = body.decode("utf-8", "replace").split("|", 2)
    if kind == _REFUSED:
        raise MachineError(printable(f"{asked} does not know a Redis for scans: {'|'.join(words[1:])}"))
    if kind != _DATA_IS_AT or len(words) != 3 or words[0].encode() != _KEY:
        raise MachineError(f"{asked} is not a Beacon server: it sent a message of type {kind}")
    return _address(asked, words[1], words[2])


class _InvalidMessage(Exception):  # noqa: N818 - it never leaves this file
    """Raised when an answer is not a message of Beacon."""


def _receive(connection: socket.socket, deadline: float) -> tuple[int, bytes]:
    """The next message: its type and its body."""
    kind, length = _HEADER.unpack(_receive_exactly(connection, _HEADER.size, deadline))
    if not 0 <= length <= _LARGEST_BODY:
        raise _InvalidMessage(f"it announced a message of {length} bytes")
    return kind, _receive_exactly(connection, length, deadline)


def _receive_exactly(connection: socket.socket, size: int, deadline: float) -> bytes:
    received = b""
    while len(received) < size:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        chunk = connection.recv(size - len(received))
        if not chunk:
            raise _InvalidMessage("it closed the connection in the middle of its answer")
        received += chunk
    return received


def _address(asked: str, host: str, port_or_path: str) -> ServerAddress:
    """The address, made without a URL, in which some characters would have another meaning."""
    is_port = port_or_path.isascii() and port_or_path.isdigit() and len(port_or_path) <= 5
    if is_port and host and 0 < int(port_or_path) < 1 << 16:
        return ServerAddress(host=host, port=int(port_or_path))
    if not is_port and port_or_path.startswith("/"):
        return ServerAddress(path=port_or_path)
    raise MachineError(printable(f"{asked} returned an invalid address for the Redis: {host!r}, {port_or_path!r}"))
