"""Fixtures that put a real blissdata at the other end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scantui.store import DataStore
from tests.conftest import do_without
from tests.interop.peer import BlissdataPeer, NoBlissdata, blissdata_python


@pytest.fixture(scope="session")
def peer_python() -> Path:
    """The Python interpreter of the blissdata environment, which is made on first use."""
    try:
        return blissdata_python()
    except NoBlissdata as error:
        do_without(str(error))


@pytest.fixture
def peer(peer_python: Path) -> Iterator[BlissdataPeer]:
    """A fresh process with blissdata in it, connected to nothing yet."""
    with BlissdataPeer(peer_python) as process:
        yield process


@pytest.fixture
def peer_url(empty_url: str, peer: BlissdataPeer) -> str:
    """A database that blissdata set up, with blissdata connected to it."""
    peer.call("init", url=empty_url)
    return empty_url


@pytest.fixture
def our_url(store_url: str, peer: BlissdataPeer) -> str:
    """A database that we set up, with blissdata connected to it."""
    peer.call("open", url=store_url)
    return store_url


@pytest.fixture(params=["peer_url", "our_url"])
def url(request: pytest.FixtureRequest) -> str:
    made: str = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def store(url: str) -> Iterator[DataStore]:
    with DataStore(url) as opened:
        yield opened
