"""Which scans another moment leaves as they are; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from scantui.board.knowledge import completed
from scantui.models import ScanSummary


def known_alike(rows: Iterable[ScanSummary], known: Callable[[str], ScanSummary | None]) -> set[str]:
    """Which of these scans have ended and are known just as they are here; of a sequence with all its scans or none."""
    given = {row.key: row for row in rows}
    ended = [row for row in given.values() if not row.is_open]
    alike = {row.key for row in ended if (before := known(row.key)) and completed(row, before) == before}
    changed = {_outermost(key, given) for key in given.keys() - alike}
    return {key for key in alike if _outermost(key, given) not in changed}


def _outermost(key: str, rows: Mapping[str, ScanSummary]) -> str:
    """The outermost sequence that a scan belongs to, or the scan itself."""
    passed = {key}
    while (parent := rows[key].parent) and parent in rows and parent not in passed:
        passed.add(parent)
        key = parent
    return key
