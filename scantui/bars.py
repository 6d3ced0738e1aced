"""Bars of eighths of a cell: how far something is; pure."""

from __future__ import annotations

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_FULL, _REST = "█", "░"


def progress_bar(share: float | None, cells: int) -> str:
    """A share from 0 to 1 as a bar of some cells; blanks where it is not known."""
    if share is None:
        return " " * cells
    full, part = divmod(round(min(1.0, max(0.0, share)) * cells * 8), 8)
    edge = _EIGHTHS[part] if part else ""
    return (_FULL * full + edge).ljust(cells, _REST)
