"""Searching in a span of time: the answer of the server is whole, or none."""

from __future__ import annotations

from typing import Any

import pytest

from scantui.exceptions import CommandError, NotAllowedError
from scantui.matching import SearchCriteria
from scantui.models import SpanWanted
from scantui.store.operations.bounded_search import find_in_span
from scantui.store.operations.index import SearchAbility
from scantui.store.operations.requests import Command, Request
from tests.store.conversation import converse, ticking

OLD, NEW = (f"esrf:scan:01M7QDFKK36ESAK3BW5T1V748{last}" for last in "EF")
SPAN = SpanWanted(is_open=True)


def is_search(request: Request) -> bool:
    return isinstance(request, Command) and "FT.AGGREGATE" in request and "TIMEOUT" in request


def found(reply: Any, seconds: float = 1.0) -> list[str] | None:
    operation = find_in_span(SearchCriteria(), SPAN, SearchAbility(), ticking(0.0, seconds))
    return converse(operation, (lambda _: True, [2]), (is_search, reply))


def reply(count: int, *keys: str) -> list[Any]:
    return [1, [b"count", str(count).encode(), b"keys", [key.encode() for key in keys]]]


def test_the_keys_come_oldest_first() -> None:
    assert found(reply(3, NEW, OLD, "esrf:scan:index:hash")) == [OLD, NEW]


def test_nothing_found_is_an_answer() -> None:
    assert found([0]) == []


@pytest.mark.parametrize("refused", [CommandError("Error converting string"), NotAllowedError("no permission")])
def test_a_server_that_cannot_compare_is_no_error(refused: Exception) -> None:
    assert found(refused) is None


def test_an_answer_that_may_be_cut_is_none() -> None:
    assert found(reply(3, OLD, NEW)) is None
    assert found(reply(2, OLD, NEW), seconds=4.0) is None


def test_a_server_without_an_index_is_not_asked() -> None:
    ability = SearchAbility()
    ability.lost("the database has no search index")
    assert converse(find_in_span(SearchCriteria(), SPAN, ability, ticking(0.0))) is None
