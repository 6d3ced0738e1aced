"""What a person reads first in the info of a scan: positions that moved, and comments; pure.

Rule: info is whatever its publisher wrote, so each value is looked at before it is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scantui.words import moment

MOST_POSITIONS, MOST_COMMENTS = 12, 5
_ARROW = "→"


def moved_positions(info: Mapping[str, Any]) -> list[str]:
    """Each motor that a closed scan left elsewhere, with where it was before: `samx 0 → 1 mm`."""
    positioners = _mapping(info.get("positioners"))
    before, after = (_mapping(positioners.get(f"positioners_{time}")) for time in ("start", "end"))
    units = _mapping(positioners.get("positioners_units"))
    found = []
    for name, start in before.items():
        end = after.get(name)
        if _is_number(start) and _is_number(end) and start != end:
            unit = units.get(name)
            found.append(f"{name} {start:.6g} {_ARROW} {end:.6g}{f' {unit}' if isinstance(unit, str) else ''}")
    return found


def comments(info: Mapping[str, Any]) -> Iterator[str]:
    """Each comment that was made during the scan, with its time where it has one."""
    written = info.get("comments")
    for comment in written if isinstance(written, list) else ():
        if isinstance(comment, str):
            yield comment
        elif isinstance(comment, Mapping):
            text = next(
                (comment[key] for key in ("message", "comment", "text") if isinstance(comment.get(key), str)), ""
            )
            when = comment.get("timestamp")
            shown = moment(float(when) * 1000) if when is not None and _is_number(when) else None
            if text:
                yield f"{shown:%H:%M:%S} {text}" if shown else text


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
