"""Work that takes several turns: how much of it is done before the keys have theirs."""

from __future__ import annotations

from collections.abc import Iterator

from scantui.tui.commands.turns import in_short_turns


def test_steps_are_taken_for_a_few_milliseconds_at_a_time() -> None:
    now, taken = 0.0, list[int]()

    def steps() -> Iterator[None]:
        nonlocal now
        for step in range(10):
            taken.append(step)
            now += 0.002
            yield

    go_on = in_short_turns(steps(), clock=lambda: now)
    assert (go_on(), len(taken)) == (False, 3)
    assert (go_on(), len(taken)) == (False, 6)
    assert (go_on(), len(taken)) == (False, 9)
    assert (go_on(), len(taken)) == (True, 10)
