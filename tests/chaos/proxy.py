"""A TCP proxy that falls silent, dawdles, resets, or cuts in the middle of the bytes, in a thread of its own."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

CHUNK = 65536
_COMMAND = re.compile(rb"(?:^|\r\n)\*\d+\r\n")
_LINGER_NOT = struct.pack("ii", 1, 0)


class Cut:
    """Cuts one connection once: so many bytes after a word was seen in what a client sends.

    The bytes are counted in the server's answers, or with `in_request` in what the client sends from the word's end on;
    negative ones are kept back before it.
    """

    def __init__(self, word: bytes, count: int, in_request: bool = False) -> None:
        self.word = word
        self.count = count
        self.in_request = in_request
        self.struck = threading.Event()


class Proxy:
    """Forwards connections to a port of this machine as long as nothing else is asked of it.

    Its methods may be called from any thread.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self._cut: Cut | None = None
        self._silent_after = b""
        self._garbled = 0
        self._answer = b""
        self._delay = 0.0
        self._loop = asyncio.new_event_loop()
        self._flows = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Proxy:
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def url(self, url: str) -> str:
        """The URL of the server, by way of this proxy."""
        return urlsplit(url)._replace(netloc=f"127.0.0.1:{self.port}").geturl()

    # What may be asked of it

    def fall_silent(self) -> None:
        """Forward nothing any more; connections stay, and new ones are taken."""
        self._loop.call_soon_threadsafe(self._flows.clear)

    def fall_silent_after(self, word: bytes) -> None:
        """Forward what a client sends until this word is among it, and then nothing any more."""
        self._silent_after = word

    def speak(self) -> None:
        """Forward again, what was kept back first."""
        self._loop.call_soon_threadsafe(self._flows.set)

    def dawdle(self, seconds: float) -> None:
        """Keep each piece back for so long."""
        self._delay = seconds

    def reset(self) -> None:
        """Reset all connections."""
        self._loop.call_soon_threadsafe(self._reset_all)

    def cut(self, cut: Cut | None) -> None:
        """Cut the next connection that sends the word of this cut; None cancels it."""
        self._cut = cut

    def answer(self, reply: bytes) -> None:
        """Answer each command with this, in the server's place; with nothing the server is asked again."""
        self._answer = reply

    def garble(self, count: int) -> None:
        """Lose so many bytes in the middle of what a server answers next, and then that connection."""
        self._garbled = count

    # How it does so

    def _do(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    async def _listen(self) -> None:
        self._flows.set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        self._server.close()
        self._flows.set()
        self._reset_all()
        # Each ends with its connection.
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _reset_all(self) -> None:
        for writer in self._writers:
            _reset(writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._join(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass  # one side is gone, and so is the other below; or the test is over
        finally:
            if not writer.is_closing():
                _reset(writer)
            self._tasks.discard(task)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.target)
        both = {writer, server_writer}
        self._writers |= both
        link = _Link(self)
        pumps = [
            asyncio.ensure_future(self._pump(reader, server_writer, link.from_client, writer)),
            asyncio.ensure_future(self._pump(server_reader, writer, link.from_server)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._writers -= both
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            # What was forwarded is to arrive, whatever is cut here.
            for each in both:
                each.close()
            for each in both:
                with suppress(OSError):
                    await each.wait_closed()

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        treat: Callable[[bytes], tuple[bytes, bool]],
        answer_to: asyncio.StreamWriter | None = None,
    ) -> None:
        while chunk := await reader.read(CHUNK):
            if self._delay:
                await asyncio.sleep(self._delay)
            if self._silent_after and self._silent_after in chunk:
                self._silent_after = b""
                self._flows.clear()
            await self._flows.wait()
            if self._answer and answer_to is not None:
                answer_to.write(self._answer * len(_COMMAND.findall(chunk)))
                continue
            forwarded, goes_on = treat(chunk)
            writer.write(forwarded)
            await writer.drain()
            if not goes_on:
                return


class _Link:
    """One connection through the proxy: what passes in each direction."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self._cut: Cut | None = None
        self._left = 0
        self._said = b""
        self._is_garbled = False

    def from_client(self, chunk: bytes) -> tuple[bytes, bool]:
        cut = self._proxy._cut
        if cut is None:
            return chunk, True
        before = len(self._said)
        self._said += chunk
        at = self._said.find(cut.word)
        if at < 0:
            return chunk, True
        if cut.in_request:
            passing = max(0, at + len(cut.word) + cut.count - before)
            if passing >= len(chunk):
                return chunk, True
            self._strike(cut)
            return chunk[:passing], False
        self._proxy._cut = None
        self._cut, self._left = cut, cut.count
        return chunk, True

    def from_server(self, chunk: bytes) -> tuple[bytes, bool]:
        if self._is_garbled:
            return chunk[:200], False
        if self._proxy._garbled and len(chunk) > self._proxy._garbled:
            lost, self._proxy._garbled = self._proxy._garbled, 0
            self._is_garbled = True
            middle = (len(chunk) - lost) // 2
            return chunk[:middle] + chunk[middle + lost :], True
        if self._cut is None:
            return chunk, True
        passing, self._left = chunk[: self._left], self._left - len(chunk)
        if self._left > 0:
            return passing, True
        self._strike(self._cut)
        return passing, False

    def _strike(self, cut: Cut) -> None:
        self._proxy._cut = None
        cut.struck.set()


def _reset(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
    writer.transport.abort()
