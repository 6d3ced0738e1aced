"""When rows are painted anew: what is asked for, and what is painted at which moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from scantui.board import Change
from scantui.tui.repaints import Repaints
from tests.tui.commands.fake_views import to_the_end

ARRIVAL, OTHER, AGED = Change(True, appended=1), Change(touched=frozenset("b")), Change(touched=frozenset("c"))
BROKEN = Change(touched=frozenset("d"))


class Screen:
    """Notes what is painted, and keeps the timers until they are said to go off."""

    def __init__(self) -> None:
        self.painted: list[Change] = []
        self.in_place: list[Change] = []
        self.timers: list[Callable[[], None]] = []
        self.works: list[Callable[[], bool]] = []
        self.key_waits = False
        self.waits: list[float] = []
        self.now = self.cost = 0.0
        self.repaints = Repaints(
            self.set_timer,
            self.painted.append,
            self.arrivals,
            self.in_place.append,
            self.between_keys,
            lambda: self.now,
        )

    def set_timer(self, seconds: float, go_on: Callable[[], None]) -> None:
        self.waits.append(seconds)
        self.timers.append(go_on)

    def arrivals(self, change: Change) -> Iterator[None]:
        yield
        if change == BROKEN:
            raise ZeroDivisionError
        self.now += self.cost
        self.painted.append(change)

    def between_keys(self, work: Callable[[], bool]) -> None:
        if self.key_waits:
            self.works.append(work)
        else:
            to_the_end(work)

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


def test_arrivals_are_not_painted_while_a_key_waits_and_no_others_begin_meanwhile() -> None:
    screen = Screen()
    screen.key_waits = True
    screen.repaints.in_turn(ARRIVAL)
    screen.repaints.in_turn(OTHER)
    assert not screen.painted
    assert not screen.timers
    (work,) = screen.works
    to_the_end(work)
    assert screen.painted == [ARRIVAL]
    screen.key_waits = False
    screen.go_off()
    assert screen.painted == [ARRIVAL, OTHER]


@pytest.mark.parametrize(("cost", "wait"), [(0.0, 0.03), (0.002, 0.05), (0.02, 0.1)])
def test_the_next_arrivals_wait_the_longer_the_longer_these_took_to_paint(cost: float, wait: float) -> None:
    screen = Screen()
    screen.cost = cost
    screen.repaints.in_turn(ARRIVAL)
    assert screen.waits == [pytest.approx(wait)]


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


def test_what_comes_after_an_internal_error_is_painted() -> None:
    screen = Screen()
    with pytest.raises(ZeroDivisionError):
        screen.repaints.in_turn(BROKEN)
    screen.repaints.in_turn(ARRIVAL)
    screen.go_off()
    assert screen.painted == [ARRIVAL]
