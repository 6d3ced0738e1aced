"""The server's search against the predicate: whatever the server proposes, the answer is the predicate's."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
import redis
from hypothesis import given, settings
from hypothesis import strategies as st

from scantui.exceptions import SearchFieldError
from scantui.matching import NUMBER_FIELDS, TEXT_FIELDS, SearchCriteria
from scantui.models import Scan
from scantui.store import DataStore, between, exact
from tests.servers import RealRedis, command, plain_client, set_prefix_expansions
from tests.store.conftest import AwaitedStore

IDENTITY = {"name": "ascan", "number": 1, "data_policy": "None"}
ALPHABET = [
    *"|*\\{}[]()@-,.\"'`$:;~%#/<> _aAbBzZ019\t\n\r\x0b\x7f\0",
    "é",
    "É",
    "ß",
    "İ",
    "K",
    "日",
    "😀",
    "\u00a0",
    "\u2028",
    "e\u0301",
]
WORDS = [
    "",
    "*",
    "**",
    "|",
    "||",
    " ",
    "a|b",
    "C:\\x",
    "a\\b",
    "a b",
    " abc ",
    "a*c",
    "x\\}",
    "None",
    "null",
    "-inf",
    "$v",
    "\0",
    "a\0b",
]
WORDS += ["A" * 4096, "a" * 4097, "a" * 4095 + "é", "é" * 2048 + "x", "a" * 5000 + "b"]
NUMBERS: list[Any] = [0, -1, 7, 42, 2**31, 2**53 - 1, 2**53, 2**53 + 1, 2**63 - 1, -(2**63)]


def written(store: DataStore, count: int, seed: int) -> list[Scan]:
    """Scans whose identities are as nasty as a seeded generator makes them."""
    chance = random.Random(seed)  # noqa: S311 - test data

    def text() -> str:
        if chance.random() < 0.3:
            return chance.choice(WORDS)
        return "".join(chance.choices(ALPHABET, k=chance.randint(1, 6)))

    scans = []
    for _ in range(count):
        optional = {field: text() for field in TEXT_FIELDS[2:] if chance.random() < 0.4}
        identity = {"name": text(), "number": chance.choice(NUMBERS), "data_policy": text(), **optional}
        scans.append(store.create_scan(identity))
    return scans


@st.composite
def criteria(draw: st.DrawFn, scans: list[Scan]) -> dict[str, Any]:
    """A search for one of the scans, or for something near it."""
    scan = draw(st.sampled_from(scans))
    fields = draw(st.lists(st.sampled_from([*TEXT_FIELDS, *NUMBER_FIELDS]), unique=True, max_size=3))
    return {field: draw(value_near(getattr(scan, field))) for field in fields}


def value_near(value: Any) -> st.SearchStrategy[Any]:
    if isinstance(value, int):
        if value % 2:
            ends = st.sampled_from([-math.inf, value - 1, value, value + 0.5, value + 10, 2**60, math.inf])
            return st.builds(between, ends, ends)
        near = [value, Decimal(value), float(value), value + 1, value + 0.5, Fraction(value)]
        return st.sampled_from([number for number in near if not isinstance(number, Fraction) or abs(number) < 2**53])
    text = value or ""
    cut = st.integers(0, len(text))
    return st.one_of(
        st.sampled_from([text, exact(text), text.swapcase(), exact(text.upper())]),
        cut.map(lambda end: text[:end] + "*"),
        cut.map(lambda start: "*" + text[start:]),
        st.tuples(cut, cut).map(lambda ends: "*" + text[min(ends) : max(ends)] + "*"),
        st.text(st.sampled_from([letter for letter in ALPHABET if len(letter) == 1]), max_size=3),
    )


def expected(scans: Iterable[Scan], query: dict[str, Any]) -> list[str]:
    wanted = SearchCriteria.parse(query)
    return sorted(scan.key for scan in scans if wanted.matches(scan.identity))


def test_server_and_predicate_agree(store_url: str) -> None:
    with DataStore(store_url) as store:
        scans = written(store, 300, seed=1)
        assert not store.cannot_search

        @settings(max_examples=200, deadline=None, database=None, derandomize=True)
        @given(criteria(scans))
        def agree(query: dict[str, Any]) -> None:
            assert store.search_existing_scans(**query).keys == expected(scans, query)

        agree()
        assert not store.cannot_search


def test_every_value_is_found_by_its_own_text(store_url: str) -> None:
    with DataStore(store_url) as store:
        scans = written(store, 60, seed=2)
        for scan in scans:
            for field in TEXT_FIELDS:
                if (value := getattr(scan, field)) is not None:
                    assert scan.key in store.search_existing_scans(**{field: exact(value)}).keys
                    assert scan.key in store.search_existing_scans(**{field: value, "number": scan.number}).keys


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("ascan", ["ascan", "AScan"]),
        ("ASC*", ["ascan", "AScan"]),
        ("*CAN", ["ascan", "AScan", "loopscan"]),
        ("*s*", ["ascan", "AScan", "loopscan"]),
        ("a*", ["ascan", "AScan", "a|b", "a*c"]),
        ("a*c", ["a*c"]),
        ("a|b", ["a|b"]),
        ("zzz|a", []),
        ("b", []),
        ("*", ["ascan", "AScan", "loopscan", "a|b", "a*c", "*", "", "É", r"x\}"]),
        (exact("*"), ["*"]),
        ("**", ["ascan", "AScan", "loopscan", "a|b", "a*c", "*", "", "É", r"x\}"]),
        ("", [""]),
        ("_", []),
        ("é", []),
        ("É*", ["É"]),
        (r"x\}", [r"x\}"]),
    ],
)
async def test_a_pattern_means_what_is_documented(store: AwaitedStore, pattern: str, found: list[str]) -> None:
    names = ["ascan", "AScan", "loopscan", "a|b", "a*c", "*", "", "É", r"x\}"]
    for name in names:
        await store.create_scan({**IDENTITY, "name": name})
    _, keys = await store.search_existing_scans(name=pattern)
    assert [scan.name for scan in await store.load_scans(keys)] == found


async def test_numbers_are_found_as_numbers(store: AwaitedStore) -> None:
    keys = {number: (await store.create_scan({**IDENTITY, "number": number})).key for number in NUMBERS}
    for number in NUMBERS:
        for same in (number, Decimal(number)):
            assert (await store.search_existing_scans(number=same)).keys == [keys[number]]
    assert (await store.search_existing_scans(number=42.0)).keys == [keys[42]]
    assert (await store.search_existing_scans(number=7.5)).keys == []
    for ends in (
        between(),
        between(-1, 42),
        between(41.5),
        between(high=2**53),
        between(2**53 + 1, 2**60),
        between(5, 1),
    ):
        found = [keys[number] for number in NUMBERS if ends.low <= number <= ends.high]
        assert (await store.search_existing_scans(number=ends)).keys == sorted(found)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"nmae": "x"}, "did you mean name"),
        ({"number": "1"}, "number takes a number"),
        ({"number": True}, "number takes a number"),
        ({"number": float("nan")}, "finite"),
        ({"number": float("inf")}, "finite"),
        ({"number": 1j}, "number takes a number"),
        ({"number": between(1, float("nan"))}, "between numbers"),
        ({"number": between(None, 2)}, "between numbers"),  # type: ignore[arg-type]
        ({"number": between(True, 2)}, "between numbers"),
        ({"name": between(1, 2)}, "name takes a text"),
        ({"name": 1}, "name takes a text"),
        ({"session": None}, "leave it out"),
        ({"name": b"x"}, "name takes a text"),
    ],
)
async def test_what_cannot_be_searched_is_said(store: AwaitedStore, query: dict[str, Any], said: str) -> None:
    with pytest.raises(SearchFieldError, match=said):
        await store.search_existing_scans(**query)


def named(raw: redis.Redis, template: DataStore, names: Iterable[str]) -> list[str]:
    """Scans with these names, written fast: copies of one scan under other keys."""
    scan = template.create_scan(IDENTITY)
    document = command(raw, "JSON.GET", scan.key).decode()
    pipeline = raw.pipeline(transaction=False)
    keys = []
    for number, name in enumerate(names):
        keys.append(f"esrf:scan:{number:026}")
        copy = document.replace('"name":"ascan"', f'"name":"{name}"')
        pipeline.execute_command("JSON.SET", keys[-1], ".", copy)  # type: ignore[no-untyped-call]
    pipeline.execute()
    raw.delete(scan.key)
    return keys


def test_prefixes_beyond_the_limit_of_the_server_miss_nothing(store_url: str) -> None:
    with DataStore(store_url) as store, plain_client(store_url) as raw:
        set_prefix_expansions(raw, 200)
        keys = named(raw, store, (f"name{number:04}" for number in range(3000)))
        assert store.search_existing_scans(name="name*").keys == keys
        assert store.search_existing_scans(name="name2*").keys == keys[2000:]
        assert store.search_existing_scans(name="NAME299*", session="*").keys == []
        # What is left of deleted scans in the index counts on against the limit.
        raw.delete(*keys[:-10])
        assert store.search_existing_scans(name="name*").keys == keys[-10:]


def test_scans_that_cannot_be_read_spoil_no_search(store_url: str) -> None:
    with DataStore(store_url) as store, plain_client(store_url) as raw:
        good = store.create_scan(IDENTITY)
        for number, wrong in enumerate(("[]", "{}", '{"id": 5}', '{"id": {"name": 5, "number": 1}}', '"text"')):
            command(raw, "JSON.SET", f"esrf:scan:{number:026}", ".", wrong)
        raw.set(f"esrf:scan:{9:026}", "no document")
        for query in ({"name": "ascan"}, {"name": "*s*"}, {"number": 1}, {"name": "asc*"}):
            assert store.search_existing_scans(**query).keys == [good.key]


def url_without_index(server: RealRedis) -> str:
    with plain_client(server.url) as raw:
        command(raw, "FT.DROPINDEX", "esrf:scan:index")
    return server.url


READS = "get ttl pttl json.get json.mget xread xrange xrevrange scan time multi exec discard ping select client hello"


def readers_url(server: RealRedis, commands: str) -> str:
    with plain_client(server.url) as raw:
        command(raw, "ACL SETUSER", "reader", "reset", "on", ">pw", "~*", *(f"+{name}" for name in commands.split()))
    return f"redis://reader:pw@127.0.0.1:{server.port}"


@pytest.mark.parametrize(
    ("arrange", "reason"),
    [
        pytest.param(url_without_index, "no search index", id="no index"),
        pytest.param(lambda server: readers_url(server, READS), "may not search", id="user without search"),
        pytest.param(lambda server: readers_url(server, f"{READS} ft.search"), "", id="user who can only read"),
    ],
)
def test_those_without_rights_or_index_get_the_same_answers(
    start_redis: Callable[..., RealRedis], arrange: Callable[[RealRedis], str], reason: str
) -> None:
    server = start_redis()
    with DataStore(server.url, init_db=True) as writer:
        scans = written(writer, 40, seed=3)
        url = arrange(server)
        with DataStore(url) as store:
            timestamp, keys = store.search_existing_scans()
            assert (timestamp, keys) == (writer.get_last_scan().timestamp, [scan.key for scan in scans])
            for scan in scans:
                for query in (
                    {"name": exact(scan.name), "number": scan.number},
                    {"name": scan.name[:2] + "*"},
                    {"data_policy": "*" + scan.data_policy[-1:] if scan.data_policy else "*"},
                ):
                    assert store.search_existing_scans(**query).keys == expected(scans, query)
            assert reason in store.cannot_search
            assert bool(reason) == bool(store.cannot_search)
