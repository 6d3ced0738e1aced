"""A real Redis with JSON and search for the tests; `python -m tests.servers` starts one by hand."""

from tests.servers.binaries import NoRealRedis, short_directory
from tests.servers.database import GivenRedis, command, empty_server, initialise, plain_client, set_prefix_expansions
from tests.servers.process import RealRedis, free_port
from tests.servers.sentinels import Sentinels

__all__ = [
    "GivenRedis",
    "NoRealRedis",
    "RealRedis",
    "Sentinels",
    "command",
    "empty_server",
    "free_port",
    "initialise",
    "plain_client",
    "set_prefix_expansions",
    "short_directory",
]
