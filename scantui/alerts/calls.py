"""Which scans call one by one and which together; pure.

Rule: nothing calls twice and nothing is lost. What has to wait (for `again`, or because too many called within a
minute) calls later, as one sentence.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence

import msgspec

from scantui.alerts.rules import AlertRule
from scantui.models import ScanSummary
from scantui.text import printable
from scantui.titles import row_name
from scantui.words import moment

MOST_ONE_BY_ONE = 3
BURST_SECONDS = 60.0
# Scans that fail together rarely do so at the same moment: a call waits this long for others.
HOLD_SECONDS = 0.4
# A burst has ended when no more came for this long.
SETTLE_SECONDS = 5.0
_VERBS = {
    "end": "ended",
    "fail": "failed",
    "abort": "aborted",
    "stall": "stalled",
    "start": "started",
    "match": "matched",
    "not saved": "not saved",
}


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that calls: a sentence, how many scans it is about, and the newest of them.

    `at_ms` is the server's time. `kind` is the condition, "" where several call together. A call about the server has
    no scans. `server` names the server where there are several.
    """

    rule: AlertRule
    kind: str
    text: str
    at_ms: int
    keys: tuple[str, ...] = ()
    scan: ScanSummary | None = None
    server: str = ""
    word: str = ""

    @property
    def count(self) -> int:
        return len(self.keys)

    @property
    def named_text(self) -> str:
        """The sentence, of one of several servers with its name before it."""
        return printable(f"{self.server}: {self.text}") if self.server else self.text


class Calling(msgspec.Struct, frozen=True):
    """A scan that calls, its kind, and when by the server's clock; `joined` if it must call together with others."""

    row: ScanSummary
    word: str
    kind: str
    at_ms: int
    joined: bool = False


class CallQueue:
    """The scans that are to call by one rule; times are seconds of a clock that never jumps."""

    def __init__(self, rule: AlertRule) -> None:
        self._rule = rule
        self._waiting: list[Calling] = []
        self._first_s = self._last_s = 0.0
        # When scans called one by one in the last minute, and when several called together.
        self._recent: deque[float] = deque()
        self._joint_s = -BURST_SECONDS
        self._quiet_until = 0.0

    def add(self, calling: Calling, now_s: float) -> None:
        if not self._waiting:
            self._first_s = now_s
        self._last_s = now_s
        self._waiting.append(calling)

    def note_call(self, now_s: float) -> None:
        """Note a call of this rule that is about no scan: `again` counts from it too."""
        self._quiet_until = now_s + self._rule.again_seconds

    def is_quiet(self, now_s: float) -> bool:
        """Whether `again` keeps the rule from calling."""
        return now_s < self._quiet_until

    def due(self, now_s: float) -> list[Alert]:
        """The calls to make now."""
        while self._recent and now_s - self._recent[0] >= BURST_SECONDS:
            self._recent.popleft()
        if not self._waiting or self.is_quiet(now_s) or now_s - self._first_s < HOLD_SECONDS:
            return []
        # Of a scan that both began and ended meanwhile, the end is the news.
        together = list({calling.row.key: calling for calling in self._waiting}.values())
        is_joined = self._rule.again_seconds > 0 or any(calling.joined for calling in self._waiting)
        if is_joined and len(self._waiting) > 1:
            calls = [together]
        elif len(self._waiting) + len(self._recent) <= MOST_ONE_BY_ONE:
            calls = [[calling] for calling in self._waiting]
        elif self._ends_burst(now_s):
            self._joint_s = now_s
            calls = [together]
        else:
            return []
        self._recent.extend([now_s] * min(MOST_ONE_BY_ONE, len(self._waiting)))
        self._waiting = []
        self.note_call(now_s)
        return [self._alert(call) for call in calls]

    def _ends_burst(self, now_s: float) -> bool:
        """Whether what waits because too many called may call together now: once a minute, when no more come."""
        if now_s - self._joint_s < BURST_SECONDS:
            return False
        return not self._recent or now_s - self._last_s >= SETTLE_SECONDS or now_s - self._first_s >= BURST_SECONDS

    def _alert(self, call: Sequence[Calling]) -> Alert:
        newest = call[-1]
        kinds = {calling.kind for calling in call}
        return Alert(
            rule=self._rule,
            kind=newest.kind if len(kinds) == 1 else "",
            text=sentence_of(call),
            at_ms=newest.at_ms,
            keys=tuple(calling.row.key for calling in call),
            scan=newest.row,
            word=newest.word,
        )


def sentence_of(call: Sequence[Calling]) -> str:
    """`FAIL 41 ascan samx 0 1 20 0.5`, `7 scans failed since 02:10`, `3 scans since 02:10: 2 failed, 1 stalled`."""
    if len(call) == 1:
        row, word = call[0].row, call[0].word
        number = f" {row.identity.number}" if row.identity else ""
        name = row_name(row) if row.identity else row.key
        unsaved = " (not saved)" if call[0].kind == "not saved" else ""
        return printable(f"{word}{number} {name}{unsaved}")
    when = moment(min(calling.at_ms for calling in call))
    since = f" since {when:%H:%M}" if when else ""
    counted = Counter(calling.kind for calling in call)
    if len(counted) == 1:
        return f"{len(call)} scans {_VERBS[call[0].kind]}{since}"
    parts = ", ".join(f"{count} {_VERBS[kind]}" for kind, count in counted.most_common())
    return f"{len(call)} scans{since}: {parts}"
