"""`scantui watch`: a failing scan on a real server calls at once, and rules come from the configuration."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from scantui.alerts import read_rule
from scantui.cli.main import main
from scantui.exceptions import ConnectionFailed
from scantui.feed import Changed, Connected, Created, Event, Gone, Heartbeat, Loaded, Lost, Progress
from scantui.models import ScanIdentity, ScanState, ScanSummary
from scantui.store import AsyncDataStore, DataStore
from scantui.store.operations.memory import ServerMemory
from scantui.vigil.alarms import Alarms
from tests.cli.conftest import publish
from tests.cli.processes import Running
from tests.servers import RealRedis, command, initialise, plain_client
from tests.vigil.test_scans import NOW, Listing, closed, row


class KnownStore(Listing):
    """A store that also knows how much memory it uses."""

    async def get_memory(self) -> ServerMemory:
        return ServerMemory(9, 10)


class Night:
    """Alarms that see what happens, second by second."""

    def __init__(self, *when: str, text: str = "", again: str = "") -> None:
        self.seconds = 0.0
        rule = read_rule("night", when, filter_text=text, again=again)
        self.alarms = Alarms([rule], lambda: self.seconds, lambda: NOW / 1000 + self.seconds)
        self.texts: list[str] = []

    async def connect(self, *old: ScanSummary) -> None:
        await self.see(Connected(cast(AsyncDataStore, KnownStore(*old)), len(old)), Heartbeat(NOW), Loaded(old, 0))
        await self.wait(5)

    async def see(self, *events: Event) -> None:
        for event in events:
            await self.alarms.take_in(event)

    async def wait(self, seconds: float) -> None:
        for _ in range(int(seconds * 2)):
            self.seconds += 0.5
            self.texts += [alert.text for alert in self.alarms.due()]


async def test_what_had_failed_before_does_not_call_and_what_fails_now_does() -> None:
    night = Night("fail")
    await night.connect(closed(1, "FAILURE"), row(2))
    await night.see(Changed([closed(2, "FAILURE")]), Created([closed(3, "FAILURE")]))
    await night.wait(2)
    assert night.texts == ["FAIL 2 ascan", "FAIL 3 ascan"]


async def test_fifty_failures_missed_during_an_outage_call_once() -> None:
    night = Night("fail")
    running = [row(number) for number in range(25)]
    await night.connect(*running)
    await night.see(Lost(ConnectionFailed("it broke"), 1, 1.0))
    await night.wait(120)
    came = [closed(number, "FAILURE") for number in range(25, 50)]
    failed = [closed(number, "FAILURE") for number in range(25)]
    store = cast(AsyncDataStore, KnownStore(*running, *came))
    await night.see(Connected(store, 50), Loaded(came, 0), Changed(failed), Heartbeat(NOW + 120_000))
    await night.wait(120)
    (text,) = night.texts
    assert text.startswith("50 scans failed since ")


async def test_scans_that_hung_before_call_once_and_one_that_falls_silent_calls_alone() -> None:
    night = Night("stall")
    await night.connect(row(1), row(2), row(3))
    points = {row(number).key: 5 for number in (1, 2, 3)}
    await night.see(Progress(points), Progress(points | {row(3).key: 6}))
    for second in range(5, 100, 5):
        await night.see(Heartbeat(NOW + second * 1000), Progress(points | {row(3).key: 6 if second > 20 else second}))
        await night.wait(5)
    assert [re.sub("[0-9]{2}:[0-9]{2}", "now", text) for text in night.texts] == [
        "2 scans stalled since now",
        "STALL 3 ascan",
    ]


async def test_only_moves_of_scans_that_pass_end_a_silence() -> None:
    night = Night("silent=20s", text="number=1")
    await night.connect(row(1), row(2))
    await night.see(Progress({row(1).key: 5, row(2).key: 5}))
    await night.wait(10)
    await night.see(Progress({row(2).key: 6}))
    await night.wait(6)
    assert night.texts == ["No scan began or moved for 20s"]
    await night.see(Progress({row(1).key: 6}))
    await night.wait(15)
    assert len(night.texts) == 1
    await night.wait(6)
    assert len(night.texts) == 2


async def test_a_scan_that_is_not_saved_and_a_server_that_is_full_call() -> None:
    night = Night("not saved", "memory=80%")
    await night.connect()
    unsaved = row(7, ScanState.CREATED).replaced(is_saved=False)
    look = unsaved.replaced(key=row(8).key, identity=ScanIdentity(name="ct", number=8))
    await night.see(Created([unsaved, look, row(9, ScanState.CREATED)]))
    await night.wait(2)
    assert night.texts == ["Redis uses 90% of its memory", "NEW 7 ascan (not saved)"]


async def test_a_scan_that_is_gone_does_not_call() -> None:
    night = Night("end")
    await night.connect(row(1))
    await night.see(Gone([row(1).key]))
    await night.wait(5)
    assert night.texts == []


def test_a_failure_on_a_real_server_is_a_line_and_runs_the_command(
    store: DataStore, store_url: str, start: Callable[..., Running], tmp_path: Path
) -> None:
    publish(store, 1, "FAILURE")
    facts = tmp_path / "facts"
    os.mkfifo(facts)
    script = f'printf "%s|%s|%s" "$SCANTUI_SCAN_TITLE" "$SCANTUI_ALERT_TEXT" "$SCANTUI_URL" > {facts}'
    running = start("watch", "-s", store_url, "--when", "fail", "--silent", "1s", "--json", "--exec", script)
    # Its silence shows that it watches.
    assert json.loads(running.line())["when"] == "silent"
    assert facts.read_text().startswith("|No scan began or moved for ")
    publish(store, 2, "FAILURE", title="$(id)\x1b[31m")
    record = json.loads(running.line())
    assert (record["rule"], record["count"], record["scan"]["word"]) == ("watch", 1, "FAIL")
    assert facts.read_text() == f"$(id)\u241b[31m|FAIL 2 ascan: $(id)\u241b[31m|{store_url}"


def test_a_command_finds_the_server_without_its_password(
    start_redis: Callable[..., RealRedis], start: Callable[..., Running], tmp_path: Path
) -> None:
    server = start_redis()
    initialise(server.url)
    with plain_client(server.url) as client:
        command(client, "CONFIG", "SET", "requirepass", "s3cret")
    facts = tmp_path / "facts"
    os.mkfifo(facts)
    start("watch", "-s", server.url.replace("://", "://:s3cret@"), "--silent", "1s", "--exec", f"env > {facts}")
    found = facts.read_text()
    assert f"SCANTUI_URL={server.url}\n" in found
    assert "s3cret" not in found


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--when", "fial"], "did you mean fail"),
        (["--silent", "20"], "is not a span of time"),
        (["--again", "soon"], "is not a span of time"),
        (["nmae=x"], "did you mean name"),
        (["--rules"], "no [alerts.NAME]"),
        (["--rules", "name=ct"], "belong to --when or --silent"),
    ],
)
def test_what_cannot_be_watched_is_bad_usage(
    arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["watch", "-s", "redis://127.0.0.1:1", *arguments]) == 2
    assert problem in capsys.readouterr().err


def test_commands_can_be_forbidden(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SCANTUI_NO_EXEC", "1")
    assert main(["watch", "-s", "redis://127.0.0.1:1", "--exec", "true"]) == 2
    assert "forbidden" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[alerts.night]\nwhen = ["fial"]\n', "line 1, alerts.night: 'fial' is not a condition"),
        ('[alerts.night]\nfilter = "nmae=x"\n', "line 2, alerts.night.filter: filter, column 1"),
        ('[alerts.night]\nbell = "loud"\n', "line 2, alerts.night.bell: unknown value 'loud'"),
        ('[alerts.night]\narmed = "yes"\n', "takes true or false"),
        ("[alerts.night]\nexce = 1\n", "did you mean exec?"),
    ],
)
def test_a_mistake_in_a_rule_names_its_line(
    text: str, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "scantui").mkdir()
    (tmp_path / "scantui" / "config.toml").write_text(text)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert main(["watch", "-s", "redis://127.0.0.1:1", "--rules"]) == 2
    assert problem in capsys.readouterr().err
