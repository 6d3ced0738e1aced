"""Points over lost connections: none is missed, none comes twice, and each outage is reported once."""

from __future__ import annotations

from array import array
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, cast

import pytest

from scantui.cli.following import Connection, load_prepared, points_as_they_come
from scantui.exceptions import ConnectionFailed, ScanNotFoundError, StoreError, StreamError
from scantui.models import Scan, ScanIdentity, ScanState
from scantui.points import Points
from scantui.store import AsyncDataStore, DataStore
from tests.cli.processes import Running
from tests.cli.test_plot import measure
from tests.servers import command, plain_client

KEY = "esrf:scan:1"
IDENTITY = ScanIdentity(name="ascan", number=1)


class Outages:
    """Opens stores: each is a list of what its follow_points yields, or raises at last; an error alone opens none."""

    def __init__(self, *stores: list[Any] | StoreError) -> None:
        self._stores = list(stores)
        self.asked: list[dict[str, int]] = []
        self.pauses: list[float] = []

    async def open(self) -> AsyncDataStore:
        store = self._stores.pop(0)
        if isinstance(store, StoreError):
            raise store
        return cast("AsyncDataStore", _Store(store, self.asked))

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    async def all_points(self, **since: int) -> list[Points | StoreError]:
        return [came async for came in points_as_they_come(Connection(self.open, self.pause), KEY, since)]


class _Store:
    def __init__(self, yields: Sequence[Any], asked: list[dict[str, int]]) -> None:
        self._yields, self._asked = yields, asked

    async def __aenter__(self) -> _Store:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def load_scan(self, key: str) -> Scan:
        (scan,) = self._yields
        assert isinstance(scan, Scan) and scan.key == key
        return scan

    async def wait_for_state(self, scan: Scan, state: ScanState) -> Scan:
        (reached,) = self._yields
        if isinstance(reached, StoreError):
            raise reached
        assert isinstance(reached, Scan) and reached.state >= state
        return reached

    async def follow_points(self, key: str, names: Sequence[str], since: Mapping[str, int]) -> AsyncIterator[Any]:
        assert (key, names) == (KEY, list(since))
        self._asked.append(dict(since))
        for each in self._yields:
            if isinstance(each, StoreError) and not isinstance(each, StreamError):
                raise each
            yield each


def points(name: str, start: int, *values: float) -> Points:
    return Points(name=name, start=start, values=array("d", values), dtype="<f8")


def lost() -> ConnectionFailed:
    return ConnectionFailed("the server closed the connection")


async def test_a_lost_connection_costs_no_point(capsys: pytest.CaptureFixture[str]) -> None:
    outages = Outages([points("a", 3, 1, 2), lost()], lost(), lost(), [points("a", 5, 3), points("b", 0, 9)])
    came = await outages.all_points(a=3, b=0)
    assert [(each.name, each.start) for each in came if isinstance(each, Points)] == [("a", 3), ("a", 5), ("b", 0)]
    assert outages.asked == [{"a": 3, "b": 0}, {"a": 5, "b": 0}]
    assert outages.pauses == [1.0, 2.0, 4.0]
    assert capsys.readouterr().err.splitlines() == [
        "scantui: the server closed the connection; retrying",
        "scantui: reconnected",
    ]


async def test_the_next_outage_is_reported_and_waited_for_anew() -> None:
    outages = Outages([lost()], [points("a", 0, 1), lost()], [points("a", 1, 2)])
    assert len(await outages.all_points(a=0)) == 2
    assert outages.pauses == [1.0, 1.0]


async def test_a_broken_stream_spoils_no_other() -> None:
    broken = StreamError("entry 3-1 cannot be read")
    came = await Outages([broken, points("b", 0, 1)]).all_points(a=0, b=0)
    assert came[0] is broken and isinstance(came[1], Points)


async def test_an_outage_does_not_end_the_wait_for_a_scan_that_is_not_prepared() -> None:
    created, prepared = (Scan(key=KEY, state=state, identity=IDENTITY) for state in (ScanState(0), ScanState(1)))
    outages = Outages([created], [lost()], lost(), [prepared])
    assert await load_prepared(Connection(outages.open, outages.pause), KEY) is prepared
    assert outages.pauses == [1.0, 2.0]


async def test_a_server_that_cannot_be_reached_at_first_is_an_error() -> None:
    with pytest.raises(ConnectionFailed):
        await load_prepared(Connection(Outages(lost()).open), KEY)


async def test_a_scan_that_is_gone_ends_it() -> None:
    with pytest.raises(ScanNotFoundError):
        await Outages([lost()], [ScanNotFoundError("no such scan")]).all_points(a=0)


async def test_without_streams_nothing_is_asked() -> None:
    assert await Outages().all_points() == []


def test_values_go_on_after_the_server_dropped_the_connection(
    store: DataStore, store_url: str, start: Callable[..., Running]
) -> None:
    scan = measure(store, 7, {}, {"p201:diode": [1.0, 2.0]}, end=None)
    following = start("values", "-s", store_url, "7", "--jsonl", "--follow")
    lines = [following.line(), following.line()]
    with plain_client(store_url) as client:
        command(client, "CLIENT", "KILL", "TYPE", "normal")
    with DataStore(store_url) as again:
        again.append(scan, "p201:diode", [3.0])
        again.advance_scan(scan, ScanState.CLOSED)
    code, rest, _ = following.end()
    assert code == 0 and "".join([*lines, *rest.splitlines()]) == "".join(
        f'{{"index":{index},"p201:diode":{index + 1}.0}}' for index in range(3)
    )
