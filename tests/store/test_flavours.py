"""Both flavours offer the same: names, signatures and documentation, apart from opening and closing."""

from __future__ import annotations

import asyncio
import inspect
import re
from types import SimpleNamespace
from typing import Any

import pytest

from scantui import exceptions, store
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


def documentation(member: Any) -> str:
    return inspect.getdoc(member) or ""


@pytest.mark.parametrize("name", public(DataStore))
def test_both_have_the_same_signature_and_docstring(name: str) -> None:
    blocking, awaited = public(DataStore)[name], public(AsyncDataStore)[name]
    assert documentation(blocking) == documentation(awaited)
    assert documentation(blocking).endswith(".")
    if isinstance(blocking, property):
        assert isinstance(awaited, property)
        return
    assert str(inspect.signature(blocking)) == str(inspect.signature(awaited)).replace("AsyncIterator", "Iterator")
    assert inspect.iscoroutinefunction(awaited) or inspect.isasyncgenfunction(awaited)
    assert not inspect.iscoroutinefunction(blocking)


def test_the_errors_that_docstrings_name_exist() -> None:
    texts = [documentation(member) for member in public(DataStore).values()]
    named = {name for text in texts for name in re.findall(r"Raises ([A-Z]\w+)|, and? ?([A-Z]\w+Error)", text)}
    errors = {error for pair in named for error in pair if error}
    assert "ScanNotFoundError" in errors
    assert {error for error in errors if not hasattr(exceptions, error)} == set()


def test_every_type_that_a_method_returns_is_named_by_the_package() -> None:
    methods = [member for member in public(DataStore).values() if inspect.isfunction(member)]
    returned = " ".join(inspect.signature(method).return_annotation for method in methods)
    names = {name for name in re.findall(r"\b[A-Z]\w+", returned) if not hasattr(exceptions, name)} - {
        "None",
        "Iterator",
    }
    assert "ScanDetails" in names
    assert names <= set(store.__all__)
    for name in store.__all__:
        assert getattr(store, name)
    with pytest.raises(AttributeError):
        store.Nothing  # noqa: B018


def test_both_open_with_the_same_arguments() -> None:
    opening = inspect.signature(DataStore).parameters
    assert list(opening) == list(inspect.signature(AsyncDataStore.open).parameters)
    assert not opening["init_db"].default
    for documented in (DataStore, DataStore.__init__, DataStore.close, AsyncDataStore.open, AsyncDataStore.aclose):
        assert documented.__doc__


def test_every_error_is_of_one_family_and_documents_when_it_is_raised() -> None:
    family = [each for each in vars(exceptions).values() if inspect.isclass(each)]
    for error in family:
        assert issubclass(error, exceptions.ScanTuiError)
        assert error.__doc__
        assert error.__doc__.startswith("Raised when ")


class ClingingClient:
    """A client whose connection takes leave of its server for ever."""

    def __init__(self) -> None:
        pool = {"connection_class": object, "_available_connections": [], "_in_use_connections": set[object]()}
        self.connection_pool = SimpleNamespace(**pool)

    async def aclose(self) -> None:
        await asyncio.get_running_loop().create_future()

    close = aclose


async def test_a_connection_that_cannot_be_closed_in_good_order_is_dropped() -> None:
    client: Any = ClingingClient()
    await asyncio.wait_for(AsyncDataStore(AsyncRedisDriver(client, "clinging")).aclose(), 60)
