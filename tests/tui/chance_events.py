"""Events of a beamline at random, as a feed would report them."""

from __future__ import annotations

from random import Random

from scantui.feed import Changed, Created, Event, Gone, Heartbeat, Progress
from scantui.models import ScanState, ScanSummary
from tests.tui.scenes import NOW_MS, beamline_rows, row


class Beamline:
    """Events at random, as a feed would report them."""

    TITLES: tuple[str, ...] = (
        "ascan samx 0 1 40 0.1",
        "loopscan 10 1",
        "漢字のスキャン samy",
        "e\u0301chelle \U0001f52c 1",
        "a" * 90,
        "",
    )

    def __init__(self, seed: int) -> None:
        self.odd = Random(seed)  # noqa: S311 - no secret
        self.rows = beamline_rows()
        self.now_ms = NOW_MS

    def event(self) -> Event:
        odd = self.odd
        kind = odd.choice(("created", "created", "created", "changed", "changed", "gone", "progress", "beat"))
        if kind == "created":
            fresh = [self.created(len(self.rows) + number) for number in range(odd.choice((1, 1, 2, 7, 40)))]
            self.rows += fresh
            return Created(fresh)
        if kind == "changed":
            changed = [
                each.replaced(state=odd.choice(list(ScanState)), end_reason=odd.choice(("SUCCESS", None)))
                for each in odd.sample(self.rows, 3)
            ]
            return Changed(changed)
        if kind == "gone":
            return Gone([odd.choice(self.rows).key])
        if kind == "progress":
            return Progress({each.key: odd.randrange(100) for each in odd.sample(self.rows, 5)})
        self.now_ms += odd.choice((1_000, 5_000, 70_000))
        return Heartbeat(self.now_ms)

    def created(self, number: int) -> ScanSummary:
        created_ms = NOW_MS + 1000 * number
        made = row(number, age=-number, state=ScanState.STARTED, title=self.odd.choice(self.TITLES), npoints=100)
        return made.replaced(created_ms=created_ms)
