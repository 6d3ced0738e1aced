"""Alerts by keys: what is armed, what a call does, when a bell rings again and when it is silent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from scantui.alerts import Alert, AlertRule, read_rule
from scantui.board import PROBLEM_WORDS
from scantui.system.processes import FencedCommands
from scantui.tui.commands.alerts import RING_SECONDS, RINGS_FOR_SECONDS, SILENCED_SECONDS
from scantui.tui.night import NightSettings
from tests.tui.commands.fakes import Bench
from tests.vigil.test_scans import NOW, row

NIGHT = read_rule("night", ["fail"], exec_="true", armed=True)


def alert(rule: AlertRule = NIGHT, text: str = "FAIL 41 ascan") -> Alert:
    return Alert(rule=rule, kind="fail", text=text, at_ms=NOW, keys=("k",), scan=row(41), word="FAIL")


def names_in(directory: Path) -> list[str]:
    return [path.name for path in directory.iterdir()]


def test_the_menu_offers_the_rules_of_the_configuration_and_marks_the_armed_ones() -> None:
    bench = Bench(night=NightSettings(rules=[NIGHT, read_rule("beam", ["silent=20m"], filter_text="name=ascan")]))
    bench.groups.alerts.start()
    bench.run("alerts")
    assert [label.strip() for label in bench.dialogs.offered][1:] == [
        "The next problem",
        "What the filter shows comes",
        "No scan for…",
        f"x night: {NIGHT.text}",
        "beam: silent=20m in name=ascan",
        "Silence all for an hour",
    ]
    bench.run("alerts", "night")
    bench.run("alerts", "beam")
    bench.run("alerts")
    assert {label for label in bench.dialogs.offered if label.startswith("x")} == {"x beam: silent=20m in name=ascan"}


@pytest.mark.parametrize(("span", "problem"), [("20m", ""), ("soon", "'soon'")])
def test_a_silence_is_armed_by_hand_for_a_span(span: str, problem: str) -> None:
    bench = Bench()
    bench.run("alerts", "\0silent", span)
    assert bool(bench.errors) is bool(problem)
    assert problem in "".join(bench.errors)
    assert bench.said[-1:] == ([] if problem else ["Alert when no scan began or moved for 20m"])


def test_a_call_rings_shows_a_line_and_counts_until_the_menu_is_opened() -> None:
    bench = Bench()
    bench.groups.alerts.came([alert(), alert(text="FAIL 42 ascan")])
    assert (bench.host.rung, bench.errors[-1]) == (["FAIL 41 ascan", "FAIL 42 ascan"], "FAIL 42 ascan  (a)")
    assert bench.groups.alerts.unseen == 2
    bench.run("alerts")
    assert bench.groups.alerts.unseen == 0


def test_the_next_problem_is_the_first_that_called_and_then_all_count_as_seen() -> None:
    bench = Bench()
    rows = [row for row in map(bench.board.row, bench.board.known_keys) if row is not None]
    called = [row.key for row in rows if bench.board.word_of(row) in PROBLEM_WORDS][-2:]
    bench.groups.alerts.came([msgspec.structs.replace(alert(), keys=(key,)) for key in called])
    bench.run("next_problem")
    assert (bench.table.cursor_key, bench.groups.alerts.unseen) == (called[0], 0)
    bench.run("next_problem")
    assert bench.table.cursor_key == called[1]


def test_rules_armed_by_hand_go_on_with_another_server_and_those_disarmed_rest() -> None:
    night = NightSettings(rules=[NIGHT])
    before, after = Bench(night=night), Bench(night=night)
    before.groups.alerts.start()
    before.run("alerts", "night")
    before.run("alerts", "next problem")
    before.run("alerts", "\0silent", "20m")
    after.groups.alerts.go_on_from(before.groups.alerts)
    after.groups.alerts.start()
    after.run("alerts")
    armed = [label for label in after.dialogs.offered if label.startswith("x")]
    assert armed == ["x The next problem", "x no scan for 20m"]
    after.groups.alerts.came([alert(read_rule("next problem", ["fail"]))])
    after.run("alerts")
    assert [label for label in after.dialogs.offered if label.startswith("x")] == ["x no scan for 20m"]


def test_a_bell_rings_every_ten_seconds_until_a_key() -> None:
    bench = Bench()
    bench.groups.alerts.came([alert(read_rule("night", ["fail"], bell="until-key"))])
    for _ in range(25):
        bench.seconds += 1
        bench.groups.alerts.tell_time()
    assert len(bench.host.rung) == 1 + 25 // int(RING_SECONDS)
    bench.groups.alerts.key_pressed()
    bench.seconds += RING_SECONDS
    bench.groups.alerts.tell_time()
    assert len(bench.host.rung) == 3


def test_a_bell_gives_up_after_ten_minutes() -> None:
    bench = Bench()
    bench.groups.alerts.came([alert(read_rule("night", ["fail"], bell="until-key"))])
    for _ in range(int(2 * RINGS_FOR_SECONDS)):
        bench.seconds += 1
        bench.groups.alerts.tell_time()
    assert len(bench.host.rung) == 1 + int(RINGS_FOR_SECONDS / RING_SECONDS)


async def test_silenced_alerts_only_count_and_call_again_after_an_hour(tmp_path: Path) -> None:
    bench = Bench(night=NightSettings(may_exec=True))
    bench.run("alerts", "\0silence")
    bench.groups.alerts.came([alert(read_rule("loud", ["fail"], exec_=f"touch {tmp_path}/called"))])
    await bench.groups.alerts.close()
    assert (bench.host.rung, bench.groups.alerts.unseen, names_in(tmp_path)) == ([], 1, [])
    bench.seconds += SILENCED_SECONDS
    bench.groups.alerts.came([alert(read_rule("quiet", ["fail"], bell="none"))])
    assert (bench.host.rung, len(bench.errors)) == ([], 1)


def test_the_next_problem_calls_once() -> None:
    bench = Bench()
    bench.run("alerts", "next problem")
    bench.groups.alerts.came([alert(read_rule("next problem", ["fail"]))])
    bench.run("alerts")
    assert not any(label.startswith("x") for label in bench.dialogs.offered)


@pytest.mark.parametrize("may_exec", [True, False])
async def test_a_command_runs_where_it_may(may_exec: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[tuple[str, Mapping[str, str]]] = []
    loop, has_run = asyncio.get_running_loop(), asyncio.Event()

    def run(_: FencedCommands, command: str, facts: Mapping[str, str]) -> int:
        ran.append((command, facts))
        loop.call_soon_threadsafe(has_run.set)
        return 0

    monkeypatch.setattr(FencedCommands, "run", run)
    bench = Bench(night=NightSettings(rules=[NIGHT], may_exec=may_exec))
    bench.groups.alerts.came([alert()])
    if may_exec:
        await asyncio.wait_for(has_run.wait(), 20)
    await bench.groups.alerts.close()
    assert [(command, facts["SCANTUI_ALERT_TEXT"]) for command, facts in ran] == [("true", "FAIL 41 ascan")] * may_exec
