"""Encrypted connections to a real server: verified unless the user says otherwise, and told when they are refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from scantui.exceptions import ConnectionFailed
from scantui.store.address import ServerAddress
from tests.servers import RealRedis
from tests.store.conftest import Opener
from tests.system.test_config import configured
from tests.tls import TlsProxy


@pytest.fixture
def proxy(store_url: str, tmp_path: Path) -> Iterator[TlsProxy]:
    """The shared server behind TLS, with a certificate for 127.0.0.1 alone."""
    with TlsProxy(ServerAddress.parse(store_url).port, tmp_path, "127.0.0.1") as proxy:
        yield proxy


async def test_the_right_authority_in_the_url_is_trusted(open_store: Opener, proxy: TlsProxy) -> None:
    store = await open_store(f"rediss://127.0.0.1:{proxy.port}?ssl_ca_certs={quote(str(proxy.ca_file))}")
    assert (await store.search_existing_scans()).keys == []


async def test_the_right_authority_in_the_configuration_is_trusted(
    open_store: Opener, proxy: TlsProxy, tmp_path: Path
) -> None:
    url = f"rediss://127.0.0.1:{proxy.port}"
    configuration = configured(tmp_path, f'[servers.id11]\nurl = "{url}"\nca_file = "{proxy.ca_file}"\n')
    store = await open_store(configuration.address_of("id11"))
    assert (await store.search_existing_scans()).keys == []


@pytest.mark.parametrize(
    ("host", "query", "said"),
    [
        ("127.0.0.1", "", "is not trusted"),
        ("127.0.0.1", "?ssl_ca_certs={other}", "is not trusted"),
        ("localhost", "?ssl_ca_certs={ca}", "is for another name"),
    ],
)
async def test_any_other_authority_or_host_is_refused_and_that_is_told(
    open_store: Opener, proxy: TlsProxy, tmp_path: Path, host: str, query: str, said: str
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    stranger = TlsProxy(proxy.port, other, "127.0.0.1")
    query = query.format(ca=quote(str(proxy.ca_file)), other=quote(str(stranger.ca_file)))
    with stranger, pytest.raises(ConnectionFailed) as refused:
        await open_store(f"rediss://:s3cret@{host}:{proxy.port}{query}")
    assert said in str(refused.value)
    assert "s3cret" not in str(refused.value)


async def test_a_host_of_another_name_is_accepted_only_when_the_user_says_so(
    open_store: Opener, proxy: TlsProxy
) -> None:
    url = f"rediss://localhost:{proxy.port}?ssl_ca_certs={quote(str(proxy.ca_file))}&ssl_check_hostname=false"
    store = await open_store(url)
    assert (await store.search_existing_scans()).keys == []


async def test_no_secret_goes_out_when_the_certificate_is_refused(open_store: Opener, tmp_path: Path) -> None:
    server = RealRedis(config={"requirepass": "s3cret"})
    with server, TlsProxy(server.port, tmp_path, "id11.example") as proxy:
        with pytest.raises(ConnectionFailed, match="is for another name"):
            await open_store(f"rediss://:s3cret@127.0.0.1:{proxy.port}?ssl_ca_certs={quote(str(proxy.ca_file))}")
        assert proxy.taken == 0
