"""What differs between two scans, as lines for people; pure.

Rule: every text of a scan passes through `printable`.
"""

from __future__ import annotations

import json
from typing import Any

from scantui.differences import Comparison, Difference
from scantui.fitting import cut_to, width_of
from scantui.models import Scan, ScanSummary
from scantui.text import printable
from scantui.titles import plain_numbers, row_name
from scantui.words import moment, state_word

_WIDEST_PATH, _WIDEST_VALUE, _WIDEST_CHANGE = 48, 36, 16
_LEAST_PATH, _LEAST_VALUE = 24, 8
_FEWEST_DIGITS, _MOST_DIGITS = 6, 17
_FACTS = ("title", "end_reason", "exit_status")


def comparison_lines(
    found: Comparison, a: Scan, b: Scan, servers: tuple[str, str] = ("", ""), width: int = 0
) -> list[str]:
    """The two scans, with their servers if these have names; a line for each value that differs; how many are equal.

    With a `width` in cells the columns are made to fit, so that the change is seen.
    """
    on_a, on_b = (f"{printable(server)}  " if server else "" for server in servers)
    lines = [f"a  {on_a}{_named(a)}", f"b  {on_b}{_named(b)}"]
    rows = [(printable(each.path, 200), *_values(each.a, each.b), _change(each)) for each in found.changed]
    widths = [
        min(widest, max((width_of(row[place]) for row in rows), default=0))
        for place, widest in enumerate((_WIDEST_PATH, _WIDEST_VALUE, _WIDEST_VALUE))
    ]
    if width:
        widths = _fitted(widths, width - min(_WIDEST_CHANGE, max((width_of(row[-1]) for row in rows), default=0)))
    for path, *values, change in rows:
        cut = [cut_to(path, widths[0], "left")] if width else [path]
        cut += [cut_to(each, cells, "middle") for each, cells in zip(values, widths[1:], strict=True)]
        lines.append("  ".join([*map(_padded, cut, widths), change]).rstrip())
    left_out = f", {found.ignored} left out (numbers, keys, times, file names)" if found.ignored else ""
    lines.append(f"{len(found.changed)} different, {found.equal} equal{left_out}")
    return lines


def _fitted(widths: list[int], room: int) -> list[int]:
    """The widths of paths and values in limited room, with two blanks behind each."""
    room -= 2 * len(widths)
    path = min(widths[0], max(_LEAST_PATH, room - sum(widths[1:])))
    value = max(_LEAST_VALUE, (room - path) // 2)
    return [path, *(min(each, value) for each in widths[1:])]


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
    """Both values; of fractions as many digits as show that they differ, and six at least.

    Numbers in texts, such as titles, stand there as everywhere else, unless they alone differ.
    """
    if isinstance(a, float) and isinstance(b, float):
        for digits in range(_FEWEST_DIGITS, _MOST_DIGITS):
            if f"{a:.{digits}g}" != f"{b:.{digits}g}":
                return f"{a:.{digits}g}", f"{b:.{digits}g}"
    plain = [plain_numbers(each) if isinstance(each, str) else each for each in (a, b)]
    return (_value(a), _value(b)) if plain[0] == plain[1] else (_value(plain[0]), _value(plain[1]))


def _value(value: Any) -> str:
    if value is None:
        return ""
    return printable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), _WIDEST_VALUE)


def _padded(text: str, width: int) -> str:
    return text + " " * max(0, width - width_of(text))
