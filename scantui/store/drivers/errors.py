"""The client library's errors, translated into ours at the border; pure.

Rule: a message from the server is text from outside; the commands that redis-py quotes in it are left out.
"""

from __future__ import annotations

import asyncio
import os
import re
from typing import Any

from redis import VERSION
from redis import exceptions as redis_errors

from scantui.exceptions import (
    CommandError,
    ConflictError,
    ConnectionFailed,
    GarbledError,
    LoginError,
    NoAnswerError,
    NotAllowedError,
    OutOfMemory,
    ScanTuiError,
    ServerBusyError,
    StoreError,
    UnreachableError,
)
from scantui.store.operations.requests import Operation, Request, Result
from scantui.text import printable

# What a driver has to catch: errors of the library, and those of sockets and TLS that it lets through.
# Before Python 3.11 the event loop's TimeoutError is one of its own.
# The last ones are raised by readers of answers that make no sense.
_NONSENSE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
CLIENT_ERRORS = (redis_errors.RedisError, OSError, asyncio.TimeoutError, *_NONSENSE)
# For what a connection is taken from a pool: versions before 5.3 want to be told, and newer ones to be spared.
PURPOSE = ("_",) if VERSION < (5, 3) else ()
_LONGEST = 300
_CONNECTING = re.compile(r"Error (-?\d+) connecting to (\S+?)\.? (.+)")
_UNTRUSTED = re.compile(r"CERTIFICATE_VERIFY_FAILED\] certificate verify failed: (.+?)\.? \(_ssl")
_NO_TLS = re.compile(r"\[SSL[^\]]*\] (.+?)\.? \(_ssl")
_WRAPPED = re.compile(r"""\(["'](.*)["'],\)""", re.DOTALL)
_QUOTED_COMMAND = ") of pipeline caused error: "


def translate(error: Exception) -> StoreError:
    """The error of ours that tells what an error of redis-py means for a scan store."""
    if isinstance(error, (redis_errors.InvalidResponse, *_NONSENSE)):
        return GarbledError(f"an answer of the server makes no sense ({type(error).__name__})")
    text = str(error).rpartition(_QUOTED_COMMAND)[2]
    wrapped = _WRAPPED.fullmatch(text)
    text = printable(wrapped[1] if wrapped else text, _LONGEST)
    word = text.partition(" ")[0]
    if isinstance(error, redis_errors.WatchError):
        # redis-py says so too when the connection broke, which is another thing.
        if "ConnectionError" in text:
            return ConnectionFailed("the connection broke; whether the change was made is not known")
        return ConflictError("the scan was changed by somebody else")
    if isinstance(error, redis_errors.AuthenticationError) or word in ("NOAUTH", "WRONGPASS"):
        return LoginError(f"the server refuses the login ({text}): check user and password of the URL")
    if isinstance(error, (redis_errors.NoPermissionError, redis_errors.ReadOnlyError)) or word == "NOPERM":
        return NotAllowedError(f"not allowed: {text}")
    if isinstance(error, redis_errors.OutOfMemoryError) or word == "OOM":
        return OutOfMemory("the server's memory is full, and it takes no more writes until scans expire")
    if isinstance(error, redis_errors.BusyLoadingError) or word in ("BUSY", "LOADING", "MASTERDOWN"):
        return ServerBusyError(f"the server is busy: {text}")
    if isinstance(error, (redis_errors.TimeoutError, TimeoutError, asyncio.TimeoutError)):
        return NoAnswerError("the server did not answer in time")
    if isinstance(error, (redis_errors.ConnectionError, OSError)):
        refused = _CONNECTING.match(text)
        if refused:
            number, where = int(refused[1]), _in_brackets(refused[2])
            # redis-py 5.0.0 repeats the number in the place of the reason.
            reason = printable(getattr(error.__context__, "strerror", None) or refused[3], _LONGEST)
            untrusted = _UNTRUSTED.search(reason)
            if untrusted:  # such an error has a number that is not one of the system's
                why = f"its certificate is not trusted, {untrusted[1]}: see ca_file and ssl_ca_certs"
            elif speaks := _NO_TLS.search(reason):
                why = f"no TLS can be spoken with it ({speaks[1]}): redis:// instead of rediss:// speaks none"
            else:
                why = os.strerror(number) if number > 0 else reason.rstrip(".")
            return UnreachableError(f"cannot reach {where}: {why}")
        return ConnectionFailed(text or "the connection was closed")
    return CommandError(text)


def _in_brackets(place: str) -> str:
    """The host and port of an error of redis-py, an IPv6 address in brackets."""
    host, _, port = place.rpartition(":")
    return f"[{host}]:{port}" if ":" in host else place


def proceed(operation: Operation[Result], reply: Any) -> Request:
    """Give an operation its reply and return what it asks for next; GarbledError for one that it cannot read."""
    try:
        return operation.send(reply)
    except ScanTuiError:
        raise
    except _NONSENSE as error:
        raise translate(error) from error


def carried_out(replies: list[Any]) -> list[Any]:
    """What the commands between MULTI and EXEC gave, from all that was answered; raises the first refusal."""
    *queued, given = replies
    if isinstance(given, list):
        queued += given
    for reply in (*queued, given):
        if isinstance(reply, Exception):
            raise reply
    if not isinstance(given, list) or len(given) != len(replies) - 2:
        raise redis_errors.InvalidResponse("a transaction was not answered as one")
    return given


def is_lost_connection(error: Exception) -> bool:
    """Whether a connection broke, so that a request which changes nothing may be sent again on another one."""
    is_login_or_loading = isinstance(error, (redis_errors.AuthenticationError, redis_errors.BusyLoadingError))
    return isinstance(error, (redis_errors.ConnectionError, ConnectionError)) and not is_login_or_loading
