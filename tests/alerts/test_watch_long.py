"""Rules over a long time: clocks that jump, scans that are loaded, and a whole night."""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from scantui.alerts import ArmedRule, SeenScan, read_rule
from tests.alerts.test_watch import moves, now, row


def test_a_jump_of_the_servers_clock_is_neither_silence_nor_an_end_of_it() -> None:
    rule = ArmedRule(read_rule("night", ["silent=20m"]), now(0))
    moves(rule, now(100))
    assert rule.due(now(200, jump_s=7200)) == []
    assert rule.due(now(1299, jump_s=-7200)) == []
    assert len(rule.due(now(1300, jump_s=-7200))) == 1


def test_what_comes_while_scans_are_loaded_waits_for_the_rest() -> None:
    rule = ArmedRule(read_rule("night", ["fail"]), now(0))
    for second in range(0, 10, 2):
        rule.note_up(now(second), is_loading=True)
        rule.see(SeenScan(row(second), "FAIL"), now(second))
        assert rule.due(now(second)) == []
    (alert,) = rule.due(now(12))
    assert alert.count == 5


@given(
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 40)), max_size=60),
    st.sampled_from(["", "90s", "10m"]),
)
def test_no_failure_is_lost_and_none_calls_twice(failures: list[tuple[int, int]], again: str) -> None:
    rule = ArmedRule(read_rule("night", ["fail"], again=again), now(0))
    waiting = sorted(failures)
    called: list[str] = []
    last_call = -1000.0
    for second in range(0, 3000 + 1300, 7):
        while waiting and waiting[0][0] <= second:
            rule.see(SeenScan(row(waiting.pop(0)[1]), "FAIL"), now(second))
        alerts = rule.due(now(second))
        if alerts and again:
            assert len(alerts) == 1
            assert second - last_call >= rule.rule.again_seconds
            last_call = second
        called += [key for alert in alerts for key in alert.keys]
    assert sorted(called) == sorted({row(number).key for _, number in failures})


def test_a_night_of_twenty_thousand_scans_loses_no_failure_and_calls_none_twice() -> None:
    chance = Random(1)  # noqa: S311 - no secret
    rule = ArmedRule(read_rule("night", ["fail", "silent=20m"]), now(0))
    failed, called, silences = set(), Counter[str](), 0
    away_until = 0.0
    for number in range(20_000):
        at = now(number * 4.32)
        if chance.random() < 0.001:
            rule.note_down(at)
            away_until = at.steady_s + chance.uniform(10, 600)
        if 0 < away_until <= at.steady_s:
            rule.note_up(at)
            away_until = 0.0
        word = "FAIL" if chance.random() < (0.9 if 5000 < number < 5100 else 0.01) else "DONE"
        rule.see(SeenScan(row(number), word), at)
        failed |= {row(number).key} if word == "FAIL" else set()
        for alert in rule.due(at):
            called.update(alert.keys)
            silences += alert.kind == "silent"
    for seconds in range(120):
        for alert in rule.due(now(20_000 * 4.32 + seconds)):
            called.update(alert.keys)
    assert set(called) == failed
    assert set(called.values()) == {1}
    assert silences == 0
