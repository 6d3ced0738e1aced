"""When rows are painted anew: what is asked for, and what is painted at which moment."""

from __future__ import annotations

from collections.abc import Callable

from scantui.board import Change
from scantui.tui.repaints import Repaints

ARRIVAL, OTHER, AGED = Change(True, appended=1), Change(touched=frozenset("b")), Change(touched=frozenset("c"))


class Screen:
    """Notes what is painted, and keeps the timers until they are said to go off."""

    def __init__(self) -> None:
        self.painted: list[Change] = []
        self.in_place: list[Change] = []
        self.timers: list[Callable[[], None]] = []
        paint = self.painted.append
        self.repaints = Repaints(lambda _, go_on: self.timers.append(go_on), paint, paint, self.in_place.append)

    def go_off(self) -> None:
        (go_on,) = self.timers
        self.timers.clear()
        go_on()


def test_what_comes_soon_after_a_repaint_is_painted_together() -> None:
    screen = Screen()
    screen.repaints.in_turn(ARRIVAL)
    screen.repaints.in_turn(OTHER)
    screen.repaints.in_turn(ARRIVAL)
    assert screen.painted == [ARRIVAL]
    screen.go_off()
    assert screen.painted == [ARRIVAL, Change(True, OTHER.touched, 1)]
    screen.repaints.in_turn(OTHER)
    assert len(screen.painted) == 2
    screen.go_off()
    screen.go_off()
    assert screen.painted[2:] == [OTHER]
    assert screen.timers == []


def test_a_key_waits_for_no_turn_and_takes_along_what_waits() -> None:
    for waiting, key in ((OTHER, AGED), (ARRIVAL, ARRIVAL | AGED)):
        screen = Screen()
        screen.repaints.in_turn(ARRIVAL)
        screen.repaints.in_turn(waiting)
        screen.repaints.at_once(key)
        assert screen.painted == [ARRIVAL, waiting | key]
        screen.go_off()
        assert len(screen.painted) == 2
        assert not screen.in_place


def test_a_key_that_changes_a_row_in_its_place_leaves_what_came_to_its_turn() -> None:
    screen = Screen()
    screen.repaints.in_turn(ARRIVAL)
    screen.repaints.in_turn(ARRIVAL)
    screen.repaints.at_once(AGED)
    assert screen.in_place == [AGED]
    assert screen.painted == [ARRIVAL]
    screen.go_off()
    assert screen.painted == [ARRIVAL, ARRIVAL]


def test_news_without_a_change_have_their_turn_too() -> None:
    screen = Screen()
    screen.repaints.in_turn(Change(), is_news=True)
    screen.repaints.in_turn(Change(), is_news=True)
    assert screen.painted == [Change()]
    screen.go_off()
    assert screen.painted == [Change(), Change()]
    screen.go_off()
    assert len(screen.painted) == 2


def test_an_arrival_does_not_wait_for_what_was_painted_at_once() -> None:
    screen = Screen()
    screen.repaints.at_once(AGED)
    screen.repaints.in_turn(ARRIVAL)
    assert screen.painted == [AGED, ARRIVAL]


def test_where_nothing_changed_nothing_is_painted_and_nothing_waits() -> None:
    screen = Screen()
    screen.repaints.at_once(Change())
    screen.repaints.in_turn(Change())
    assert not screen.painted
    assert not screen.timers
