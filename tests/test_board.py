"""The board shows what a plain dictionary, sorted and filtered anew each time, would show, and tells what changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from scantui.board import Board, Change
from scantui.filters import ScanFilter
from scantui.models import ScanIdentity, ScanState, ScanSummary
from scantui.words import state_word

NAMES = ("ascan", "dscan", "ct")
FILTERS = ("", "name=ascan", "!name=ct", "state=run", "ct", "number=1,2 !state=closed", "name=nothing", "problem")


def key_of(number: int) -> str:
    return f"esrf:scan:{number:026}"


def row(number: int, name: str = "ascan", state: ScanState = ScanState.STARTED) -> ScanSummary:
    return ScanSummary(key=key_of(number), state=state, identity=ScanIdentity(name=name, number=number))


def unreadable(number: int) -> ScanSummary:
    return ScanSummary(key=key_of(number), problem="a problem")


rows = st.one_of(
    st.builds(row, st.integers(0, 30), st.sampled_from(NAMES), st.sampled_from(ScanState)),
    st.builds(unreadable, st.integers(0, 30)),
)


class Screen:
    """The oracle: what is shown, worked out from nothing each time."""

    def __init__(self) -> None:
        self.rows: dict[str, ScanSummary] = {}
        self.gone: set[str] = set()
        self.filter = ScanFilter()

    def shown(self) -> list[str]:
        return [key for key, each in sorted(self.rows.items()) if self.filter.matches(each)]

    def contents(self) -> dict[str, tuple[ScanSummary, bool]]:
        """What the shown rows say."""
        return {key: (self.rows[key], key in self.gone) for key in self.shown()}


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

    @precondition(lambda self: self.oldest_loaded > 0)
    @rule(size=st.integers(1, 6), name=st.sampled_from(NAMES))
    def load_older(self, size: int, name: str) -> None:
        first = max(0, self.oldest_loaded - size)
        self.put([row(number, name, ScanState.CLOSED) for number in reversed(range(first, self.oldest_loaded))])
        self.oldest_loaded = first

    @rule(news=st.lists(rows, max_size=6))
    def come_and_change(self, news: list[ScanSummary]) -> None:
        self.put(news)

    @rule(new=st.integers(1, 4), name=st.sampled_from(NAMES))
    def create(self, new: int, name: str) -> None:
        newest = max(self.screen.rows, default=key_of(30)).removeprefix("esrf:scan:")
        self.put([row(int(newest) + 1 + step, name, ScanState.CREATED) for step in range(new)])

    @rule(numbers=st.sets(st.integers(0, 35), max_size=5))
    def go(self, numbers: set[int]) -> None:
        keys = [key_of(number) for number in numbers]

        def mark() -> None:
            self.screen.gone.update(key for key in keys if key in self.screen.rows)

        self.check(lambda: self.board.mark_gone(keys), mark)

    @rule(text=st.sampled_from(FILTERS))
    def look_for(self, text: str) -> None:
        def choose() -> None:
            self.screen.filter = ScanFilter.parse(text)

        self.check(lambda: self.board.set_filter(ScanFilter.parse(text)), choose, appends=False)

    def put(self, news: Sequence[ScanSummary]) -> None:
        def take_in() -> None:
            self.screen.rows.update((each.key, each) for each in news)
            self.screen.gone.difference_update(each.key for each in news)

        self.check(lambda: self.board.put(news), take_in)

    def check(self, act: Callable[[], Change], foresee: Callable[[], None], appends: bool = True) -> None:
        """Do something to the board and to the oracle, and hold what the board says of it against the difference."""
        keys, contents = self.screen.shown(), self.screen.contents()
        foresee()
        change = act()
        keys_now, contents_now = self.screen.shown(), self.screen.contents()
        assert change.rearranged is (keys != keys_now)
        changed = {key for key in contents.keys() & contents_now.keys() if contents[key] != contents_now[key]}
        assert change.touched >= changed
        newest = keys[-1] if keys else ""
        assert change.appended == sum(key > newest and key not in contents for key in keys_now) * appends

    @invariant()
    def the_shown_rows_are_those_of_the_oracle(self) -> None:
        keys = self.screen.shown()
        assert [self.board.key_at(index) for index in range(len(self.board))] == keys
        assert [self.board.row_at(index) for index in range(len(self.board))] == [self.screen.rows[key] for key in keys]
        assert [self.board.index_of(key) for key in keys] == list(range(len(keys)))
        assert self.board.total == len(self.screen.rows)

    @invariant()
    def what_is_not_shown_has_no_place(self) -> None:
        for key in {key_of(-1), key_of(10**6), *self.screen.rows} - set(self.screen.shown()):
            with pytest.raises(KeyError):
                self.board.index_of(key)

    @invariant()
    def every_row_is_remembered_with_its_word(self) -> None:
        for key, each in self.screen.rows.items():
            assert self.board.row(key) == each
            assert self.board.is_gone(key) is (key in self.screen.gone)
            assert self.board.word_of(each) == ("GONE" if key in self.screen.gone else state_word(each))

    @invariant()
    def the_newest_number_is_that_of_the_newest_scan_that_has_one(self) -> None:
        identities = [each.identity for _, each in sorted(self.screen.rows.items()) if each.identity]
        assert self.board.newest_number() == (identities[-1].number if identities else 0)


TestBoardAgainstScreen = BoardAgainstScreen.TestCase
TestBoardAgainstScreen.settings = settings(stateful_step_count=25, deadline=None)


def test_an_empty_board_shows_nothing() -> None:
    board = Board()
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
