"""Replaces names and paths by placeholders, so that a recording can be shared; pure.

Rule: equal texts get the same placeholder, different texts different ones; numbers, times, states and keys stay. Any
text that is not known to be harmless is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from scantui.feed import Changed, Created, Event, Gone, Loaded, Lost, Progress
from scantui.identities import END_REASONS, EXIT_STATUSES
from scantui.matching import TEXT_FIELDS
from scantui.models import Origin, ScanIdentity, ScanSummary

# Publishers make these keys from time and chance; any other key may hold a name.
_PLAIN_KEY = re.compile(r"esrf:(?:scan|stream):[0-9A-HJKMNP-TV-Z]{26}")
_POLICIES = ("ESRF", "None")


class Anonymiser:
    """Replaces the texts of events; one instance serves a whole recording."""

    def __init__(self) -> None:
        self._placeholders: dict[tuple[str, str], int] = {}
        self._counts: dict[str, int] = {}

    def event(self, event: Event) -> Event:
        """The same event without names and paths."""
        if isinstance(event, Loaded):
            return Loaded(self._rows(event.rows), event.remaining)
        if isinstance(event, Created | Changed):
            return type(event)(self._rows(event.rows))
        if isinstance(event, Gone):
            return Gone([self._key(key) for key in event.keys])
        if isinstance(event, Progress):
            seen = {self._key(key): seen for key, seen in event.seen.items()}
            return Progress({self._key(key): points for key, points in event.points.items()}, seen)
        if isinstance(event, Lost):
            kind = type(event.error)
            return Lost(kind(self._named(kind.__name__, str(event.error))), event.attempt, event.retry_in)
        return event

    def _rows(self, rows: Sequence[ScanSummary]) -> list[ScanSummary]:
        return [self._row(row) for row in rows]

    def _row(self, row: ScanSummary) -> ScanSummary:
        return row.replaced(
            key=self._key(row.key),
            identity=row.identity and self._identity(row.identity),
            problem=self._named("problem", row.problem) if row.problem else "",
            state_stream=self._key(row.state_stream, "stream") if row.state_stream else "",
            title=self._text("title", row.title),
            start_time=self._time(row.start_time),
            end_time=self._time(row.end_time),
            end_reason=self._word("end_reason", row.end_reason, END_REASONS),
            exit_status=self._word("exit_status", row.exit_status, EXIT_STATUSES),
            user_name=self._text("user", row.user_name),
            publisher=self._text("publisher", row.publisher),
            parent=self._key(row.parent) if row.parent else row.parent,
            origin=row.origin and Origin(self._named("server", row.origin.server), row.origin.ahead_ms),
        )

    def _identity(self, identity: ScanIdentity) -> ScanIdentity:
        texts = {field: self._text(field, getattr(identity, field)) for field in TEXT_FIELDS}
        policy = self._word("data_policy", identity.data_policy, _POLICIES)
        return msgspec.structs.replace(identity, **{**texts, "data_policy": policy, "others": ()})

    def _key(self, key: str, kind: str = "scan") -> str:
        if _PLAIN_KEY.fullmatch(key):
            return key
        return f"esrf:{kind}:{self._number(kind, key):026}"

    def _time(self, text: str | None) -> str | None:
        try:
            datetime.fromisoformat((text or "").replace("Z", "+00:00"))
        except ValueError:
            return self._text("time", text)
        return text

    def _word(self, kind: str, text: str | None, known: Collection[str]) -> str | None:
        return text if text in known else self._text(kind, text)

    def _text(self, kind: str, text: str | None) -> str | None:
        return self._named(kind, text) if text else text

    def _named(self, kind: str, text: str) -> str:
        return f"{kind}-{self._number(kind, text)}"

    def _number(self, kind: str, text: str) -> int:
        """The number of a text among the texts of its kind, from 1."""
        if (kind, text) not in self._placeholders:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._placeholders[kind, text] = self._counts[kind]
        return self._placeholders[kind, text]
