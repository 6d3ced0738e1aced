"""Random lives of a board: after each step it shows what a plain list would show, and reports what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from scantui.activity import Activity, progress_text
from scantui.board import PROBLEM_WORDS, Board, Change, Sorting
from scantui.filters import ScanFilter
from scantui.models import ScanState, ScanSummary
from scantui.words import STATE_WORDS
from tests.board_oracle import (
    FILTERS,
    NAMES,
    NOW,
    SORTS,
    Screen,
    key_of,
    row,
    rows,
    shown,
    some_numbers,
)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to find the next row of a kind are tried."""
    monkeypatch.setattr("scantui.board.questions._FEW", 2)


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

    # What the feed reports

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
                if not each.is_open:
                    world.activities.pop(each.key, None)
            world.find_silent()

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
        with self.told(lambda: self.board.toggle_marks([key])):
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
        """Compare the change that the board reports with the difference that the oracle sees."""
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
