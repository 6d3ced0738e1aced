"""The points of one stream, with running extremes and counts; pure.

Rule: memory is bounded. Beyond LIMIT values, neighbours are joined to their least and greatest, so no peak is lost.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from scantui.exceptions import UsageError
from scantui.points import Points

Numbers: TypeAlias = "array[Any]"

LIMIT = 65_536
# After a gap of more points than this, the points before it are dropped.
_WIDEST_GAP = 16 * LIMIT
_FLOATS = frozenset("fd")


def numbers_of(
    values: Numbers, dtype: str = "", shape: tuple[int, ...] = (), shapes: Sequence[tuple[int, ...]] = ()
) -> Numbers:
    """Return one number for each point: the magnitude of a complex number, the mean of a point of several numbers.

    `values` are flat, with a complex number as its real and imaginary part. `shape` is the shape of every point, or
    `shapes` has one for each. A point without numbers is NaN.
    """
    if dtype[1:2] == "c":
        values = array("d", map(math.hypot, values[::2], values[1::2]))
    if shapes:
        sizes: Sequence[int] = [math.prod(each) for each in shapes]
    else:
        size = math.prod(shape)
        if size == 1 or size < 0:
            return values
        sizes = [size] * (len(values) // size if size else 0)
    return array("d", _means(values, sizes))


def _means(values: Sequence[float], sizes: Sequence[int]) -> Iterator[float]:
    place = 0
    for size in sizes:
        yield sum(values[place : place + size]) / size if size else math.nan
        place += size


class Series:
    """The points of one stream, by their index in it.

    `values` holds the points from index `start` on, `stride` of them a value: where that is more than one, two
    neighbouring values are the least and the greatest of their points, in the order in which they came. `lost` counts
    the points that were trimmed before they were read, `nans` and `infinities` the points that are not finite. `least`,
    `greatest` and `mean` are of the finite ones. `revision` rises when earlier values change, and `sealed` is set at
    the end of the stream. If the first points are samples, one of `sampled` points was read, else it is 1.
    """

    def __init__(self) -> None:
        self.values: Numbers = array("d")
        self.start = self.stop = self.lost = 0
        self.stride = self.sampled = 1
        self.revision = 0
        self.nans = self.infinities = 0
        self.least, self.greatest = math.inf, -math.inf
        self.last: float = math.nan
        self.sealed = False
        self._total = 0.0
        self._finite = 0
        self._pending: Numbers = array("d")

    @property
    def mean(self) -> float:
        """The mean of the finite points; NaN if there are none."""
        return self._total / self._finite if self._finite else math.nan

    @property
    def is_flat(self) -> bool:
        """Whether all finite points are equal."""
        return self._finite > 0 and self.least == self.greatest

    def add(self, numbers: Numbers, start: int) -> None:
        """Add points, the first with the index `start`; points that were added before are ignored."""
        if start < self.stop:
            numbers, start = numbers[self.stop - start :], self.stop
        if not numbers:
            return
        if start > self.stop:
            self._miss(start)
        self._count(numbers)
        self.last = numbers[-1]
        self.stop = start + len(numbers)
        self._store(numbers)

    def add_before(self, numbers: Numbers, start: int) -> None:
        """Add the points just before `start`; they are ignored if neighbours were joined already."""
        if start + len(numbers) != self.start or self.stride > 1 or not numbers:
            return
        self._count(numbers)
        if numbers.typecode != self.values.typecode:
            self._hold_floats()
            numbers = array(self.values.typecode, numbers)
        self.values, self.start = numbers + self.values, start
        self.revision += 1

    def begin_at(self, index: int) -> None:
        """Begin an empty series with the point of this index; those before it are not lost, and may come later."""
        if not self.stop:
            self.start = self.stop = index

    def add_points(self, points: Points) -> None:
        """Add points as the store returns them, one number for each; the values of a json stream are ignored.

        They come after those of the series, or are just before them.
        """
        if not len(points):
            self.lost += points.lost
        elif points.dtype and self.start and points.stop == self.start:
            self.add_before(numbers_of(points.values, points.dtype, points.shape, points.shapes), points.start)
        elif points.dtype:
            self.add(numbers_of(points.values, points.dtype, points.shape, points.shapes), points.start)
        if points.sealed:
            self.sealed = True

    def add_samples(self, numbers: Numbers, step: int) -> None:
        """Add to an empty series one point of each `step`, from index 0 on; NaN stands for a sample that is lost.

        Their number is even, so that further points, from `stop` on, can be joined as these are.
        """
        if self.stop or len(numbers) % 2 or not numbers:
            raise UsageError("samples come first, and their number is even")
        self._count(numbers)
        self.values, self.stride, self.sampled = numbers, step, step
        self.stop, self.last = len(numbers) * step, numbers[-1]

    def lose(self, stop: int) -> None:
        """Count the missing points before index `stop` as lost."""
        if stop > self.stop:
            self._miss(stop)

    def kept(self) -> Numbers:
        """Return the values, with the last points that still wait to be joined."""
        return self.values + _pairs(self._pending, 2 * self.stride) if self._pending else self.values

    def at(self, index: int) -> float:
        """Return the value that stands for the point with this index; NaN if it is not kept."""
        place = (index - self.start) // self.stride
        if index < self.start or index >= self.stop:
            return math.nan
        return self.values[place] if place < len(self.values) else self.last

    def _miss(self, start: int) -> None:
        missed = start - self.stop
        self.lost += missed
        if missed > _WIDEST_GAP:
            self.values, self._pending, self.stride = self.values[:0], self._pending[:0], 1
            self.revision += 1
        if not self.values and not self._pending:
            self.start = start
        else:
            # NaN breaks the curve where points are missing, and each point keeps its place.
            self._hold_floats()
            while len(self.values) + missed // self.stride > LIMIT:
                self._join()
            self._store(array("d", [math.nan]) * missed)
        self.stop = start

    def _hold_floats(self) -> None:
        if self.values.typecode not in _FLOATS:
            self.values, self._pending = array("d", self.values), array("d", self._pending)

    def _count(self, numbers: Numbers) -> None:
        finite: Sequence[float] = numbers
        if numbers.typecode in _FLOATS and not math.isfinite(sum(numbers)):
            # The sum of finite numbers may be infinite too, so check each number.
            finite = [number for number in numbers if math.isfinite(number)]
            nans = sum(number != number for number in numbers)
            self.nans += nans
            self.infinities += len(numbers) - len(finite) - nans
        if finite:
            self.least, self.greatest = min(self.least, min(finite)), max(self.greatest, max(finite))
            self._total += sum(finite)
            self._finite += len(finite)

    def _store(self, numbers: Numbers) -> None:
        if not self.values and not self._pending:
            self.values, self._pending = array(numbers.typecode), array(numbers.typecode)
        elif numbers.typecode != self.values.typecode:
            self._hold_floats()
            numbers = array(self.values.typecode, numbers)
        if self.stride == 1:
            self.values += numbers
        else:
            self._pending += numbers
            whole = len(self._pending) // (2 * self.stride) * 2 * self.stride
            self.values += _pairs(self._pending[:whole], 2 * self.stride)
            self._pending = self._pending[whole:]
        while len(self.values) > LIMIT:
            self._join()

    def _join(self) -> None:
        rest = len(self.values) % 4
        whole = len(self.values) - rest
        # Values that do not fill a pair wait, repeated for each point that they stand for.
        self._pending = array(self.values.typecode, _repeated(self.values[whole:], self.stride)) + self._pending
        self.values = _pairs(self.values[:whole], 4)
        self.stride *= 2
        self.revision += 1


def _repeated(values: Sequence[float], times: int) -> Iterator[float]:
    return (value for value in values for _ in range(times))


def _pairs(values: Numbers, size: int) -> Numbers:
    """The least and the greatest finite value of each group of `size`, in order of arrival."""
    joined = array(values.typecode)
    for place in range(0, len(values), size):
        part = values[place : place + size]
        least, greatest = min(part), max(part)
        if values.typecode in _FLOATS and not math.isfinite(sum(part)):
            finite = [value for value in part if math.isfinite(value)] or [math.nan]
            least, greatest = min(finite), max(finite)
            joined.extend((least, greatest) if finite.index(least) <= finite.index(greatest) else (greatest, least))
        elif part.index(least) <= part.index(greatest):
            joined.extend((least, greatest))
        else:
            joined.extend((greatest, least))
    return joined
