"""What is asked and written when a store is opened or set up."""

from __future__ import annotations

from typing import Any

import pytest

from scantui.exceptions import (
    CommandError,
    DatabaseNotEmptyError,
    MissingModuleError,
    NotAllowedError,
    NotInitialisedError,
)
from scantui.store.operations import setup
from scantui.store.operations.requests import Batch, Command
from tests.store.conversation import converse
from tests.store.script import (
    ROOT,
)

VERSION = Batch([Command("GET", "_PROTOCOL_VERSION_"), Command("JSON.GET", "esrf:scan:", ROOT)])


@pytest.mark.parametrize(
    ("version", "probe", "error"),
    [
        (None, None, NotInitialisedError),
        (b"2", None, NotInitialisedError),
        (None, CommandError("unknown command 'JSON.GET'"), MissingModuleError),
        (NotAllowedError("not allowed"), None, NotAllowedError),
    ],
)
def test_opening_shows_what_is_missing(version: Any, probe: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        converse(setup.check_protocol(), (VERSION, [version, probe]))
    converse(setup.check_protocol(), (VERSION, [b"1", NotAllowedError("not allowed")]))


def test_a_database_is_set_up_in_order_and_its_version_comes_last() -> None:
    def starts(*words: object) -> Any:
        return lambda request: request[: len(words)] == words

    converse(
        setup.initialise(),
        (Command("DBSIZE"), 0),
        (
            Command("MODULE", "LIST"),
            [[b"name", b"ReJSON", b"ver", 1, b"args", []], [b"name", b"search", b"ver", 2]],
        ),
        (starts("FT.CREATE", "esrf:scan:index", "ON", "JSON", "PREFIX", "1", "esrf:scan:", "SCHEMA"), b"OK"),
        (Command("SET", "esrf:scan:index:hash", "53f88e5eee38ba1d63a533c6e3e2927beed34a08"), b"OK"),
        (starts("SET", "esrf:scan:index:schema"), b"OK"),
        (Command("CONFIG", "SET", "search-max-prefix-expansions", 2000), CommandError("Unknown option")),
        (Command("FT.CONFIG", "SET", "MAXPREFIXEXPANSIONS", 2000), b"OK"),
        (starts("FUNCTION", "LOAD", "REPLACE"), b"mylib"),
        (Command("SET", "_PROTOCOL_VERSION_", "1"), b"OK"),
    )


def test_a_database_with_keys_is_not_set_up() -> None:
    with pytest.raises(DatabaseNotEmptyError, match="3 keys"):
        converse(setup.initialise(), (Command("DBSIZE"), 3))


@pytest.mark.parametrize(("module", "missing"), [(b"ReJSON", "search"), (b"search", "JSON")])
def test_a_server_without_a_module_is_not_set_up(module: bytes, missing: str) -> None:
    with pytest.raises(MissingModuleError, match=f"no {missing} module"):
        converse(
            setup.initialise(), (Command("DBSIZE"), 0), (Command("MODULE", "LIST"), [[b"name", module, b"ver", 1]])
        )
