"""A span of the server's time; pure."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """A span of time by the server's clock, in milliseconds since 1970; `until_ms` does not belong to it."""

    since_ms: int
    until_ms: int

    @property
    def ms(self) -> int:
        return self.until_ms - self.since_ms

    def cut(self, start_ms: int, end_ms: int) -> Span:
        """The part of an interval within this span; its length is not positive when there is none."""
        return Span(max(start_ms, self.since_ms), min(end_ms, self.until_ms))
