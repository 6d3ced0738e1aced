"""A feed follows a store: scans that are created, move, grow and go."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from scantui.exceptions import (
    CommandError,
    ScanNotFoundError,
    ScanValidationError,
)
from scantui.feed import (
    CHUNK,
    GATHER_SECONDS,
    POLL_SECONDS,
    Changed,
    Created,
    Gone,
    Heartbeat,
    Loaded,
    Progress,
)
from scantui.feed.tracker import MOST_ASKED, MOST_MEASURED, MOST_SCANS, MOST_STILL
from scantui.models import UNCOUNTED, ScanRef, ScanState, ScanSummary
from scantui.store.operations.follow import News
from tests.feed.scripted import (
    SINCE,
    Play,
    ScriptedStore,
    Step,
    closed,
    created,
    key_of,
    moved,
    row,
    stream_of,
    without_beats,
)


async def test_the_read_follows_the_history_and_the_streams_of_open_scans_only() -> None:
    store = ScriptedStore([row(1), closed(2)], Step(created(3), {key_of(3): row(3)}), Step())
    await Play(store).until_lost()
    assert [(since, streams) for since, streams, _ in store.reads] == [
        (SINCE, {stream_of(1): "1-0"}),
        ("8-0", {stream_of(1): "1-0", stream_of(3): "1-0"}),
        (SINCE, {stream_of(1): "1-0", stream_of(3): "1-0"}),
    ]


async def test_a_scan_that_moves_is_changed_and_followed_until_it_is_closed() -> None:
    prepared = row(1, ScanState.PREPARED, "2-0")
    store = ScriptedStore(
        [row(1, ScanState.CREATED)],
        Step(moved(1), {key_of(1): prepared}),
        Step(moved(1), {key_of(1): closed(1)}),
    )
    assert without_beats(await Play(store).until_lost())[1:] == [Changed([prepared]), Changed([closed(1)])]
    assert [streams for _, streams, _ in store.reads] == [{stream_of(1): "1-0"}, {stream_of(1): "2-0"}, {}]


async def test_a_created_scan_that_vanished_is_dropped() -> None:
    store = ScriptedStore([], Step(created(1, 2), {key_of(2): row(2)}), Step(created(3)))
    assert without_beats(await Play(store).until_lost()) == [Created([row(2)])]


async def test_a_moved_scan_that_vanished_is_gone_and_followed_no_longer() -> None:
    vanished = {key_of(1): ScanNotFoundError("deleted")}
    store = ScriptedStore([row(1), row(2)], Step(moved(1, 2), {**vanished, key_of(2): closed(2)}))
    assert without_beats(await Play(store).until_lost())[1:] == [Changed([closed(2)]), Gone([key_of(1)])]
    assert store.reads[-1][1] == {}


async def test_a_moved_scan_that_can_no_longer_be_read_shows_why() -> None:
    store = ScriptedStore([row(1)], Step(moved(1), {key_of(1): ScanValidationError("no JSON")}), Step())
    assert without_beats(await Play(store).until_lost())[1:] == [
        Changed([ScanSummary(key=key_of(1), problem="no JSON")])
    ]
    assert store.reads[-1][1] == {stream_of(1): "2-0"}, "the entry that was seen is not read again and again"


async def test_many_scans_created_at_once_are_all_told() -> None:
    numbers = range(2 * CHUNK + 1)
    store = ScriptedStore([], Step(created(*numbers), {key_of(number): row(number) for number in numbers}))
    assert without_beats(await Play(store).until_lost()) == [Created([row(number) for number in numbers])]


async def test_news_that_come_together_are_gathered_before_the_next_read() -> None:
    play = Play(ScriptedStore([], Step(), Step(created(1), {key_of(1): row(1)}), Step()))
    await play.until_lost()
    assert play.pauses == [GATHER_SECONDS]


async def test_the_pulse_is_felt_as_time_passes_and_the_read_is_never_longer() -> None:
    seconds = itertools.count()
    store = ScriptedStore([], Step(), Step(), Step())
    play = Play(store, clock=lambda: next(seconds) * POLL_SECONDS / 2)
    events = await play.until_lost()
    assert sum(isinstance(event, Heartbeat) for event in events) > 1
    assert all(0 <= patience <= POLL_SECONDS for *_, patience in store.reads)


async def test_watched_scans_that_are_deleted_are_gone_once() -> None:
    seconds = itertools.count()
    store = ScriptedStore([row(1), row(2)], Step(), Step(deleted=[key_of(1)]), Step(), Step())
    play = Play(store, clock=lambda: float(next(seconds)))
    play.feed.watched = [key_of(1), key_of(2), key_of(3)]
    assert without_beats(await play.until_lost())[1:] == [Gone([key_of(1)])]
    assert store.reads[-1][1] == {stream_of(2): "1-0"}


async def test_watched_scans_take_turns_in_being_asked_about() -> None:
    seconds = itertools.count()
    rows = [row(number) for number in range(1, 51)]
    store = ScriptedStore(rows, *(Step() for _ in range(9)))
    play = Play(store, clock=lambda: float(next(seconds)))
    play.feed.watched = [row.key for row in rows]
    await play.until_lost()
    assert max(map(len, store.felt)) == MOST_SCANS
    assert {key for keys in store.felt for key in keys} == set(play.feed.watched)


async def test_open_scans_are_measured_by_the_longest_of_their_streams() -> None:
    seconds = itertools.count()
    store = ScriptedStore([row(1), row(2), row(3, ScanState.CLOSED)], *(Step() for _ in range(4)))
    store.streams = {key_of(1): ("a", "b"), key_of(3): ("c",)}
    store.lengths = {"a": 7, "b": 9, "c": 5}
    play = Play(store, clock=lambda: float(next(seconds)))
    reported = [event for event in await play.until_lost() if isinstance(event, Progress)]
    uncounted, *measured = sorted(reported, key=lambda event: max(event.points.values()))
    assert uncounted == Progress({key_of(2): UNCOUNTED})
    assert measured
    assert all(event.points == {key_of(1): 9} for event in measured)


async def test_scans_that_ended_early_are_counted_once_when_they_are_on_the_screen() -> None:
    seconds = itertools.count()
    rows = [
        closed(number).replaced(npoints=21, end_reason=reason)
        for number, reason in ((1, "FAILURE"), (2, "FAILURE"), (3, "SUCCESS"))
    ]
    store = ScriptedStore(rows, *(Step() for _ in range(4)))
    store.streams = {each.key: (f"{each.key}:x",) for each in rows}
    store.lengths = {f"{each.key}:x": 6 for each in rows}
    play = Play(store, clock=lambda: float(next(seconds)))
    play.feed.watched = [key_of(1), key_of(3)]
    assert [event for event in await play.until_lost() if isinstance(event, Progress)] == [Progress({key_of(1): 6})]


async def test_streams_that_are_measured_in_one_round_are_few_and_those_on_the_screen_come_first() -> None:
    seconds = itertools.count()
    rows = [row(number) for number in range(1, 41)]
    store = ScriptedStore(rows, *(Step() for _ in range(60)))
    store.streams = {row.key: (row.key + "a", row.key + "b") for row in rows}
    play = Play(store, clock=lambda: float(next(seconds)))
    play.feed.watched = [row.key for row in rows[:2]]
    await play.until_lost()
    settled = [streams for streams in store.measured if streams]
    assert max(map(len, settled)) <= 2 * (MOST_MEASURED + MOST_STILL)
    assert all({rows[0].key + "a", rows[1].key + "b"} <= set(streams) for streams in settled)
    assert {stream for streams in settled for stream in streams} == {
        stream for streams in store.streams.values() for stream in streams
    }


async def test_scans_off_the_screen_are_asked_about_with_what_is_left() -> None:
    seconds = itertools.count()
    rows = [closed(number) for number in range(100)]
    store = ScriptedStore(rows, *(Step() for _ in range(20)))
    play = Play(store, clock=lambda: float(next(seconds)))
    play.feed.watched = [row.key for row in rows[:20]]
    await play.until_lost()
    assert max(map(len, store.felt)) <= MOST_ASKED
    assert {key for keys in store.felt for key in keys} == {row.key for row in rows}


async def test_two_scans_that_name_one_state_stream_are_both_followed() -> None:
    copy = row(2).replaced(state_stream=stream_of(1))
    moved_on = {key_of(1): closed(1), key_of(2): closed(2).replaced(state_stream=stream_of(1))}
    store = ScriptedStore([row(1), copy], Step(moved(1), moved_on), Step())
    events = without_beats(await Play(store).until_lost())
    assert events[1:] == [Changed([moved_on[key_of(2)], moved_on[key_of(1)]])]
    assert store.reads[-1][1] == {}


async def test_one_of_two_that_name_one_state_stream_may_leave() -> None:
    copy = row(2).replaced(state_stream=stream_of(1))
    store = ScriptedStore([row(1), copy], Step(deleted=[key_of(2)]), Step(), Step(moved(1), {key_of(1): closed(1)}))
    seconds = itertools.count()
    play = Play(store, clock=lambda: float(next(seconds)))
    play.feed.watched = [key_of(2)]
    assert without_beats(await play.until_lost())[1:] == [Gone([key_of(2)]), Changed([closed(1)])]


async def test_what_moved_while_a_stream_was_found_unreadable_is_reported() -> None:
    spoilt = ScanValidationError("WRONGTYPE")
    refusal = CommandError("WRONGTYPE")

    class Spoilt(ScriptedStore):
        async def wait_for_news(self, since: str, state_ids: Mapping[str, str], timeout: float) -> News:
            if len(self.reads) == 1:
                self.scans.update({key_of(1): spoilt, key_of(2): closed(2)})
                self.reads.append((since, dict(state_ids), timeout))
                raise refusal
            return await super().wait_for_news(since, state_ids, timeout)

    events = without_beats(await Play(Spoilt([row(1), row(2)], Step(), Step())).until_lost())
    assert events[1:] == [Changed([closed(2), ScanSummary(key=key_of(1), problem="WRONGTYPE")])]


async def test_scans_that_the_history_forgot_are_found_all_the_same() -> None:
    forgotten, remembered = row(5), row(6)
    gap = News("9-0", [ScanRef("9-0", remembered.key)], is_whole=False)
    store = ScriptedStore([row(1)], Step(), Step(gap, {each.key: each for each in (forgotten, remembered)}), Step())
    events = await Play(store).until_lost()
    arrived = [each.key for event in events if isinstance(event, Loaded | Created) for each in event.rows]
    assert set(arrived) == {key_of(1), key_of(5), key_of(6)}
    assert store.reads[-1][0] == SINCE, "it goes on from where the new list ends"
