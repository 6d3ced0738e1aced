"""Commands of the application: help, palette, log, connection, leave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from scantui.tui.commands.collaborators import Dialogs, Host, Notify
from scantui.tui.commands.command import KeyCommand
from scantui.tui.commands.targets import Target


class Closable(Protocol):
    """The pane that may be open next to the table."""

    @property
    def opened(self) -> str: ...


class ApplicationCommands:
    """The commands that concern the application.

    `commands` gives all commands in force, `run` runs one by its name, `go_to` goes to what `:` names.
    """

    def __init__(
        self,
        commands: Callable[[], list[KeyCommand]],
        run: Callable[[str], object],
        go_to: Callable[[Target], None],
        panes: Closable,
        close_pane: Callable[[], None],
        reconnect: Callable[[], None],
        log_lines: Callable[[], Sequence[object]],
        dialogs: Dialogs,
        host: Host,
        notify: Notify,
    ) -> None:
        self._commands = commands
        self._run = run
        self._go_to = go_to
        self._panes = panes
        self._close_pane = close_pane
        self._reconnect = reconnect
        self._log_lines = log_lines
        self._dialogs = dialogs
        self._host = host
        self._notify = notify

    # The dialogs are imported when they are opened: the first frame does not wait.

    def help(self) -> None:
        from scantui.tui.dialogs.help import HelpScreen

        self._dialogs.open(HelpScreen(self._commands()))

    def palette(self) -> None:
        from scantui.tui.dialogs.palette import Palette

        self._dialogs.open(Palette(self._commands()), self._chosen)

    def _chosen(self, chosen: str | Target | None) -> None:
        if isinstance(chosen, Target):
            self._go_to(chosen)
        elif chosen:
            self._run(chosen)

    def log(self) -> None:
        from scantui.tui.dialogs.log import LogScreen

        self._dialogs.open(LogScreen(self._log_lines))

    def reload(self) -> None:
        self._notify("Reconnecting")
        self._reconnect()

    def redraw(self) -> None:
        self._host.redraw()

    async def leave(self) -> None:
        """Close the pane, and from the table leave the monitor."""
        if self._panes.opened:
            self._close_pane()
        else:
            await self._host.action_quit()
