"""URLs: what is understood, what is refused, and that no password gets out."""

from __future__ import annotations

import contextlib
import random
from typing import Any

import pytest
import redis.asyncio
from hypothesis import given
from hypothesis import strategies as st
from rich.pretty import pretty_repr

from scantui.exceptions import UsageError
from scantui.store.address import DEFAULT_URL, ServerAddress


@pytest.mark.parametrize(
    ("url", "settings"),
    [
        (DEFAULT_URL, {"host": "localhost", "port": 6379, "db": 0}),
        ("redis://beacon:6380/2", {"host": "beacon", "port": 6380, "db": 2}),
        ("redis://h?db=3", {"host": "h", "db": 3}),
        ("redis://", {"host": "localhost"}),
        ("redis://[::1]:7/1", {"host": "::1", "port": 7, "db": 1}),
        ("redis://[fe80::1%25Eth0]:7", {"host": "fe80::1%Eth0", "port": 7}),
        ("redis://u:p@[FE80::1%eth0]", {"host": "fe80::1%eth0", "port": 6379}),
        ("\ufeffredis://h:1\r\n", {"host": "h", "port": 1}),
        (" redis+sentinel://h:1/m\t", {}),
        ("REDIS://BEACON:6380", {"host": "beacon", "port": 6380}),
        ("unix:///run/a@b.sock", {"unix_socket_path": "/run/a@b.sock"}),
        ("unix:///run/redis.sock", {"unix_socket_path": "/run/redis.sock", "db": 0}),
        ("unix://:p@/run/a%20b.sock?db=4", {"unix_socket_path": "/run/a b.sock", "db": 4}),
        ("rediss://h", {"ssl": True, "ssl_cert_reqs": "required", "ssl_check_hostname": True}),
        ("rediss://h?ssl_cert_reqs=none", {"ssl": True, "ssl_cert_reqs": "none", "ssl_check_hostname": False}),
        ("rediss://h?ssl_check_hostname=false&ssl_ca_certs=/ca", {"ssl_check_hostname": False, "ssl_ca_certs": "/ca"}),
    ],
)
def test_a_url_becomes_settings_of_the_client(url: str, settings: dict[str, Any]) -> None:
    assert settings.items() <= ServerAddress.parse(url).client_settings().items()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("redis://u:p%40%2F@h", ("u", "p@/")),
        ("redis://:p@h", ("p",)),
        ("redis://u@h", ("u", "")),
        ("redis://h?username=u&password=p", ("u", "p")),
        ("unix://:p@/run/redis.sock", ("p",)),
    ],
)
async def test_user_and_password_are_given_to_the_client_when_it_asks(url: str, words: tuple[str, ...]) -> None:
    login = ServerAddress.parse(url).client_settings()["credential_provider"]
    assert login.get_credentials() == await login.get_credentials_async() == words


def test_without_user_and_password_nothing_is_given() -> None:
    assert "credential_provider" not in ServerAddress.parse("redis://h").client_settings()


def test_a_client_tells_no_password_of_itself() -> None:
    settings = ServerAddress.parse("redis://u:s3cret@h").client_settings()
    for client in (redis.Redis(**settings), redis.asyncio.Redis(**settings)):
        assert "s3cret" not in f"{client!r} {settings}"


def test_settings_that_are_ours_cannot_be_changed_by_a_url() -> None:
    plain = ServerAddress.parse("redis://h").client_settings()
    assert ServerAddress.parse("redis://h?protocol=3&decode_responses=1&socket_timeout=9").client_settings() == plain


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "starts with redis://"),
        ("localhost:6379", "starts with redis://"),
        ("http://h", "starts with redis://"),
        ("redis://h:port", "no usable host and port"),
        ("redis://h:99999", "no usable host and port"),
        ("redis://[::1", "no usable host and port"),
        ("redis://h/one", "database is a number"),
        ("redis://h/-1", "database is a number"),
        ("redis://h?db=x", "database is a number"),
        ("unix://", "names no socket"),
        ("redis://h?ssl_ca_certs=x", "rediss://"),
        ("redis://h?tiemout=3", "an unknown parameter"),
        ("redis://:12345?s3cret@h", r"has \? where it cannot stand: write %3F for \?"),
        ("redis://:12#s3cret@h", "write %23 for #"),
        ("redis://:s3cret x@h", "write %20 for a blank"),
        ("redis://:s3cret\tx@h", "write %09 for a control character"),
        ("redis://:s3[cret@h", r"write %5B for \["),
        ("redis://h?s3cret=1", "an unknown parameter: write %3F"),
        ("redis://h/" + "9" * 5000, "database is a number"),
        ("redis://h\\\\x", "no usable host"),
        ("redis://" + "h" * 300, "no usable host"),
        ("redis:/:s3cret@h", "starts with redis://"),
        ("redis://:s3cret@h:port", "no usable host and port"),
        ("redis://:12/s3cret@h", "write %2F for /"),
        ("redis://:s3cret#x@h", "write %23 for #"),
    ],
)
def test_a_url_that_will_not_do_is_explained(url: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        ServerAddress.parse(url)
    assert "s3cret" not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@pytest.mark.parametrize("url", ["redis://u:s3cret@h", "redis://h?password=s3cret", "unix:///x?password=s3cret"])
def test_a_password_is_never_shown(url: str) -> None:
    address = ServerAddress.parse(url)
    assert "s3cret" not in f"{address} {address!r} {address.label}"
    assert address.client_settings()["credential_provider"].get_credentials()[-1] == "s3cret"


def test_a_password_is_not_shown_by_rich_either() -> None:
    assert "s3cret" not in pretty_repr(ServerAddress.parse("redis://u:s3cret@h"))


def test_the_path_of_a_socket_keeps_its_case() -> None:
    assert ServerAddress.parse("unix://Run/redis.sock").path == "/Run/redis.sock"


@given(st.integers(0, 15))
def test_a_label_leads_to_the_same_database_again(database: int) -> None:
    for url in (f"redis://host:6380/{database}", f"rediss://[::1]/{database}"):
        address = ServerAddress.parse(url)
        assert ServerAddress.parse(address.label) == address


@given(st.text())
def test_any_text_is_a_url_or_a_usage_error(url: str) -> None:
    for text in (url, f"redis://{url}", f"unix://{url}", f"redis://h?{url}"):
        with contextlib.suppress(UsageError):
            ServerAddress.parse(text)


@pytest.mark.parametrize(
    "url",
    [
        "redis://:s3cret\udcff@id11",
        "redis://:s3cret@.a..b",
        f"redis://:s3cret@{'a' * 64}.b",
        "redis://:s3cret@id11:0",
        "rediss://:s3cret@id11?ssl_cert_reqs=maybe",
        5,
    ],
)
def test_a_url_that_nothing_can_come_of_is_refused_without_its_password(url: Any) -> None:
    with pytest.raises(UsageError) as refused:
        ServerAddress.parse(url)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "label", "sentinels"),
    [
        ("redis+sentinel://h/mymaster", "redis+sentinel://h:26379/mymaster", (("h", 26379),)),
        (
            "redis+sentinel://u:s3cret@h,[::1]:5/my/3?replica=1&sentinel_password=s3cret",
            "redis+sentinel://h:26379,[::1]:5/my/3?replica=1",
            (("h", 26379), ("::1", 5)),
        ),
        ("rediss+sentinel://h:1/m?ssl_cert_reqs=none", "rediss+sentinel://h:1/m", (("h", 1),)),
    ],
)
def test_sentinels_are_named_by_their_own_urls(url: str, label: str, sentinels: tuple[tuple[str, int], ...]) -> None:
    address = ServerAddress.parse(url)
    assert address.label == ServerAddress.parse(label).label == label
    assert address.sentinels == sentinels
    assert "host" not in address.client_settings()
    assert "s3cret" not in f"{address!r} {address.client_settings()} {address.sentinel_settings()}"


def test_a_service_has_its_database_its_replica_and_the_login_of_its_sentinels() -> None:
    address = ServerAddress.parse("redis+sentinel://u:p@h/my/3?replica=1&sentinel_password=q")
    assert (address.service, address.database, address.replica) == ("my", 3, True)
    assert address.client_settings()["credential_provider"].get_credentials() == ("u", "p")
    assert address.sentinel_settings()["credential_provider"].get_credentials() == ("q",)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("redis+sentinel://", "names no Sentinel or no service"),
        ("redis+sentinel://h:1/", "names no Sentinel or no service"),
        ("redis+sentinel://h:1,/m", "names no Sentinel or no service"),
        ("redis+sentinel://:s3cret@h:x/m", "no usable host and port"),
        ("redis+sentinel://:s3cret@h/m/x", "database is a number"),
        ("redis+sentinel://:s3#cret@h/m", "write %23 for #"),
        ("redis+sentinel://h/m?replica=yes", "replica is 0 or 1"),
        ("redis://h?replica=1", "unknown parameter"),
    ],
)
def test_a_url_of_sentinels_that_is_wrong_is_refused_without_its_secrets(url: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        ServerAddress.parse(url)
    assert "s3" not in str(refused.value)


def test_the_zone_of_an_ipv6_address_is_kept() -> None:
    address = ServerAddress.parse("redis://[fe80::1%25eth0]:6380")
    assert address.client_settings()["host"] == "fe80::1%eth0"
    assert ServerAddress.parse(address.label) == address


@pytest.mark.parametrize(
    ("url", "place", "label"),
    [
        ("redis://[::1]:1", "[::1]:1", "redis://[::1]:1"),
        ("redis://[fe80::1%25eth0]", "[fe80::1%eth0]:6379", "redis://[fe80::1%25eth0]:6379"),
        ("redis://h/3", "h:6379", "redis://h:6379/3"),
        ("unix:///run/redis.sock", "/run/redis.sock", "unix:///run/redis.sock"),
    ],
)
def test_an_address_is_named_as_it_is_written(url: str, place: str, label: str) -> None:
    address = ServerAddress.parse(url)
    assert (address.place, address.label) == (place, label)
    assert ServerAddress.parse(label) == address


# Malformed URLs

SECRET = "s3cretS3CRET"  # noqa: S105


def malformed(rng: random.Random) -> str:
    """A URL with the secret in its password, spoilt in some places."""
    noise = "".join(rng.choices("#?/@:[]%\\ \t&=;!$'\"ab1", k=rng.randint(0, 4)))
    user, host = (
        rng.choice(["", "u", "user@x", "12"]),
        rng.choice(["h", "", "[::1", "[::1]", "1.2.3.4", "h:x", "h:70000"]),
    )
    secret = rng.choice([SECRET + noise, noise + SECRET, noise[:2] + SECRET + noise[2:], f"12{noise}{SECRET}"])
    scheme = rng.choice(["redis://", "rediss://", "unix://", "redis:/", "redis:", "redis//", "http://", "", "REDIS://"])
    tail = rng.choice(["", "/0", "/x", "?db=x", "#", f"?{SECRET}", f"?password={SECRET}", f"?{SECRET}=1", f"/{SECRET}"])
    return f"{scheme}{user}{rng.choice([':', '', '@', '::'])}{secret}{rng.choice(['@', '', ' @', '@@'])}{host}{tail}"


def test_no_error_repeats_what_was_not_understood() -> None:
    rng = random.Random(12)  # noqa: S311 - the same each time is what is wanted
    refused = 0
    for _ in range(10_000):
        url = malformed(rng)
        try:
            address = ServerAddress.parse(url)
        except UsageError as error:
            refused += 1
            assert SECRET.lower() not in f"{error} {error!r}".lower(), url
            assert error.__suppress_context__ or error.__context__ is None, "a chained error would repeat it"
        else:
            login = address.client_settings().get("credential_provider")
            words = "".join(login.get_credentials()) if login else ""
            if SECRET in words:
                assert (
                    SECRET.lower() not in f"{address!r} {address.label} {address.place}".lower()
                    or url.count(SECRET) > 1
                )
    assert 5000 < refused < 9900
