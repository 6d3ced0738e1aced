"""A publisher beside the feed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scantui.store import DataStore


@pytest.fixture
def publisher(store_url: str) -> Iterator[DataStore]:
    """Another program's store on the same database."""
    with DataStore(store_url) as store:
        yield store
