"""The JSON paths that operations ask for, as RedisJSON answers them; pure."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any, NamedTuple

# A name, all children, some children by their names, or a slice of a list.
_STEP = re.compile(r"\.(\w+)|(\.\*)|\[(\"(?:[^\"\\]|\\.)*\"(?:,\"(?:[^\"\\]|\\.)*\")*)\]|\[(\d+):(\d+)\]")


class _Step(NamedTuple):
    """All children, some by their names, or a part of a list."""

    names: tuple[str, ...] = ()
    is_every: bool = False
    part: slice | None = None


def values_at(document: Any, path: str) -> list[Any]:
    """All values at a path that begins with `$`."""
    values = [document]
    for step in _steps_of(path):
        values = [child for value in values for child in _children(value, step)]
    return values


@lru_cache(1024)
def _steps_of(path: str) -> list[_Step]:
    assert path.startswith("$"), path
    steps, place = [], 1
    while place < len(path):
        found = _STEP.match(path, place)
        assert found, path
        place = found.end()
        name, every, names, start, stop = found.groups()
        if start is not None:
            steps.append(_Step(part=slice(int(start), int(stop))))
        elif every:
            steps.append(_Step(is_every=True))
        else:
            steps.append(_Step((name,) if name is not None else tuple(json.loads(f"[{names}]"))))
    return steps


def _children(value: Any, step: _Step) -> list[Any]:
    if step.part is not None:
        return value[step.part] if isinstance(value, list) else []
    if step.is_every:
        return list(value.values()) if isinstance(value, dict) else list(value) if isinstance(value, list) else []
    if not isinstance(value, dict):
        return []
    return [value[each] for each in step.names if each in value]
