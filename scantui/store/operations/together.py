"""Takes operations to their ends side by side, so that each of their steps is one round trip for all of them.

Rule: each operation ends alone, with its result or its error, unless the connection fails: that ends them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scantui.exceptions import GarbledError, StoreError, TooLargeError
from scantui.store.operations.requests import Batch, Command, Operation, Turn


def together(operations: Sequence[Operation[Any]]) -> Operation[list[Any]]:
    """Return the results of operations in their order, an error in place of each that raised a StoreError.

    The operations may only read: they request single commands and batches, and nothing that makes the server wait.
    Batches of a limited size are sent one by one.
    """
    results: dict[int, Any] = {}
    asked: dict[int, Command | Batch] = {}
    try:
        for place in range(len(operations)):
            _advance(operations, place, None, results, asked)
        while asked:
            step, asked = asked, {}
            shared = [request for request in step.values() if not _is_bounded(request)]
            commands = [command for request in shared for command in _commands(request)]
            rest = iter((yield Batch(commands)) if commands else [])
            for place, request in step.items():
                if _is_bounded(request):
                    # Another connection is needed when it brings too much.
                    try:
                        reply = yield request
                    except TooLargeError as error:
                        reply = error
                else:
                    replies = [next(rest) for _ in _commands(request)]
                    reply = replies if isinstance(request, Batch) else replies[0]
                _advance(operations, place, reply, results, asked)
    finally:
        for operation in operations:
            operation.close()
    return [results[place] for place in range(len(operations))]


def _is_bounded(request: Command | Batch) -> bool:
    return isinstance(request, Batch) and bool(request.most)


def _commands(request: Command | Batch) -> Sequence[Command]:
    return request.commands if isinstance(request, Batch) else [request]


def _advance(
    operations: Sequence[Operation[Any]], place: int, reply: Any, results: dict[int, Any], asked: dict[int, Any]
) -> None:
    """Hand an operation its reply, and note what it asks next or how it ended."""
    operation = operations[place]
    try:
        request = operation.throw(reply) if isinstance(reply, StoreError) else operation.send(reply)
        while isinstance(request, Turn) or (isinstance(request, Batch) and not request.commands):
            request = operation.send(None if isinstance(request, Turn) else [])
    except StopIteration as finished:
        results[place] = finished.value
    except GarbledError:
        # What else comes over the connection may belong to other requests.
        raise
    except StoreError as error:
        results[place] = error
    else:
        asked[place] = request
