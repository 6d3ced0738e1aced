"""Counting by the index: two round trips whatever the number of scans, and no answer rather than a wrong one."""

from __future__ import annotations

from typing import Any

import pytest

from scantui.exceptions import CommandError, NotAllowedError
from scantui.matching import NumberSpans
from scantui.store.operations.index import SearchAbility
from scantui.store.operations.requests import Request, Transaction
from scantui.store.operations.tally import tally
from tests.store.conversation import converse, ticking

MILLION = 1_000_000
OVER_A_HUNDRED = NumberSpans(((100.0, float("inf"), True),))


def group(count: int, name: str | None = "ascan", whole: bool = True) -> list[Any]:
    value = None if name is None else name.encode()
    return [b"name", value, b"is_whole", b"1" if whole else b"0", b"count", str(count).encode()]


def is_count(request: Request) -> bool:
    return isinstance(request, Transaction) and all("TIMEOUT" in command for command in request.commands)


def counted(
    *groups: list[Any], odd: int = 0, hits: int = MILLION, seconds: float = 1.0
) -> list[tuple[str, int]] | None:
    operation = tally((), [OVER_A_HUNDRED], SearchAbility(), ticking(0.0, seconds))
    found = converse(operation, (lambda _: True, [MILLION]), (is_count, [[odd], [hits], [len(groups), *groups]]))
    return None if found is None else [(each.identity.name, each.scans) for each in found]


def test_a_million_scans_are_counted_in_two_round_trips() -> None:
    assert counted(group(MILLION - 1), group(1, "dscan")) == [("ascan", MILLION - 1), ("dscan", 1)]


@pytest.mark.parametrize(
    "given",
    [
        {"odd": 1},
        {"hits": MILLION + 1},
        {"seconds": 4.0},
    ],
)
def test_an_answer_that_may_be_wrong_is_none(given: dict[str, Any]) -> None:
    assert counted(group(MILLION), **given) is None


@pytest.mark.parametrize("odd", [group(1, None), group(1, whole=False), group(1, '["ascan"]')])
def test_scans_with_an_odd_identity_are_not_counted(odd: list[Any]) -> None:
    assert counted(group(MILLION - 1), odd) is None


@pytest.mark.parametrize("refused", [CommandError("unknown command"), NotAllowedError("no permission")])
def test_a_server_that_does_not_count_is_no_error(refused: Exception) -> None:
    assert (
        converse(tally((), (), SearchAbility(), ticking(0.0)), (lambda _: True, [MILLION]), (is_count, refused)) is None
    )


def test_a_server_that_cannot_search_is_not_asked() -> None:
    ability = SearchAbility()
    ability.lost("no search module")
    assert converse(tally((), (), ability, ticking())) is None
