"""Fixtures that put a real blissdata at the other end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

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
