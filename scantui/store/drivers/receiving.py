"""Replies as they come: those that redis-py has in its buffer are taken out without asking it for each.

Rule: a reply is treated as redis-py treats it. Thousands come together, and its own way takes several times the work.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from typing import Any

from redis._parsers import hiredis
from redis.exceptions import ConnectionError as RedisConnectionError

from scantui.store.drivers.errors import is_unreadable, raise_if_turned_away

# What its reader returns when nothing is left; the first releases that are supported have no object of their own.
_NOTHING = getattr(hiredis, "NOT_ENOUGH_DATA", False)
# What is no refusal and holds none.
_SURE = frozenset((int, bytes, type(None)))

Early = Callable[[Any], Any] | None


def taken(reply: Any, early: Early) -> Any:
    """A reply, through `early`; a refusal is raised if the server closes the connection after it."""
    first = reply[0] if type(reply) is list and reply else reply
    if isinstance(first, Exception):
        if isinstance(first, RedisConnectionError):
            raise first
        if first is reply:
            raise_if_turned_away(reply)
            return reply
    return reply if early is None else early(reply)


def at_hand(connection: Any, early: Early) -> Iterator[Any]:
    """The replies that came along with those read before, a refusal as its exception; none if the parser hides them."""
    reader = getattr(getattr(connection, "_parser", None), "_reader", None)
    gets = getattr(reader, "gets", None)
    if gets is not None:
        while (reply := gets()) is not _NOTHING:
            yield reply if early is None and type(reply) in _SURE else taken(reply, early)


def is_misread(error: BaseException, early: Early) -> bool:
    """Whether redis-py failed on bytes that are not replies, rather than `early` by a bug."""
    raised_in = [frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)]
    return is_unreadable(error) and getattr(early, "__code__", None) not in raised_in
