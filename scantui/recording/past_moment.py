"""What was known at a moment of a recording: its events folded into the rows that they left; pure."""

from __future__ import annotations

from scantui.feed import Changed, Created, Gone, Heartbeat, Loaded, Progress, Rewound
from scantui.models import ScanSummary
from scantui.recording.format import Moment


class PastMoment:
    """Takes in events from the first one on; `rewound` is then all that a screen needs.

    `events` counts them, and `at` is the time of the last one in seconds of the recording.
    """

    def __init__(self) -> None:
        self.events = 0
        self.at = 0.0
        self._rows: dict[str, ScanSummary] = {}
        self._before: dict[str, ScanSummary] = {}
        self._points: dict[str, int] = {}
        self._gone: set[str] = set()
        self._server_ms = 0
        self._beat_at = 0.0

    def take(self, moment: Moment) -> None:
        """Take in an event."""
        event = moment.event
        self.events += 1
        self.at = max(self.at, moment.at)
        if isinstance(event, Loaded | Created | Changed):
            for row in event.rows:
                self._rows[row.key] = row
                if row.is_open:
                    self._before[row.key] = row
                self._gone.discard(row.key)
        elif isinstance(event, Gone):
            self._gone.update(event.keys)
        elif isinstance(event, Progress):
            self._points.update(event.points)
        elif isinstance(event, Heartbeat):
            self._server_ms, self._beat_at = event.server_ms, moment.at

    def copy(self) -> PastMoment:
        """What is known now, to go on from later."""
        same = PastMoment()
        same.events, same.at = self.events, self.at
        same._rows, same._before, same._points = self._rows.copy(), self._before.copy(), self._points.copy()
        same._gone = self._gone.copy()
        same._server_ms, same._beat_at = self._server_ms, self._beat_at
        return same

    def go_to(self, seconds: float) -> None:
        """Set the server's clock to a time of the recording."""
        if self._server_ms:
            self._server_ms += int((seconds - self._beat_at) * 1000)
            self._beat_at = seconds

    def rewound(self) -> Rewound:
        """Everything that is known, as one event."""
        points = {key: count for key, count in self._points.items() if key in self._rows}
        gone = frozenset(key for key in self._gone if key in self._rows)
        before = [row for row in self._before.values() if not self._rows[row.key].is_open]
        return Rewound(before, list(self._rows.values()), points, gone, self._server_ms)
