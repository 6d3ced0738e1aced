"""Commands are packed as the client library packs them."""

from __future__ import annotations

from typing import Any

import redis
from hypothesis import given
from hypothesis import strategies as st

from scantui.store.drivers.packing import pack_quickly, packed

words = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])), st.binary(), st.integers(), st.floats(), st.just("x" * 70_000)
)
commands = st.tuples(st.sampled_from(["GET", "JSON.SET", "CONFIG GET", "CLIENT  SETINFO"]), words, words)


@given(st.lists(commands))
def test_one_and_many_are_what_the_library_makes_of_them(many: list[tuple[str, ...]]) -> None:
    pool: Any = redis.ConnectionPool()
    theirs = pool.make_connection()
    pack_quickly(pool)
    ours = pool.make_connection()
    assert b"".join(ours.pack_commands(many)) == b"".join(theirs.pack_commands(many))
    for each in many:
        assert b"".join(ours.pack_command(*each)) == b"".join(theirs.pack_command(*each))


def test_a_command_is_an_array_of_bulk_strings() -> None:
    assert (
        packed([("SET", "é", b"\0", -7, 0.5)])
        == b"*5\r\n$3\r\nSET\r\n$2\r\n\xc3\xa9\r\n$1\r\n\0\r\n$2\r\n-7\r\n$3\r\n0.5\r\n"
    )
