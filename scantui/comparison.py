"""What differs between two scans, as lines for people; pure.

Rule: every text of a scan passes through `printable`.
"""

from __future__ import annotations

import json
import unicodedata
from typing import Any

from scantui.differences import Comparison, Difference
from scantui.models import Scan
from scantui.text import printable
from scantui.words import iso_time

_WIDEST_PATH, _WIDEST_VALUE = 48, 36


def comparison_lines(found: Comparison, a: Scan, b: Scan, servers: tuple[str, str] = ("", "")) -> list[str]:
    """The two scans, with their servers if these have names; a line for each value that differs; how many are equal."""
    on_a, on_b = (f"{printable(server)}  " if server else "" for server in servers)
    lines = [f"a  {on_a}{_named(a)}", f"b  {on_b}{_named(b)}"]
    paths = [printable(each.path, 200) for each in found.changed]
    path_width = min(_WIDEST_PATH, max(map(len, paths), default=0))
    for path, each in zip(paths, found.changed, strict=True):
        values = f"{_padded(_value(each.a))}  {_padded(_value(each.b))}  {_change(each)}"
        lines.append(f"{path:<{path_width}}  {values}".rstrip())
    left_out = f", {found.ignored} left out (numbers, keys, times, file names)" if found.ignored else ""
    lines.append(f"{len(found.changed)} different, {found.equal} equal{left_out}")
    return lines


def _named(scan: Scan) -> str:
    title = scan.info.get("title")
    shown = title if isinstance(title, str) and title else scan.name
    started = iso_time(int(scan.state_id.partition("-")[0])) or ""
    return printable(f"{scan.number} {shown}  {scan.state.name} {started}".rstrip())


def _change(difference: Difference) -> str:
    if difference.a is None:
        return "only b"
    return "only a" if difference.b is None else difference.change


def _value(value: Any) -> str:
    if value is None:
        return ""
    return printable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), _WIDEST_VALUE)


def _padded(text: str) -> str:
    width = sum(1 + (unicodedata.east_asian_width(character) in "WF") for character in text)
    return text + " " * max(0, 20 - width)
