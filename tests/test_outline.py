"""The outline against the flat table: every scan is in one row, whatever comes, goes, changes and folds."""

from __future__ import annotations

import gc
import time
from datetime import datetime

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from scantui.board.families import Block, Kinship, OutlineRow
from scantui.board.outline import Outline
from scantui.board.sequences import sequence_progress, worst_word
from scantui.words import STATE_WORDS

KEYS = [f"{number:03}" for number in range(40)]


def rows(outline: Outline) -> list[OutlineRow]:
    return [outline.row_at(index) for index in range(len(outline))]


def shape(outline: Outline) -> list[tuple[str, int, int, bool | None]]:
    return [tuple(row) for row in rows(outline)]  # type: ignore[misc]


keys = st.sampled_from(KEYS)
# Parents may come later, never, be the scan itself or one of its children.
kinships = st.builds(Kinship, st.none() | keys, st.sampled_from([None, None, "a", "a", "a", "b"]))
alike = st.builds(Kinship, st.none() | st.just(KEYS[0]), st.just("a"))


class OutlineMachine(RuleBasedStateMachine):
    """What an outline shows, and the flat table that it stands for."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, Kinship] = {}
        self.outline = Outline(self.known.__getitem__)

    @rule(coming=st.dictionaries(keys, kinships | alike, max_size=12))
    def scans_come(self, coming: dict[str, Kinship]) -> None:
        fresh = {key: kinship for key, kinship in coming.items() if key not in self.known}
        self.known.update(fresh)
        self.outline.change(coming=fresh)

    @rule(number=st.integers(0, 30), count=st.integers(5, 9))
    def equal_scans_come(self, number: int, count: int) -> None:
        fresh = [key for key in KEYS[number : number + count] if key not in self.known]
        self.known.update(dict.fromkeys(fresh, Kinship(None, "a")))
        for key in fresh:
            self.outline.change(coming=[key])

    @rule(leaving=st.sets(keys, max_size=5))
    def scans_leave(self, leaving: set[str]) -> None:
        gone = leaving & self.known.keys()
        self.outline.change(leaving=gone)
        for key in gone:
            del self.known[key]

    @rule(changed=st.dictionaries(keys, kinships, max_size=4))
    def scans_change(self, changed: dict[str, Kinship]) -> None:
        known = {key: kinship for key, kinship in changed.items() if key in self.known}
        self.known.update(known)
        self.outline.change(changed=known)

    @rule(key=keys)
    def a_row_is_toggled(self, key: str) -> None:
        if key in self.known:
            self.outline.toggle(key)

    @rule(folded=st.booleans())
    def all_are_folded(self, folded: bool) -> None:
        self.outline.set_all_folded(folded)

    @rule(key=keys)
    def the_way_to_a_scan_is_unfolded(self, key: str) -> None:
        if key in self.known:
            self.outline.show(key)
            assert self.outline.row_at(self.outline.index_of(key)).key == key

    @invariant()
    def every_scan_is_in_one_row(self) -> None:
        shown = [key for row in rows(self.outline) for key in self.outline.members(row)]
        assert sorted(shown) == sorted(self.known)

    @invariant()
    def every_scan_is_found_in_its_row(self) -> None:
        for index, row in enumerate(rows(self.outline)):
            assert [self.outline.index_of(key) for key in self.outline.members(row)].count(index) >= 1
            assert {self.outline.index_of(key) for key in self.outline.members(row)} == {index}

    @invariant()
    def top_level_scans_stand_in_the_order_of_time(self) -> None:
        tops = [row.key for row in rows(self.outline) if row.depth == 0]
        assert tops == sorted(tops)

    @invariant()
    def it_looks_as_if_it_were_made_now(self) -> None:
        anew = Outline(self.known.__getitem__, sorted(self.known))
        anew.take_folds(self.outline)
        if not self._has_cycle():
            assert shape(anew) == shape(self.outline)

    def _has_cycle(self) -> bool:
        """Which of the scans that name each other as parents stands on top depends on which came first."""
        for key in self.known:
            seen, at = {key}, self.known[key].parent
            while at in self.known:
                if at in seen:
                    return True
                seen.add(at)
                at = self.known[at].parent
        return False


TestOutline = OutlineMachine.TestCase


def outline(known: dict[str, Kinship]) -> Outline:
    return Outline(known.__getitem__, known)


def test_a_sequence_is_one_row_until_it_is_unfolded() -> None:
    made = outline({"1": Kinship(), "2": Kinship("1"), "3": Kinship("1"), "4": Kinship("3"), "5": Kinship()})
    assert shape(made) == [("1", 0, 1, True), ("5", 0, 1, None)]
    made.toggle("1")
    assert shape(made) == [("1", 0, 1, False), ("2", 1, 1, None), ("3", 1, 1, True), ("5", 0, 1, None)]
    made.toggle("2")
    assert shape(made) == [("1", 0, 1, True), ("5", 0, 1, None)]
    made.show("4")
    assert [row.key for row in rows(made)] == ["1", "2", "3", "4", "5"]


def test_five_equal_neighbours_are_one_row_and_four_are_not() -> None:
    known = {str(number): Kinship(None, "ct") for number in range(4)}
    made = outline(known)
    assert len(made) == 4
    known["4"] = Kinship(None, "ct")
    made.change(coming=["4"])
    assert shape(made) == [("0", 0, 5, True)]
    assert made.members(made.row_at(0)) == ["0", "1", "2", "3", "4"]
    known["2"] = Kinship(None, None)
    made.change(changed=["2"])
    assert len(made) == 5


def test_a_run_stays_unfolded_when_it_grows() -> None:
    known = {str(number): Kinship(None, "ct") for number in range(6)}
    made = outline(known)
    made.toggle("3")
    known["6"] = Kinship(None, "ct")
    made.change(coming=["6"])
    assert len(made) == 7


def test_a_child_stands_at_its_own_place_until_its_parent_comes() -> None:
    known = {"2": Kinship("1"), "3": Kinship("1"), "9": Kinship()}
    made = outline(known)
    assert [row.key for row in rows(made)] == ["2", "3", "9"]
    known["1"] = Kinship()
    made.change(coming=["1"])
    assert shape(made) == [("1", 0, 1, True), ("9", 0, 1, None)]
    made.change(leaving=["1"])
    assert [row.key for row in rows(made)] == ["2", "3", "9"]


def test_many_scans_arrive_and_fold_within_their_time() -> None:
    known = {}
    for sequence in range(5000):
        top = f"{sequence:05}0"
        known[top] = Kinship()
        known |= {f"{sequence:05}{child}": Kinship(top, "scan") for child in range(1, 10)}
    made = outline(known)
    began = time.process_time()
    made.set_all_folded(False)
    assert len(made) == 50_000
    made.set_all_folded(True)
    assert len(made) == 5_000
    toggled = time.process_time() - began
    known |= {f"9{number:05}": Kinship(None, "ct") for number in range(200)}
    began = time.process_time()
    for number in range(200):
        made.change(coming=[f"9{number:05}"])
        assert made.row_at(len(made) - 1).size == (number + 1 if number >= 4 else 1)
    arrived = (time.process_time() - began) / 200
    # Ten times the budget: a busy machine must not fail it, and a wrong order of growth does.
    assert toggled < 2
    assert arrived < 0.01


@pytest.mark.parametrize(
    ("words", "expected"),
    [(["DONE", "FAIL", "RUN"], "FAIL"), (["DONE", "DONE"], "DONE"), (["DONE", "RUN"], "RUN"), ([], "")],
)
def test_what_hides_scans_says_the_worst_of_them(words: list[str], expected: str) -> None:
    assert worst_word(words) == expected


def test_every_word_has_its_place_among_the_worst() -> None:
    assert all(worst_word([word]) == word for word in STATE_WORDS)


@pytest.mark.parametrize(
    ("words", "planned", "now_s", "expected"),
    [
        (["DONE", "DONE", "FAIL", "DONE", "RUN"], 7, 400, "5/7 scans, 1 FAIL, 5:00 left"),
        (["DONE", "RUN"], 7, 1000, f"2/7 scans, ends {datetime.fromtimestamp(7000):%H:%M}"),
        (["DONE", "RUN"], 0, 400, "2 scans"),
        (["RUN"], 0, 400, "1 scan"),
        (["RUN"], 7, 400, "1/7 scans"),
        (["DONE", "STALL"], 1, 400, "2/1 scans, 1 STALL"),
        (["DONE", "STALL"], 7, 400, "2/7 scans, 1 STALL"),
        (["DONE", "STALL", "RUN"], 3, 400, "3/3 scans, 1 STALL, 13:20 left"),
    ],
)
def test_a_sequence_says_how_far_it_is(words: list[str], planned: int, now_s: int, expected: str) -> None:
    assert sequence_progress(words, planned, 0, now_s * 1000) == expected


def test_a_silent_sequence_has_no_known_end() -> None:
    assert sequence_progress(["DONE", "STALL"], 7, 0, 1000, seen=3, quiet_ms=540_000) == "3/7 scans, 1 STALL, quiet 9m"


def test_a_sequence_that_ended_has_nothing_left() -> None:
    assert sequence_progress(["DONE", "FAIL"], 7, None, 1000) == "2/7 scans, 1 FAIL"


def test_rows_are_nothing_for_the_garbage_collector() -> None:
    assert not gc.is_tracked(Block(("a",), None))
