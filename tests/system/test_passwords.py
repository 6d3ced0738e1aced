"""Passwords are removed from texts, wherever they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.system.passwords import without_passwords

NO_BLANKS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cannot reach redis://id11:6380/0", "cannot reach redis://id11:6380/0"),
        ("at redis://user:pw@id11:6380/0 now", "at redis://***@id11:6380/0 now"),
        ("at rediss://:p@ss/w'ord@[::1]:1", "at rediss://***@[::1]:1"),
        ("('unix://u:pw@/run/redis.sock', 1)", "('unix://***@/run/redis.sock', 1)"),
        ("redis://a:pw@h,redis://b:pw@h", "redis://***@h"),
        ("redis://h?password=p@w&db=1 is away", "redis://h?password=***&db=1 is away"),
        ("redis://h?db=1&PASSWORD=pw", "redis://h?db=1&PASSWORD=***"),
        ("Redis(host='h', password='p w', db=0)", "Redis(host='h', password=*** db=0)"),
        (r"{'password': 'it\'s', 'db': 0}", "{'password': *** 'db': 0}"),
        ('{"passwd":"p w"}', '{"passwd":***'),
        ("the password is wrong: user a", "the password is wrong: user a"),
    ],
)
def test_passwords_become_asterisks(text: str, shown: str) -> None:
    assert without_passwords(text) == shown


@given(NO_BLANKS, NO_BLANKS, st.sampled_from(["redis", "rediss", "unix"]))
def test_no_user_and_password_of_a_url_remain(user: str, password: str, scheme: str) -> None:
    safe = user.replace("=", "").replace(":", ""), password.replace("=", "").replace(":", "")
    text = without_passwords(f"at {scheme}://{safe[0]}:{safe[1]}@host:1/0, in vain")
    assert text == f"at {scheme}://***@host:1/0, in vain"


@given(NO_BLANKS.filter(lambda text: "&" not in text and text[0] not in "\"'b"))
def test_no_password_of_a_query_remains(password: str) -> None:
    assert without_passwords(f"redis://h?password={password}&db=1") == "redis://h?password=***&db=1"


@given(st.text())
def test_no_password_of_a_call_remains(password: str) -> None:
    assert without_passwords(f"connect(password={password!r} )") == "connect(password=*** )"
