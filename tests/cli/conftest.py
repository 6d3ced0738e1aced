"""Scans on a real server, and commands that end with their test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scantui.models import Scan, ScanState
from scantui.store import DataStore
from tests.cli.processes import Running
from tests.servers import RealRedis, free_port, initialise

if TYPE_CHECKING:
    from tests.cli.beamlines import Beamlines

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


@pytest.fixture
def beamlines(store_url: str, start_redis: Callable[..., RealRedis], tmp_path: Path) -> Iterator[Beamlines]:
    from tests.cli.beamlines import Beamlines

    other_url = start_redis().url
    initialise(other_url)
    servers = {"id11": store_url, "id15": other_url, "down": f"redis://127.0.0.1:{free_port()}"}
    (tmp_path / "scantui").mkdir()
    tables = [f'[servers.{name}]\nurl = "{url}"\n' for name, url in servers.items()]
    (tmp_path / "scantui" / "config.toml").write_text("".join(tables) + '[groups]\nboth = ["id11", "id15"]\n')
    with DataStore(store_url) as id11, DataStore(other_url) as id15:
        yield Beamlines(id11, id15, {"XDG_CONFIG_HOME": str(tmp_path)})
