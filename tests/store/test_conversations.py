"""Operations as conversations: what each asks of Redis, in which order, and what it makes of the replies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scantui.exceptions import (
    CommandError,
    ConflictError,
    ConnectionFailed,
    DatabaseNotEmptyError,
    IncompleteSearchError,
    LoginError,
    MissingModuleError,
    NoAnswerError,
    NoScanAvailable,
    NotAllowedError,
    NotInitialisedError,
    OutcomeUnknown,
    ScanNotClosedError,
    ScanNotFoundError,
    ScanValidationError,
    ServerBusyError,
    UnauthorizedStateTransition,
    UnreachableError,
    UsageError,
)
from scantui.matching import SearchCriteria
from scantui.models import FoundScans, ScanRef, ScanState
from scantui.store.operations import load, search, setup, write
from scantui.store.operations.requests import ANSWER_SECONDS, Batch, Command, Request, Transaction, Watch
from scantui.store.operations.search import SearchAbility
from tests.store.conversation import converse, ticking

HISTORY = "_SCAN_HISTORY_"
A, B, C = (f"esrf:scan:01JBXVGZM0G32HDSZJXS6MSE{end}" for end in ("S1", "S2", "S3"))
PATHS = ("$", "$.pk")


def created(timetag: str, key: str) -> list[Any]:
    return [timetag.encode(), [b"key", key.encode()]]


def heard(*entries: list[Any]) -> list[Any]:
    return [[HISTORY.encode(), list(entries)]]


def awaited(after: str, milliseconds: int = 0, count: int = 1) -> Command:
    block = ("BLOCK", milliseconds) if milliseconds else ()
    return Command("XREAD", *block, "COUNT", count, "STREAMS", HISTORY, after)


def lifetime(key: str) -> Command:
    return Command("PTTL", key)


def lifetimes(*keys: str) -> Batch:
    return Batch([Command("PTTL", key) for key in keys])


def last_state(stream: str) -> Command:
    return Command("XREVRANGE", f"esrf:stream:{stream}", "+", "-", "COUNT", 1)


def in_state(state: ScanState) -> list[Any]:
    return [[b"7-0", [b"state", str(state.value).encode()]]]


def document(**changes: Any) -> dict[str, Any]:
    return {
        "pk": "P",
        "id": {"name": "ascan", "number": 1, "data_policy": "None"},
        "info": {},
        "state_stream": {"pk": "STATE"},
        "data_streams": {},
        **changes,
    }


def stored(raw: dict[str, Any]) -> bytes:
    return json.dumps({"$": [raw], "$.pk": ["P"]}).encode()


NEWEST = Command("XREVRANGE", HISTORY, "+", "-", "COUNT", 1)


# Waiting for the next scan


def test_waiting_from_now_starts_at_the_last_id_and_never_at_a_dollar() -> None:
    operation = load.get_next_scan(None, True, 0, ticking())
    script = (
        (NEWEST, [created("5-1", A)]),
        (awaited("5-1", 2000), None),
        (awaited("5-1", 2000), heard(created("6-0", B))),
        (lifetime(B), -1),
    )
    assert converse(operation, *script) == ScanRef("6-0", B)


def test_waiting_from_now_in_an_empty_history_starts_at_its_beginning() -> None:
    operation = load.get_next_scan(None, True, 0, ticking())
    first = heard(created("1-0", A))
    found = converse(operation, (NEWEST, []), (awaited("0-0", 2000), first), (lifetime(A), 600_000))
    assert found == ScanRef("1-0", A)


def test_a_timeout_is_waited_for_in_slices_and_ends_with_one_more_look() -> None:
    operation = load.get_next_scan("1-0", True, 3, ticking(100, 100, 102, 103))
    with pytest.raises(NoScanAvailable, match="within 3 s"):
        converse(operation, (awaited("1-0", 2000), None), (awaited("1-0", 1000), None), (awaited("1-0"), None))


def test_the_shortest_timeout_does_not_block_for_ever() -> None:
    operation = load.get_next_scan("1-0", True, 0.0005, ticking(0, 0, 1))
    with pytest.raises(NoScanAvailable):
        converse(operation, (awaited("1-0", 1), None), (awaited("1-0"), None))


def test_without_block_the_answer_comes_at_once() -> None:
    with pytest.raises(NoScanAvailable, match="after 1-0"):
        converse(load.get_next_scan("1-0", False, 10, ticking()), (awaited("1-0"), None))


def test_deleted_scans_and_entries_that_name_no_scan_are_passed_over() -> None:
    operation = load.get_next_scan("1-0", False, 0, ticking())
    script = (
        (awaited("1-0"), heard(created("2-0", A))),
        (lifetime(A), -2),
        (awaited("2-0", count=16), heard(created("3-0", "esrf:scan:index:hash"), created("4-0", B))),
        (lifetime(B), 10_499),
        (awaited("4-0", count=16), heard(created("5-0", A), created("6-0", C))),
        (lifetimes(A, C), [10_499, 10_500]),
    )
    assert converse(operation, *script) == ScanRef("6-0", C)


@pytest.mark.parametrize("since", ["$", "", "now", "1-2-3", "-1", "1-", "99999999999999999999-0", 5])
def test_a_timestamp_that_is_none_is_refused_without_a_request(since: Any) -> None:
    with pytest.raises(UsageError, match="not a timestamp"):
        converse(load.get_next_scan(since, True, 0, ticking()))


@pytest.mark.parametrize("timeout", [-1, float("nan")])
def test_a_timeout_that_is_none_is_refused_without_a_request(timeout: float) -> None:
    with pytest.raises(UsageError, match="timeout"):
        converse(load.get_next_scan("1-0", True, timeout, ticking()))


# The last scan


def pages(before: str, count: int = 16) -> Command:
    return Command("XREVRANGE", HISTORY, before, "-", "COUNT", count)


def test_the_last_scan_is_the_newest_that_was_not_deleted() -> None:
    gone = [created(f"{time}-0", A) for time in range(36, 20, -1)]
    script = (
        (pages("+", 1), [created("37-0", A)]),
        (lifetime(A), 9000),
        (pages("36-18446744073709551615"), gone),
        (lifetimes(*[A] * 16), [-2] * 16),
        (pages("20-18446744073709551615"), [created("20-3", B), created("20-2", C)]),
        (lifetimes(B, C), [9000, -1]),
    )
    assert converse(load.get_last_scan(), *script) == ScanRef("20-2", C)


def test_there_is_no_last_scan_in_an_empty_history() -> None:
    with pytest.raises(NoScanAvailable):
        converse(load.get_last_scan(), (pages("+", 1), []))


# Loading


def readings(key: str) -> Batch:
    return Batch([Command("PTTL", key), Command("JSON.GET", key, *PATHS)])


def reread(key: str) -> Batch:
    return Batch([Command("JSON.GET", key, *PATHS)])


@pytest.mark.parametrize("state", [ScanState.PREPARED, ScanState.STARTED, ScanState.STOPPED, ScanState.CLOSED])
def test_a_document_that_may_be_older_than_its_state_is_read_again(state: ScanState) -> None:
    newer = document(info={"title": "new", "end_reason": "SUCCESS"})
    script = (
        (readings(A), [-1, stored(document())]),
        (Batch([last_state("STATE")]), [in_state(state)]),
        (reread(A), [stored(newer)]),
    )
    scan = converse(load.load_scan(A), *script)
    assert (scan.state, scan.state_id, scan.info) == (state, "7-0", newer["info"])


@pytest.mark.parametrize(
    ("state", "info"),
    [(ScanState.CREATED, {}), (ScanState.CLOSED, {"end_reason": "x"}), (ScanState.CLOSED, {"exit_status": "ok"})],
)
def test_a_document_that_says_all_is_read_once(state: ScanState, info: dict[str, str]) -> None:
    script = (
        (readings(A), [-1, stored(document(info=info))]),
        (Batch([last_state("STATE")]), [in_state(state)]),
    )
    assert converse(load.load_scan(A), *script).info == info


def test_many_scans_take_three_round_trips_and_each_has_its_own_error() -> None:
    batch = Batch([command for key in (A, B, C) for command in readings(key).commands])
    script = (
        (batch, [-1, stored(document()), -2, None, -1, CommandError("wrong Redis type")]),
        (Batch([last_state("STATE")]), [in_state(ScanState.STARTED)]),
        (reread(A), [stored(document())]),
    )
    scan, gone, foreign, nonsense = converse(load.load_scans([A, B, C, "x"]), *script)
    assert getattr(scan, "key", None) == A
    assert [type(error) for error in (gone, foreign, nonsense)] == [
        ScanNotFoundError,
        ScanValidationError,
        ScanNotFoundError,
    ]
    assert [key in str(error) for key, error in ((B, gone), (C, foreign), ("x", nonsense))] == [True] * 3


def test_no_keys_take_no_request() -> None:
    assert converse(load.load_scans([])) == []
    assert converse(load.get_scans_state(["nonsense"]))[0].__class__ is ScanNotFoundError


# Searching

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
    many = [[], [11, *[A.encode()] * 10]]
    with pytest.raises(IncompleteSearchError, match="11 scans match"):
        converse(search_for(able()), (asked("*"), refusal), (asked("*", limit=10), many))
    with pytest.raises(CommandError, match="maximum of 0"):
        converse(search_for(able()), (asked("*"), CommandError("LIMIT exceeds maximum of 0")))


def test_a_search_that_took_all_its_time_is_not_trusted() -> None:
    with pytest.raises(IncompleteSearchError, match="4 s or more"):
        converse(search_for(able(), 5, 15), (asked("*"), [[], [1, A.encode()]]))
    with pytest.raises(IncompleteSearchError, match="gave up"):
        converse(search_for(able(), 5), (asked("*"), CommandError("Timeout limit was reached")))


def test_a_search_ends_before_its_connection_counts_as_lost() -> None:
    assert search.SEARCH_SECONDS < ANSWER_SECONDS


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


# Changing a scan


def watched(current: dict[str, Any], state: ScanState) -> tuple[tuple[Request, Any], ...]:
    return (
        (Watch([A]), None),
        (Command("PTTL", A), -1),
        (Command("JSON.GET", A, *PATHS), stored(current)),
        (last_state("STATE"), in_state(state)),
    )


def written(current: dict[str, Any], state: ScanState) -> Transaction:
    return Transaction(
        [
            Command("JSON.SET", A, ".", json.dumps(current)),
            Command("XADD", "esrf:stream:STATE", "*", "state", state.value),
        ]
    )


def test_a_scan_is_created_whole_in_one_transaction() -> None:
    def is_creation(request: Any) -> bool:
        put, announced, state = request.commands
        key, scan = put[1], json.loads(put[3])
        assert put[:3] == ("JSON.SET", key, ".")
        assert list(scan) == ["pk", "id", "info", "state_stream", "data_streams"]
        assert list(scan["id"])[:4] == ["pk", "name", "number", "data_policy"]
        assert scan["id"]["path"] is None
        assert (key, scan["state_stream"]["encoding"]) == (f"esrf:scan:{scan['pk']}", None)
        assert scan["id"]["pk"] < scan["state_stream"]["pk"] < scan["pk"]
        assert announced == ("XADD", HISTORY, "MAXLEN", "~", 2048, "*", "key", key)
        assert state == ("XADD", f"esrf:stream:{scan['state_stream']['pk']}", "*", "state", 0)
        return isinstance(request, Transaction)

    identity = {"name": "ascan", "number": 1, "data_policy": "None"}
    scan = converse(write.create_scan(identity, {"a": 1}, 1.7e9), (is_creation, [b"OK", b"8-0", b"9-0"]))
    assert (scan.state, scan.state_id, scan.info, scan.name) == (ScanState.CREATED, "9-0", {"a": 1}, "ascan")


def test_streams_are_sealed_before_the_scan_is_stopped() -> None:
    current = document(data_streams={"x": {"pk": "X"}, "y": {"pk": "Y"}}, foreign=[1])
    script = (
        *watched(current, ScanState.STARTED),
        (Command("FCALL", "seal_stream", 1, "esrf:stream:X"), 5),
        (Command("FCALL", "seal_stream", 1, "esrf:stream:Y"), CommandError("esrf:stream:Y is already sealed.")),
        (written(current, ScanState.STOPPED), [b"OK", b"8-0"]),
    )
    scan = converse(write.advance_scan(A, ScanState.STOPPED), *script)
    assert (scan.state, scan.state_id) == (ScanState.STOPPED, "8-0")


def test_a_change_in_between_is_started_from_again() -> None:
    ours, theirs = document(info={"a": 1}), document(info={"a": 2, "b": 3})
    script = (
        *watched(ours, ScanState.CREATED),
        (written({**ours, "info": {"a": 1, "c": 4}}, ScanState.PREPARED), ConflictError("changed")),
        *watched(theirs, ScanState.CREATED),
        (written({**theirs, "info": {"a": 2, "b": 3, "c": 4}}, ScanState.PREPARED), [b"OK", b"8-0"]),
    )
    assert converse(write.advance_scan(A, 1, {"c": 4}), *script).info == {"a": 2, "b": 3, "c": 4}


def test_a_step_that_somebody_else_took_meanwhile_is_refused() -> None:
    script = (
        *watched(document(), ScanState.CREATED),
        (written(document(), ScanState.PREPARED), ConflictError("changed")),
        *watched(document(), ScanState.PREPARED),
    )
    with pytest.raises(UnauthorizedStateTransition, match="from PREPARED to PREPARED"):
        converse(write.advance_scan(A, ScanState.PREPARED), *script)


def test_a_scan_that_keeps_changing_is_left_alone() -> None:
    attempt = (
        *watched(document(), ScanState.CREATED),
        (written(document(), ScanState.PREPARED), ConflictError("changed")),
    )
    with pytest.raises(ConflictError, match=A):
        converse(write.advance_scan(A, ScanState.PREPARED), *attempt * 5)


@pytest.mark.parametrize("wanted", [9, -1, "PREPARED", None])
def test_a_state_that_is_none_is_refused_without_a_request(wanted: Any) -> None:
    with pytest.raises(UsageError, match="not a scan state"):
        converse(write.advance_scan(A, wanted))


def test_a_document_that_makes_no_sense_is_refused_before_anything_is_written() -> None:
    with pytest.raises(ScanValidationError, match="data_streams"):
        converse(write.advance_scan(A, 1), *watched(document(data_streams=[1]), ScanState.CREATED))


# Answers that are lost


LOST = ConnectionFailed("the connection was closed")


def arriving(stream: str, after: str) -> Command:
    return Command("XREAD", "BLOCK", 500, "STREAMS", f"esrf:stream:{stream}", after)


def stepping(raw: dict[str, Any], failure: Exception) -> tuple[Any, ...]:
    return (
        *watched(raw, ScanState.CREATED),
        (written(raw, ScanState.PREPARED), failure),
    )


def arrived(stream: str, *states: int) -> list[Any]:
    return [[f"esrf:stream:{stream}".encode(), [[f"{8 + at}-0", [b"state", b"%d" % s]] for at, s in enumerate(states)]]]


@pytest.mark.parametrize("states", [(1,), (1, 2), (1, 4)])
def test_a_step_whose_answer_was_lost_counts_when_it_is_found(states: tuple[int, ...]) -> None:
    script = (
        *stepping(document(), LOST),
        (arriving("STATE", "7-0"), arrived("STATE", *states)),
        (Command("JSON.GET", A, *PATHS), stored(document())),
    )
    scan = converse(write.advance_scan(A, ScanState.PREPARED), *script)
    assert (scan.state, scan.state_id) == (ScanState.PREPARED, "8-0")


def test_a_step_that_somebody_took_otherwise_is_neither_ours_nor_surely_not() -> None:
    script = (
        *stepping(document(), LOST),
        (arriving("STATE", "7-0"), arrived("STATE", 1)),
        (Command("JSON.GET", A, *PATHS), stored(document(info={"by": "another"}))),
    )
    with pytest.raises(OutcomeUnknown, match="or by somebody else"):
        converse(write.advance_scan(A, ScanState.PREPARED), *script)


@pytest.mark.parametrize("found", [None, arrived("STATE", 4)])
def test_a_step_that_is_not_found_was_not_taken(found: Any) -> None:
    with pytest.raises(ConnectionFailed, match="nothing was changed") as failure:
        converse(
            write.advance_scan(A, ScanState.PREPARED), *stepping(document(), LOST), (arriving("STATE", "7-0"), found)
        )
    assert not isinstance(failure.value, OutcomeUnknown)


def test_what_a_silent_server_may_still_do_is_not_denied() -> None:
    script = (*stepping(document(), NoAnswerError("silent")), (arriving("STATE", "7-0"), None))
    with pytest.raises(OutcomeUnknown, match="may still"):
        converse(write.advance_scan(A, ScanState.PREPARED), *script)


def test_who_cannot_look_knows_nothing() -> None:
    with pytest.raises(OutcomeUnknown, match="nobody knows"):
        converse(
            write.advance_scan(A, ScanState.PREPARED), *stepping(document(), LOST), (arriving("STATE", "7-0"), LOST)
        )


@pytest.mark.parametrize("refusal", [UnreachableError("refused"), ServerBusyError("BUSY"), LoginError("who?")])
def test_what_was_never_asked_or_was_refused_is_not_looked_for(refusal: ConnectionFailed) -> None:
    with pytest.raises(type(refusal)):
        converse(write.advance_scan(A, ScanState.PREPARED), *stepping(document(), refusal))


@pytest.mark.parametrize("has_state", [True, False])
def test_a_creation_without_a_document_is_none(has_state: bool) -> None:
    operation = write.create_scan({"name": "ascan", "number": 1, "data_policy": "None"}, {}, 1.7e9)
    request = next(operation)
    assert isinstance(request, Transaction)
    key, stream = str(request.commands[0][1]), str(request.commands[2][1])
    assert operation.throw(LOST) == arriving(stream.removeprefix("esrf:stream:"), "0-0")
    with pytest.raises(ConnectionFailed, match="nothing was changed"):
        looked_at = Batch([Command("XRANGE", stream, "-", "+", "COUNT", 1), Command("PTTL", key)])
        assert operation.send(arrived(stream.removeprefix("esrf:stream:"), 0) if has_state else None) == looked_at
        operation.send([[[b"8-0", [b"state", b"0"]]], -2])


# Deleting


def expiry(*keys: str) -> Transaction:
    return Transaction([Command("EXPIRE", key, 10) for key in keys])


def test_data_streams_expire_first_and_the_document_last() -> None:
    current = document(data_streams={"x": {"pk": "X"}})
    script = (
        *watched(current, ScanState.CLOSED),
        (expiry("esrf:stream:X", "esrf:stream:STATE", A), [1, 1, 1]),
    )
    assert converse(write.delete_scan(A, False), *script) is None


def test_a_running_scan_is_not_deleted_without_force() -> None:
    with pytest.raises(ScanNotClosedError, match="STARTED"):
        converse(write.delete_scan(A, False), *watched(document(), ScanState.STARTED))


def test_with_force_a_running_scan_is_closed_first() -> None:
    closed = document(info={"end_reason": "DELETION"})
    script = (
        *watched(document(), ScanState.STARTED),
        *watched(document(), ScanState.STARTED),
        (written(closed, ScanState.CLOSED), [b"OK", b"8-0"]),
        *watched(closed, ScanState.CLOSED),
        (expiry("esrf:stream:STATE", A), [1, 1]),
    )
    converse(write.delete_scan(A, True), *script)


def test_a_deletion_that_somebody_interferes_with_is_tried_again() -> None:
    script = (
        *watched(document(), ScanState.CLOSED),
        (expiry("esrf:stream:STATE", A), ConflictError("changed")),
        *watched(document(), ScanState.CLOSED),
        (expiry("esrf:stream:STATE", A), [1, 1]),
    )
    converse(write.delete_scan(A, False), *script)


def test_force_deletes_all_that_can_still_be_found() -> None:
    script = (
        *watched(document(data_streams={"x": {"pk": "X"}}), ScanState.CLOSED)[:-1],
        (last_state("STATE"), []),
        (Command("JSON.GET", A, *PATHS), stored(document(data_streams={"x": {"pk": "X"}}))),
        (lambda request: "esrf:stream:X" in {command[1] for command in request.commands}, [1, 1, 1]),
    )
    converse(write.delete_scan(A, True), *script)


# Opening and initialising

VERSION = Batch([Command("GET", "_PROTOCOL_VERSION_"), Command("JSON.GET", "esrf:scan:", *PATHS)])


@pytest.mark.parametrize(
    ("version", "probe", "error"),
    [
        (None, None, NotInitialisedError),
        (b"2", None, NotInitialisedError),
        (None, CommandError("unknown command 'JSON.GET'"), MissingModuleError),
        (NotAllowedError("not allowed"), None, NotAllowedError),
    ],
)
def test_opening_says_what_is_missing(version: Any, probe: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        converse(setup.check_protocol(), (VERSION, [version, probe]))
    converse(setup.check_protocol(), (VERSION, [b"1", NotAllowedError("not allowed")]))


def test_a_database_is_set_up_in_order_and_its_version_comes_last() -> None:
    def starts(*words: object) -> Any:
        return lambda request: request[: len(words)] == words

    converse(
        setup.initialise(),
        (Command("DBSIZE"), 0),
        (
            Command("MODULE", "LIST"),
            [[b"name", b"ReJSON", b"ver", 1, b"args", []], [b"name", b"search", b"ver", 2]],
        ),
        (starts("FT.CREATE", "esrf:scan:index", "ON", "JSON", "PREFIX", "1", "esrf:scan:", "SCHEMA"), b"OK"),
        (Command("SET", "esrf:scan:index:hash", "53f88e5eee38ba1d63a533c6e3e2927beed34a08"), b"OK"),
        (starts("SET", "esrf:scan:index:schema"), b"OK"),
        (Command("CONFIG", "SET", "search-max-prefix-expansions", 2000), CommandError("Unknown option")),
        (Command("FT.CONFIG", "SET", "MAXPREFIXEXPANSIONS", 2000), b"OK"),
        (starts("FUNCTION", "LOAD", "REPLACE"), b"mylib"),
        (Command("SET", "_PROTOCOL_VERSION_", "1"), b"OK"),
    )


def test_a_database_with_keys_is_not_set_up() -> None:
    with pytest.raises(DatabaseNotEmptyError, match="3 keys"):
        converse(setup.initialise(), (Command("DBSIZE"), 3))


@pytest.mark.parametrize(("module", "missing"), [(b"ReJSON", "search"), (b"search", "JSON")])
def test_a_server_without_a_module_is_not_set_up(module: bytes, missing: str) -> None:
    with pytest.raises(MissingModuleError, match=f"no {missing} module"):
        converse(
            setup.initialise(), (Command("DBSIZE"), 0), (Command("MODULE", "LIST"), [[b"name", module, b"ver", 1]])
        )
