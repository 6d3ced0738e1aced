"""A redis-server of the tests' own, which can be stopped and started again at the same addresses."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections import deque
from collections.abc import Collection, Mapping
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from tests.servers.binaries import SOCKET_NAME, NoRealRedis, module_binary, runnable, server_binary, short_directory

READY = "Ready to accept connections"
START_SECONDS = 30.0
STOP_SECONDS = 10.0
PORT_ATTEMPTS = 5
BOTH_MODULES = ("json", "search")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RealRedis:
    """A redis-server on loopback and a Unix socket; after stop(), start() reuses its addresses."""

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
            raise RuntimeError("This server has not been started.")
        return self._port

    @property
    def socket_path(self) -> Path:
        if self._directory is None:
            raise RuntimeError("This server has not been started.")
        return self._directory / SOCKET_NAME

    @property
    def url(self) -> str:
        return f"redis://{self._credentials}127.0.0.1:{self.port}"

    @property
    def unix_url(self) -> str:
        return f"unix://{self._credentials}{quote(str(self.socket_path))}"

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
            raise RuntimeError("This server is already running.")
        if self._directory is None:
            self._directory = short_directory()
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
                raise NoRealRedis(f"redis-server did not start on port {port}. Its last lines:\n{last_words}")

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
            "unixsocket": str(directory / SOCKET_NAME),
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
