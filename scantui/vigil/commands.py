"""The user's commands for alerts: one runs at a time, and a failing one is reported once."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping

from scantui.exceptions import MachineError
from scantui.system.processes import FencedCommands

_log = logging.getLogger(__name__)


class CommandQueue:
    """The commands of alerts, run one after the other while the feed goes on; `complain` reports one that failed."""

    def __init__(self, commands: FencedCommands, complain: Callable[[str], object]) -> None:
        self._commands = commands
        self._complain_to = complain
        self._waiting: deque[tuple[str, Mapping[str, str]]] = deque()
        self._running: asyncio.Task[None] | None = None
        self._complained: set[str] = set()

    def add(self, command: str, known: Mapping[str, str]) -> None:
        """Run a command when those before it have ended."""
        self._waiting.append((command, known))
        if self._running is None or self._running.done():
            self._running = asyncio.ensure_future(self._run())

    async def drained(self) -> None:
        """Wait until all commands have ended."""
        if self._running is not None:
            await asyncio.wait([self._running])

    async def aclose(self) -> None:
        """End the command that runs, and run no other."""
        self._waiting.clear()
        self._commands.end()
        await self.drained()

    async def _run(self) -> None:
        while self._waiting:
            command, known = self._waiting.popleft()
            try:
                code = await asyncio.to_thread(self._commands.run, command, known)
            except MachineError as error:
                self._complain(command, str(error))
            else:
                _log.info("the command of an alert ended with exit code %d", code)
                if code:
                    self._complain(command, f"the command ended with exit code {code}; its output is in the log")

    def _complain(self, command: str, problem: str) -> None:
        """Report a failing command once."""
        if command not in self._complained:
            self._complained.add(command)
            self._complain_to(problem)
