"""What a search asks, in which order, and what it makes of the replies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scantui.exceptions import (
    CommandError,
    IncompleteSearchError,
    NotAllowedError,
    TooManyScansError,
)
from scantui.matching import SearchCriteria
from scantui.models import FoundScans
from scantui.store.operations import search
from scantui.store.operations.index import SEARCH_SECONDS, SearchAbility, find_all
from scantui.store.operations.requests import ANSWER_SECONDS, Batch, Command, Request, Transaction
from tests.store.conversation import converse, ticking
from tests.store.script import (
    HISTORY,
    NEWEST,
    A,
    B,
    C,
    created,
    lifetimes,
)

PROBE = Command("FT.SEARCH", "esrf:scan:index", "*", "NOCONTENT", "LIMIT", 0, 0)


EVERYTHING = ("*",)


def asked(*query: str, limit: int = 1_000_000) -> Transaction:
    limits = ("NOCONTENT", "LIMIT", 0, limit, "TIMEOUT", 4000, "DIALECT", 2)
    return Transaction([NEWEST, Command("FT.SEARCH", "esrf:scan:index", *query, *limits)])


def able() -> SearchAbility:
    ability = SearchAbility()
    ability.available = True
    return ability


def search_for(ability: SearchAbility, *times: float, **criteria: Any) -> Any:
    return search.search_existing_scans(SearchCriteria.parse(criteria), ability, ticking(*(times or (0, 0) * 9)))


def test_search_and_timestamp_come_from_one_transaction_and_keys_oldest_first() -> None:
    reply = [[created("9-0", C)], [2, C.encode(), A.encode()]]
    found = converse(search_for(able()), (asked("*"), reply), (lifetimes(A, C), [-1, -1]))
    assert found == FoundScans("9-0", [A, C])


def test_a_literal_travels_as_a_parameter_and_a_number_as_a_range() -> None:
    query = ("@id_name:{$name} @id_number:[7 7]", "PARAMS", "2", "name", r"c:\\x*y")
    found = converse(search_for(able(), name=r"C:\x*y", number=7.0), (asked(*query), [[], [0]]))
    assert found == FoundScans("0-0", [])


@pytest.mark.parametrize("text", ["", " a", "a ", "a|b", "é", "a\tb", "a\0", "*a", "x" * 4097])
def test_what_the_index_cannot_be_trusted_with_is_asked_more_widely(text: str) -> None:
    converse(search_for(able(), name=text), (asked("*"), [[], [0]]))


def limits(field: str) -> Batch:
    return Batch(
        [
            Command("FT.CONFIG", "GET", "MAXPREFIXEXPANSIONS"),
            Command("FT.CONFIG", "GET", "MINPREFIX"),
            Command("FT.TAGVALS", "esrf:scan:index", f"id_{field}"),
        ]
    )


@pytest.mark.parametrize(
    ("tags", "shortest", "query"),
    [
        ([b"x"] * 199, b"2", ("@id_name:{$name*}", "PARAMS", "2", "name", "as")),
        ([b"x"] * 200, b"2", EVERYTHING),
        ([b"x"], b"3", EVERYTHING),
        (NotAllowedError("not allowed"), b"2", EVERYTHING),
    ],
)
def test_a_prefix_is_left_to_the_server_only_below_its_limits(tags: Any, shortest: bytes, query: tuple[str]) -> None:
    replies = [[[b"MAXPREFIXEXPANSIONS", b"200"]], [[b"MINPREFIX", shortest]], tags]
    converse(search_for(able(), name="as*"), (limits("name"), replies), (asked(*query), [[], [0]]))


def test_the_server_is_asked_once_whether_it_can_search() -> None:
    ability = SearchAbility()
    converse(search_for(ability), (PROBE, [0]), (asked("*"), [[], [0]]))
    converse(search_for(ability), (asked("*"), [[], [0]]))
    assert ability.reason == ""


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        (CommandError("unknown command 'FT.SEARCH'"), "no search module"),
        (CommandError("esrf:scan:index: no such index"), "no search index"),
        (CommandError("Unknown Index name"), "no search index"),
        (NotAllowedError("not allowed: NOPERM"), "may not search"),
    ],
)
def test_a_server_that_cannot_search_is_walked_through(refusal: Exception, reason: str) -> None:
    ability = SearchAbility()
    walk = ("SCAN", "MATCH", "esrf:scan:*", "COUNT", 1000)
    script: tuple[tuple[Any, Any], ...] = (
        (PROBE, refusal),
        (NEWEST, [created("5-0", A)]),
        (Command(walk[0], 0, *walk[1:]), [b"17", [C.encode(), b"esrf:scan:index:hash"]]),
        (Command(walk[0], 17, *walk[1:]), [b"0", [A.encode(), B.encode(), C.encode()]]),
        (Command("XRANGE", HISTORY, "(5-0", "+"), [created("6-0", B)]),
        (lifetimes(A, C), [-1, 5000]),
    )
    # B came after the timestamp: it is left to get_next_scan.
    assert converse(search_for(ability), *script) == FoundScans("5-0", [A])
    assert reason in ability.reason


def test_a_server_that_returns_fewer_results_is_asked_again_for_what_it_returns() -> None:
    refusal = CommandError("LIMIT exceeds maximum of 10")
    found = [[], [1, A.encode()]]
    converse(search_for(able()), (asked("*"), refusal), (asked("*", limit=10), found), (lifetimes(A), [-1]))
    with pytest.raises(CommandError, match="maximum of 0"):
        converse(search_for(able()), (asked("*"), CommandError("LIMIT exceeds maximum of 0")))


def part(clause: str, limit: int, name: str = "") -> Command:
    query = (f"@id_name:{{$name}} {clause}", "PARAMS", "2", "name", name) if name else (clause,)
    limits = ("NOCONTENT", "LIMIT", 0, limit, "TIMEOUT", 4000, "DIALECT", 2)
    return Command("FT.SEARCH", "esrf:scan:index", *query, *limits)


RANGES = ("[4294967296 (inf]", "[1048576 (4294967296]", "[65536 (1048576]", "[4096 (65536]", "[256 (4096]")


def test_of_more_than_the_server_returns_ranges_of_numbers_are_asked_for() -> None:
    ability = able()
    ability.most_results = 2
    query = ("@id_name:{$name}", "PARAMS", "2", "name", "a")
    found = converse(
        search_for(ability, *[0] * 30, name="a"),
        (asked(*query, limit=2), [[created("9-0", C)], [3, A.encode(), B.encode()]]),
        *((part(f"@id_number:{numbers}", 2, "a"), [0]) for numbers in RANGES),
        (part("@id_number:[0 (256]", 2, "a"), [3, A.encode(), B.encode()]),
        (part("@id_number:[128 (256]", 2, "a"), [1, C.encode()]),
        (part("@id_number:[0 (128]", 2, "a"), [1, B.encode()]),
        (part("@id_number:[-inf (0]", 2, "a"), [0]),
        (part("-@id_number:[-inf +inf]", 2, "a"), [1, A.encode()]),
        (lambda request: isinstance(request, Batch), [[b'[{"name":"a","number":1}]'] * 3]),
        (lifetimes(A, B, C), [-1, -1, -1]),
    )
    assert found == FoundScans("9-0", [A, B, C])


def test_too_many_scans_are_counted_and_not_read() -> None:
    ability = able()
    ability.most_results = 2
    with pytest.raises(TooManyScansError, match="21 scans match") as caught:
        converse(search_for(ability), (asked("*", limit=2), [[], [21, A.encode(), B.encode()]]))
    assert caught.value.total == 21


def is_timed(request: Request) -> bool:
    return isinstance(request, Transaction) and request.commands[0] == request.commands[2] == Command("TIME")


def test_a_search_that_took_all_its_time_is_not_trusted() -> None:
    found, began, ended = [[], [1, A.encode()]], [b"1800000000", b"0"], [b"1800000002", b"0"]
    with pytest.raises(IncompleteSearchError, match="4 s or more"):
        converse(search_for(able(), 5, 15), (asked("*"), found), (is_timed, [began, [1], ended]))
    with pytest.raises(IncompleteSearchError, match="gave up"):
        converse(search_for(able(), 5), (asked("*"), CommandError("Timeout limit was reached")))


def test_a_search_that_only_came_over_a_slow_link_is_trusted() -> None:
    found, began, ended = [[created("9-0", A)], [1, A.encode()]], [b"1800000000", b"0"], [b"1800000000", b"100000"]
    timed = (is_timed, [began, [1], ended])
    assert converse(search_for(able(), 5, 15), (asked("*"), found), timed, (lifetimes(A), [-1])) == ("9-0", [A])


def test_a_search_ends_before_its_connection_counts_as_lost() -> None:
    assert SEARCH_SECONDS < ANSWER_SECONDS


def test_candidates_that_do_not_match_or_cannot_be_read_are_left_out() -> None:
    def identity(name: object) -> bytes:
        return json.dumps({"$.id": [{"name": name, "number": 1}], "$.pk": ["P"]}).encode()

    together = Batch([Command("JSON.MGET", A, B, C, "$.id")])
    apart = Batch([Command("JSON.GET", key, "$.id", "$.pk") for key in (B, C)])
    script = (
        (asked("*"), [[], [3, A.encode(), B.encode(), C.encode()]]),
        (together, [[b'[{"name":"x*Y","number":1}]', b'[{"name":5,"number":1}]', None]]),
        (apart, [identity(5), CommandError("wrong type")]),
        (lifetimes(A), [-1]),
    )
    assert converse(search_for(able(), name="*X*y*"), *script).keys == [A]


def page(offset: int, is_first: bool = False) -> Any:
    limits = ("NOCONTENT", "LIMIT", offset, 3, "TIMEOUT", 4000, "DIALECT", 2)
    search = Command("FT.SEARCH", "esrf:scan:index", "*", *limits)
    return Transaction([NEWEST, search]) if is_first else search


@pytest.fixture
def far_away(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("_PAGE_KEYS", 3), ("_OVERLAP", 1)):
        monkeypatch.setattr(f"scantui.store.operations.index.{name}", value)


KEYS = [f"esrf:scan:{number:026}".encode() for number in range(6)]


def test_a_page_repeats_the_end_of_the_last_one(far_away: None) -> None:
    found = converse(
        find_all(able(), ticking(*(0.2 * tick for tick in range(30)))),
        (page(0, is_first=True), [[created("9-0", C)], [5, *KEYS[:3]]]),
        (page(2), [5, *KEYS[2:5]]),
    )
    assert found == FoundScans("9-0", [key.decode() for key in KEYS[:5]])


def test_what_moved_too_far_between_two_pages_is_asked_for_at_once(far_away: None) -> None:
    found = converse(
        find_all(able(), ticking(*(0.2 * tick for tick in range(30)))),
        (page(0, is_first=True), [[created("9-0", C)], [6, *KEYS[:3]]]),
        (page(2), [6, *KEYS[4:], KEYS[0]]),
        (asked("*"), [[created("9-0", C)], [6, *KEYS]]),
    )
    assert found == FoundScans("9-0", [key.decode() for key in KEYS])


def test_from_nearby_all_come_at_once(far_away: None) -> None:
    first = (page(0, is_first=True), [[], [4, *KEYS[:3]]])
    found = converse(find_all(able(), ticking(*[0] * 30)), first, (asked("*"), [[], [4, *KEYS[:4]]]))
    assert len(found.keys) == 4


def test_very_many_come_at_once_from_far_away_too(far_away: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scantui.store.operations.index._MOST_PAGED", 3)
    first = (page(0, is_first=True), [[], [4, *KEYS[:3]]])
    slow = ticking(*(0.2 * tick for tick in range(30)))
    found = converse(find_all(able(), slow), first, (asked("*"), [[], [4, *KEYS[:4]]]))
    assert len(found.keys) == 4
