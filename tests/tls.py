"""A server's encrypted face: a proxy on loopback that speaks TLS with a certificate made for the test."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import TracebackType

import trustme


class TlsProxy:
    """Takes TLS connections for a plain server on a port of loopback, in a thread of its own.

    The certificate is for `names` and `valid` in days from now; without names it is that of the authority, signed by
    itself. `ca_file` is what a client has to trust, `taken` counts the clients that did. With `wants_clients`, clients
    need a certificate too: `client_file` holds one, with its key.
    """

    def __init__(
        self,
        port: int,
        directory: Path,
        *names: str,
        valid: tuple[float, float] = (-1, 30),
        wants_clients: bool = False,
        newest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED,
    ) -> None:
        self._target = port
        authority = trustme.CA()
        self.ca_file = directory / "ca.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))
        self.client_file = directory / "client.pem"
        authority.issue_cert("scantui@example.org").private_key_and_cert_chain_pem.write_to_path(str(self.client_file))
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.maximum_version = newest
        if names:
            now = datetime.now(timezone.utc)
            start, end = (now + timedelta(days=days) for days in valid)
            authority.issue_cert(*names, not_before=start, not_after=end).configure_cert(self._context)
        else:
            own = directory / "own.pem"
            own.write_bytes(authority.private_key_pem.bytes() + authority.cert_pem.bytes())
            self._context.load_cert_chain(own)
        if wants_clients:
            authority.configure_trust(self._context)
            self._context.verify_mode = ssl.CERT_REQUIRED
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))
        self.port = 0
        self.taken = 0
        self._ends: list[asyncio.WriteTransport] = []
        self._tasks: list[asyncio.Task[None]] = []

    def __enter__(self) -> TlsProxy:
        self._thread.start()
        self._listening.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    async def _serve(self) -> None:
        self._loop.set_exception_handler(lambda _loop, _context: None)  # a client that refuses us is what is tested
        server = await asyncio.start_server(self._take, "127.0.0.1", 0, ssl=self._context)
        self.port = server.sockets[0].getsockname()[1]
        self._listening.set()
        await self._stop.wait()
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for end in self._ends:  # a task that is cancelled before its first step closes nothing
            end.abort()
        await asyncio.sleep(0)

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ends.append(writer.transport)
        self._tasks.append(self._loop.create_task(self._connect(reader, writer)))

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.taken += 1
        target_reader, target_writer = await asyncio.open_connection("127.0.0.1", self._target)
        try:
            await asyncio.gather(_pump(reader, target_writer), _pump(target_reader, writer))
        finally:
            for end in (writer, target_writer):
                end.transport.abort()
            for end in (writer, target_writer):
                with contextlib.suppress(OSError):
                    await end.wait_closed()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hand on what comes until its end, which is handed on by closing."""
    try:
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()
