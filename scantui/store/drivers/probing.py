"""Finds out what speaks at an address where no Redis answered: a look of its own, made only when an error is unclear.

Rule: it sends nothing but PING and the greeting of TLS, no user and no password, and takes a limited time.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from contextlib import suppress

from scantui.store.address import ServerAddress
from scantui.store.drivers.causes import Trouble, is_redis, trouble_in_greeting
from scantui.store.drivers.connections import answer_within

# Together with CONNECT_SECONDS less than the five seconds within which a failure is explained.
LOOK_SECONDS = 1.4
# Some servers speak first; a Redis that refuses a client does too, and then closes the connection.
_LISTENING_SECONDS = 0.2
_ANSWER_SECONDS = 0.4
_MOST_BYTES = 512


async def look_at(address: ServerAddress) -> Trouble | None:
    """What is wrong at an address, None if the look shows nothing; it takes LOOK_SECONDS at most."""
    with suppress(OSError, asyncio.TimeoutError):
        async with answer_within(LOOK_SECONDS):
            return await _look_at(address)
    return None


def look_at_blocking(address: ServerAddress) -> Trouble | None:
    """The same for threads, also for one that runs an event loop."""
    found: list[Trouble | None] = []
    thread = threading.Thread(target=lambda: found.append(asyncio.run(look_at(address))), daemon=True)
    thread.start()
    # Looking up a name cannot be cancelled.
    thread.join(2 * LOOK_SECONDS)
    return next(iter(found), None)


async def _look_at(address: ServerAddress) -> Trouble | None:
    answer = await _answer_to_ping(address)
    trouble = trouble_in_greeting(answer or b"")
    if trouble is not None:
        return trouble
    if is_redis(answer or b""):
        return Trouble.NO_TLS if address.tls else None
    if not (address.tls or address.path) and await _speaks_tls(address):
        return Trouble.ONLY_TLS
    return Trouble.SILENT if answer is None else None


async def _answer_to_ping(address: ServerAddress) -> bytes | None:
    """What a server sends by itself, else its answer to PING without TLS: b"" if it closes, None if it keeps silent."""
    if address.path:
        reader, writer = await asyncio.open_unix_connection(address.path)
    else:
        reader, writer = await asyncio.open_connection(address.host, address.port)
    try:
        greeting = await _received(reader, _LISTENING_SECONDS)
        if greeting is not None:
            return greeting
        writer.write(b"PING\r\n")
        return await _received(reader, _ANSWER_SECONDS)
    finally:
        writer.transport.abort()


async def _received(reader: asyncio.StreamReader, seconds: float) -> bytes | None:
    try:
        async with answer_within(seconds):
            return await reader.read(_MOST_BYTES)
    except asyncio.TimeoutError:
        return None
    except OSError:
        return b""


async def _speaks_tls(address: ServerAddress) -> bool:
    # Whether the server is trusted does not matter here: nothing is sent to it.
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        async with answer_within(_ANSWER_SECONDS):
            _, writer = await asyncio.open_connection(address.host, address.port, ssl=context)
    except ssl.SSLError as error:
        return "ALERT" in (error.reason or "")
    except (OSError, asyncio.TimeoutError):
        return False
    writer.transport.abort()
    return True
