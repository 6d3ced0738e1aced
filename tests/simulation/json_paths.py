"""The JSON paths that operations ask for, as RedisJSON answers them; pure."""

from __future__ import annotations

import json
import re
from typing import Any

# A name, all children, some children by their names, or a slice of a list.
_STEP = re.compile(r"\.(\w+)|(\.\*)|\[(\"(?:[^\"\\]|\\.)*\"(?:,\"(?:[^\"\\]|\\.)*\")*)\]|\[(\d+):(\d+)\]")


def values_at(document: Any, path: str) -> list[Any]:
    """All values at a path that begins with `$`."""
    assert path.startswith("$"), path
    values, place = [document], 1
    while place < len(path):
        step = _STEP.match(path, place)
        assert step, path
        place = step.end()
        values = [child for value in values for child in _children(value, step)]
    return values


def _children(value: Any, step: re.Match[str]) -> list[Any]:
    name, every, names, start, stop = step.groups()
    if start is not None:
        return value[int(start) : int(stop)] if isinstance(value, list) else []
    if every:
        return list(value.values()) if isinstance(value, dict) else list(value) if isinstance(value, list) else []
    if not isinstance(value, dict):
        return []
    wanted = [name] if name is not None else json.loads(f"[{names}]")
    return [value[each] for each in wanted if each in value]
