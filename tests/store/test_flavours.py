"""Both flavours offer the same: names, signatures and documentation, apart from opening and closing."""

from __future__ import annotations

import asyncio
import inspect
from types import SimpleNamespace
from typing import Any

import pytest

from scantui import exceptions
from scantui.store import AsyncDataStore, DataStore
from scantui.store.drivers.aio import AsyncRedisDriver

OPENING_AND_CLOSING = {"open", "close", "aclose"}


def public(flavour: type) -> dict[str, Any]:
    return {
        name: member
        for name, member in vars(flavour).items()
        if not name.startswith("_") and name not in OPENING_AND_CLOSING
    }


def test_both_have_the_same_names() -> None:
    assert list(public(DataStore)) == list(public(AsyncDataStore))
    assert {"close"} == OPENING_AND_CLOSING & vars(DataStore).keys()
    assert {"open", "aclose"} == OPENING_AND_CLOSING & vars(AsyncDataStore).keys()


@pytest.mark.parametrize("name", public(DataStore))
def test_both_have_the_same_signature_and_help(name: str) -> None:
    blocking, awaited = public(DataStore)[name], public(AsyncDataStore)[name]
    assert blocking.__doc__ == awaited.__doc__
    assert blocking.__doc__
    assert blocking.__doc__.strip().endswith(".")
    if isinstance(blocking, property):
        assert isinstance(awaited, property)
        return
    assert str(inspect.signature(blocking)) == str(inspect.signature(awaited)).replace("AsyncIterator", "Iterator")
    assert inspect.iscoroutinefunction(awaited) or inspect.isasyncgenfunction(awaited)
    assert not inspect.iscoroutinefunction(blocking)


def test_both_open_with_the_same_arguments() -> None:
    opening = inspect.signature(DataStore).parameters
    assert list(opening) == list(inspect.signature(AsyncDataStore.open).parameters)
    assert not opening["init_db"].default
    for documented in (DataStore, DataStore.__init__, DataStore.close, AsyncDataStore.open, AsyncDataStore.aclose):
        assert documented.__doc__


def test_every_error_is_of_one_family_and_says_when_it_is_raised() -> None:
    family = [each for each in vars(exceptions).values() if inspect.isclass(each)]
    for error in family:
        assert issubclass(error, exceptions.ScanTuiError)
        assert error.__doc__
        assert error.__doc__.startswith("Raised when ")


class ClingingClient:
    """A client whose connection takes leave of its server for ever."""

    def __init__(self) -> None:
        self.connection_pool = SimpleNamespace(connection_class=object)

    async def aclose(self) -> None:
        await asyncio.get_running_loop().create_future()

    close = aclose


async def test_a_connection_that_cannot_be_closed_in_good_order_is_dropped() -> None:
    client: Any = ClingingClient()
    await asyncio.wait_for(AsyncDataStore(AsyncRedisDriver(client, "clinging")).aclose(), 60)
