"""Where BLISS publishes: the Redis of a beamline, as its Beacon server knows it.

Source: protocol, section 9.
"""

from __future__ import annotations

import os

from scantui.exceptions import UsageError
from scantui.system.beacon import HOST_VARIABLE, ask_beacon, with_port

__all__ = ["redis_url"]


def redis_url(host: str | None = None) -> str:
    """Return the URL of the Redis with the scans, from Beacon; it takes at most 4 seconds.

    `host` is `host` or `host:port`; None means BEACON_HOST of the environment. Without a port it takes BEACON_PORT of
    the environment, else 25000. The result is a redis:// or unix:// URL for DataStore and AsyncDataStore.open.
    Raises UsageError when no host is known or it cannot be one, and MachineError when Beacon does not answer.
    """
    where = host if host is not None else os.environ.get(HOST_VARIABLE, "")
    if not where:
        raise UsageError(f"no Beacon is known: give its host, or set {HOST_VARIABLE}")
    return ask_beacon(with_port(where, os.environ)).label
