"""The scans of several servers as one list, and what is missing in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scantui.export import ExportedScan
from scantui.words import counted


def late_answer(number: int) -> str:
    """What is wrong with an answer that came when those of the others were written already."""
    return f"answered late: {counted(number, 'scan')} of it left out"


def in_order(scans: Iterable[Sequence[ExportedScan]], newest: int = 0) -> list[ExportedScan]:
    """The scans of all servers as one list, oldest first; only the `newest` ones if this is not 0.

    One that several servers have, such as a master and its replica, is that of the first.
    """
    lists = list(scans)
    if len(lists) == 1:
        return list(lists[0])
    once: dict[str, ExportedScan] = {}
    for found in lists:
        for each in found:
            once.setdefault(each.scan.key, each)
    return sorted(once.values(), key=lambda each: each.scan.rank)[-newest:]
