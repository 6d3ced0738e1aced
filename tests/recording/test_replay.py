"""A replay yields the recorded events at their times divided by the speed, and follows the recording's clock."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scantui.exceptions import ConnectionFailed, NotRecordedError
from scantui.feed import (
    Changed,
    Connected,
    Connecting,
    Created,
    Ended,
    Event,
    Gone,
    Heartbeat,
    Loaded,
    PlayedEvent,
    Progress,
    Rewound,
)
from scantui.models import ScanState, ScanSummary
from scantui.recording.format import Moment, Recording, encode_header
from scantui.recording.past_moment import PastMoment
from scantui.recording.recorder import follow
from scantui.recording.replay import Replay
from tests.recording.events import moments, same
from tests.recording.test_format import HEADER, NIGHT, reported, taped, written
from tests.tui.scenes import NOW_MS, ScriptedFeed, beamline_rows, connected, row


class Hall:
    """Simulated time that passes only in pauses, and the events seen in it."""

    def __init__(self) -> None:
        self.now = 50.0
        self.pauses: list[float] = []

    def clock(self) -> float:
        return self.now

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def replay(self, path: str, speed: float = 1.0) -> Replay:
        return Replay(Recording(path), speed, self.pause, self.clock)


async def all_of(replay: Replay) -> list[PlayedEvent]:
    async with aclosing(replay.events()) as events:
        return [event async for event in events]


@pytest.mark.parametrize("speed", [1.0, 60.0, 0.5])
async def test_events_come_at_their_times_divided_by_the_speed(tmp_path: Path, speed: float) -> None:
    hall = Hall()
    replay = hall.replay(taped(tmp_path / "night.rec", NIGHT), speed)
    seen = [(event, replay.clock(), hall.now) async for event in replay.events()]
    assert [event for event, _, _ in seen[:-1]] == [moment.event for moment in NIGHT]
    assert [recorded for _, recorded, _ in seen[:-1]] == pytest.approx([moment.at for moment in NIGHT])
    assert [now for _, _, now in seen[:-1]] == pytest.approx([50.0 + moment.at / speed for moment in NIGHT])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(moments, max_size=6).map(lambda some: sorted(some, key=lambda moment: moment.at)))
async def test_what_is_recorded_is_reported_again(tmp_path: Path, recorded: list[Moment]) -> None:
    *events, end = await all_of(Hall().replay(taped(tmp_path / "night.rec", recorded)))
    beats = [moment for moment in recorded if isinstance(moment.event, Heartbeat)]
    spread = all(later.at - earlier.at > 1 for earlier, later in itertools.pairwise(beats))
    wanted = [same(moment.event) for moment in recorded if spread or not isinstance(moment.event, Heartbeat)]
    assert [same(event) for event in events if spread or not isinstance(event, Heartbeat)] == wanted
    assert isinstance(end, Ended)


async def test_the_clock_stands_still_until_it_begins_and_after_the_end(tmp_path: Path) -> None:
    hall = Hall()
    replay = hall.replay(taped(tmp_path / "night.rec", NIGHT), 2.0)
    hall.now += 1000
    assert replay.clock() == 0.0
    await all_of(replay)
    hall.now += 1000
    assert replay.clock() == NIGHT[-1].at


async def test_a_slow_screen_is_waited_for_and_the_clock_does_not_run_past_it(tmp_path: Path) -> None:
    hall = Hall()
    replay = hall.replay(taped(tmp_path / "night.rec", NIGHT))
    async with aclosing(replay.events()) as events:
        await anext(events)
        hall.now += 1000
        assert replay.clock() == NIGHT[1].at
        await anext(events)
    assert hall.pauses == [0.0, 0.0]


async def test_beats_that_cannot_be_seen_are_left_out(tmp_path: Path) -> None:
    beats = [Moment(float(second), Heartbeat(NOW_MS + 1000 * second)) for second in range(600)]
    events = await all_of(Hall().replay(taped(tmp_path / "night.rec", beats), 60.0))
    assert 80 <= len(events) <= 101


async def test_called_again_it_goes_on_where_it_stood(tmp_path: Path) -> None:
    replay = Hall().replay(taped(tmp_path / "night.rec", NIGHT))
    async with aclosing(replay.events()) as events:
        assert [await anext(events), await anext(events)] == [moment.event for moment in NIGHT[:2]]
    again, *rest, _ = await all_of(replay)
    assert isinstance(again, Connected)
    assert rest == [moment.event for moment in NIGHT[2:]]


async def test_the_end_shows_after_how_long_it_came_and_whether_the_file_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "night.rec"
    (*_, end) = await all_of(Hall().replay(taped(path, [*NIGHT, Moment(3800.0, Connecting(2))])))
    assert end == Ended("the recording ends here, after 1:03:20")
    path.write_bytes(path.read_bytes()[:-1])
    (*_, end) = await all_of(Hall().replay(str(path)))
    assert end == Ended("the recording ends here, after 1:03:20: the file is truncated")


async def test_nothing_can_be_published_into_a_recording(tmp_path: Path) -> None:
    replay = Hall().replay(taped(tmp_path / "night.rec", NIGHT))
    with pytest.raises(NotRecordedError):
        await replay.open_store()


async def test_a_feed_is_followed_with_the_times_at_which_it_reported(tmp_path: Path) -> None:
    hall, rows = Hall(), beamline_rows()
    taken: list[Moment] = []
    told_events: list[Event] = [connected(len(rows)), Heartbeat(NOW_MS), Loaded(rows, 0), Gone([rows[0].key])]
    feed: Any = ScriptedFeed(*told_events)
    feed.tell(ConnectionFailed("the script is at its end"))

    def take(moment: Moment) -> None:
        taken.append(moment)
        hall.now += 2.0

    with pytest.raises(ConnectionFailed):
        await follow(feed, take, hall.clock)
    assert taken == [Moment(2.0 * count, event) for count, event in enumerate(told_events)]
    assert feed.watched == sorted((row.key for row in rows), reverse=True)


async def test_what_a_recorder_took_is_what_a_replay_shows(tmp_path: Path) -> None:
    feed: Any = ScriptedFeed(*(moment.event for moment in NIGHT))
    feed.tell(ConnectionFailed("the script is at its end"))
    taken: list[Moment] = []
    with pytest.raises(ConnectionFailed):
        await follow(feed, taken.append, Hall().clock)
    path = taped(tmp_path / "night.rec", taken)
    assert reported(list(Recording(path).moments())) == reported(taken)


def test_a_recording_without_events_is_one(tmp_path: Path) -> None:
    recording = Recording(written(tmp_path / "empty.rec", encode_header(HEADER)))
    assert list(recording.moments()) == []


def started(number: int) -> ScanSummary:
    return row(number, state=ScanState.STARTED)


def ended(number: int) -> ScanSummary:
    return row(number, end_reason="SUCCESS")


LONG = [
    Moment(0.0, connected(1)),
    Moment(0.5, Heartbeat(NOW_MS)),
    Moment(1.0, Loaded([ended(1)], 0)),
    Moment(10.0, Created([started(2)])),
    Moment(20.0, Changed([ended(2)])),
    Moment(100.0, Progress({row(1).key: 5})),
    Moment(110.0, Gone([row(1).key])),
    Moment(200.0, Created([started(3)])),
]


async def until_rewound(events: Any) -> Rewound:
    async for event in events:
        if isinstance(event, Rewound):
            return event
    raise AssertionError("the recording ended")


@pytest.mark.parametrize(
    ("seek", "keys", "gone"), [(-60, [], 0), (5, [1, 2], 0), (105, [1, 2], 1), (1000, [1, 2, 3], 1)]
)
async def test_a_seek_shows_what_was_known_then_and_goes_on_from_there(
    tmp_path: Path, seek: float, keys: list[int], gone: int
) -> None:
    hall = Hall()
    replay = hall.replay(taped(tmp_path / "night.rec", LONG))
    await replay.measure()
    assert replay.length == 200.0
    async with aclosing(replay.events()) as events:
        seen = [await anext(events) for _ in range(4)]
        assert isinstance(seen[-1], Created)
        replay.seek(seek)
        rewound = await until_rewound(events)
        assert [each.key for each in rewound.rows] == [row(number).key for number in keys]
        assert len(rewound.gone) == gone
        assert replay.clock() == pytest.approx(max(0.0, min(200.0, 10.0 + seek)))
        at = replay.clock()
        rest = [type(event) async for event in events]
        assert rest == [*(type(moment.event) for moment in LONG if moment.at > at), Ended]


@pytest.mark.parametrize("marked_every", [1, 2, 3, 100])
async def test_back_and_forth_it_shows_what_was_known_at_each_time(tmp_path: Path, marked_every: int) -> None:
    hall = Hall()
    recording = Recording(str(taped(tmp_path / "night.rec", LONG)))
    replay = Replay(recording, 1.0, hall.pause, hall.clock, marked_every)
    await replay.measure()
    async with aclosing(replay.events()) as events:
        await anext(events)
        for seconds in (150.0, 20.0, 21.0, 5.0, 199.0, 100.0, 0.2, 110.0):
            replay.seek(seconds - replay.clock())
            past = PastMoment()
            for moment in LONG:
                if moment.at <= seconds:
                    past.take(moment)
            past.go_to(seconds)
            assert await until_rewound(events) == past.rewound()


async def test_a_seek_on_the_way_to_another_counts_too(tmp_path: Path) -> None:
    replay = Hall().replay(taped(tmp_path / "night.rec", LONG))
    await replay.measure()
    async with aclosing(replay.events()) as events:
        await anext(events)
        replay.seek(200)
        await until_rewound(events)
        replay.seek(-60)
        going = asyncio.ensure_future(until_rewound(events))
        await asyncio.sleep(0)
        replay.seek(-60)
        await going
        assert replay.clock() == 80.0


async def test_what_was_seen_to_run_before_it_ended_is_known_too(tmp_path: Path) -> None:
    replay = Hall().replay(taped(tmp_path / "night.rec", LONG))
    async with aclosing(replay.events()) as events:
        await anext(events)
        replay.seek(60)
        rewound = await until_rewound(events)
    assert [each.state for each in rewound.before] == [ScanState.STARTED]
    assert rewound.server_ms == NOW_MS + 59_500


async def test_a_paused_replay_stands_still_and_steps_one_event_at_a_time(tmp_path: Path) -> None:
    hall = Hall()
    replay = hall.replay(taped(tmp_path / "night.rec", LONG))
    async with aclosing(replay.events()) as events:
        for _ in range(3):
            await anext(events)
        replay.toggle_pause()
        hall.now += 1000
        assert replay.clock() == 1.0
        coming = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0)
        assert not coming.done()
        replay.step()
        assert isinstance(await coming, Created)
        replay.step()
        assert isinstance(await anext(events), Changed)
        assert replay.clock() == 20.0
        replay.toggle_pause()
        assert isinstance(await anext(events), Progress)


async def test_after_the_end_one_can_go_back(tmp_path: Path) -> None:
    replay = Hall().replay(taped(tmp_path / "night.rec", LONG))
    assert isinstance((await all_of(replay))[-1], Ended)
    assert replay.has_ended
    replay.seek(-150)
    again = await all_of(replay)
    assert any(isinstance(event, Rewound) for event in again)
    assert isinstance(again[-1], Ended)
