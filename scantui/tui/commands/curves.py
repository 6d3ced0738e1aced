"""Commands of the curves: open, zoom, and the keys of their pane.

Rule: the curves hold nothing. While the table follows, they go on to each new scan.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from scantui.exceptions import FileExistsAlready, MachineError, UsageError
from scantui.system.clipboard import copied_sentence
from scantui.system.exports import write_text
from scantui.system.state import Memory
from scantui.tui.commands.collaborators import Dialogs, Host, Notify, PaneHost
from scantui.tui.commands.command import CURVES
from scantui.tui.commands.details import DetailsCommands
from scantui.tui.dialogs.choice import Choice
from scantui.tui.scan_view import ScanView
from scantui.tui.watched_server import WatchedServers
from scantui.words import counted

if TYPE_CHECKING:
    from scantui.tui.curves.sight import CurveSight

_MARKS = ("blocks", "dots", "ascii")


class CurvesCommands:
    """Shows the curves of the scan under the cursor, and changes how they are drawn."""

    def __init__(
        self,
        panes: PaneHost,
        details: DetailsCommands,
        view: ScanView,
        servers: WatchedServers,
        memory: Memory,
        dialogs: Dialogs,
        host: Host,
        notify: Notify,
    ) -> None:
        self._panes = panes
        self._details = details
        self._view = view
        self._servers = servers
        self._memory = memory
        self._dialogs = dialogs
        self._host = host
        self._notify = notify

    @property
    def _sight(self) -> CurveSight | None:
        """What is drawn, while the pane is open."""
        return None if self._panes.curves is None else self._panes.curves.sight

    # Open and zoom

    def curves(self) -> None:
        if self._panes.opened == CURVES:
            self._details.back()
            return
        compared = self._panes.compared
        self._panes.open(CURVES)
        self._view.follow_if_at_end()
        pane = self._panes.curves
        if pane is None:
            return
        pane.sight.counters = tuple(self._memory.state.counters)
        pane.use_marks(self._memory.plot_marks)
        board = self._view.board
        wanted = compared or board.marks
        away = {key: server for key in wanted if (server := self._servers.of(board.row(key))).store is None}
        if len(away) < len(wanted):
            # Those that can be read come first: the others lie over them once their server is back.
            pane.overlay(sorted(wanted, key=lambda key: key in away))
            if away:
                names = ", ".join(dict.fromkeys(server.label for server in away.values()))
                self._notify(f"No connection to {names}: its scans are drawn when it is back")
        else:
            self._details.follow_cursor()

    def differences_curves(self) -> None:
        self.curves()

    def zoom(self) -> None:
        if self._panes.opened:
            self._panes.zoom()
        else:
            self._notify("No pane is open: c shows curves, Enter shows details")

    def tell_connection(self) -> None:
        """Dim the curves while there is no connection."""
        if self._panes.curves is not None:
            row = self._view.board.row(self._panes.curves.sight.wanted_key or "")
            self._panes.curves.set_connected(self._servers.of(row).store is not None)

    # Counters and axes

    def curves_next(self) -> None:
        self._next(1)

    def curves_previous(self) -> None:
        self._next(-1)

    def _next(self, step: int) -> None:
        pane = self._panes.curves
        if pane is not None and pane.sight.next_counter(step):
            pane.read_otherwise()
        else:
            self._notify("This scan has no other counter")

    def curves_counters(self) -> None:
        sight = self._sight.sight if self._sight else None
        if sight is None:
            self._notify("No counters to choose from yet")
            return
        choice = sight.choice
        names = [*choice.candidates, *choice.spectra]
        choices = [
            Choice(name, f"{'x' if name in choice.counters else ' '} {choice.channel(name).label}") for name in names
        ]
        self._dialogs.menu("Counters", choices, self._toggle_counter)

    def _toggle_counter(self, name: str | None) -> None:
        from scantui.curves.choice import MOST_COUNTERS

        pane = self._panes.curves
        sight = pane.sight.sight if pane else None
        if name is None or pane is None or sight is None:
            return
        shown = list(sight.choice.counters)
        is_spectrum = name in sight.choice.spectra or sight.choice.kind == "spectrum"
        if is_spectrum:
            wanted = [name]
        else:
            wanted = [each for each in shown if each != name] if name in shown else [*shown, name]
        if not wanted:
            self._notify("At least one counter is drawn")
            return
        if len(wanted) > MOST_COUNTERS:
            self._notify(f"At most {MOST_COUNTERS} counters are drawn")
            return
        pane.sight.choose_counters(wanted)
        self._memory.change(counters=list(pane.sight.counters))
        pane.read_otherwise()

    def curves_axis(self) -> None:
        pane = self._panes.curves
        label = pane.sight.next_axis() if pane is not None else ""
        if pane is not None and label:
            self._notify(f"x axis: {label}")
            pane.read_otherwise()

    # How it is drawn

    def curves_log(self) -> None:
        self._switch("is_log")

    def curves_derivative(self) -> None:
        self._switch("is_derivative")

    def curves_scale(self) -> None:
        self._switch("has_same_scale")

    def _switch(self, option: str) -> None:
        pane = self._panes.curves
        if pane is not None:
            pane.sight.change(**{option: not getattr(pane.sight.options, option)})
            pane.redraw()

    def curves_marks(self) -> None:
        pane = self._panes.curves
        if pane is not None:
            name = _MARKS[(_MARKS.index(pane.sight.options.marks.name) + 1) % len(_MARKS)]
            self._memory.change(plot_marks=name)
            pane.use_marks(name)
            self._notify(f"Drawing with {pane.sight.options.marks.name}")
            pane.redraw()

    def curves_keep(self) -> None:
        pane = self._panes.curves
        if pane is not None:
            self._notify(pane.sight.keep_behind())
            pane.redraw()

    # The inspector

    def curves_left(self) -> None:
        self._inspect(-1)

    def curves_right(self) -> None:
        self._inspect(1)

    def _inspect(self, step: int) -> None:
        pane = self._panes.curves
        if pane is not None and pane.sight.inspect(step, pane.columns):
            pane.redraw()
        else:
            self._notify("No curve to inspect")

    def curves_peak(self) -> None:
        pane = self._panes.curves
        if pane is not None and pane.sight.inspect_peak():
            pane.redraw()
        else:
            self._notify("No peak to inspect")

    # What is taken out

    def curves_copy(self) -> None:
        self._copy_position(with_commands=False)

    def curves_copy_command(self) -> None:
        self._copy_position(with_commands=True)

    def _copy_position(self, *, with_commands: bool) -> None:
        from scantui.tui.curves.texts import inspected_text, position_choices

        shown = self._sight
        curve = shown.first_curve() if shown else None
        sight = shown.sight if shown else None
        if shown is None or sight is None or curve is None or not curve.y.stop:
            self._notify("No curve to copy from")
        elif shown.options.inspector is not None and not with_commands:
            self._copy(inspected_text(curve, shown.options.inspector))
        else:
            choices = position_choices(curve, sight.choice, shown.options.inspector, with_commands=with_commands)
            if choices:
                self._dialogs.menu("Copy", choices, self._copy)
            else:
                self._notify("This curve has no peak")

    def _copy(self, text: str | None) -> None:
        if text is None:
            return
        try:
            self._host.copy_by_terminal(text)
        except MachineError as error:
            self._notify(str(error), is_error=True)
        else:
            self._notify(copied_sentence("position", text, os.environ))

    def curves_write(self) -> None:
        def write(path: str | None) -> None:
            if path:
                self._write(path)

        drawn = self._sight.sight if self._sight else None
        server = self._view.server_of(drawn.figure.key) if drawn else ""
        # A name may be an address, which a file cannot be called.
        place = re.sub(r"[^\w.-]+", "_", server) + "_" if server else ""
        self._dialogs.prompt("write to", write, f"~/scan_{place}{drawn.number if drawn else 0}.csv")

    def _write(self, path: str, overwrite: bool = False) -> None:
        from scantui.tui.curves.texts import csv_text, points_table

        if self._sight is None:
            return
        try:
            header, rows = points_table(self._sight.drawn())
            written = write_text(path, csv_text(header, rows), overwrite=overwrite)
        except FileExistsAlready:
            self._dialogs.confirm(f"Overwrite {path}?", "overwrite it", lambda: self._write(path, True))
        except (MachineError, UsageError) as error:
            self._notify(str(error), is_error=True)
        else:
            self._notify(f"wrote {counted(len(rows), 'point')} to {written}")

    def curves_plain(self) -> None:
        if self._panes.curves is not None:
            self._host.leave_screen_for(self._panes.curves.plain_text())
