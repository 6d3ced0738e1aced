"""Why a server cannot be used: each row of the table from an error as redis-py raises it, and from real connections."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import time
from pathlib import Path

import pytest
from redis import exceptions as theirs

from scantui.exceptions import ConnectionFailed, StoreError
from scantui.store import AsyncDataStore, DataStore
from scantui.store.address import ServerAddress
from scantui.store.drivers.causes import Trouble, trouble_in_greeting
from scantui.store.drivers.errors import ConnectTimeout, Contact, translate
from scantui.store.drivers.probing import Found, look_at
from tests.servers import RealRedis
from tests.store.strangers import Stranger, listening
from tests.tls import TlsProxy

ADDRESS = ServerAddress(host="id11", port=6380, tls=True)
WITH_FILE = ServerAddress(host="id11", port=6380, tls=True, tls_settings={"ssl_certfile": "/me.pem"})
SOCKET = ServerAddress(path="/run/redis.sock")
ZONE = ServerAddress(host="fe80::1%eth7")
SENTINELS = ServerAddress(host="id11", port=26379, sentinels=(("id11", 26379),), service="mymaster")


def connecting(cause: BaseException) -> Exception:
    """What redis-py makes of an error of the system while it connects."""
    error = theirs.ConnectionError(f"Error {cause.args[0]} connecting to id11:6380. {cause.args[-1]}.")
    error.__context__ = cause
    return error


def certificate(message: str) -> Exception:
    cause = ssl.SSLCertVerificationError(1, "certificate verify failed")
    cause.verify_message = message
    return connecting(cause)


def handshake(reason: str) -> Exception:
    cause = ssl.SSLError(1, f"[SSL: {reason}] (_ssl.c:1006)")
    cause.reason = reason
    return connecting(cause)


def system(number: int) -> Exception:
    return connecting(OSError(number, "whatever"))


class MasterNotFoundError(theirs.ConnectionError):
    """As redis-py's, which lies in the modules of its Sentinel client."""


CASES: dict[Trouble, tuple[ServerAddress, Exception, str]] = {
    Trouble.REFUSED: (ADDRESS, system(errno.ECONNREFUSED), "id11:6380 refuses the connection"),
    Trouble.UNKNOWN_NAME: (ADDRESS, connecting(socket.gaierror(-2, "unknown")), "the host name id11 is unknown"),
    Trouble.UNKNOWN_ZONE: (ZONE, connecting(socket.gaierror(-2, "unknown")), "no network interface for fe80::1%eth7"),
    Trouble.NO_NAME_SERVER: (ADDRESS, connecting(socket.gaierror(-3, "later")), "id11 cannot be looked up now"),
    Trouble.TIMED_OUT: (ADDRESS, ConnectTimeout(), "no connection to id11:6380 within 3 s"),
    Trouble.NO_ROUTE: (ADDRESS, system(errno.EHOSTUNREACH), "there is no route to id11:6380"),
    Trouble.UNREACHABLE: (ADDRESS, system(errno.EADDRNOTAVAIL), "cannot reach id11:6380 (Cannot assign requested"),
    Trouble.SILENT: (ADDRESS, theirs.TimeoutError("Timeout reading"), "accepts connections but does not answer"),
    Trouble.CLOSED: (ADDRESS, ConnectionResetError(104, "Connection reset by peer"), "closed the connection before"),
    Trouble.NO_SOCKET: (SOCKET, system(errno.ENOENT), "there is no socket /run/redis.sock"),
    Trouble.SOCKET_REFUSED: (SOCKET, system(errno.ECONNREFUSED), "no server listens on the socket /run/redis.sock"),
    Trouble.SOCKET_FORBIDDEN: (SOCKET, system(errno.EACCES), "this user may not use the socket /run/redis.sock"),
    Trouble.PROTECTED: (ADDRESS, theirs.ResponseError("DENIED Redis is running in protected mode"), "protected mode"),
    Trouble.TOO_MANY_CLIENTS: (ADDRESS, theirs.ConnectionError("max number of clients reached"), "as many clients"),
    Trouble.NO_TLS: (ADDRESS, handshake("WRONG_VERSION_NUMBER"), "id11:6380 does not speak TLS"),
    Trouble.CLIENT_CERTIFICATE: (ADDRESS, handshake("TLSV13_ALERT_CERTIFICATE_REQUIRED"), "wants a client certificate"),
    Trouble.UNTRUSTED: (ADDRESS, certificate("self-signed certificate"), "is not trusted (it is self-signed)"),
    Trouble.OTHER_NAME: (ADDRESS, certificate("Hostname mismatch, certificate is not valid for"), "for another name"),
    Trouble.EXPIRED: (ADDRESS, certificate("certificate has expired"), "the certificate of id11:6380 has expired"),
    Trouble.NOT_YET_VALID: (ADDRESS, certificate("certificate is not yet valid"), "is not valid yet"),
    Trouble.CLIENT_REFUSED: (WITH_FILE, handshake("SSLV3_ALERT_CERTIFICATE_EXPIRED"), "accept the client certificate"),
    Trouble.TLS_FAILED: (ADDRESS, handshake("NO_PROTOCOLS_AVAILABLE"), "agree on TLS (no protocols available)"),
    Trouble.SENTINEL: (ADDRESS, theirs.ResponseError("unknown command 'GET', with args"), "id11:6380 is a Sentinel"),
    Trouble.CLUSTER: (ADDRESS, theirs.MovedError("1234 10.0.0.1:7000"), "belongs to a Redis Cluster"),
    Trouble.NO_SENTINEL: (SENTINELS, MasterNotFoundError("No master found"), "names a working Redis for mymaster"),
    Trouble.NOT_SENTINEL: (
        SENTINELS,
        theirs.ResponseError("unknown command 'SENTINEL', with"),
        "id11:26379 is a Redis, not a",
    ),
    Trouble.ROLE_CHANGED: (ADDRESS, theirs.ResponseError("UNBLOCKED force unblock"), "became a replica or a master"),
    Trouble.NO_DATABASE: (ADDRESS, theirs.ResponseError("DB index is out of range"), "has no such database"),
    Trouble.NO_LOGIN: (ADDRESS, theirs.AuthenticationError("Authentication required."), "id11:6380 wants a password"),
    Trouble.WRONG_LOGIN: (ADDRESS, theirs.AuthenticationError("invalid password"), "the login (invalid password)"),
    Trouble.NO_PASSWORD_SET: (
        ADDRESS,
        theirs.AuthenticationError("AUTH <password> called without any password configured for the default user."),
        "id11:6380 has no password",
    ),
    Trouble.LOADING: (ADDRESS, theirs.BusyLoadingError("x"), "id11:6380 is loading its data"),
    Trouble.SCRIPT: (ADDRESS, theirs.ResponseError("BUSY Redis is busy running a script"), "is busy with a script"),
    Trouble.MASTER_DOWN: (ADDRESS, theirs.MasterDownError("Link with MASTER is down"), "that lost its master"),
}
# These depend on what happened before, or are seen in the bytes of a server alone.
ELSEWHERE = {
    *(Trouble.NO_ANSWER, Trouble.LOST, Trouble.ONLY_TLS, Trouble.HTTP, Trouble.SSH, Trouble.OTHER_SERVER),
    *(Trouble.TLS_FILE, Trouble.CLOSED_IN_TLS),
}


def test_each_row_of_the_table_has_a_test() -> None:
    assert CASES.keys() | ELSEWHERE == set(Trouble)


@pytest.mark.parametrize("trouble", CASES)
def test_an_error_of_the_client_becomes_a_sentence_and_a_remedy(trouble: Trouble) -> None:
    address, error, sentence = CASES[trouble]
    failure = translate(error, Contact(address))
    assert isinstance(failure, ConnectionFailed)
    assert type(failure) is trouble.value.error
    assert sentence in failure.sentence
    assert failure.remedy
    assert str(failure) == f"{failure.sentence}: {failure.remedy}"
    assert "Errno" not in str(failure)
    assert "connecting to" not in str(failure)


def test_once_a_server_has_answered_its_silence_and_its_leaving_are_other_things() -> None:
    contact = Contact(ADDRESS)
    contact.has_answered = True
    assert str(translate(theirs.TimeoutError(), contact)) == "id11:6380 did not answer within 4.5 s"
    for error in (ConnectionResetError(104, "reset"), BrokenPipeError(32, "pipe"), theirs.ConnectionError("closed")):
        assert str(translate(error, contact)) == "the connection to id11:6380 was lost"


def test_of_several_addresses_that_all_fail_the_reason_is_found() -> None:
    text = "Multiple exceptions: [Errno 111] Connect call failed ('::1', 1, 0, 0), [Errno 111] Connect call failed"
    failure = translate(connecting(OSError(text)), Contact(ServerAddress(host="localhost", port=1)))
    assert "localhost:1 refuses the connection" in str(failure)


def test_an_ipv6_address_is_in_brackets() -> None:
    failure = translate(system(errno.ECONNREFUSED), Contact(ServerAddress.parse("redis://[fe80::1%25eth0]:1")))
    assert str(failure).startswith("[fe80::1%eth0]:1 refuses")


@pytest.mark.parametrize(
    ("sent", "trouble"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n", Trouble.HTTP),
        (b"<!DOCTYPE HTML>", Trouble.HTTP),
        (b"SSH-2.0-OpenSSH_9.6\r\n", Trouble.SSH),
        (b"\x15\x03\x01\x00\x02\x02\x46", Trouble.ONLY_TLS),
        (b"220 mail ESMTP\r\n", Trouble.OTHER_SERVER),
        (b"J\0\0\0\n8.0.36\0", Trouble.OTHER_SERVER),
        (b"-DENIED Redis is running", Trouble.PROTECTED),
        (b"-ERR max number of clients reached", Trouble.TOO_MANY_CLIENTS),
        (b"+PONG\r\n", None),
        (b"-NOAUTH Authentication required.\r\n", None),
        (b"-LOADING Redis is loading", None),
        (b"", None),
    ],
)
def test_the_first_bytes_of_a_server_show_what_it_is(sent: bytes, trouble: Trouble | None) -> None:
    assert trouble_in_greeting(sent) is trouble


async def failure_at(url: str, flavour: str) -> StoreError:
    """Why a store cannot be opened; it is explained within five seconds."""
    started = time.monotonic()
    with pytest.raises(StoreError) as raised:
        if flavour == "blocking":
            await asyncio.to_thread(DataStore, url)
        else:
            await AsyncDataStore.open(url)
    assert time.monotonic() - started < 5.0
    return raised.value


both_flavours = pytest.mark.parametrize("flavour", ["blocking", "async"])


@pytest.mark.parametrize(
    ("scheme", "stranger", "sentence"),
    [
        ("redis", Stranger(greeting=b"-DENIED Redis is running in protected mode\r\n"), "protected mode"),
        ("rediss", Stranger(greeting=b"-DENIED Redis is running in protected mode\r\n"), "protected mode"),
        ("redis", Stranger(greeting=b"-ERR max number of clients reached\r\n"), "as many clients as it accepts"),
        ("redis", Stranger(answer=b"HTTP/1.1 400 Bad Request\r\n\r\n"), "is a web server"),
        ("rediss", Stranger(answer=b"HTTP/1.1 400 Bad Request\r\n\r\n"), "is a web server"),
        ("redis", Stranger(greeting=b"SSH-2.0-OpenSSH_9.6\r\n"), "is an SSH server"),
        ("redis", Stranger(greeting=b"220 mail ESMTP\r\n"), "is another kind of server"),
        ("redis", Stranger(answer=b"-ERR unknown command 'GET'\r\n", stays=True), "is a Sentinel"),
        ("redis", Stranger(answer=b"-MOVED 1234 10.0.0.1:7000\r\n", stays=True), "belongs to a Redis Cluster"),
        ("redis", Stranger(answer=b"-NOAUTH Authentication required.\r\n", stays=True), "wants a password"),
        ("redis", Stranger(), "closed the connection before answering"),
        ("rediss", Stranger(), "closed the connection before answering"),
        ("rediss", Stranger(answer=b"-NOAUTH Authentication required.\r\n", stays=True), "does not speak TLS"),
    ],
)
@both_flavours
async def test_a_stranger_is_recognised(scheme: str, stranger: Stranger, sentence: str, flavour: str) -> None:
    async with listening(stranger) as port:
        failure = await failure_at(f"{scheme}://127.0.0.1:{port}", flavour)
    assert f"127.0.0.1:{port} " in str(failure)
    assert sentence in str(failure)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["redis", "rediss"])
@both_flavours
async def test_a_server_that_keeps_silent_is_called_silent_within_five_seconds(scheme: str, flavour: str) -> None:
    async with listening(Stranger(stays=True)) as port:
        failure = await failure_at(f"{scheme}://127.0.0.1:{port}", flavour)
    assert "accepts connections but does not answer" in str(failure)


async def test_a_look_that_has_too_little_time_still_knows_that_somebody_accepts() -> None:
    async with listening(Stranger(stays=True)) as port:
        found = await look_at(ServerAddress.parse(f"rediss://127.0.0.1:{port}"), seconds=0.3)
    assert found == Found(Trouble.SILENT)


@both_flavours
async def test_a_redis_without_tls_is_told_from_a_silent_one(store_url: str, flavour: str) -> None:
    failure = await failure_at(store_url.replace("redis://", "rediss://"), flavour)
    assert "does not speak TLS: start the URL with redis://" in str(failure)


@both_flavours
async def test_a_port_with_tls_is_told_from_a_closed_one(store_url: str, tmp_path: Path, flavour: str) -> None:
    with TlsProxy(ServerAddress.parse(store_url).port, tmp_path, "127.0.0.1") as proxy:
        failure = await failure_at(f"redis://127.0.0.1:{proxy.port}", flavour)
    assert "speaks only TLS: start the URL with rediss://" in str(failure)


@both_flavours
async def test_databases_and_clients_beyond_the_limit_of_a_real_server(flavour: str) -> None:
    with RealRedis(config={"maxclients": "1", "databases": "2"}) as server:
        assert "has no such database" in str(await failure_at(f"{server.url}/9", flavour))
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        assert "as many clients as it accepts" in str(await failure_at(server.url, flavour))
        writer.close()
