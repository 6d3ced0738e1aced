"""The count of the index against what is known: what has gone or come unnoticed, and when all scans are listed."""

from __future__ import annotations

from typing import cast

import pytest

from scantui.feed.absences import Absences
from scantui.feed.census import COUNT_SECONDS, LISTING_SECONDS, Census
from scantui.feed.tracker import ScanTracker
from scantui.models import ScanSummary
from scantui.store import AsyncDataStore


def test_a_count_that_adds_up_reports_nothing() -> None:
    census = Census()
    assert census.is_due(0.0)
    assert census.missing(10, 10, 0.0) == (0, 0)
    assert not census.is_due(COUNT_SECONDS - 0.1)
    assert census.is_due(COUNT_SECONDS)


def test_scans_that_the_index_refused_are_not_missed() -> None:
    census = Census()
    assert census.missing(12, 10, 0.0) == (2, 0), "they may have died while they were listed"
    census.note_listing()
    assert census.missing(12, 10, 10.0) == (0, 0)
    assert census.missing(12, 9, 15.0) == (1, 0)
    census.note_listing()
    assert census.missing(11, 9, 25.0) == (0, 0)


def test_a_scan_that_died_while_all_were_listed_is_missed() -> None:
    census = Census()
    assert census.missing(10, 9, 0.0) == (1, 0)
    assert census.missing(10, 9, 5.0) == (1, 0), "until all are listed again"
    census.note_listing()
    assert census.missing(9, 9, 10.0) == (0, 0)
    assert census.missing(9, 8, 15.0) == (1, 0)


def test_more_in_the_index_than_known_have_come_unless_they_have_just_gone() -> None:
    census = Census()
    assert census.missing(10, 10, 0.0) == (0, 0)
    assert census.missing(10, 12, 5.0) == (0, 2)
    census.note_gone(2, 6.0)
    assert census.missing(8, 10, 10.0) == (0, 0)
    assert census.missing(8, 10, 40.0) == (0, 2)


def test_listings_keep_their_distance() -> None:
    census = Census()
    assert census.may_list(100.0)
    assert not census.may_list(100.0 + LISTING_SECONDS - 0.1)
    assert census.may_list(100.0 + LISTING_SECONDS)


def test_of_a_list_that_is_not_whole_only_what_goes_from_then_on_is_missed() -> None:
    census = Census()
    census.note_listing(is_whole=False)
    assert not census.may_list(100.0)
    assert census.missing(2_048, 50_000, 100.0) == (0, 0)
    assert census.missing(2_060, 50_012, 105.0) == (0, 0)
    assert census.missing(2_060, 50_002, 110.0) == (10, 0)
    census.note_listing()
    assert census.may_list(110.0)


class Counting:
    """A store that counts its scans."""

    def __init__(self, count: int) -> None:
        self.count = count

    @property
    def monitoring(self) -> Counting:
        return self

    async def count_scans(self) -> int:
        return self.count


@pytest.mark.parametrize(("since", "must_list"), [("0-0", True), ("5-0", False)])
async def test_an_empty_history_may_hide_as_many_scans_as_went(since: str, must_list: bool) -> None:
    tracker = ScanTracker()
    tracker.remember([ScanSummary(key=f"esrf:scan:{number:026}") for number in range(3)])
    absences = Absences(cast(AsyncDataStore, Counting(3)), tracker, lambda: 20.0)
    assert (await absences.find(since)).must_list is must_list
    assert not (await absences.find(since)).must_list


@pytest.mark.parametrize("is_reported", [True, False])
async def test_a_count_that_is_ahead_of_the_news_waits_for_them(is_reported: bool) -> None:
    now = [20.0]
    tracker, counting = ScanTracker(), Counting(3)
    rows = [ScanSummary(key=f"esrf:scan:{number:026}") for number in range(4)]
    tracker.remember(rows[:3])
    absences = Absences(cast(AsyncDataStore, counting), tracker, lambda: now[0])
    assert not (await absences.find("5-0")).must_list
    now[0], counting.count = 30.0, 4
    assert not (await absences.find("5-0")).must_list, "the fourth was created since the news were read"
    if is_reported:
        tracker.remember(rows)
    now[0] = 31.5
    assert (await absences.find("5-0")).must_list is not is_reported
