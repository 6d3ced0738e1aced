"""The public way from Beacon to the URL of the Redis."""

from __future__ import annotations

import pytest

from scantui.beacon import redis_url
from scantui.exceptions import MachineError, UsageError
from tests.servers import free_port
from tests.system.beacon_server import BeaconServer, frame


def test_the_url_is_what_beacon_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    with BeaconServer(frame(34, b"1|id11|6380")) as beacon:
        assert redis_url(beacon.where) == "redis://id11:6380"
        monkeypatch.setenv("BEACON_HOST", beacon.where)
        assert redis_url() == "redis://id11:6380"
        monkeypatch.setenv("BEACON_PORT", beacon.where.rpartition(":")[2])
        assert redis_url("127.0.0.1") == "redis://id11:6380"
    with BeaconServer(frame(34, b"1|localhost|/run/redis.sock")) as beacon:
        assert redis_url(beacon.where) == "unix:///run/redis.sock"


def test_what_keeps_it_from_being_known_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BEACON_HOST", raising=False)
    with pytest.raises(UsageError, match="set BEACON_HOST"):
        redis_url()
    with pytest.raises(UsageError, match="host:port"):
        redis_url("id11:port")
    with pytest.raises(MachineError, match="refused"):
        redis_url(f"127.0.0.1:{free_port()}")
