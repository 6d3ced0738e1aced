"""Long lists of scans in the order of time: where newcomers stand in one, and in what two of them differ; pure."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence

# This many are compared at once where nothing differs.
_LONGEST = 4096
# Up to this many newcomers are placed sooner one by one than all together.
_FEW = 200


def differences(
    before: Sequence[str],
    after: Sequence[str],
    rank_before: Callable[[str], str],
    rank_after: Callable[[str], str],
    most: int,
) -> tuple[list[str], list[str]] | None:
    """Which scans left and which came, None when they are more than `most`; one that moved did both.

    Ranks are texts by which the scans of a list sort. Of a scan in both lists they may differ.
    """
    left, came = list[str](), list[str]()
    first, second, step = 0, 0, _LONGEST
    while first < len(before) and second < len(after):
        if before[first : first + step] == after[second : second + step]:
            first, second, step = first + step, second + step, min(2 * step, _LONGEST)
        elif step > 1:
            step //= 2
        elif len(left) + len(came) >= most:
            return None
        elif rank_before(before[first]) < rank_after(after[second]):
            left.append(before[first])
            first += 1
        else:
            came.append(after[second])
            second += 1
    if len(left) + len(came) + len(before) - min(first, len(before)) + len(after) - min(second, len(after)) > most:
        return None
    return left + list(before[first:]), came + list(after[second:])


def put_among(keys: list[str], fresh: Sequence[str], rank_of: Callable[[str], str]) -> None:
    """Put newcomers among others, both in order; the keys beyond them are not looked at."""
    if not fresh:
        return
    first, last = (bisect_left(keys, rank_of(key), key=rank_of) for key in (fresh[0], fresh[-1]))
    if first == last or len(fresh) > _FEW:
        keys[first:last] = sorted([*keys[first:last], *fresh], key=rank_of) if first < last else fresh
    else:
        for key in fresh:
            insort(keys, key, key=rank_of)
