"""redis-py's errors as StoreErrors; pure.

Rule: a message from the server is text from outside, and is made printable. What is wrong with a connection is
explained by the table of `causes`, and never by the text of a library.
"""

from __future__ import annotations

import asyncio
import os
import re
import ssl
import time
from typing import Any

from redis import VERSION
from redis import exceptions as redis_errors

from scantui.exceptions import (
    CommandError,
    ConflictError,
    GarbledError,
    NotAllowedError,
    OutOfMemory,
    StoreError,
)
from scantui.store.address import ServerAddress
from scantui.store.drivers.causes import (
    Trouble,
    trouble_in_reply,
    trouble_in_tls,
    trouble_with_certificate,
    trouble_with_name,
    trouble_with_system,
    why_untrusted,
)
from scantui.store.operations.requests import ANSWER_SECONDS, CONNECT_SECONDS
from scantui.text import printable

# What a driver has to catch: errors of the library, and those of sockets and TLS that it lets through.
# Before Python 3.11 the event loop's TimeoutError is one of its own.
CLIENT_ERRORS = (redis_errors.RedisError, OSError, asyncio.TimeoutError)
# What redis-py itself raises while it reads invalid bytes.
_READING_ERRORS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
_TIMEOUTS = (redis_errors.TimeoutError, TimeoutError, asyncio.TimeoutError)
# The arguments with which a connection is taken from a pool: versions before 5.3 require a command, newer ones none.
PURPOSE = ("_",) if VERSION < (5, 3) else ()
_LONGEST = 300
_SENTINEL_SECONDS = 1.5
# The beginning of redis-py's own message.
_CONNECTING = "Timeout connecting"
_NUMBER = re.compile(r"\[?(?:Errno|Error) (-?\d+)\b")
_FORBIDDEN = re.compile(r"User (.*) has no permissions to run the '([^']*)' command")
# What hiredis or redis-py puts before the cause.
_DISCARDED = "Transaction discarded because of: "
# Why a server that can be read takes no writes, by the first word of its answer.
_NO_WRITES = {
    "MISCONF": "the server cannot save its data to disk, and takes no writes until it can: its log says why",
    "NOREPLICAS": "the server has fewer replicas than it wants, and takes no writes until they are back",
}
_NAMED = re.compile(r"connecting to (\S+:\d+)\.")
_ELSEWHERE = (redis_errors.MovedError, redis_errors.AskError, redis_errors.ClusterDownError)
# What a second look can explain better.
_UNCLEAR = (Trouble.CLOSED, Trouble.NO_TLS, Trouble.TLS_FAILED, Trouble.ONLY_TLS)
# What is wrong with the Sentinels themselves, not with the Redis that they name.
_OF_SENTINELS = (Trouble.NO_SENTINEL, Trouble.NOT_SENTINEL)
_CERTIFICATE = "ssl_certfile"


class ConnectTimeout(redis_errors.TimeoutError):
    """Raised by a driver when no connection was made in time."""

    def __init__(self) -> None:
        super().__init__(f"{_CONNECTING} to server")


class Contact:
    """What a driver knows of the server that it talks to: its address, and whether it answered at all.

    `address` is None for a server in this process.
    """

    def __init__(self, address: ServerAddress | None) -> None:
        self.address = address
        self.has_answered = False
        self._follows_master = address is not None and bool(address.sentinels) and not address.replica
        self._next_question = 0.0

    @property
    def asks_sentinels(self) -> bool:
        """Whether it is time to ask the Sentinels for the master again; yes starts the wait for the next time."""
        # A planned failover leaves the old master running for many seconds, without its role.
        if not self._follows_master or (now := time.monotonic()) < self._next_question:
            return False
        self._next_question = now + _SENTINEL_SECONDS
        return True

    def require_files(self) -> None:
        """Raise the error for a file of the TLS settings that cannot be used, before the first connection."""
        if self.address is None or not self.address.tls_settings or self.has_answered:
            return
        from scantui.store.drivers.tls_files import problem_with_files

        problem = problem_with_files(self.address.tls_settings)
        if problem:
            raise self.failure(Trouble.TLS_FILE, problem)

    def is_unclear(self, error: Exception) -> bool:
        """Whether an error leaves open what is there, so that a look of its own is worth it."""
        address = self.address
        if address is None or self.has_answered or address.sentinels:
            return False
        if isinstance(error, (redis_errors.InvalidResponse, GarbledError)):
            return True
        if isinstance(error, _TIMEOUTS):
            return str(error).startswith(_CONNECTING)
        return _trouble_in(error, self)[0] in _UNCLEAR

    def failure(self, trouble: Trouble, detail: str = "", error: Exception | None = None) -> StoreError:
        """The error for what is wrong with this server; for one that Sentinels named, `error` knows its address."""
        address = self.address
        where, host = (address.place, address.host) if address else ("the server", "the server")
        if address is not None and address.sentinels and trouble not in _OF_SENTINELS:
            named = _NAMED.search(str(error))
            where = printable(named[1] if named else address.service, _LONGEST)
        return trouble.failure(where, host, detail)


def translate(error: Exception, contact: Contact | None = None) -> StoreError:
    """The StoreError with the meaning of an error of redis-py."""
    if isinstance(error, StoreError):
        return error
    if isinstance(error, redis_errors.InvalidResponse):
        return unreadable(error)
    text = printable(str(error).removeprefix(_DISCARDED), _LONGEST)
    word = text.partition(" ")[0]
    if isinstance(error, redis_errors.WatchError):
        return ConflictError("another program changed the scan")
    if isinstance(error, redis_errors.ReadOnlyError) or word == "READONLY":
        return NotAllowedError("this Redis is a replica, which takes no writes: use the URL of its master")
    if isinstance(error, redis_errors.NoPermissionError) or word == "NOPERM":
        return NotAllowedError(f"not allowed: {_forbidden(text.removeprefix('NOPERM '))}")
    if isinstance(error, redis_errors.OutOfMemoryError) or word == "OOM":
        return OutOfMemory("the server's memory is full, and it takes no more writes until scans expire")
    if word in _NO_WRITES:
        return CommandError(_NO_WRITES[word])
    contact = contact or Contact(None)
    trouble, detail = _trouble_in(error, contact)
    return contact.failure(trouble, detail, error) if trouble else CommandError(text)


def _forbidden(text: str) -> str:
    """What a user may not do, and what to ask for."""
    command = _FORBIDDEN.fullmatch(text)
    if command:
        return f"user {command[1]} may not run {command[2].upper()}; an administrator can add +{command[2]}"
    return f"{text}; an administrator can add the rights that scantui doctor lists" if "permission" in text else text


def _trouble_in(error: Exception, contact: Contact) -> tuple[Trouble | None, str]:
    """What an error of redis-py means for the connection, with its detail; None for the refusal of one command."""
    text = str(error)
    # To redis-py a replica without its master is a kind of broken Cluster.
    if isinstance(error, _ELSEWHERE) and not isinstance(error, redis_errors.MasterDownError):
        return Trouble.CLUSTER, ""
    if isinstance(error, _TIMEOUTS):
        if text.startswith(_CONNECTING):
            return Trouble.TIMED_OUT, f"{CONNECT_SECONDS:g}"
        return (Trouble.NO_ANSWER if contact.has_answered else Trouble.SILENT), f"{ANSWER_SECONDS:g}"
    if isinstance(error, redis_errors.AuthenticationError) or text.startswith(("WRONGPASS", "NOAUTH")):
        known = trouble_in_reply(text)
        return (known, "") if known is not None else (Trouble.WRONG_LOGIN, text.rstrip("."))
    if isinstance(error, redis_errors.BusyLoadingError):
        return Trouble.LOADING, ""
    known = trouble_in_reply(text)
    if known is not None or isinstance(error, redis_errors.ResponseError):
        return known, ""
    if type(error).__name__ in ("MasterNotFoundError", "SlaveNotFoundError"):
        return Trouble.NO_SENTINEL, contact.address.service if contact.address else ""
    if isinstance(error, (redis_errors.ConnectionError, OSError)):
        return _trouble_with_connection(error, contact)
    return None, ""


def _trouble_with_connection(error: Exception, contact: Contact) -> tuple[Trouble, str]:
    cause = _system_error(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return trouble_with_certificate(cause.verify_message), why_untrusted(cause.verify_message)
    if isinstance(cause, ssl.SSLError):
        # Its number is one of OpenSSL's, and without a reason the connection ended.
        reason = (cause.reason or "").replace("_", " ").lower()
        ended = Trouble.LOST if contact.has_answered else Trouble.CLOSED
        return (trouble_with_tls(reason, contact.address) if reason else ended), reason
    found = _NUMBER.search(str(error))
    # Of several addresses that all fail, the event loop has the numbers in its text alone.
    number = cause.errno if cause is not None and cause.errno else int(found[1]) if found else None
    address = contact.address
    is_socket = address is not None and bool(address.path)
    if type(cause).__name__ == "gaierror":
        return trouble_with_name(number, address.host if address else ""), ""
    known = trouble_with_system(number, is_socket)
    if known is not None and known is not Trouble.CLOSED:
        return known, f"{CONNECT_SECONDS:g}"
    if known is None and isinstance(error, redis_errors.ConnectionError) and found and number and number > 0:
        return Trouble.UNREACHABLE, os.strerror(number)
    return (Trouble.LOST if contact.has_answered else Trouble.CLOSED), ""


def trouble_with_tls(reason: str, address: ServerAddress | None) -> Trouble:
    """What OpenSSL's reason for a failed handshake means, with or without a client certificate."""
    trouble = trouble_in_tls(reason)
    has_certificate = address is not None and _CERTIFICATE in address.tls_settings
    return Trouble.CLIENT_REFUSED if has_certificate and trouble is Trouble.CLIENT_CERTIFICATE else trouble


def _system_error(error: BaseException | None) -> OSError | None:
    """The error of the system beneath one of redis-py."""
    while error is not None and not isinstance(error, OSError):
        error = error.__cause__ or error.__context__
    return error


def is_unreadable(error: BaseException) -> bool:
    """Whether redis-py failed on bytes that are not replies; asked around its use of a socket and nowhere else."""
    return isinstance(error, _READING_ERRORS) and not isinstance(error, CLIENT_ERRORS)


def unreadable(error: BaseException) -> GarbledError:
    """The error to raise for bytes that redis-py could not read as replies."""
    return GarbledError(f"the server sent an invalid reply ({type(error).__name__})")


def raise_if_turned_away(error: Exception) -> None:
    """Raise a refusal after which the server closes the connection, so that no other reply comes."""
    if trouble_in_reply(str(error)) in (Trouble.PROTECTED, Trouble.TOO_MANY_CLIENTS):
        raise error


def refused(reply: Any, contact: Contact) -> Any:
    """A reply of a batch, with the StoreError of a command that the server refused in its place."""
    if not isinstance(reply, Exception):
        return reply
    error = translate(reply, contact)
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
