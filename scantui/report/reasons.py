"""Why a scan failed, as far as its document and its streams show it; pure.

Rule: BLISS writes no error text, so this is only what can be seen: how far the scan came, which streams are behind
the others of their master, and the last comment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from scantui.store.operations.progress import planned_tops
from scantui.text import printable

if TYPE_CHECKING:
    from scantui.store.operations.details import ScanDetails

_LONGEST_COMMENT, _MOST_FAILED = 200, 3
_MESSAGE_KEYS = ("message", "comment", "text")


class Behind(msgspec.Struct, frozen=True):
    """A stream, and how many points it lacks of the longest one of its master."""

    name: str
    points: int


class Reason(msgspec.Struct, frozen=True):
    """What can be seen of a scan that ended early or hangs.

    `points` counts what its longest stream holds, of several top masters the slowest, or the scans of a sequence;
    `planned` is how many there should be, 0 when it is not known. `behind` starts with the stream that lacks most.
    `failed` names the scans of a sequence that had problems: `FAIL 310`.
    """

    points: int | None = None
    planned: int = 0
    unit: str = "points"
    behind: tuple[Behind, ...] = ()
    comment: str = ""
    failed: tuple[str, ...] = ()

    @property
    def how_far(self) -> str:
        """`6/21`, `3/7 scans`, `58 points`; empty when it is not known."""
        if self.points is None:
            return ""
        suffix = " scans" if self.unit == "scans" else ""
        if self.planned:
            return f"{self.points}/{self.planned}{suffix}"
        return f"{self.points} {self.unit if self.points != 1 else self.unit[:-1]}"

    @property
    def text(self) -> str:
        """All of it in a line: `6/21, pico1 3 behind, "shutter closed"`."""
        return ", ".join(part for part in (self.how_far, self.hints) if part)

    @property
    def hints(self) -> str:
        """The same without how far it came."""
        failed = " ".join(self.failed[:_MOST_FAILED])
        if len(self.failed) > _MOST_FAILED:
            failed += f" and {len(self.failed) - _MOST_FAILED} more"
        behind = f"{self.behind[0].name} {self.behind[0].points} behind" if self.behind else ""
        if len(self.behind) > 1:
            behind += f" and {len(self.behind) - 1} more"
        comment = f'"{self.comment}"' if self.comment else ""
        return printable(", ".join(part for part in (failed, behind, comment) if part))


def reason_of(details: ScanDetails) -> Reason:
    """What the details of a scan show of how far it came."""
    info = details.scan.info
    comment = _last_comment(info.get("comments"))
    if details.sub_scan_count or info.get("is_scan_sequence"):
        planned = info.get("sequence_info")
        count = planned.get("scan_count") if isinstance(planned, Mapping) else None
        return Reason(details.sub_scan_count, count if type(count) is int and count > 0 else 0, "scans", (), comment)
    lengths = {stream.name: stream.length for stream in details.streams if stream.length is not None}
    groups = list(_streams_by_master(info.get("acquisition_chain"), lengths)) or [list(lengths)]
    behind = [each for group in groups for each in _behind(group, lengths)]
    behind.sort(key=lambda each: -each.points)
    npoints, channels = details.summary.npoints, info.get("channels")
    return Reason(
        min(
            (max(lengths[name] for name in group) for group in planned_tops(groups, channels, npoints) if group),
            default=None,
        ),
        npoints if npoints and npoints > 0 else 0,
        behind=tuple(behind),
        comment=comment,
    )


def _streams_by_master(chain: Any, lengths: Mapping[str, int]) -> Iterator[list[str]]:
    """The streams of each top master that were measured; other masters go at a pace of their own."""
    for top in chain.values() if isinstance(chain, Mapping) else ():
        if not isinstance(top, Mapping):
            continue
        tables = [top, master] if isinstance(master := top.get("master"), Mapping) else [top]
        lists = [table.get(kind) for table in tables for kind in ("scalars", "spectra")]
        names = [name for each in lists if isinstance(each, list) for name in each if isinstance(name, str)]
        named = dict.fromkeys(name for name in names if name in lengths)
        if named:
            yield list(named)


def _behind(names: list[str], lengths: Mapping[str, int]) -> Iterator[Behind]:
    longest = max((lengths[name] for name in names), default=0)
    for name in names:
        if lengths[name] < longest:
            yield Behind(printable(name.rpartition(":")[2] or name, 40), longest - lengths[name])


def _last_comment(comments: Any) -> str:
    last = comments[-1] if isinstance(comments, list) and comments else comments
    if isinstance(last, Mapping):
        last = next((text for key in _MESSAGE_KEYS if isinstance(text := last.get(key), str)), None)
    return printable(" ".join(last.split()), _LONGEST_COMMENT) if isinstance(last, str) else ""
