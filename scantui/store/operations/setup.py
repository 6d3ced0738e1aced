"""Operations that open or initialise a database.

Rule: the protocol version is written last, since readers take it to mean that the database is ready.
Source: protocol, sections 1 and 2.
"""

from __future__ import annotations

import hashlib

from scantui.exceptions import (
    CommandError,
    DatabaseNotEmptyError,
    MissingModuleError,
    NotInitialisedError,
    UsageError,
)
from scantui.matching import FIELDS, NUMBER_FIELDS
from scantui.store.operations.requests import Batch, Command, Operation
from scantui.store.wire import protocol
from scantui.store.wire.documents import DOCUMENT_PATH
from scantui.store.wire.replies import integer, modules_in, raise_if_error, text_of

PREFIX_EXPANSIONS = 2000
_MODULES = {"rejson": "JSON", "search": "search"}
_FUNCTIONS = """#!lua name=mylib
local SEAL = '18446744073709551615-18446744073709551615'

local function points_in(fields)
  for at = 1, #fields, 2 do
    if fields[at] == 'len' then
      return tonumber(fields[at + 1])
    end
  end
  return 1
end

redis.register_function('seal_stream', function(keys)
  local total = 0
  local last = redis.call('XREVRANGE', keys[1], '+', '-', 'COUNT', 1)[1]
  if last then
    if last[1] == SEAL then
      error(keys[1] .. ' is already sealed.')
    end
    total = tonumber(string.match(last[1], '^%d+')) + points_in(last[2])
  end
  redis.call('XADD', keys[1], SEAL, 'id', total)
  return total
end)
"""


def check_protocol() -> Operation[None]:
    """Make sure that blissdata publishes here, in the protocol that we speak.

    Raises MissingModuleError without the JSON module, NotInitialisedError without the right protocol version.
    """
    version, document = yield Batch(
        [Command("GET", protocol.PROTOCOL_KEY), Command("JSON.GET", protocol.SCAN_PREFIX, DOCUMENT_PATH)]
    )
    raise_if_error(version)
    if isinstance(document, CommandError) and "unknown command" in str(document).lower():
        raise MissingModuleError(
            "the server has no JSON module, so blissdata cannot publish there: give the URL of BLISS's data Redis, or "
            "start a Redis with RedisJSON and RediSearch"
        )
    if version is None:
        raise NotInitialisedError(
            "the database has no blissdata protocol version: give the URL of BLISS's data Redis (often port 6380, "
            "always database 0), or initialise this one if it is empty and meant for blissdata"
        )
    if text_of(version) != protocol.PROTOCOL_VERSION:
        raise NotInitialisedError(
            f"the database speaks blissdata protocol {text_of(version)!r}, scantui speaks "
            f"{protocol.PROTOCOL_VERSION}: use a scantui made for it"
        )


def initialise() -> Operation[None]:
    """Set up an empty database as blissdata does: index, settings, seal function, protocol version.

    Raises DatabaseNotEmptyError when there are keys already, MissingModuleError without the JSON or search module.
    """
    yield from _require_empty()
    names = modules_in((yield Command("MODULE", "LIST")))
    for module, what in _MODULES.items():
        if module not in names:
            raise MissingModuleError(
                f"the server has no {what} module, which blissdata needs: load RedisJSON and RediSearch into it"
            )
    schema = _schema()
    try:
        yield Command("FT.CREATE", protocol.INDEX, *schema.split())
    except CommandError as error:
        if "db != 0" in str(error):
            raise UsageError("only database 0 can be initialised, since the server indexes no other") from error
        raise
    yield Command("SET", f"{protocol.INDEX}:hash", hashlib.sha1(schema.encode(), usedforsecurity=False).hexdigest())
    yield Command("SET", f"{protocol.INDEX}:schema", schema)
    try:
        yield Command("CONFIG", "SET", "search-max-prefix-expansions", PREFIX_EXPANSIONS)
    except CommandError:
        yield Command("FT.CONFIG", "SET", "MAXPREFIXEXPANSIONS", PREFIX_EXPANSIONS)
    yield from _declare_ready()


def initialise_without_search() -> Operation[None]:
    """Set up an empty database on a server that cannot search: seal function and protocol version."""
    yield from _require_empty()
    yield from _declare_ready()


def _require_empty() -> Operation[None]:
    keys = integer((yield Command("DBSIZE")))
    if keys:
        raise DatabaseNotEmptyError(
            f"the database holds {keys} keys, and only an empty one is initialised: choose another server, or remove "
            "them yourself if they are not needed"
        )


def _declare_ready() -> Operation[None]:
    yield Command("FUNCTION", "LOAD", "REPLACE", _FUNCTIONS)
    yield Command("SET", protocol.PROTOCOL_KEY, protocol.PROTOCOL_VERSION)


def _schema() -> str:
    """The index as blissdata's library notes it down, to the last blank."""
    fields = [
        "$.pk AS pk TAG SEPARATOR |",
        "$.id.pk AS id_pk TAG SEPARATOR |",
        *(
            f"$.id.{field} AS id_{field} " + ("NUMERIC" if field in NUMBER_FIELDS else "TAG SEPARATOR |")
            for field in FIELDS
        ),
    ]
    return (
        f"ON JSON PREFIX 1 {protocol.SCAN_PREFIX} SCHEMA {' '.join(fields)}  "
        "$.state_stream.pk AS state_stream_pk TAG SEPARATOR | "
    )
