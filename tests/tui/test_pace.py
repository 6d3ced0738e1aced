"""When the next frame may go."""

from __future__ import annotations

import random

from scantui.tui.terminal.pace import Pace

_FEW, _FRAME = 100, 3000


class TestPace:
    def test_a_terminal_that_never_answered_is_not_waited_for(self) -> None:
        pace = Pace()
        pace.sent(0.0, _FRAME)
        assert pace.wait(0.1) == 0

    def test_a_frame_waits_for_the_answer_to_the_one_before(self) -> None:
        pace = Pace()
        pace.sent(0.0, _FRAME)
        pace.answered(0.001)
        pace.sent(1.0, _FRAME)
        assert pace.wait(1.01) > 0
        pace.answered(1.001)
        assert pace.wait(1.01) == 0

    def test_after_a_frame_that_took_long_others_rest(self) -> None:
        pace = Pace()
        pace.sent(0.0, _FEW)
        pace.answered(0.001)
        pace.sent(1.0, _FRAME)
        pace.answered(1.1)
        assert 0.3 < pace.wait(1.1) < 1.0
        assert pace.wait(3.0) == 0

    def test_the_way_there_and_back_is_no_reason_to_rest(self) -> None:
        pace = Pace()
        for second in range(3):
            pace.sent(float(second), _FRAME)
            pace.answered(second + 0.3)
        assert pace.wait(2.31) < 0.05

    def test_answers_that_come_late_now_and_then_are_no_reason_to_rest(self) -> None:
        pace, odd, rests, now = Pace(), random.Random(1), [], 0.0  # noqa: S311 - no secret
        for _ in range(200):
            pace.sent(now, odd.choice((_FEW, _FRAME)))
            now += odd.uniform(0.1, 0.4)
            pace.answered(now)
            rests.append(pace.wait(now))
            now += 1.0
        assert sorted(rests[10:])[-19] < 0.5

    def test_a_slow_link_rests_after_each_large_frame(self) -> None:
        pace, now = Pace(), 0.0
        for number in range(20):
            size = (_FEW, _FRAME)[number % 2]
            pace.sent(now, size)
            now += 0.05 + size / 8000
            pace.answered(now)
            if number > 1 and size == _FRAME:
                assert pace.wait(now) > 1.0
            now += 2.0

    def test_a_terminal_that_was_busy_for_a_moment_is_no_reason_either(self) -> None:
        pace = Pace()
        pace.sent(0.0, _FRAME)
        pace.answered(0.001)
        pace.sent(1.0, _FRAME)
        pace.answered(1.02)
        assert pace.wait(1.02) == 0

    def test_the_frame_of_a_key_waits_neither_for_rest_nor_for_one_answer(self) -> None:
        pace = Pace()
        pace.sent(0.0, _FRAME)
        pace.answered(0.001)
        pace.sent(1.0, _FRAME)
        pace.key_pressed()
        assert pace.wait(1.01) == 0
        pace.sent(1.01, _FRAME)
        pace.sent(1.02, _FRAME)
        pace.key_pressed()
        assert pace.wait(1.03) > 0

    def test_a_terminal_that_stopped_answering_is_given_up(self) -> None:
        pace = Pace()
        pace.sent(0.0, _FRAME)
        pace.answered(0.001)
        pace.sent(1.0, _FRAME)
        assert pace.wait(60.0) == 0
        assert not pace.is_asked

    def test_the_lag_is_that_of_the_last_frame_or_of_the_one_on_its_way(self) -> None:
        pace = Pace()
        pace.sent(0.0, _FRAME)
        assert pace.lag(5.0) == 0, "a terminal that never answers has no lag"
        pace.answered(0.8)
        assert pace.lag(1.0) == 0.8
        pace.sent(2.0, _FRAME)
        assert pace.lag(3.5) == 1.5
        pace.answered(3.6)
        pace.sent(4.0, _FRAME)
        pace.answered(4.01)
        assert pace.lag(4.01) < 0.1


def test_a_terminal_lags_while_it_takes_long_for_a_frame_and_rests_after_it() -> None:
    pace = Pace()
    pace.sent(0.0, _FEW)
    assert not pace.lags(5.0)
    pace.answered(0.01)
    pace.sent(10.0, _FRAME)
    assert not pace.lags(10.2)
    assert pace.lags(10.5)
    pace.answered(10.5)
    assert pace.lags(10.6)
    assert not pace.lags(13.0)
