"""What an operation may ask of Redis: plain values, which a driver carries out.

Rule: an operation is a generator that yields a Request and is sent its reply; it does no I/O of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any, TypeVar

import msgspec

from scantui.exceptions import TooLargeError

# In place of a reply that came after one that was too large.
UNREAD = object()
# A document of more bytes than these is not read: to take it apart would make keys wait.
LARGEST_DOCUMENT = 4 << 20

Value = str | bytes | int | float
Result = TypeVar("Result")


class Command(tuple[Value, ...]):
    """One Redis command; its reply is what Redis answers, bytes undecoded. A refusal is raised as a StoreError."""

    __slots__ = ()

    def __new__(cls, *words: Value) -> Command:
        return tuple.__new__(cls, words)

    @property
    def blocks_for(self) -> float:
        """For how many seconds the server may wait before it answers."""
        return int(self[self.index("BLOCK") + 1]) / 1000 if "BLOCK" in self else 0.0

    @property
    def repeatable(self) -> bool:
        """Whether it may be sent again when its answer was lost: it changes nothing."""
        return self[0] in _READS

    def __repr__(self) -> str:
        return f"Command({', '.join(map(repr, self))})"


def last_entry(stream: str) -> Command:
    """The request for the last entry of a stream, which shows its length too; the reply holds one entry or none."""
    return Command("XREVRANGE", stream, "+", "-", "COUNT", 1)


class Batch(msgspec.Struct, frozen=True):
    """Independent commands in one round trip; the reply is a list in which a refused command has its StoreError.

    With `most` TooLargeError is raised once more bytes than these have come, and the rest is not read. `early` may be
    applied to each reply as it comes, so that a part of the work is done while the server prepares the next ones; the
    operation does that part of what is left to it. The commands then go out piece by piece, so that neither side holds
    many replies at once: as many round trips as a far server needs.
    """

    commands: Sequence[Command]
    most: int = 0
    early: Callable[[Any], Any] | None = None

    @property
    def repeatable(self) -> bool:
        return all(command.repeatable for command in self.commands)


def bounded(commands: Sequence[Command], most: int) -> Operation[list[Any]]:
    """The replies to reads that may have so many bytes together: a TooLargeError in place of the one that has more.

    UNREAD stands in place of those after it.
    """
    if not commands:
        return []
    try:
        replies: list[Any] = yield Batch(commands, most)
    except TooLargeError as error:
        return [*error.came, error, *(UNREAD for _ in commands[len(error.came) + 1 :])]
    return replies


class Transaction(msgspec.Struct, frozen=True):
    """Commands that are carried out together or not at all (MULTI/EXEC); any refusal is raised.

    After a Watch the transaction raises ConflictError if a watched key has changed since.
    """

    commands: Sequence[Command]

    @property
    def repeatable(self) -> bool:
        return all(command.repeatable for command in self.commands)


class Watch(msgspec.Struct, frozen=True):
    """Have the next Transaction of this operation fail if one of these keys changes before it; no reply.

    From here to that Transaction every request is sent over the same connection, and only single commands may come.
    """

    keys: Sequence[str]

    @property
    def repeatable(self) -> bool:
        return True


class Turn(msgspec.Struct, frozen=True):
    """Let other tasks run before a long operation goes on; no reply."""

    @property
    def repeatable(self) -> bool:
        return True


Request = Command | Batch | Transaction | Watch | Turn
Operation = Generator[Request, Any, Result]

_READS = frozenset(
    (
        *(
            "GET",
            "PTTL",
            "TIME",
            "SCAN",
            "DBSIZE",
            "JSON.GET",
            "JSON.MGET",
            "XREAD",
            "XRANGE",
            "XREVRANGE",
            "XLEN",
            "FT.SEARCH",
        ),
        *("MEMORY", "OBJECT", "FT.CONFIG", "FT.TAGVALS", "FT.AGGREGATE", "MODULE", "ACL", "PING", "STRLEN", "INFO"),
    )
)

# What the drivers agree on: a server that does not answer within this time counts as lost. All limits are below the
# five seconds within which a user learns why there is no connection.
ANSWER_SECONDS = 4.5
# For the first answer less: a command has also to start within those five seconds.
FIRST_ANSWER_SECONDS = 4.2
# How long making a connection may take, with its TLS and its login.
CONNECT_SECONDS = 3.0
# An answer may come this much later than the time for which the server may wait.
LATE_SECONDS = 3.0
# How long a connection may take to close properly.
CLOSING_SECONDS = 1.0
NO_LIMIT = 2**31
