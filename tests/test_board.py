"""The board shows what a plain list, sorted and filtered anew each time, would show, and tells what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from scantui.activity import Activity, progress_text, silence_ms
from scantui.board import PROBLEM_WORDS, Board, Change, Sorting
from scantui.filters import ScanFilter
from scantui.models import ScanIdentity, ScanState, ScanSummary
from scantui.words import STATE_WORDS, state_word

NAMES = ("ascan", "dscan", "ct")
FILTERS = ("", "name=ascan", "!name=ct", "state=run", "ct", "number=1,2 !state=closed", "name=nothing", "problem")
SORTS = ("time", "number", "name", "state", "progress")
NOW = 1_700_000_000_000


def key_of(number: int) -> str:
    return f"esrf:scan:{number:026}"


def row(number: int, name: str = "ascan", state: ScanState = ScanState.STARTED) -> ScanSummary:
    return ScanSummary(key=key_of(number), state=state, identity=ScanIdentity(name=name, number=number), npoints=100)


def unreadable(number: int) -> ScanSummary:
    return ScanSummary(key=key_of(number), problem="a problem")


def shown(board: Board) -> list[str]:
    return [board.key_at(index) for index in range(len(board))]


rows = st.one_of(
    st.builds(row, st.integers(0, 30), st.sampled_from(NAMES), st.sampled_from(ScanState)),
    st.builds(unreadable, st.integers(0, 30)),
)
some_numbers = st.sets(st.integers(0, 35), max_size=5)


class World:
    """What is known of the scans at a time."""

    def __init__(self) -> None:
        self.now_ms = 0
        self.rows: dict[str, ScanSummary] = {}
        self.gone: set[str] = set()
        self.stalled: set[str] = set()
        self.activities: dict[str, Activity] = {}

    def word(self, key: str) -> str:
        if key in self.gone:
            return "GONE"
        return "STALL" if key in self.stalled else state_word(self.rows[key])

    def find_silent(self) -> None:
        self.stalled = {
            key for key, activity in self.activities.items() if silence_ms(self.rows[key], activity, self.now_ms)
        }

    def look(self, key: str) -> tuple[object, ...]:
        activity = self.activities.get(key)
        return self.rows[key], self.word(key), activity and activity.points

    def sort_value(self, column: str, key: str) -> str | float | None:
        each, activity = self.rows[key], self.activities.get(key)
        if column == "name":
            return each.identity.name if each.identity else each.problem
        if column == "number":
            return each.identity.number if each.identity else None
        if column == "state":
            return list(STATE_WORDS).index(self.word(key))
        if column == "progress":
            return activity.points / 100 if activity else None
        return key


class Screen:
    """The oracle: what is shown, worked out from all that is known each time."""

    def __init__(self) -> None:
        self.world = World()
        self.frozen: World | None = None
        self.filter = ScanFilter()
        self.sorting = Sorting()
        self.marks: list[str] = []
        self.only_marked = False
        self.newest_when_held: str | None = None
        self.shown: list[str] = []
        self.values: dict[str, str | float | None] = {}

    @property
    def seen(self) -> World:
        return self.frozen or self.world

    @property
    def held(self) -> bool:
        return self.newest_when_held is not None

    def passing(self) -> list[str]:
        marked = self.marks if self.only_marked else self.seen.rows
        return [
            key
            for key, each in sorted(self.seen.rows.items())
            if key in marked and self.filter.matches(each, self.seen.word(key))
        ]

    def came(self) -> list[str]:
        newest = self.newest_when_held
        return [] if newest is None else [key for key in self.seen.rows if key > newest]

    def stale(self) -> set[str]:
        return set(self.shown).difference(self.passing())

    def lay_out(self) -> None:
        self.values = {}
        self.shown = self._in_order(self.passing())

    def take_in(self) -> None:
        passing = self.passing()
        coming = [key for key in passing if key not in self.shown]
        if self.held:
            stood = self.shown
            coming = [key for key in coming if not stood or key in (self._in_order([*stood, key])[i] for i in (0, -1))]
            self.shown = self._in_order([*stood, *coming])
        else:
            self.shown = self._in_order([*(key for key in self.shown if key in passing), *coming])

    def _in_order(self, keys: Sequence[str]) -> list[str]:
        """A row keeps the value by which it was placed as long as it is shown."""
        values = {
            key: self.values[key] if key in self.shown and key in self.values else self._value(key) for key in keys
        }
        self.values = values
        with_value = [(value, key) for key, value in sorted(values.items()) if value is not None]
        with_value.sort(key=lambda each: each[0], reverse=self.sorting.descending)
        return [key for _, key in with_value] + sorted(key for key, value in values.items() if value is None)

    def _value(self, key: str) -> str | float | None:
        return self.seen.sort_value(self.sorting.column, key)

    def contents(self) -> dict[str, tuple[object, ...]]:
        """What the shown rows say."""
        stale = self.stale()
        return {key: (self.seen.look(key), key in stale, key in self.marks) for key in self.shown}

    def after(self, start: str | None, backwards: bool, wanted: set[str]) -> str | None:
        """The first of the wanted that is met on the way from `start` round and back to it."""
        keys = self.shown[::-1] if backwards else self.shown
        turn = keys.index(start) + 1 if start in keys else 0
        return next((key for key in keys[turn:] + keys[:turn] if key in wanted), None)


class BoardAgainstScreen(RuleBasedStateMachine):
    """Random lives of a board, each step compared with the oracle."""

    def __init__(self) -> None:
        super().__init__()
        self.board = Board()
        self.screen = Screen()
        self.oldest_loaded = 0

    @initialize(history=st.integers(0, 30))
    def history_to_load(self, history: int) -> None:
        """Scans 0 to `history` were there before, and are loaded later, newest first."""
        self.oldest_loaded = history

    # What the feed tells

    @precondition(lambda self: self.oldest_loaded > 0)
    @rule(size=st.integers(1, 6), name=st.sampled_from(NAMES))
    def load_older(self, size: int, name: str) -> None:
        first = max(0, self.oldest_loaded - size)
        self.put([row(number, name, ScanState.CLOSED) for number in reversed(range(first, self.oldest_loaded))])
        self.oldest_loaded = first

    @rule(news=st.lists(rows, max_size=6))
    def come_and_change(self, news: list[ScanSummary]) -> None:
        self.put(news)

    @rule(new=st.integers(1, 40), name=st.sampled_from(NAMES))
    def create(self, new: int, name: str) -> None:
        newest = max(self.screen.world.rows, default=key_of(30)).removeprefix("esrf:scan:")
        self.put([row(int(newest) + 1 + step, name, ScanState.CREATED) for step in range(new)])

    def put(self, news: Sequence[ScanSummary]) -> None:
        world = self.screen.world
        with self.told(lambda: self.board.put(news)):
            for each in news:
                world.rows[each.key] = each
                world.gone.discard(each.key)
                world.stalled.discard(each.key)
                if not each.is_open:
                    world.activities.pop(each.key, None)

    @rule(numbers=some_numbers)
    def go(self, numbers: set[int]) -> None:
        keys, world = [key_of(number) for number in numbers], self.screen.world
        with self.told(lambda: self.board.mark_gone(keys)):
            for key in world.rows.keys() & set(keys):
                world.gone.add(key)
                world.stalled.discard(key)
                world.activities.pop(key, None)

    @rule(points=st.dictionaries(st.integers(0, 35).map(key_of), st.integers(0, 3), max_size=8))
    def measure(self, points: dict[str, int]) -> None:
        world = self.screen.world
        with self.told(lambda: self.board.note_progress(points)):
            for key, count in points.items():
                if key in world.rows and world.rows[key].is_open and key not in world.gone:
                    known = world.activities.get(key)
                    world.activities[key] = known.after(count, world.now_ms) if known else Activity(count, world.now_ms)
            world.find_silent()

    @rule(step=st.sampled_from([1_000, 40_000]))
    def pass_time(self, step: int) -> None:
        world = self.screen.world
        now_ms = (world.now_ms or NOW) + step
        with self.told(lambda: self.board.tell_time(now_ms)):
            world.now_ms = now_ms
            world.find_silent()

    # What the user does

    @rule(text=st.sampled_from(FILTERS))
    def look_for(self, text: str) -> None:
        with self.laid_out(lambda: self.board.set_filter(ScanFilter.parse(text))):
            self.screen.filter = ScanFilter.parse(text)

    @rule(column=st.sampled_from(SORTS), descending=st.booleans())
    def sort(self, column: str, descending: bool) -> None:
        with self.laid_out(lambda: self.board.sort_by(column, descending)):
            self.screen.sorting = Sorting(column, descending)

    @rule()
    def hold(self) -> None:
        assert self.board.set_held(True) == Change()
        if not self.screen.held:
            self.screen.newest_when_held = max(self.screen.seen.rows, default="")

    @precondition(lambda self: self.screen.held)
    @rule()
    def follow(self) -> None:
        with self.laid_out(lambda: self.board.set_held(False)):
            self.screen.newest_when_held = None

    @rule()
    def settle(self) -> None:
        with self.laid_out(self.board.settle):
            pass

    @rule()
    def forget(self) -> None:
        if self.board.is_paused:
            assert self.board.forget_gone() == Change()
            return
        with self.laid_out(self.board.forget_gone):
            world = self.screen.world
            for key in world.gone:
                del world.rows[key]
            self.screen.marks = [key for key in self.screen.marks if key not in world.gone]
            world.gone = set()

    @rule()
    def pause(self) -> None:
        self.board.pause(self.board.now_ms)
        self.screen.frozen = self.screen.frozen or deepcopy(self.screen.world)

    @rule()
    def resume(self) -> None:
        with self.told(self.board.resume):
            self.screen.frozen = None

    @rule(number=st.integers(0, 35))
    def toggle_mark(self, number: int) -> None:
        key, marks = key_of(number), self.screen.marks
        with self.told(lambda: self.board.toggle_mark(key)):
            if key in marks:
                marks.remove(key)
            elif key in self.screen.seen.rows:
                marks.append(key)

    @rule(only_marked=st.booleans())
    def show_only_marked(self, only_marked: bool) -> None:
        show = self.told if only_marked is self.screen.only_marked else self.laid_out
        with show(lambda: self.board.show_only_marked(only_marked)):
            self.screen.only_marked = only_marked

    @rule()
    def clear_marks(self) -> None:
        clear = self.laid_out if self.screen.only_marked else self.told
        with clear(self.board.clear_marks):
            self.screen.only_marked = False
            self.screen.marks.clear()

    # Each step against the oracle

    @contextmanager
    def told(self, act: Callable[[], Change]) -> Iterator[None]:
        """Foresee in the body what `act` does; rows that stand keep their order."""
        before = self.screen.shown
        with self.foreseen(act) as changes:
            yield
            self.screen.take_in()
        stood = [key for key in before if key in self.screen.shown]
        appended = len(self.screen.shown) - (self.screen.shown.index(stood[-1]) + 1 if stood else 0)
        assert changes[0].appended == appended

    @contextmanager
    def laid_out(self, act: Callable[[], Change]) -> Iterator[None]:
        """Foresee in the body what `act` does; all rows are chosen and sorted anew."""
        with self.foreseen(act):
            yield
            self.screen.lay_out()

    @contextmanager
    def foreseen(self, act: Callable[[], Change]) -> Iterator[list[Change]]:
        """Hold what the board says of a change against the difference that the oracle sees."""
        screen, changes = self.screen, list[Change]()
        keys, contents = screen.shown, screen.contents()
        yield changes
        change = act()
        changes.append(change)
        assert change.rearranged is (keys != screen.shown)
        now = screen.contents()
        assert change.touched >= {key for key in contents.keys() & now.keys() if contents[key] != now[key]}
        assert change.touched <= now.keys()

    @invariant()
    def the_shown_rows_are_those_of_the_oracle(self) -> None:
        board, keys, seen = self.board, self.screen.shown, self.screen.seen
        assert shown(board) == keys
        assert [board.row_at(index) for index in range(len(board))] == [seen.rows[key] for key in keys]
        assert [board.index_of(key) for key in keys] == list(range(len(keys)))
        assert board.total == len(seen.rows)
        assert {key for key in keys if board.is_stale(key)} == self.screen.stale()
        assert (board.held, board.sorting, board.is_paused) == (
            self.screen.held,
            self.screen.sorting,
            self.screen.frozen is not None,
        )

    @invariant()
    def what_is_not_shown_has_no_place(self) -> None:
        for key in {key_of(-1), key_of(10**6), *self.screen.world.rows} - set(self.screen.shown):
            assert not self.board.is_shown(key)
            assert not self.board.is_stale(key)
            with pytest.raises(KeyError):
                self.board.index_of(key)

    @invariant()
    def every_row_is_remembered_with_its_word(self) -> None:
        seen = self.screen.seen
        for key in self.screen.world.rows:
            assert self.board.row(key) == seen.rows.get(key)
        for key, each in seen.rows.items():
            assert self.board.is_gone(key) is (key in seen.gone)
            assert self.board.word_of(each) == seen.word(key)
            assert self.board.progress_of(each) == progress_text(each, seen.activities.get(key), self.board.now_ms)

    @invariant()
    def what_is_not_shown_is_counted(self) -> None:
        board, screen, passing = self.board, self.screen, set(self.screen.passing())
        assert board.waiting == len(passing.difference(screen.shown))
        assert (board.new, board.new_matching) == (len(screen.came()), len(passing.intersection(screen.came())))
        frozen, world = screen.frozen or screen.world, screen.world
        assert board.paused_new == len(world.rows.keys() - frozen.rows.keys())
        assert board.paused_changed == sum(world.look(key) != frozen.look(key) for key in frozen.rows)

    @invariant()
    def words_are_counted(self) -> None:
        counts = self.board.counts()
        assert counts == Counter(self.screen.seen.word(key) for key in self.screen.shown)
        assert list(counts) == [word for word in STATE_WORDS if word in counts]

    @invariant()
    def one_gets_from_row_to_row(self) -> None:
        board, screen = self.board, self.screen
        assert board.marks == tuple(screen.marks)
        problems = {key for key in screen.shown if screen.seen.word(key) in PROBLEM_WORDS}
        for start in (None, key_of(-1), *screen.shown[:2], *screen.shown[-1:]):
            assert board.nearest_mark(start) == screen.after(start, False, set(screen.marks))
            assert board.nearest_mark(start, backwards=True) == screen.after(start, True, set(screen.marks))
            assert board.nearest_problem(start) == screen.after(start, False, problems)
            assert board.nearest_problem(start, backwards=True) == screen.after(start, True, problems)

    @invariant()
    def the_newest_number_is_that_of_the_newest_scan_that_has_one(self) -> None:
        identities = [each.identity for _, each in sorted(self.screen.world.rows.items()) if each.identity]
        assert self.board.newest_number() == (identities[-1].number if identities else 0)


TestBoardAgainstScreen = BoardAgainstScreen.TestCase
TestBoardAgainstScreen.settings = settings(stateful_step_count=40, deadline=None)


def test_an_empty_board_shows_nothing() -> None:
    board = Board()
    assert (board.counts(), board.marks, board.nearest_problem(None), board.find_number(1)) == ({}, (), None, None)
    assert board.settle() == board.set_held(False) == board.resume() == board.clear_marks() == Change()
    assert (len(board), board.total, board.newest_number(), board.row(key_of(1))) == (0, 0, 0, None)
    assert board.put([]) == board.mark_gone([key_of(1)]) == Change()
    assert not board.is_gone(key_of(1)), "a scan that was never seen cannot go"


@pytest.mark.parametrize("text", ["", "name=ascan"])
def test_scans_loaded_newest_first_are_shown_oldest_first(text: str) -> None:
    board = Board()
    board.set_filter(ScanFilter.parse(text))
    assert board.put([row(5), row(4)]) == Change(rearranged=True, appended=2)
    assert board.put([row(3), row(2)]) == Change(rearranged=True, appended=0)
    assert [board.key_at(index) for index in range(4)] == [key_of(number) for number in (2, 3, 4, 5)]


@pytest.mark.parametrize("text", ["", "name=ascan"])
def test_scans_that_come_after_the_newest_are_appended_in_any_order(text: str) -> None:
    board = Board()
    board.set_filter(ScanFilter.parse(text))
    board.put([row(1)])
    assert board.put([row(4), row(2), row(3)]) == Change(rearranged=True, appended=3)


@pytest.mark.parametrize("text", ["", "name=ascan"])
def test_a_scan_given_twice_at_once_is_one_row_and_the_last_word_counts(text: str) -> None:
    board = Board()
    board.set_filter(ScanFilter.parse(text))
    change = board.put([row(1), row(1, state=ScanState.CLOSED)])
    assert (len(board), board.total, change.appended) == (1, 1, 1)
    assert board.row_at(0).state is ScanState.CLOSED


def test_a_scan_that_no_longer_passes_the_filter_leaves_and_may_come_back() -> None:
    board = Board()
    board.put([row(1), row(2)])
    board.set_filter(ScanFilter.parse("state=run"))
    assert board.put([row(1, state=ScanState.CLOSED)]).rearranged
    assert [board.key_at(index) for index in range(len(board))] == [key_of(2)]
    assert board.put([row(1)]) == Change(rearranged=True, appended=0)
    assert board.index_of(key_of(1)) == 0


def test_a_scan_that_is_seen_again_is_gone_no_longer() -> None:
    board = Board()
    board.put([row(1)])
    assert board.mark_gone([key_of(1)]) == Change(touched=frozenset([key_of(1)]))
    assert board.word_of(row(1)) == "GONE"
    assert board.put([row(1)]) == Change(touched=frozenset([key_of(1)]))
    assert board.word_of(row(1)) == "RUN"


def test_gone_scans_are_found_by_the_filter_under_the_word_that_they_bear() -> None:
    board = Board()
    board.put([row(1), row(2)])
    board.mark_gone([key_of(1)])
    board.set_filter(ScanFilter.parse("state=gone"))
    assert [board.key_at(index) for index in range(len(board))] == [key_of(1)]


changes = st.builds(Change, st.booleans(), st.frozensets(st.sampled_from("abc")), st.integers(0, 3))


@settings(deadline=None)
@given(changes, changes)
def test_two_changes_together_say_all_that_each_says(one: Change, other: Change) -> None:
    both = one | other
    assert both.rearranged is (one.rearranged or other.rearranged)
    assert both.touched == one.touched | other.touched
    assert both.appended == one.appended + other.appended
    assert one | Change() == Change() | one == one
