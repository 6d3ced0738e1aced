"""Sentinels that watch a master, and may fail over to one of its replicas."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

import redis

from tests.servers.binaries import NoRealRedis, runnable, server_binary, short_directory
from tests.servers.database import command, plain_client
from tests.servers.process import PORT_ATTEMPTS, STOP_SECONDS, free_port

SERVICE = "mymaster"
READY_SECONDS = 20.0
_SETTINGS = """\
bind 127.0.0.1
port {port}
dir {directory}
sentinel monitor {service} 127.0.0.1 {master} 2
sentinel down-after-milliseconds {service} 1000
sentinel failover-timeout {service} 3000
"""


class Sentinels:
    """Three Sentinels on loopback for the master at a port, and at least one replica; use them in a `with` block."""

    def __init__(self, master: int) -> None:
        self._master = master
        self._directory: Path | None = None
        self._processes: list[subprocess.Popen[str]] = []
        self._readers: list[threading.Thread] = []
        self.ports: list[int] = []

    @property
    def url(self) -> str:
        """The address by which a store finds the master."""
        return f"redis+sentinel://{','.join(f'127.0.0.1:{port}' for port in self.ports)}/{SERVICE}"

    def __enter__(self) -> Sentinels:
        self._directory = short_directory()
        try:
            for number in range(3):
                self._start(self._directory / f"{number}")
            self._wait_until_ready()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def master(self) -> int:
        """The port of the present master, as the first Sentinel sees it."""
        with plain_client(f"redis://127.0.0.1:{self.ports[0]}") as client:
            return _master_port(client)

    def wait_for_master(self, port: int) -> None:
        """Wait until the server at this port is the master."""
        _wait_for(
            self.ports[0], ("+switch-master",), lambda client: _master_port(client) == port, "did not fail over in time"
        )

    def fail_over(self) -> None:
        """Have the Sentinels promote the replica although the master is well."""
        with plain_client(f"redis://127.0.0.1:{self.ports[0]}") as client:
            command(client, "SENTINEL", "FAILOVER", SERVICE)

    def _start(self, directory: Path) -> None:
        directory.mkdir()
        # A Sentinel rewrites its file, so each has its own.
        file = directory / "sentinel.conf"
        for _ in range(PORT_ATTEMPTS):
            port = free_port()
            file.write_text(_SETTINGS.format(port=port, directory=directory, service=SERVICE, master=self._master))
            process = subprocess.Popen(
                [str(runnable(server_binary(), directory)), str(file), "--sentinel"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                text=True,
                errors="replace",
            )
            self._processes.append(process)
            if self._began(process):
                self.ports.append(port)
                return
        raise NoRealRedis("A Sentinel did not start.")

    def _began(self, process: subprocess.Popen[str]) -> bool:
        """Whether a Sentinel watches its master; False if it ended, as when another program took the port."""
        began = threading.Event()
        reader = threading.Thread(target=_read_output, args=(process, began), daemon=True)
        self._readers.append(reader)
        reader.start()
        return began.wait(READY_SECONDS) and process.poll() is None

    def _wait_until_ready(self) -> None:
        """Wait until each Sentinel knows the others and a replica, without which there is no failover."""
        for port in self.ports:
            _wait_for(port, ("+sentinel", "+slave"), _sees_all, "do not see each other and a replica")

    def _stop(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for reader in self._readers:
            reader.join()
        for process in self._processes:
            if process.stdout is not None:
                process.stdout.close()
        if self._directory is not None:
            shutil.rmtree(self._directory, ignore_errors=True)


def _read_output(process: subprocess.Popen[str], began: threading.Event) -> None:
    # The pipe is read to its end, as a full one would stop the Sentinel.
    for line in process.stdout or ():
        if "+monitor" in line:
            began.set()
    began.set()


def _wait_for(port: int, events: Sequence[str], is_so: Callable[[redis.Redis], bool], complaint: str) -> None:
    """Wait until something is so at a Sentinel, which is looked at again whenever it publishes one of these events."""
    deadline = time.monotonic() + READY_SECONDS
    with plain_client(f"redis://127.0.0.1:{port}") as client, redis.client.PubSub(client.connection_pool) as published:
        published.subscribe(*events)
        while not is_so(client):
            left = deadline - time.monotonic()
            if left <= 0:
                raise NoRealRedis(f"The Sentinels {complaint}: {_state_of(client)}")
            published.get_message(timeout=left)


def _state_of(client: redis.Redis) -> dict[bytes, bytes]:
    flat = command(client, "SENTINEL", "MASTER", SERVICE)
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _sees_all(client: redis.Redis) -> bool:
    state = _state_of(client)
    return state[b"num-other-sentinels"] == b"2" and state[b"num-slaves"] != b"0"


def _master_port(client: redis.Redis) -> int:
    _, port = command(client, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", SERVICE)
    return int(port)
