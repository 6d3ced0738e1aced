"""Faults in which the data move: to another master and back, to a replica that takes over, to another address."""

from __future__ import annotations

import asyncio

import redis

from scantui.models import ScanState
from scantui.store import DataStore
from tests.chaos.server import HISTORY, MortalRedis
from tests.chaos.stage import Scene, wait
from tests.servers import RealRedis, command, initialise, plain_client

# A master waits for more replicas before it sends its data to the first.
_AT_ONCE = {"repl-diskless-sync-delay": "0"}
_SYNCED_SECONDS = 30.0
_LARGE = 4_000_000
_SMALL_ENTRIES = 2_000


async def other_master(scene: Scene) -> None:
    """It becomes the replica of a server with other data, and then its own master."""
    with RealRedis(config=_AT_ONCE) as other:
        await asyncio.to_thread(_fill, other.url)
        await _replicate(scene.server, other)
        await scene.lasts(1, 4)
        with scene.server.client() as raw:
            command(raw, "REPLICAOF", "NO", "ONE")


async def failed_over(scene: Scene) -> None:
    """A replica takes over and takes new scans, and then the server takes over again."""
    with RealRedis(config={**_AT_ONCE, "replicaof": f"127.0.0.1 {scene.server.port}"}) as other:
        await _synced(scene.server.url)
        await _hand_over(scene.server, other)
        await asyncio.to_thread(_fill, other.url)
        await scene.lasts(1, 4)
        await _hand_over(other, scene.server)


async def moved(scene: Scene) -> None:
    """Beacon names another address from now on, and nobody answers at the old one."""
    before = scene.proxy
    scene.move()
    before.fall_silent()
    before.reset()
    loop = asyncio.get_running_loop()
    started = loop.time()
    while str(scene.proxy.port) not in scene.screen.label:
        if loop.time() - started > _SYNCED_SECONDS:
            raise AssertionError(f"the screen still names {scene.screen.label}, not port {scene.proxy.port}")
        await wait(0.05)


async def trimmed_live(scene: Scene) -> None:
    """The history is trimmed again and again while scans are created."""
    with scene.server.client() as raw:
        for _ in range(scene.chance.randrange(3, 12)):
            command(raw, "XTRIM", HISTORY, "MAXLEN", scene.chance.choice([0, 0, 1, 5]))
            await scene.lasts(0.02, 0.3)


async def large_entries(scene: Scene) -> None:
    """A running scan gets large entries, one of them behind many small ones, and is closed."""
    await asyncio.to_thread(_publish_large, scene.server.url)


def _publish_large(url: str) -> None:
    with DataStore(url) as store, plain_client(url) as raw:
        scan = store.create_scan({"name": "large", "number": 1, "data_policy": "None"}, {"npoints": 0})
        for name in ("all", "last"):
            scan = store.create_stream(scan, name, "float64")
        scan = store.advance_scan(store.advance_scan(scan, ScanState.PREPARED), ScanState.STARTED)
        batch = ("payload", bytes(_LARGE), "len", _LARGE // 8)
        for index in range(3):
            command(raw, "XADD", scan.streams["all"].key, f"{index * (_LARGE // 8)}-1", *batch)
        for index in range(_SMALL_ENTRIES):
            command(raw, "XADD", scan.streams["last"].key, f"{index}-1", "payload", bytes(8))
        command(raw, "XADD", scan.streams["last"].key, f"{_SMALL_ENTRIES}-1", *batch)
        store.advance_scan(scan, ScanState.CLOSED, {"end_reason": "SUCCESS"})


def _fill(url: str) -> None:
    """Some scans that the server has alone, in a database that may be new."""
    with plain_client(url) as raw:
        is_new = not command(raw, "DBSIZE")
    if is_new:
        initialise(url)
    with DataStore(url) as store:
        for number in range(5):
            scan = store.create_scan({"name": "other", "number": number, "data_policy": "None"}, {"npoints": 9})
            if number % 2:
                store.advance_scan(scan, ScanState.PREPARED)


async def _replicate(replica: RealRedis, master: RealRedis) -> None:
    with plain_client(replica.url) as raw:
        command(raw, "REPLICAOF", "127.0.0.1", master.port)
    await _synced(master.url)


async def _hand_over(master: RealRedis | MortalRedis, replica: RealRedis | MortalRedis) -> None:
    """Have a replica become the master, without a loss, and the master its replica."""
    with plain_client(master.url) as raw:
        command(raw, "FAILOVER", "TO", "127.0.0.1", replica.port, "TIMEOUT", int(_SYNCED_SECONDS * 1000))
    await _synced(replica.url)


async def _synced(master: str) -> None:
    """Wait until a server is a master, and its replica has what it has."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    while loop.time() - started < _SYNCED_SECONDS:
        try:
            with plain_client(master) as raw:
                if await asyncio.to_thread(command, raw, "WAIT", 1, 2_000):
                    return
        except redis.RedisError:
            await wait(0.05)  # it is no master yet
    raise AssertionError("the servers did not come together")
