"""Drives an operation by a script: each request must be the one expected, and is answered with the reply given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scantui.exceptions import StoreError
from scantui.store.operations.requests import Batch, Operation, Request, Result

# What is expected of a request: the request itself, or what must be true of it.
Expected = Request | Callable[[Any], bool]


def converse(operation: Operation[Result], *script: tuple[Expected, Any]) -> Result:
    """Return what the operation returns, or raise what it raises; a reply that is an error is thrown into it."""
    remaining = list(script)
    try:
        request = next(operation)
        while remaining:
            expected, reply = remaining.pop(0)
            fits = expected(request) if callable(expected) else request == expected or _is_bounded(request, expected)
            assert fits, f"asked for {request}, expected {expected}"
            request = operation.throw(reply) if isinstance(reply, Exception) else operation.send(reply)
    except StopIteration as finished:
        assert not remaining, f"finished without asking for {remaining}"
        result: Result = finished.value
        return result
    except StoreError:
        assert not remaining, f"failed without asking for {remaining}"
        raise
    operation.close()
    raise AssertionError(f"asked for more than the script has: {request}")


def _is_bounded(request: Request, expected: Request) -> bool:
    """Whether what is requested is what was expected, with a limit that the script leaves open."""
    return isinstance(request, Batch) and isinstance(expected, Batch) and request.commands == expected.commands


def ticking(*times: float) -> Callable[[], float]:
    """A clock that shows these times one after the other."""
    return iter(times).__next__
