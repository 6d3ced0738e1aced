"""Which widgets are seen in a part of the screen that changed, so that only these lines of theirs are rendered; pure.

Textual renders all lines of every widget between the first and the last line that changed, and throws most away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

import msgspec
from textual.geometry import Region

_Widget = TypeVar("_Widget")


class LinePiece(msgspec.Struct, frozen=True):
    """What is seen of one widget: where on the screen, and which region of the widget that is."""

    where: Region
    of_widget: Region


def pieces_in(
    regions: Iterable[Region], widgets: Mapping[_Widget, tuple[Region, Region]]
) -> Iterator[tuple[_Widget, LinePiece]]:
    """The pieces that fill some regions of the screen.

    `widgets` gives for each widget, those in front first, the region that it fills and the one that it may be seen in.
    """
    seen = [(widget, whole, whole.intersection(clip)) for widget, (whole, clip) in widgets.items()]
    left = [(region, 0) for region in _without_contained(regions)]
    while left:
        region, first = left.pop()
        for place, (widget, whole, visible) in enumerate(seen[first:], first):
            part = visible.intersection(region)
            if part:
                yield widget, LinePiece(part, part.translate(-whole.offset))
                left += [(rest, place + 1) for rest in _around(part, region) if rest]
                break


def _without_contained(regions: Iterable[Region]) -> list[Region]:
    found: list[Region] = []
    for region in sorted(_joined(regions), key=lambda each: -each.area):
        if region and not any(other.contains_region(region) for other in found):
            found.append(region)
    return found


def _joined(regions: Iterable[Region]) -> list[Region]:
    """Regions of one width that stand on each other as one: each is asked of its widget for itself."""
    joined: list[Region] = []
    for region in sorted(regions, key=lambda each: (each.x, each.width, each.y)):
        last = joined[-1] if joined else None
        if last is not None and last.column_span == region.column_span and region.y <= last.bottom:
            joined[-1] = last.union(region)
        else:
            joined.append(region)
    return joined


def _around(part: Region, region: Region) -> tuple[Region, ...]:
    """What is left of a region above, below and beside a part of it."""
    return (
        Region(region.x, region.y, region.width, part.y - region.y),
        Region(region.x, part.bottom, region.width, region.bottom - part.bottom),
        Region(region.x, part.y, part.x - region.x, part.height),
        Region(part.right, part.y, region.right - part.right, part.height),
    )
