"""What differs between two scans: identity, state and info, flattened by path; pure.

Rule 1: device keys hold object ids, which change at every run, so names are compared without them, as keys and values.
Rule 2: what differs between any two scans (numbers, keys, times, file names) is left out unless the caller wants all.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from scantui.models import Scan
from scantui.text import printable

# Fields of any two scans that differ without meaning anything, wherever they stand in info.
_MEANINGLESS = frozenset(
    (
        "start_time",
        "end_time",
        "startDate",
        "endDate",
        "scan_nb",
        "filename",
        "images_path",
        "file_path",
        "data_path",
        "pk",
    )
)
_MEANINGLESS_PATHS = frozenset(("identity.number", "identity.path", "images_path"))
_SCAN_KEY = re.compile(r"[a-z0-9_]+:(?:scan|stream):[0-9A-Z]{26}")
# BLISS writes <id of an object>:<name>; where `devices` does not list it, a long number gives it away.
_OBJECT_ID = re.compile(r"[0-9]{6,}:(?=.)")
_NUMBERED_NAME = re.compile(r"_?[0-9]+_(?=.)")
_UNORDERED = frozenset({"scan_meta_categories"})
_EQUAL_WITHIN = 1e-6
_FIRST = ("identity", "state", "title", "end_reason", "positioners", "count_time", "npoints", "channels")
_MISSING = object()


class Difference(msgspec.Struct, frozen=True):
    """A value that differs; `a` or `b` is None where the scan does not have it."""

    path: str
    a: Any
    b: Any

    @property
    def change(self) -> str:
        """`+0.15` for numbers, `fluo new` or `fluo gone` for lists of names; empty for anything else."""
        if _is_number(self.a) and _is_number(self.b):
            return f"{self.b - self.a:+.6g}"
        if isinstance(self.a, list) and isinstance(self.b, list):
            before, after = (_without_ids(items, frozenset()) for items in (self.a, self.b))
            new = [f"{item} new" for item in after if item not in before]
            gone = [f"{item} gone" for item in before if item not in after]
            return printable(", ".join(new + gone), 200)
        return ""


class Comparison(msgspec.Struct, frozen=True):
    """Two scans by their keys, what differs, how many values are equal and how many were left out."""

    a: str
    b: str
    changed: tuple[Difference, ...]
    equal: int
    ignored: int


class _Leaf(NamedTuple):
    """A value as it stands in the document, and as it is compared."""

    raw: Any
    compared: Any


def compare(a: Scan, b: Scan, everything: bool = False) -> Comparison:
    """Compare two scans; with `everything` also what differs between any two."""
    left, right = _leaves_of(a), _leaves_of(b)
    changed, equal, ignored = [], 0, 0
    nothing = _Leaf(None, _MISSING)
    for path in [*left, *(path for path in right if path not in left)]:
        one, other = left.get(path, nothing), right.get(path, nothing)
        if not everything and _is_meaningless(path, one.raw, other.raw):
            ignored += 1
        elif _equal(one.compared, other.compared):
            equal += 1
        else:
            changed.append(Difference(path, one.raw, other.raw))
    changed.sort(key=lambda difference: _rank(difference.path))
    return Comparison(a.key, b.key, tuple(changed), equal, ignored)


def _leaves_of(scan: Scan) -> dict[str, _Leaf]:
    devices = scan.info.get("devices")
    known = frozenset(devices) if isinstance(devices, Mapping) else frozenset()
    identity = {f"identity.{field}": value for field, value in msgspec.structs.asdict(scan.identity).items()}
    leaves = {path: _Leaf(value, value) for path, value in identity.items() if value is not None}
    leaves["state"] = _Leaf(scan.state.name, scan.state.name)
    for path, value in _flattened(scan.info, known):
        compared = _without_ids(value, known) if isinstance(value, (str, list)) else value
        if isinstance(value, list) and _is_unordered(path, value, known):
            compared = sorted(compared)
        if path == "name" and isinstance(compared, str):
            compared = _NUMBERED_NAME.sub("", compared, count=1)
        # Two keys may look the same once their ids are gone, or one of them may look like a path.
        name, count = path, 1
        while name in leaves:
            count += 1
            name = f"{path}#{count}"
        leaves[name] = _Leaf(value, compared)
    return leaves


def _flattened(info: Mapping[str, Any], devices: frozenset[str]) -> Iterator[tuple[str, Any]]:
    """Every value in its order, with its dotted path; a list of plain values is one value."""
    waiting: list[tuple[str, Any]] = [("", info)]
    while waiting:
        path, value = waiting.pop()
        # Documents are JSON: to ask for a dict is much quicker than to ask for a mapping.
        inner = _children(value) if isinstance(value, (dict, list)) else ()
        if not inner and path:
            yield path, value
        before = f"{path}." if path else ""
        waiting += [(before + _name(key, devices), child) for key, child in reversed(inner)]


def _children(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [(str(key), child) for key, child in value.items()]
    if any(isinstance(item, (dict, list)) for item in value):
        return [(str(index), item) for index, item in enumerate(value)]
    return []


def _name(text: str, devices: frozenset[str]) -> str:
    if text in devices:
        return text.partition(":")[2] or text
    return _OBJECT_ID.sub("", text) if ":" in text and _OBJECT_ID.match(text) else text


def _without_ids(value: Any, devices: frozenset[str]) -> Any:
    if isinstance(value, str):
        return _name(value, devices)
    return [_without_ids(item, devices) for item in value] if isinstance(value, list) else value


def _is_unordered(path: str, value: list[Any], devices: frozenset[str]) -> bool:
    """Whether BLISS makes this list from a set, so that its order changes from run to run."""
    if not all(isinstance(item, str) for item in value):
        return False
    return path in _UNORDERED or all(item in devices or _OBJECT_ID.match(item) for item in value)


def _is_meaningless(path: str, *values: Any) -> bool:
    if path in _MEANINGLESS_PATHS or path.rpartition(".")[2] in _MEANINGLESS:
        return True
    return all(isinstance(value, str) and ":" in value and _SCAN_KEY.fullmatch(value) for value in values)


def _equal(a: Any, b: Any) -> bool:
    if _is_number(a) and _is_number(b):
        return a == b or (a != a and b != b) or _is_close(a, b)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_equal, a, b))
    if (a is None or a is _MISSING) and (b is None or b is _MISSING):
        return True
    return type(a) is type(b) and bool(a == b)


def _is_close(a: float, b: float) -> bool:
    try:
        return math.isclose(a, b, rel_tol=_EQUAL_WITHIN)
    except OverflowError:  # an integer that no float can hold
        return False


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _rank(path: str) -> int:
    head = path.partition(".")[0]
    return _FIRST.index(head) if head in _FIRST else len(_FIRST)
