"""Two servers under names of a configuration, and a third that is down."""

from __future__ import annotations

import time
from typing import NamedTuple

from scantui.models import Scan, ScanSummary
from scantui.store import DataStore
from tests.cli.conftest import publish
from tests.cli.processes import run
from tests.programs import Done

NAMES = ("id11", "id15")


class Beamlines(NamedTuple):
    """Two servers under names of a configuration, and a third that is down."""

    id11: DataStore
    id15: DataStore
    environment: dict[str, str]

    def run(self, command: str, *arguments: str, servers: tuple[str, ...] = NAMES) -> Done:
        named = [word for name in servers for word in ("-s", name)]
        return run(command, *arguments, *named, environment=self.environment)

    def publish(self) -> list[Scan]:
        """Four scans, on the two servers in turn, each in a millisecond of its own."""
        scans = []
        for number, store in enumerate((self.id11, self.id15, self.id15, self.id11), 1):
            scans.append(publish(store, number, title=f"scan {number}"))
            (row,) = store.load_summaries([scans[-1].key])
            assert isinstance(row, ScanSummary)
            while time.time() * 1000 < row.state_ms + 1:
                pass
        return scans
