"""How several servers are asked: who is reached answers at once, who is slow later, and the same data count once."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest

from scantui.cli.targets import Asked, ServerTarget, Targets
from scantui.exceptions import ConnectionFailed
from scantui.store import DataStore
from scantui.store.address import database_in
from scantui.store.operations.follow import ServerStatus
from scantui.store.operations.identity import ServerIdentity
from tests.cli.beamlines import Beamlines
from tests.cli.conftest import publish
from tests.cli.processes import Running
from tests.servers import RealRedis, command, plain_client


class Beamline:
    """A server that answers once it may; it is its own store."""

    def __init__(self, name: str, history_id: str = "", is_up: bool = True) -> None:
        self.name, self.label = name, f"redis://{name}:6380"
        self.monitoring = self
        self.may_answer = asyncio.Event()
        self.is_up, self.was_measured = is_up, asyncio.Event()
        self._history_id = history_id
        open_store: Any = self._opened
        self.target = ServerTarget(name, name, open_store, str, self.label)

    async def _opened(self) -> Beamline:
        await self.may_answer.wait()
        if not self.is_up:
            raise ConnectionFailed("nobody answers")
        return self

    async def __aenter__(self) -> Beamline:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def poll_status(self, _: list[str]) -> ServerStatus:
        return ServerStatus(server_ms=0)

    async def get_server_identity(self) -> ServerIdentity:
        self.was_measured.set()
        return ServerIdentity(history_id=self._history_id)


async def name_of(asked: Asked) -> str:
    return asked.target.name


def asking(*beamlines: Beamline) -> Targets:
    """Targets that wait for nobody once one has answered."""
    return Targets([each.target for each in beamlines], reached_seconds=0.0)


async def test_who_is_reached_answers_first_and_who_is_slow_as_it_comes() -> None:
    id11, id15, id22 = beamlines = [Beamline(name) for name in ("id11", "id15", "id22")]
    targets = asking(*beamlines)
    id15.may_answer.set()
    batches = targets.ask_in_turn(name_of)
    assert await anext(batches) == ["id15"]
    assert [target.name for target in targets.silent] == ["id11", "id22"]
    id22.may_answer.set()
    assert await anext(batches) == ["id22"]
    id11.is_up = False
    id11.may_answer.set()
    assert await anext(batches) == []
    assert [batch async for batch in batches] == []
    assert (targets.has_failed, targets.none_answered) == (True, False)


async def test_who_is_reached_is_waited_for_however_long_its_answer_takes() -> None:
    id11, id15 = Beamline("id11"), Beamline("id15")
    targets, may_end, asked = asking(id11, id15), asyncio.Event(), asyncio.Event()
    id11.may_answer.set()
    id15.may_answer.set()

    async def question(of: Asked) -> str:
        if of.target.name == "id11":
            asked.set()
            await may_end.wait()
        return of.target.name

    first = asyncio.ensure_future(anext(targets.ask_in_turn(question)))
    await asked.wait()
    assert not first.done()
    may_end.set()
    assert await first == ["id11", "id15"]


async def test_no_server_is_asked_much_before_all_are_reached() -> None:
    id11, id15 = Beamline("id11"), Beamline("id15")
    targets, asked = Targets([id11.target, id15.target], reached_seconds=60.0), list[str]()

    async def question(of: Asked) -> str:
        asked.append(of.target.name)
        return of.target.name

    first = asyncio.ensure_future(anext(targets.ask_in_turn(question)))
    id11.may_answer.set()
    await id11.was_measured.wait()
    for _ in range(20):
        await asyncio.sleep(0)
    assert asked == []
    id15.may_answer.set()
    assert await first == ["id11", "id15"]


async def test_without_any_answer_all_are_waited_for() -> None:
    id11, id15 = Beamline("id11", is_up=False), Beamline("id15", is_up=False)
    targets = asking(id11, id15)
    id11.may_answer.set()
    id15.may_answer.set()
    assert [batch async for batch in targets.ask_in_turn(name_of)] == [[]]
    assert targets.none_answered


async def test_who_is_silent_is_left_once_others_have_enough(capsys: pytest.CaptureFixture[str]) -> None:
    id11, id15 = Beamline("id11"), Beamline("id15")
    targets = asking(id11, id15)
    id15.may_answer.set()
    assert await targets.ask_reached(name_of, bool) == ["id15"]
    assert targets.has_failed
    assert capsys.readouterr().err == "scantui: id11: no answer within 0 s: it was not waited for\n"


async def test_servers_with_the_same_data_are_known_by_their_history(capsys: pytest.CaptureFixture[str]) -> None:
    master, replica, other = Beamline("master", "a1"), Beamline("replica", "a1"), Beamline("other", "b2")
    targets = asking(master, replica, other)
    for each in (master, replica, other):
        each.may_answer.set()
    assert sorted(await targets.ask(name_of)) == ["master", "other", "replica"]
    firsts = [targets.first_with_data_of(each.target).name for each in (master, replica, other)]
    assert firsts == ["master", "master", "other"]
    assert capsys.readouterr().err == "scantui: replica holds the same data as master: each scan counts once\n"


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("redis://id11:6380", 0),
        ("redis://id11:6380/2", 2),
        ("redis+sentinel://id11:26379/mymaster/3?replica=1", 3),
        ("unix:///run/redis.sock?db=4", 4),
        ("the demo", 0),
    ],
)
def test_the_database_in_a_label(label: str, expected: int) -> None:
    assert database_in(label) == expected


def test_a_silent_server_does_not_hold_up_the_scans_of_others(store: DataStore, start: Callable[..., Running]) -> None:
    key = publish(store, 1).key
    with socket.create_server(("127.0.0.1", 0)) as silent:
        servers = ("-s", f"redis://127.0.0.1:{silent.getsockname()[1]}", "-s", store.label)
        listing, last = start("search", "--keys", *servers), start("last", "--key", *servers)
        assert (listing.line(), last.line()) == (key, key)
    for each in (listing, last):
        exit_code, rest, errors = each.end()
        assert (exit_code, rest, errors.count("\n")) == (1, "", 1)


def test_a_master_and_its_replica_count_each_scan_once(
    beamlines: Beamlines, start_redis: Callable[..., RealRedis]
) -> None:
    keys = [scan.key for scan in beamlines.publish()]
    port = int(beamlines.id15.label.rpartition(":")[2])
    replica = start_redis(config={"replicaof": f"127.0.0.1 {port}"})
    with plain_client(beamlines.id15.label) as client:
        command(client, "CONFIG", "SET", "repl-diskless-sync-delay", "0")
        assert command(client, "WAIT", 1, 8_000) == 1
    servers = ("id15", replica.url)
    for arguments, expected in ((["--count"], ["2"]), (["--keys"], keys[1:3])):
        done = beamlines.run("search", *arguments, servers=servers)
        assert (done.returncode, done.stdout.split()) == (0, expected)
        assert done.stderr == f"scantui: {replica.url} holds the same data as id15: each scan counts once\n"


def test_a_scan_that_was_copied_to_another_server_counts_once(beamlines: Beamlines) -> None:
    keys = [scan.key for scan in beamlines.publish()]
    with plain_client(beamlines.id15.label) as there, plain_client(beamlines.id11.label) as here:
        command(here, "JSON.SET", keys[1], ".", command(there, "JSON.GET", keys[1], "."))
    for arguments in ((), ("name=ascan",)):
        listed = beamlines.run("search", "--keys", *arguments).stdout.split()
        assert beamlines.run("search", "--count", *arguments).stdout == f"{len(listed)}\n"
        assert len(set(listed)) == len(listed)
