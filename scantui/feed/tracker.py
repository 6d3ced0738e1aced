"""What a feed knows of the scans it follows, and which of them it asks about next; pure.

Rule: what is asked of the server in one round is bounded, however many scans are open: they take turns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from scantui.feed.sorted_keys import SortedKeys
from scantui.models import ScanState, ScanSummary
from scantui.store.operations.progress import SlowestStreams
from scantui.words import ended_early

# In one round: commands sent, scans on the screen that are checked, and growing scans that are measured.
MOST_ASKED = 20
MOST_SCANS = 9
MOST_MEASURED = 3
# How many scans are first measured at once; and in which rounds some of those that do not grow are.
MOST_NEW = 30
MOST_STILL, STILL_ROUNDS = 8, 5
# After this many looks without a new point a scan counts as one that does not grow; sooner if it never did.
STILL_AFTER, STILL_AT_FIRST = 10, 3
# State streams in one blocked read: if more scans are open, half of these take turns.
MOST_FOLLOWED = 200


class ScanTracker:
    """The scans known, the open ones with the streams that report on them, and whose turn it is."""

    def __init__(self) -> None:
        self.state_ids: dict[str, str] = {}
        self._known = SortedKeys()
        # The open ones, and those that cannot be read and may be readable in their next states.
        self._unsettled: set[str] = set()
        self._state_stream_by_key: dict[str, str] = {}
        # Two documents may name one stream: a copy, or a damaged one.
        self._keys_by_state_stream: dict[str, list[str]] = {}
        # Up to which scan all were looked at in this round.
        self._looked_to = ""
        self._progress_streams: dict[str, tuple[str, ...]] = {}
        self._looked_at: dict[str, None] = {}
        self._seen_measured: dict[str, None] = {}
        self._others_measured: dict[str, None] = {}
        self._shown_measured: dict[str, None] = {}
        self._still_measured: dict[str, None] = {}
        self._streams_beside: dict[str, str] = {}
        self._unmeasured: dict[str, None] = {}
        self._points: dict[str, int] = {}
        # Of scans whose points are not counted.
        self._entries: dict[str, int] = {}
        # Scans that grew between reads, and in how many looks since a scan had no new point.
        self._growing: dict[str, None] = {}
        self._unchanged: dict[str, int] = {}
        self._by_measured_scan: tuple[dict[str, Any], ...] = (
            self._progress_streams,
            self._streams_beside,
            self._unmeasured,
            self._growing,
            self._points,
            self._entries,
            self._unchanged,
        )
        self._rounds = 0
        self._followed: dict[str, None] = {}
        # Closed scans that ended early and whose points were not counted yet.
        self._to_count: set[str] = set()

    @property
    def known(self) -> Collection[str]:
        """The keys of all scans known, the oldest first."""
        return self._known

    def oldest(self, most: int) -> list[str]:
        """The scans that were created first, by their keys."""
        return self._known.after("", most)

    def knows(self, key: str) -> bool:
        return key in self._known

    @property
    def open_scans(self) -> list[str]:
        return list(self._state_stream_by_key)

    @property
    def settled(self) -> set[str]:
        """The closed scans, which do not change any more."""
        return set(self._known).difference(self._unsettled)

    def may_have_changed(self, key: str) -> bool:
        """Whether a scan may differ from what is known; a closed one does not."""
        return key in self._unsettled or key not in self._known

    def remember(self, rows: Iterable[ScanSummary]) -> None:
        rows = list(rows)
        self._known.add([row.key for row in rows])
        for row in rows:
            is_unsettled = row.is_open or row.state is None
            (self._unsettled.add if is_unsettled else self._unsettled.discard)(row.key)
            if ended_early(row):
                self._to_count.add(row.key)
            before = self._state_stream_by_key.get(row.key)
            if before is not None and row.state is not None and before != row.state_stream:
                self._unfollow(row.key)
            if row.is_open:
                self._follow(row)
            elif row.state is not None:
                self.leave([row.key])

    def forget(self, keys: Iterable[str]) -> None:
        forgotten = list(keys)
        self._known.remove(forgotten)
        self._unsettled.difference_update(forgotten)
        self.note_counted(forgotten)
        self.leave(forgotten)

    def leave(self, keys: Iterable[str]) -> None:
        """Stop following the streams of these scans."""
        for key in keys:
            self._unfollow(key)
            for kept in self._by_measured_scan:
                kept.pop(key, None)

    def _follow(self, row: ScanSummary) -> None:
        self._state_stream_by_key[row.key] = row.state_stream
        self.state_ids[row.state_stream] = row.state_id
        followers = self._keys_by_state_stream.setdefault(row.state_stream, [])
        if row.key not in followers:
            followers.append(row.key)

    def _unfollow(self, key: str) -> None:
        stream = self._state_stream_by_key.pop(key, "")
        followers = self._keys_by_state_stream.get(stream, [])
        if key in followers:
            followers.remove(key)
        if not followers:
            self._keys_by_state_stream.pop(stream, None)
            self.state_ids.pop(stream, None)

    def next_state_ids(self, on_screen: Sequence[str]) -> dict[str, str]:
        """The state streams to read next, with their last ids: of very many the likely ones, and some in turn."""
        if len(self.state_ids) <= MOST_FOLLOWED:
            return dict(self.state_ids)
        likely = [*on_screen, *self._growing, *reversed(self._state_stream_by_key)]
        streams = (self._state_stream_by_key[key] for key in likely if key in self._state_stream_by_key)
        chosen = list(islice(dict.fromkeys(streams), MOST_FOLLOWED // 2))
        others = sorted(self.state_ids.keys() - set(chosen))
        chosen += _take_turns(others, self._followed, MOST_FOLLOWED - len(chosen))
        return {stream: self.state_ids[stream] for stream in chosen}

    def take_in_moves(self, moved: Mapping[str, str]) -> list[str]:
        """Note the last ids of state streams; returns the scans that they belong to."""
        known = {stream: id_ for stream, id_ in moved.items() if stream in self._keys_by_state_stream}
        self.state_ids.update(known)
        return [key for stream in known for key in self._keys_by_state_stream[stream]]

    @staticmethod
    def to_be_measured(rows: Iterable[ScanSummary]) -> list[str]:
        """Those scans whose data streams are known by now, and may grow."""
        return [row.key for row in rows if row.state in (ScanState.PREPARED, ScanState.STARTED)]

    def measure_by(self, streams: Mapping[str, tuple[str, ...]]) -> None:
        """Note by which streams the progress of scans is measured."""
        for key, names in streams.items():
            if names and key in self._unsettled and self._progress_streams.get(key) != names:
                self._progress_streams[key] = names
                self._unmeasured[key] = None
                self._unchanged.pop(key, None)

    def next_scans(self, on_screen: Sequence[str], most: int) -> list[str]:
        """Whose existence is to be checked: some on the screen, in turn, and with what is left the others, in turn."""
        seen = [key for key in on_screen if key in self._known]
        chosen = _take_turns(seen, self._looked_at, min(most, MOST_SCANS))
        room = most - len(chosen)
        others = self._known.after(self._looked_to, room)
        if room:
            self._looked_to = others[-1] if len(others) == room else ""
        return chosen + [key for key in others if key not in seen]

    @property
    def measured_by(self) -> list[str]:
        """The streams by which open scans are measured."""
        return self.streams_of(self._progress_streams)

    def measure_again(self) -> None:
        """Forget all measurements, so that all open scans are measured as if for the first time."""
        self._unmeasured.update(dict.fromkeys(self._progress_streams))

    @property
    def has_unmeasured(self) -> bool:
        return bool(self._unmeasured)

    def next_unmeasured(self) -> list[str]:
        """The next scans that were never measured, the newest first; each is named once."""
        keys = list(reversed(self._unmeasured))[:MOST_NEW]
        for key in keys:
            del self._unmeasured[key]
        return keys

    def put_back(self, scans: Iterable[str]) -> None:
        """Measure scans again as if for the first time: it was not their turn yet."""
        self._unmeasured.update((key, None) for key in scans if key in self._progress_streams)

    def look_also_at(self, streams: Mapping[str, str]) -> None:
        """Note one more stream of each of these scans, which is read whenever the scan is measured."""
        self._streams_beside.update((key, stream) for key, stream in streams.items() if key in self._progress_streams)

    def next_streams(self, on_screen: Sequence[str]) -> list[str]:
        """Which streams are to be measured: of growing scans, on the screen first, and at times of the others."""
        self._rounds += 1
        measured = self._progress_streams
        growing = {key for key in self._growing if key in measured and self._unchanged[key] < STILL_AFTER}
        seen = [
            key
            for key in on_screen
            if key in growing or (key in measured and self._unchanged.get(key, 0) < STILL_AT_FIRST)
        ]
        others = sorted(growing.difference(seen))
        chosen = _take_turns(seen, self._seen_measured, MOST_MEASURED - bool(others))
        chosen += _take_turns(others, self._others_measured, MOST_MEASURED - len(chosen))
        if self._rounds % STILL_ROUNDS == 0:
            still = measured.keys() - growing.union(seen)
            shown = [key for key in on_screen if key in still]
            slowly = _take_turns(shown, self._shown_measured, MOST_STILL // 2)
            slowly += _take_turns(sorted(still.difference(shown)), self._still_measured, MOST_STILL - len(slowly))
            chosen += slowly
        return self.streams_of(chosen)

    def note_lengths(self, lengths: Mapping[str, int]) -> dict[str, int]:
        """Note how long streams are; returns how many points those scans have that were measured."""
        points = self.points_by_scan(lengths)
        for key, count in points.items():
            before = self._points.get(key)
            self._unchanged[key] = self._unchanged.get(key, 0) + 1 if before in (None, count) else 0
            if before not in (None, count):
                self._growing[key] = None
        self._points.update(points)
        return points

    def note_entries(self, entries: Mapping[str, int]) -> None:
        """Note how many entries scans have whose points are not counted."""
        for key, count in entries.items():
            if self._entries.setdefault(key, count) != count:
                self._unchanged[key], self._growing[key] = 0, None
        self._entries.update(entries)

    def next_to_count(self, on_screen: Sequence[str]) -> list[str]:
        """Which of the scans on the screen ended early and are to be counted, once each."""
        return [key for key in on_screen if key in self._to_count][:MOST_ASKED]

    def note_counted(self, keys: Iterable[str]) -> None:
        self._to_count.difference_update(keys)

    def points_by_scan(self, lengths: Mapping[str, int]) -> dict[str, int]:
        """How many points scans have, by those of their streams that were measured."""
        return points_in(self._progress_streams, lengths)

    def beside(self, streams: Iterable[str]) -> list[str]:
        """All streams by which those scans are measured that are measured by any of these."""
        wanted = frozenset(streams)
        of_scans = self._progress_streams.items() if wanted else ()
        return self.streams_of([key for key, names in of_scans if not wanted.isdisjoint(names)])

    def streams_of(self, keys: Iterable[str]) -> list[str]:
        """The streams that are read to measure these scans."""
        streams: dict[str, None] = {}
        for key in keys:
            streams.update(dict.fromkeys(self._progress_streams.get(key, ())))
            if key in self._streams_beside:
                streams[self._streams_beside[key]] = None
        return list(streams)


def points_in(streams_by_scan: Mapping[str, tuple[str, ...]], lengths: Mapping[str, int]) -> dict[str, int]:
    """How many points scans have: as many as the longest of their streams, or the shortest of several top masters."""
    points = {}
    for key, streams in streams_by_scan.items():
        measured = [lengths[stream] for stream in streams if stream in lengths]
        if isinstance(streams, SlowestStreams):
            if measured and len(measured) == len(streams):
                points[key] = min(measured)
        elif measured:
            points[key] = max(measured)
    return points


def _take_turns(candidates: Sequence[str], had_turn: dict[str, None], most: int) -> list[str]:
    """At most this many, those first that waited longest; `had_turn` holds those that had a turn, in that order."""
    if len(candidates) <= most:
        return list(candidates)
    still_there = set(candidates)
    waited = [key for key in had_turn if key in still_there]
    chosen = [*(key for key in candidates if key not in had_turn), *waited][:most]
    had_turn.clear()
    had_turn.update(dict.fromkeys((*(key for key in waited if key not in set(chosen)), *chosen)))
    return chosen
