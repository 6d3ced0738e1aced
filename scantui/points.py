"""Points of data streams as the store hands them out: frozen values over flat arrays, without numpy.

Rule: a value here is a snapshot, in the byte order of this computer. `numpy.asarray(points)` shares its memory.
"""

from __future__ import annotations

import math
import sys
from typing import Any

import msgspec

NATIVE = "<" if sys.byteorder == "little" else ">"


class Points(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Points of one data stream, from index `start` on.

    `values` holds the numbers of all points, flat and in C order: an array.array (bool as 0 and 1, float16 widened to
    float32, a complex number as its real and its imaginary part), for a json stream a tuple with a value a point.
    `shape` is the shape of one point, () for a scalar, and `dtype` the numpy type string in native byte order, "" for
    json. Where a stream's points have a free length and these differ, `shapes` has the shape of each and `shape`
    keeps its -1. `lost` counts points that were requested but had been trimmed before `start`. `sealed` means that
    the stream ends after these points.

    len(points) is their number. numpy.asarray(points) has the shape (number, *shape) and shares the memory of a
    numeric stream; it is not to be had for json, nor where lengths differ. `tolist()` works for all.
    """

    name: str
    start: int
    values: Any
    shape: tuple[int, ...] = ()
    dtype: str = ""
    shapes: tuple[tuple[int, ...], ...] = ()
    lost: int = 0
    sealed: bool = False
    # What numpy sees where it is not `values` itself: halves as they came.
    raw: Any = None

    @property
    def kind(self) -> str:
        """What the stream holds: "numeric" or "json"."""
        return "numeric" if self.dtype else "json"

    @property
    def stop(self) -> int:
        """The index after the last of these points."""
        return self.start + len(self)

    def __len__(self) -> int:
        if self.shapes:
            return len(self.shapes)
        if not self.dtype:
            return len(self.values)
        size = math.prod(self.shape) * self._parts
        return len(self.values) // size if size > 0 else 0

    @property
    def _parts(self) -> int:
        """How many numbers of `values` make one number of the stream."""
        return 2 if self.dtype[1:2] == "c" else 1

    @property
    def __array_interface__(self) -> dict[str, Any]:
        """What numpy reads to share the memory; AttributeError where these points are not an array."""
        if not self.dtype or self.shapes or -1 in self.shape:
            raise AttributeError("these points do not all have one shape: use tolist()")
        memory = self.values if self.raw is None else self.raw
        return {
            "version": 3,
            "typestr": self.dtype,
            "shape": (len(self), *self.shape),
            # numpy needs an address even where there is nothing, and before version 2.3 none that is null.
            "data": memory if len(memory) else b"\0",
        }

    def tolist(self) -> list[Any]:
        """The points as a list, each a number or nested lists in its shape; booleans and complex numbers as such."""
        if not self.dtype:
            return list(self.values)
        numbers: list[Any] = self.values.tolist()
        if self.dtype[1] == "c":
            numbers = [complex(real, imaginary) for real, imaginary in zip(numbers[::2], numbers[1::2], strict=True)]
        elif self.dtype[1] == "b":
            numbers = [bool(number) for number in numbers]
        points, place = [], 0
        for shape in self.shapes or (self.shape,) * len(self):
            size = math.prod(shape)
            points.append(_nested(numbers[place : place + size], shape))
            place += size
        return points


class FrameStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How far a detector is: `count` frames taken, `saved` of them to files, None where that is unknown.

    `files` are the paths of the files that hold saved frames, in their order; the last one may still grow.
    """

    count: int
    saved: int | None = None
    files: tuple[str, ...] = ()


def _nested(numbers: list[Any], shape: tuple[int, ...]) -> Any:
    if not shape:
        return numbers[0]
    if len(shape) == 1:
        return numbers
    size = math.prod(shape[1:])
    return [_nested(numbers[place * size : (place + 1) * size], shape[1:]) for place in range(shape[0])]
