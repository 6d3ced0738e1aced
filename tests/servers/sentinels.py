"""Sentinels that watch a master, and may fail over to one of its replicas."""

from __future__ import annotations

import shutil
import subprocess
import time
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
        self._processes: list[subprocess.Popen[bytes]] = []
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
            _, port = command(client, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", SERVICE)
        return int(port)

    def wait_for_master(self, port: int) -> None:
        """Wait until the server at this port is the master."""
        deadline = time.monotonic() + READY_SECONDS
        while self.master() != port:
            if time.monotonic() > deadline:
                raise NoRealRedis("The Sentinels did not fail over.")
            time.sleep(0.05)

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
            binary = str(runnable(server_binary(), directory))
            process = subprocess.Popen(
                [binary, str(file), "--sentinel"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
            )
            self._processes.append(process)
            if _answers(port, process):
                self.ports.append(port)
                return
        raise NoRealRedis("A Sentinel did not start.")

    def _wait_until_ready(self) -> None:
        """Wait until each Sentinel knows the others and a replica, without which there is no failover."""
        deadline = time.monotonic() + READY_SECONDS
        for port in self.ports:
            with plain_client(f"redis://127.0.0.1:{port}") as client:
                while True:
                    flat = command(client, "SENTINEL", "MASTER", SERVICE)
                    state = dict(zip(flat[::2], flat[1::2], strict=True))
                    if state[b"num-other-sentinels"] == b"2" and state[b"num-slaves"] != b"0":
                        break
                    if time.monotonic() > deadline:
                        raise NoRealRedis(f"The Sentinels do not see each other and a replica: {state}")
                    time.sleep(0.05)

    def _stop(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._directory is not None:
            shutil.rmtree(self._directory, ignore_errors=True)


def _answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Whether a Sentinel answers at its port; False if it ended, as when another program took the port."""
    deadline = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with plain_client(f"redis://127.0.0.1:{port}") as client:
                return bool(command(client, "PING"))
        except redis.ConnectionError:
            time.sleep(0.05)
    return False
