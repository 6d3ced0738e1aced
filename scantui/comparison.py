"""What differs between two scans, as lines for people; pure.

Rule: every text of a scan passes through `printable`.
"""

from __future__ import annotations

import json
from typing import Any

from scantui.differences import Comparison, Difference
from scantui.fitting import width_of
from scantui.models import Scan, ScanSummary
from scantui.text import printable
from scantui.titles import row_name
from scantui.words import moment, state_word

_WIDEST_PATH, _WIDEST_VALUE = 48, 36
_FEWEST_DIGITS, _MOST_DIGITS = 6, 17
_FACTS = ("title", "end_reason", "exit_status")


def comparison_lines(found: Comparison, a: Scan, b: Scan) -> list[str]:
    """The two scans, a line for each value that differs, and how many are equal."""
    lines = [f"a  {_named(a)}", f"b  {_named(b)}"]
    rows = [(printable(each.path, 200), *_values(each.a, each.b), _change(each)) for each in found.changed]
    widths = [
        min(widest, max((width_of(row[place]) for row in rows), default=0))
        for place, widest in enumerate((_WIDEST_PATH, _WIDEST_VALUE, _WIDEST_VALUE))
    ]
    for *cells, change in rows:
        lines.append("  ".join([*map(_padded, cells, widths), change]).rstrip())
    left_out = f", {found.ignored} left out (numbers, keys, times, file names)" if found.ignored else ""
    lines.append(f"{len(found.changed)} different, {found.equal} equal{left_out}")
    return lines


def _named(scan: Scan) -> str:
    known: dict[str, Any] = {name: value for name in _FACTS if isinstance(value := scan.info.get(name), str)}
    row = ScanSummary(key=scan.key, state=scan.state, identity=scan.identity, **known)
    moved = moment(int(scan.state_id.partition("-")[0]))
    when = f"  {moved:%d %b %H:%M:%S}" if moved else ""
    return printable(f"{state_word(row):<5} {scan.number} {row_name(row)}{when}")


def _change(difference: Difference) -> str:
    if difference.a is None:
        return "only b"
    return "only a" if difference.b is None else difference.change


def _values(a: Any, b: Any) -> tuple[str, str]:
    """Both values; of fractions as many digits as show that they differ, and six at least."""
    if isinstance(a, float) and isinstance(b, float):
        for digits in range(_FEWEST_DIGITS, _MOST_DIGITS):
            if f"{a:.{digits}g}" != f"{b:.{digits}g}":
                return f"{a:.{digits}g}", f"{b:.{digits}g}"
    return _value(a), _value(b)


def _value(value: Any) -> str:
    if value is None:
        return ""
    return printable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), _WIDEST_VALUE)


def _padded(text: str, width: int) -> str:
    return text + " " * max(0, width - width_of(text))
