"""A scan's info as a tree of lines, and what a line of the details is; pure.

Rule: only what is unfolded is rendered, so that a megabyte of info costs no more than what is seen of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from rich.text import Text

from scantui.text import printable
from scantui.titles import plain_numbers
from scantui.tui.looks import style_name

# Where a line stands, whatever comes and goes above it: a section, and for info the path from its root.
TreePath = tuple[str | int, ...]
INFO: TreePath = ("info",)
CHILDREN_AT_ONCE = 200

_LONGEST_NAME, _LONGEST_KEY, _LONGEST_VALUE = 32, 80, 160
_MOST_INLINE = 8
# Where the line below a long text or a cut list stands: no key is a number, no index is below zero.
_EXTRA = -1
_FAINT = style_name("quiet")


class DetailLine(NamedTuple):
    """One line: its text, where it stands, how far its continuation is indented, and what Enter does on it.

    `opens` is the key of the scan that a link leads to; `folds` the place in info that is folded or unfolded.
    """

    text: Text
    place: TreePath
    indent: int = 0
    opens: str = ""
    folds: TreePath | None = None


def info_lines(info: Mapping[str, Any], unfolded: Mapping[TreePath, int]) -> list[DetailLine]:
    """Info as a tree: only the children of what is `unfolded`, as many as it gives for each."""
    return [_node(INFO, "info", info, unfolded), *_children(INFO, info, unfolded)]


def with_thousands(number: int) -> str:
    """A number with its thousands set apart."""
    return f"{number:,}".replace(",", " ")


def _node(place: TreePath, label: str, value: Any, unfolded: Mapping[TreePath, int]) -> DetailLine:
    depth = 2 * (len(place) - 1)
    if _is_foldable(value):
        mark = "▾" if place in unfolded else "▸"
        line = Text(f"{' ' * depth}{mark} {printable(label, _LONGEST_KEY)}", style="bold" if place == INFO else "")
        line.append(f"  {_extent(value)}", style=_FAINT)
        return DetailLine(line, place, indent=depth + 4, folds=place)
    line = Text().append(f"{' ' * depth}  {printable(label, _LONGEST_KEY)}: ", style=_FAINT)
    line.append(printable(_value_text(value)))
    return DetailLine(line, place, indent=depth + 4)


def _children(place: TreePath, value: Any, unfolded: Mapping[TreePath, int]) -> Iterator[DetailLine]:
    if place not in unfolded:
        return
    if isinstance(value, str):
        yield DetailLine(Text(" " * 2 * len(place) + printable(value)), (*place, _EXTRA), indent=2 * len(place))
        return
    shown = unfolded[place]
    children = value.items() if isinstance(value, Mapping) else enumerate(value)
    for key, child in islice(children, shown):
        inner = (*place, key)
        yield _node(inner, str(key), child, unfolded)
        if _is_foldable(child):
            yield from _children(inner, child, unfolded)
    if len(value) > shown:
        more = Text(f"{' ' * 2 * len(place)}… {with_thousands(len(value) - shown)} more", style=_FAINT)
        yield DetailLine(more, (*place, _EXTRA), folds=place)


def _is_foldable(value: Any) -> bool:
    """Whether a value is too much for a line."""
    if isinstance(value, list):
        return len(value) > _MOST_INLINE or any(not _is_short(item) for item in value)
    if isinstance(value, Mapping):
        return bool(value)
    return isinstance(value, str) and len(value) > _LONGEST_VALUE


def _is_short(value: Any) -> bool:
    return not isinstance(value, (list, Mapping)) and not (isinstance(value, str) and len(value) > _LONGEST_NAME)


def _extent(value: Any) -> str:
    if isinstance(value, str):
        return printable(value, _LONGEST_NAME)
    return f"{{{with_thousands(len(value))}}}" if isinstance(value, Mapping) else f"[{with_thousands(len(value))}]"


def _value_text(value: Any) -> str:
    """A value on one line; the title of a scan, and positions, with their numbers as a person would write them."""
    return plain_numbers(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
