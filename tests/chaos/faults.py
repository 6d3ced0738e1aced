"""The faults, each as a coroutine that brings it about and makes it good again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from tests.chaos.moving import failed_over, large_entries, moved, other_master, trimmed_live
from tests.chaos.proxy import Cut
from tests.chaos.server import HISTORY, VERSION, keep_busy, newest_entries
from tests.chaos.stage import RESET, SILENT, Scene
from tests.servers import command, empty_server, initialise

_HOUR_MS = 3_600_000


async def killed(scene: Scene) -> None:
    scene.server.kill()
    await scene.until_said(RESET)
    await scene.lasts(0, 3)
    await asyncio.to_thread(scene.server.revive)


async def killed_and_emptied(scene: Scene) -> None:
    scene.server.kill()
    await scene.until_said(RESET)
    await scene.lasts(0, 2)
    await asyncio.to_thread(scene.server.revive, nothing=True)


async def set_back(scene: Scene) -> None:
    """It comes back with what it had some time ago."""
    with scene.server.client() as raw:
        await asyncio.to_thread(command, raw, "SAVE")
    await scene.lasts(1, 4)
    scene.server.kill()
    await asyncio.to_thread(scene.server.revive, saved=True)


async def connections_killed(scene: Scene) -> None:
    with scene.server.client() as raw:
        command(raw, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")


async def connections_reset(scene: Scene) -> None:
    scene.proxy.reset()


async def paused(scene: Scene) -> None:
    with scene.server.client() as raw:
        command(raw, "CLIENT", "PAUSE", int(1000 * scene.chance.uniform(0.5, 8) * scene.pace), "ALL")


async def busy(scene: Scene) -> None:
    script = keep_busy(scene.server, int(1000 * scene.chance.uniform(0.5, 4) * scene.pace))
    await asyncio.to_thread(script.join)


async def loading(scene: Scene) -> None:
    scene.proxy.answer(b"-LOADING Redis is loading the dataset in memory\r\n")
    await scene.lasts(1, 4)
    scene.proxy.answer(b"")


async def out_of_memory(scene: Scene) -> None:
    with scene.server.client() as raw:
        command(raw, "CONFIG", "SET", "maxmemory", 1)
        await scene.lasts(1, 3)
        command(raw, "CONFIG", "SET", "maxmemory", 0)


async def silent(scene: Scene) -> None:
    scene.proxy.fall_silent()
    await scene.until_said(SILENT)
    await scene.lasts(0, 9)
    scene.proxy.speak()


async def dawdling(scene: Scene) -> None:
    scene.proxy.dawdle(scene.chance.uniform(0.02, 0.3))
    await scene.lasts(1, 3)
    scene.proxy.dawdle(0)


async def cut(scene: Scene) -> None:
    word = scene.chance.choice([b"XREAD", b"PTTL", b"JSON.GET", b"XREVRANGE", b"FT.SEARCH", b"XRANGE"])
    scene.proxy.cut(Cut(word, scene.chance.randrange(2000)))
    await scene.lasts(0.5, 2)
    if word == b"FT.SEARCH":
        scene.proxy.reset()
        await scene.lasts(1, 2)
    scene.proxy.cut(None)


async def garbled(scene: Scene) -> None:
    scene.proxy.garble(scene.chance.randrange(1, 60))
    await scene.lasts(0.5, 2)


async def trimmed_while_away(scene: Scene) -> None:
    scene.proxy.fall_silent()
    await scene.lasts(0.5, 3)
    with scene.server.client() as raw:
        command(raw, "XTRIM", HISTORY, "MAXLEN", scene.chance.choice([0, 1, 5]))
    if scene.chance.random() < 0.5:
        scene.proxy.reset()
    scene.proxy.speak()


async def flushed(scene: Scene) -> None:
    """All is gone and set up anew faster than anybody looks."""
    await scene.publishers.stop()
    await asyncio.to_thread(empty_server, scene.server.url)
    await asyncio.to_thread(initialise, scene.server.url)
    scene.publishers.start()


async def other_protocol(scene: Scene) -> None:
    scene.server.kill()
    await asyncio.to_thread(scene.server.revive)
    with scene.server.client() as raw:
        command(raw, "SET", VERSION, 2)
        await scene.lasts(1, 5)
        command(raw, "SET", VERSION, 1)


async def ids_ahead(scene: Scene) -> None:
    """The server's clock was wrong for a moment: ids of the history are ahead of its time from then on."""
    with scene.server.client() as raw:
        seconds, _ = command(raw, "TIME")
        ahead = int(seconds) * 1000 + scene.chance.randrange(1, 24) * _HOUR_MS
        newest = newest_entries(raw, 1)
        if newest and int(newest[0][0].split(b"-")[0]) < ahead:
            command(raw, "XADD", HISTORY, f"{ahead}-0", "key", newest[0][1][b"key"])


async def unindexed(scene: Scene) -> None:
    """Documents that the search index refuses; only the history holds them."""
    with scene.server.client() as raw:
        for _, fields in newest_entries(raw, 3):
            if raw.exists(fields.get(b"key", b"")):
                command(raw, "JSON.SET", fields[b"key"], "$.id.number", '"7"')


async def spoilt(scene: Scene) -> None:
    """A state stream becomes something else, and another one is lost."""
    with scene.server.client() as raw:
        for at, (_, fields) in enumerate(newest_entries(raw, 2)):
            pk = command(raw, "JSON.GET", fields.get(b"key", b""), ".state_stream.pk")
            if pk:
                stream = f"esrf:stream:{pk.decode()[1:-1]}"
                raw.delete(stream)
                if at:
                    raw.set(stream, "no stream")


async def foreign_history(scene: Scene) -> None:
    """Entries of the history without a key, with an unknown key, or with bytes for one."""
    with scene.server.client() as raw:
        for field, value in (("nokey", "x"), ("key", "foreign"), ("key", b"esrf:scan:\xff\xfe"), ("key", "")):
            command(raw, "XADD", HISTORY, "*", field, value)
        command(raw, "XADD", HISTORY, "*", "key", b"esrf:scan:" + b"\xff" * 26)


FAULTS: dict[str, Callable[[Scene], Awaitable[None]]] = {
    fault.__name__: fault
    for fault in (
        *(killed, killed_and_emptied, set_back, connections_killed, connections_reset, paused, busy, loading),
        *(out_of_memory, silent, dawdling, cut, garbled, trimmed_while_away, flushed, other_protocol, ids_ahead),
        *(unindexed, spoilt, foreign_history, trimmed_live, large_entries, other_master, failed_over, moved),
    )
}
