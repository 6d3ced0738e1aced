"""Covered time, union, gaps and buckets, against the same counted second by second."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scantui.board.ended import EndedScans
from scantui.report.buckets import BUCKET_MS, CoveredTime
from scantui.report.intervals import Interval, covered_ms, gaps
from scantui.report.spans import Span

STEP = 60_000
LAST = 90
SPAN = Span(10 * STEP, 80 * STEP)


def interval(start: int, length: int) -> Interval:
    return Interval(start * STEP, (start + length) * STEP, f"{start}+{length}")


# Overlapping, nested, touching, empty and, by skewed clocks, of negative length.
intervals = st.lists(st.builds(interval, st.integers(0, LAST), st.integers(-3, 30)), max_size=12)


def covered_steps(chosen: list[Interval]) -> set[int]:
    return {step for each in chosen for step in range(each.start_ms // STEP, each.end_ms // STEP)}


@given(intervals)
def test_covered_time_counts_each_moment_once(chosen: list[Interval]) -> None:
    expected = sum(10 <= step < 80 for step in covered_steps(chosen)) * STEP
    assert covered_ms(chosen, SPAN) == expected


@given(intervals, st.integers(1, 12))
def test_gaps_are_what_nothing_covers(chosen: list[Interval], shortest: int) -> None:
    covered = covered_steps(chosen)
    found = gaps(chosen, SPAN, shortest * STEP)
    inside = {step for gap in found for step in range(gap.start_ms // STEP, gap.end_ms // STEP)}
    runs: list[list[int]] = []
    for step in range(10, 80):
        if step in covered:
            continue
        if runs and runs[-1][-1] == step - 1:
            runs[-1].append(step)
        else:
            runs.append([step])
    assert inside == {step for run in runs if len(run) >= shortest for step in run}


@given(intervals, intervals)
def test_buckets_kept_one_by_one_equal_the_union(closed: list[Interval], still_open: list[Interval]) -> None:
    time = CoveredTime()
    for each in closed:
        time.add([each])
    covered = covered_steps(closed + still_open)
    per_bucket = BUCKET_MS // STEP
    expected = [
        sum(step in covered for step in range(number * per_bucket, (number + 1) * per_bucket)) * STEP
        for number in range(10 * STEP // BUCKET_MS, 80 * STEP // BUCKET_MS)
    ]
    assert time.buckets(SPAN, still_open) == expected


@given(intervals, intervals, st.integers(1, 12))
def test_time_kept_one_by_one_is_covered_and_has_the_same_gaps(
    closed: list[Interval], still_open: list[Interval], shortest: int
) -> None:
    time = CoveredTime()
    for each in closed:
        time.add([each])
    assert time.covered_ms(SPAN, still_open) == covered_ms(closed + still_open, SPAN)
    found = [gap[:2] for gap in time.gaps(SPAN, shortest * STEP, still_open)]
    assert found == [gap[:2] for gap in gaps(closed + still_open, SPAN, shortest * STEP)]


@given(st.lists(intervals, max_size=6))
def test_time_kept_in_batches_equals_that_kept_one_by_one(batches: list[list[Interval]]) -> None:
    together, alone = CoveredTime(), CoveredTime()
    for batch in batches:
        together.add(batch)
        for each in batch:
            alone.add([each])
    assert together.buckets(SPAN) == alone.buckets(SPAN)
    assert together.gaps(SPAN, 1) == alone.gaps(SPAN, 1)


@given(st.lists(st.lists(st.integers(0, 400), max_size=9), max_size=6))
def test_ended_scans_are_in_the_order_of_their_ends_whatever_order_they_came_in(batches: list[list[int]]) -> None:
    ended, known = EndedScans(), dict[str, int]()
    for batch in batches:
        fresh = ended.add(Interval(end - 1, end, str(end)) for end in batch)
        assert [each.key for each in fresh] == [str(end) for end in sorted(set(batch) - set(known.values()))]
        known |= {str(end): end for end in batch}
        assert ended.within(Span(0, 500)) == sorted(set(known) - {"0"}, key=int)
    ended.keep([key for key in known if int(key) % 2])
    assert ended.within(Span(0, 500)) == [str(end) for end in sorted(known.values()) if end % 2]


def test_scans_far_from_each_other_among_many_are_put_in_their_places() -> None:
    ended, time = EndedScans(), CoveredTime()
    many = [Interval(10 * step, 10 * step + 4, str(step)) for step in range(1000)]
    late = [many.pop(place) for place in (900, 500, 499, 3)]
    for book in (ended, time):
        book.add(many)
        book.add(late)
    assert ended.within(Span(0, 10_000)) == [str(step) for step in range(1000)]
    assert time.covered_ms(Span(0, 10_000)) == 4_000
    assert time.gaps(Span(0, 10_000), 7) == []


def test_a_gap_names_what_ended_before_it() -> None:
    first, second = Interval(0, 20 * STEP, "first"), Interval(15 * STEP, 18 * STEP, "second")
    (gap,) = gaps([first, second], SPAN, STEP)
    assert gap == Interval(20 * STEP, 80 * STEP, "first")
