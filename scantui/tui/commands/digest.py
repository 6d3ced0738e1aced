"""The digest: what happened while the user was away, in a line and in a pane, and the report of it in a file.

Rule: who comes back reads one line; the key that was pressed does what it always does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from scantui.exceptions import FileExistsAlready, MachineError, StoreError
from scantui.models import ScanState
from scantui.system.exports import write_text
from scantui.system.state import Memory
from scantui.tui.commands.collaborators import Dialogs, Notify, PaneHost, StartWork
from scantui.tui.commands.command import DIGEST
from scantui.tui.commands.turns import InTurns, in_short_turns
from scantui.tui.dialogs.choice import Choice
from scantui.tui.scan_view import ScanView
from scantui.tui.watched_server import WatchedServer, WatchedServers
from scantui.words import counted

if TYPE_CHECKING:
    from scantui.report import Report
    from scantui.report.spans import Span

_WRITING = "report"
AWAY_MS = 15 * 60_000
_SAVED_EVERY_MS = 60_000
_FORMATS = (
    Choice("md", "md: Markdown, for a logbook", "m"),
    Choice("html", "html: one self-contained page", "h"),
    Choice("csv", "csv: a line per scan", "c"),
    Choice("json", "json: all of it", "j"),
)


class DigestCommands:
    """Knows how long the user was away; `now_ms` is the server's time, 0 while it is not known."""

    def __init__(
        self,
        panes: PaneHost,
        view: ScanView,
        servers: WatchedServers,
        dialogs: Dialogs,
        memory: Memory,
        notify: Notify,
        now_ms: Callable[[], int],
        start_work: StartWork,
    ) -> None:
        self._panes = panes
        self._view = view
        self._servers = servers
        self._dialogs = dialogs
        self._memory = memory
        self._notify = notify
        self._now_ms = now_ms
        self._start_work = start_work
        self._key_ms = self._left_ms = 0
        self._saved_ms = 0
        self._has_greeted = False
        self._turns = InTurns(start_work, "away")
        self._counting = InTurns(start_work, "counting")

    # Whether a user is there

    def key_pressed(self, later: Callable[[Callable[[], None]], object]) -> None:
        """Note that a user is there; after a quarter of an hour without, show what happened.

        `later` calls a function when the command of the key was run: its message would replace the line.
        """
        if self._was_left:
            later(self._user_is_there)
        else:
            self._key_ms = self._now_ms()

    def focus_changed(self, has_focus: bool) -> None:
        """Note that the terminal lost the keyboard, or got it back; after a quarter of an hour show what happened."""
        now_ms, left_ms = self._now_ms(), self._left_ms
        self._left_ms = 0 if has_focus else now_ms
        if has_focus and left_ms and now_ms - left_ms >= AWAY_MS:
            self._key_ms = min(self._key_ms or left_ms, left_ms)
            self._user_is_there()

    @property
    def _was_left(self) -> bool:
        return bool(self._key_ms) and self._now_ms() - self._key_ms >= AWAY_MS

    def _user_is_there(self) -> None:
        if self._was_left:
            self._greet(self._key_ms, self._now_ms())
        self._key_ms = self._now_ms()

    def loaded(self) -> None:
        """Show what happened since the monitor last ran on this server; to be called when all scans are loaded."""
        now_ms = self._now_ms()
        if self._has_greeted or not now_ms:
            return
        self._has_greeted = True
        last_ms = self._memory.state.last_seen.get(self._servers.label, 0)
        self._key_ms = self._key_ms or now_ms
        self._counting.make(in_short_turns(self._view.board.shift.catch_up_in_steps()), lambda: None)
        if last_ms and now_ms - last_ms >= AWAY_MS:
            self._greet(last_ms, now_ms)
        self.save(now_ms)

    def tell_time(self, now_ms: int) -> None:
        """Count what was closed, and remember once a minute that a user looks."""
        self._view.board.shift.catch_up()
        if self._has_greeted and now_ms - self._saved_ms >= _SAVED_EVERY_MS:
            self.save(now_ms)

    def save(self, now_ms: int) -> None:
        """Remember until when a user looked: now, or the last key when that is long ago."""
        if not self._has_greeted or not now_ms:
            return
        self._saved_ms = now_ms
        seen_ms = self._key_ms if now_ms - self._key_ms >= AWAY_MS else now_ms
        self._memory.change(last_seen={**self._memory.state.last_seen, self._servers.label: seen_ms})

    def _greet(self, since_ms: int, until_ms: int) -> None:
        # Imported when the user comes back: the first frame does not wait.
        from scantui.report.digest import away_line
        from scantui.report.spans import Span

        span = self._servers.away = Span(since_ms, until_ms)

        def greet() -> Iterator[None]:
            digest = yield from self._view.board.shift.digest_in_steps(span, span.until_ms)
            self._notify(f"{away_line(digest, self._running())}  (I)")

        self._turns.make(in_short_turns(greet()), lambda: None)

    def _running(self) -> str:
        """`62 at 61%`: the newest scan that runs."""
        board = self._view.board
        for index in range(len(board) - 1, max(-1, len(board) - 1 - _MOST_LOOKED_AT), -1):
            row = board.row_at(index)
            if row.state is ScanState.STARTED and row.identity is not None:
                progress = board.progress_of(row)
                return f"{row.identity.number} at {progress}" if progress else str(row.identity.number)
        return ""

    # The pane

    def digest(self) -> None:
        if self._panes.opened == DIGEST:
            self._panes.close()
            self._view.table.take_focus()
            self._view.follow_if_at_end()
            return
        # Filled at once, so that the first frame shows it.
        self._panes.open(DIGEST).tell_time(self._now_ms(), "")
        self._view.follow_if_at_end()
        self._panes.switch_focus()

    def write_report(self, span: Span) -> None:
        """Ask for a format and a file, and write the report of a span."""

        def ask(ending: str | None) -> None:
            if ending is not None:
                self._dialogs.prompt("write to", lambda path: self._write(path, ending, span), f"~/report.{ending}")

        self._dialogs.menu("Write the report", _FORMATS, ask)

    def _write(self, path: str | None, ending: str, span: Span, overwrite: bool = False) -> None:
        if not path:
            return
        if all(server.store is None for server in self._servers):
            self._write_known(path, ending, span, overwrite)
        else:
            self._notify("Reading what the report needs")
            self._start_work(self._write_read(path, ending, span, overwrite), _WRITING)

    async def _write_read(self, path: str, ending: str, span: Span, overwrite: bool) -> None:
        """Write the report with all that the stores show of its scans; without an answer, with what is known."""
        from scantui.vigil.evidence import with_evidence

        report, curves, lacking = self._report(span), dict[str, str](), list[str]()
        known = {scan.key: scan for scan in report.scans}

        async def read(server: WatchedServer) -> None:
            own = tuple(scan for scan in report.scans if self._servers.of(scan.scan) is server)
            if server.store is None and own:
                lacking.append(server.label)
            elif server.store is not None and own:
                try:
                    seen, drawn = await with_evidence(server.store, msgspec.structs.replace(report, scans=own))
                except StoreError:
                    lacking.append(server.label)
                else:
                    known.update((scan.key, scan) for scan in seen.scans)
                    curves.update(drawn)

        # All at once: a server that is silent holds up none of the others.
        await asyncio.gather(*map(read, self._servers))
        report = msgspec.structs.replace(report, scans=tuple(known.values()))
        self._write_out(path, ending, span, report, curves, overwrite, lacking)

    def _write_known(self, path: str, ending: str, span: Span, overwrite: bool) -> None:
        self._write_out(path, ending, span, self._report(span), {}, overwrite, [self._servers.label])

    def _report(self, span: Span) -> Report:
        names = self._servers.names if self._servers.are_many else ()
        return self._view.board.shift.report(self._servers.label, span, self._now_ms(), names)

    def _write_out(
        self,
        path: str,
        ending: str,
        span: Span,
        report: Report,
        curves: Mapping[str, str],
        overwrite: bool,
        lacking: Sequence[str],
    ) -> None:
        try:
            written = write_text(path, _report_text(report, ending, curves), overwrite=overwrite)
        except FileExistsAlready:
            again = lambda: self._write(path, ending, span, overwrite=True)  # noqa: E731 - what happens after yes
            self._dialogs.confirm(f"Overwrite {path}?", "overwrite it", again)
        except MachineError as error:
            self._notify(str(error), is_error=True)
        else:
            without = f"; no answer from {', '.join(lacking)}: its points and curves are left out" if lacking else ""
            self._notify(f"wrote the report of {counted(len(report.scans), 'scan')} to {written}{without}")


_MOST_LOOKED_AT = 50


def _report_text(report: Report, ending: str, curves: Mapping[str, str]) -> str:
    from scantui.report.page import report_page
    from scantui.report.records import report_csv, report_json
    from scantui.report.text import report_markdown

    if ending == "html":
        return report_page(report, curves=curves)
    return {"md": report_markdown, "csv": report_csv, "json": report_json}[ending](report)
