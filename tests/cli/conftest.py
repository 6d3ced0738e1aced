"""Scans on a real server, and commands that end with their test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from scantui.models import Scan, ScanState
from scantui.store import DataStore
from tests.cli.processes import Running

Publish = Callable[..., Scan]


def publish(
    store: DataStore, number: int, end_reason: str | None = "SUCCESS", *, name: str = "ascan", **info: Any
) -> Scan:
    """A scan with this end reason; None gives a running scan."""
    scan = store.create_scan({"name": name, "number": number, "data_policy": "None"}, info)
    if end_reason is not None:
        return store.advance_scan(scan, ScanState.CLOSED, {"end_reason": end_reason})
    return store.advance_scan(store.advance_scan(scan, ScanState.PREPARED), ScanState.STARTED)


@pytest.fixture
def store(store_url: str) -> Iterator[DataStore]:
    with DataStore(store_url) as store:
        yield store


@pytest.fixture
def start() -> Iterator[Callable[..., Running]]:
    """Starts commands and kills them at the end of the test."""
    running: list[Running] = []

    def start(*arguments: str, **settings: Any) -> Running:
        running.append(Running(*arguments, **settings))
        return running[-1]

    yield start
    for command in running:
        command.kill()
