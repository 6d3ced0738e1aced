"""Why an encrypted connection is refused: certificates and files of each kind, before a live server."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from scantui.store import AsyncDataStore, DataStore
from scantui.store.address import ServerAddress
from tests.store.test_causes import both_flavours, failure_at
from tests.tls import TlsProxy

Start = Callable[..., TlsProxy]


@pytest.fixture
def start(store_url: str, tmp_path: Path) -> Iterator[Start]:
    """Starts faces of the shared server, each with an authority and files of its own."""
    with ExitStack() as running:

        def one(*names: str, **settings: object) -> TlsProxy:
            directory = tmp_path / str(len(list(tmp_path.iterdir())))
            directory.mkdir()
            port = ServerAddress.parse(store_url).port
            return running.enter_context(TlsProxy(port, directory, *names, **settings))  # type: ignore[arg-type]

        yield one


def url_of(proxy: TlsProxy, **files: object) -> str:
    query = "&".join(f"{name}={quote(str(file))}" for name, file in files.items())
    return f"rediss://127.0.0.1:{proxy.port}?{query}"


@contextmanager
def alerting(directory: Path) -> Iterator[tuple[int, Path]]:
    """A server that refuses clients without a certificate as OpenSSL does, with an alert; its port and authority."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    authority.cert_pem.write_to_path(str(directory / "ca.pem"))
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                taken, _ = listener.accept()
                with taken, suppress(OSError), context.wrap_socket(taken, server_side=True) as client:
                    client.recv(1)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1], directory / "ca.pem"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@both_flavours
@pytest.mark.parametrize(
    ("names", "settings", "sentence"),
    [
        (("127.0.0.1",), {"valid": (-9, -1)}, "has expired: renew it on the server"),
        (("127.0.0.1",), {"valid": (1, 9)}, "is not valid yet: set this computer's clock"),
        (("id11.example",), {}, "is for another name: use the name in the certificate"),
    ],
)
async def test_what_is_wrong_with_a_certificate_is_explained(
    start: Start, names: tuple[str, ...], settings: dict[str, object], sentence: str, flavour: str
) -> None:
    proxy = start(*names, **settings)
    assert sentence in str(await failure_at(url_of(proxy, ssl_ca_certs=proxy.ca_file), flavour))


@both_flavours
async def test_an_unknown_authority_and_a_certificate_signed_by_itself_are_not_trusted(
    start: Start, flavour: str
) -> None:
    proxy, other, own = start("127.0.0.1"), start("127.0.0.1"), start()
    for url in (url_of(proxy), url_of(proxy, ssl_ca_certs=other.ca_file), url_of(own)):
        failure = str(await failure_at(url, flavour))
        assert "is not trusted (it" in failure
        assert "name the file of its authority by ca_file" in failure
    assert "(it is self-signed)" in failure


@both_flavours
async def test_a_missing_client_certificate_is_named_as_what_may_be_missing(start: Start, flavour: str) -> None:
    proxy = start("127.0.0.1", wants_clients=True)
    failure = str(await failure_at(url_of(proxy, ssl_ca_certs=proxy.ca_file), flavour))
    assert "ended the encrypted connection before answering: it may want a client certificate" in failure


@both_flavours
async def test_an_alert_of_openssl_about_the_client_is_understood(tmp_path: Path, flavour: str) -> None:
    with alerting(tmp_path) as (port, authority):
        url = f"rediss://127.0.0.1:{port}?ssl_ca_certs={quote(str(authority))}"
        assert "wants a client certificate: add ?ssl_certfile=FILE" in str(await failure_at(url, flavour))


@both_flavours
@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"ssl_ca_certs": "{there}/none.pem"}, "none.pem: No such file or directory"),
        ({"ssl_ca_certs": "{there}"}, ": Is a directory"),
        ({"ssl_ca_certs": "{there}/empty.pem"}, "empty.pem: no certificate is in it"),
        ({"ssl_certfile": "{there}/none.pem"}, "none.pem: No such file or directory"),
        ({"ssl_certfile": "{ca}"}, "ca.pem: a certificate and its private key are needed"),
        ({"ssl_certfile": "{client}", "ssl_keyfile": "{other}"}, "client.pem: the key belongs to another certificate"),
        ({"ssl_certfile": "{ca}", "ssl_keyfile": "{there}/locked.pem"}, "locked.pem: the key has a passphrase"),
        ({"ssl_keyfile": "{client}"}, "ssl_keyfile needs ssl_certfile beside it"),
    ],
)
async def test_a_file_that_cannot_be_used_is_named(
    start: Start, tmp_path: Path, files: dict[str, str], problem: str, flavour: str
) -> None:
    proxy, other = start("127.0.0.1"), start("127.0.0.1")
    there = tmp_path / "files"
    there.mkdir()
    (there / "empty.pem").touch()
    key = load_pem_private_key(trustme.CA().private_key_pem.bytes(), None)
    locked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x"))
    (there / "locked.pem").write_bytes(locked)
    places = {"there": there, "ca": proxy.ca_file, "client": proxy.client_file, "other": other.client_file}
    url = url_of(proxy, **{name: file.format_map(places) for name, file in files.items()})
    failure = str(await failure_at(url, flavour))
    assert failure.startswith(f"a file of the TLS settings for 127.0.0.1:{proxy.port} cannot be used (")
    assert problem in failure


@both_flavours
async def test_the_right_certificate_of_the_client_opens(start: Start, flavour: str) -> None:
    proxy = start("127.0.0.1", wants_clients=True)
    files = {"ssl_certfile": proxy.client_file, "ssl_keyfile": proxy.client_file}
    url = url_of(proxy, ssl_ca_certs=proxy.ca_file, **files)
    if flavour == "blocking":
        (await asyncio.to_thread(DataStore, url)).close()
    else:
        await (await AsyncDataStore.open(url)).aclose()
