"""redis-py's errors as StoreErrors; pure.

Rule: a message from the server is text from outside, and is made printable.
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
    ServerBusyError,
    StoreError,
    UnreachableError,
)
from scantui.text import printable

# What a driver has to catch: errors of the library, and those of sockets and TLS that it lets through.
# Before Python 3.11 the event loop's TimeoutError is one of its own.
CLIENT_ERRORS = (redis_errors.RedisError, OSError, asyncio.TimeoutError)
# What redis-py itself raises while it reads invalid bytes.
_READING_ERRORS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
# The arguments with which a connection is taken from a pool: versions before 5.3 require a command, newer ones none.
PURPOSE = ("_",) if VERSION < (5, 3) else ()
_LONGEST = 300
_CONNECTING = re.compile(r"Error (-?\d+) connecting to (\S+?)\.? (.+)")
_UNTRUSTED = re.compile(r"CERTIFICATE_VERIFY_FAILED\] certificate verify failed: (.+?)\.? \(_ssl")
_NO_TLS = re.compile(r"\[SSL[^\]]*\] (.+?)\.? \(_ssl")


def translate(error: Exception) -> StoreError:
    """The StoreError with the meaning of an error of redis-py."""
    if isinstance(error, redis_errors.InvalidResponse):
        return unreadable(error)
    text = printable(str(error), _LONGEST)
    word = text.partition(" ")[0]
    if isinstance(error, redis_errors.WatchError):
        return ConflictError("another program changed the scan")
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
        no_connection = _CONNECTING.match(text)
        if no_connection:
            number, where = int(no_connection[1]), _in_brackets(no_connection[2])
            # redis-py 5.0.0 repeats the number in the place of the reason.
            reason = printable(getattr(error.__context__, "strerror", None) or no_connection[3], _LONGEST)
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


def is_unreadable(error: BaseException) -> bool:
    """Whether redis-py failed on bytes that are not replies; asked around its use of a socket and nowhere else."""
    return isinstance(error, _READING_ERRORS) and not isinstance(error, CLIENT_ERRORS)


def unreadable(error: BaseException) -> GarbledError:
    """The error to raise for bytes that redis-py could not read as replies."""
    return GarbledError(f"the server sent an invalid reply ({type(error).__name__})")


def refused(reply: Any) -> Any:
    """A reply of a batch, with the StoreError of a command that the server refused in its place."""
    if not isinstance(reply, Exception):
        return reply
    error = translate(reply)
    error.__cause__ = reply
    return error


def transaction_results(replies: list[Any]) -> list[Any]:
    """The results of the commands between MULTI and EXEC, from the replies to all of them.

    Raises the first refusal, WatchError when a watched key had changed.
    """
    *queued, executed = replies
    results = executed if isinstance(executed, list) else []
    for reply in (*queued, *results, executed):
        if isinstance(reply, Exception):
            raise reply
    if executed is None:
        raise redis_errors.WatchError("a watched key was changed")
    if len(results) != len(replies) - 2:
        raise redis_errors.InvalidResponse("a transaction was not answered as one")
    return results


def is_lost_connection(error: Exception) -> bool:
    """Whether a connection broke, so that a request which changes nothing may be sent again on another one."""
    is_login_or_loading = isinstance(error, (redis_errors.AuthenticationError, redis_errors.BusyLoadingError))
    return isinstance(error, (redis_errors.ConnectionError, ConnectionError)) and not is_login_or_loading
