"""Finds out what speaks at an address where no Redis answered: a look of its own, made only when an error is unclear.

Rule: it sends nothing but PING and the greeting of TLS, no user and no password, and takes a limited time.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from contextlib import suppress
from typing import NamedTuple

from scantui.store.address import ServerAddress
from scantui.store.drivers.causes import Trouble, is_redis, trouble_in_greeting, trouble_with_certificate, why_untrusted
from scantui.store.drivers.connections import answer_within
from scantui.store.drivers.errors import trouble_with_tls

# Together with CONNECT_SECONDS less than the five seconds within which a failure is explained.
LOOK_SECONDS = 1.4
# Some servers speak first; a Redis that refuses a client does too, and then closes the connection.
_LISTENING_SECONDS = 0.2
_ANSWER_SECONDS = 0.4
_MOST_BYTES = 512
# What a server without TLS may look like to TLS.
_MAYBE_PLAIN = (Trouble.NO_TLS, Trouble.TLS_FAILED, Trouble.CLOSED, Trouble.SILENT)
_VERIFIED = {"none": ssl.CERT_NONE, "optional": ssl.CERT_OPTIONAL, "required": ssl.CERT_REQUIRED}


class Found(NamedTuple):
    """What is wrong, and the detail that its sentence takes."""

    kind: Trouble
    detail: str = ""


async def look_at(address: ServerAddress, seconds: float = LOOK_SECONDS) -> Found | None:
    """What is wrong at an address, None if the look shows nothing; it takes a limited number of seconds."""
    connected = asyncio.Event()
    with suppress(OSError):
        try:
            async with answer_within(seconds):
                return await _look_at(address, connected)
        except asyncio.TimeoutError:
            # This computer may be too busy to see more than that.
            return Found(Trouble.SILENT) if connected.is_set() else None
    return None


def look_at_blocking(address: ServerAddress) -> Found | None:
    """The same for threads, also for one that runs an event loop."""
    found: list[Found | None] = []
    thread = threading.Thread(target=lambda: found.append(asyncio.run(look_at(address))), daemon=True)
    thread.start()
    # Looking up a name cannot be cancelled.
    thread.join(2 * LOOK_SECONDS)
    return next(iter(found), None)


async def _look_at(address: ServerAddress, connected: asyncio.Event) -> Found | None:
    in_tls, answer = await asyncio.gather(_trouble_in_tls(address), _answer_to_ping(address, connected))
    trouble = trouble_in_greeting(answer or b"")
    if in_tls is not None and (in_tls.kind not in _MAYBE_PLAIN or trouble is Trouble.ONLY_TLS):
        return in_tls
    if trouble is not None and not (address.tls and trouble is Trouble.ONLY_TLS):
        return Found(trouble)
    if is_redis(answer or b""):
        return Found(Trouble.NO_TLS) if address.tls else None
    if not (address.tls or address.path) and await _speaks_tls(address):
        return Found(Trouble.ONLY_TLS)
    return Found(Trouble.SILENT) if answer is None else in_tls


async def _trouble_in_tls(address: ServerAddress) -> Found | None:
    """What is wrong with an encrypted connection on which nothing is sent; None if it opens and stays, or is not asked.

    A server that is sent nothing cannot lose its own words about a client certificate.
    """
    if not address.tls:
        return None
    try:
        async with answer_within(_ANSWER_SECONDS):
            reader, writer = await asyncio.open_connection(address.host, address.port, ssl=tls_context(address))
    except ssl.SSLCertVerificationError as error:
        return Found(trouble_with_certificate(error.verify_message), why_untrusted(error.verify_message))
    except ssl.SSLError as error:
        return _in_handshake(error, address)
    except asyncio.TimeoutError:
        return Found(Trouble.SILENT)
    except OSError:
        return Found(Trouble.CLOSED)
    try:
        async with answer_within(_LISTENING_SECONDS):
            return None if await reader.read(_MOST_BYTES) else Found(Trouble.CLOSED_IN_TLS)
    except ssl.SSLError as error:
        return _in_handshake(error, address)
    except asyncio.TimeoutError:
        return None
    except OSError:
        return Found(Trouble.CLOSED_IN_TLS)
    finally:
        writer.transport.abort()


def _in_handshake(error: ssl.SSLError, address: ServerAddress) -> Found:
    reason = (error.reason or "").replace("_", " ").lower()
    return Found(trouble_with_tls(reason, address), reason)


def tls_context(address: ServerAddress) -> ssl.SSLContext:
    """TLS as the settings of an address ask for it."""
    settings = address.client_settings()
    authorities, directory = settings.get("ssl_ca_certs"), settings.get("ssl_ca_path")
    context = ssl.create_default_context(cafile=authorities, capath=directory)
    context.check_hostname = settings["ssl_check_hostname"]
    context.verify_mode = _VERIFIED[settings["ssl_cert_reqs"]]
    if "ssl_certfile" in settings:
        context.load_cert_chain(settings["ssl_certfile"], settings.get("ssl_keyfile"))
    return context


async def _answer_to_ping(address: ServerAddress, connected: asyncio.Event) -> bytes | None:
    """What a server sends by itself, else its answer to PING without TLS: b"" if it closes, None if it keeps silent."""
    if address.path:
        reader, writer = await asyncio.open_unix_connection(address.path)
    else:
        reader, writer = await asyncio.open_connection(address.host, address.port)
    connected.set()
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
