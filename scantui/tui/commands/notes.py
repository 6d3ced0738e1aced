"""Notes and verdicts on scans, kept beside Redis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scantui.models import VERDICTS, Note, ScanSummary
from scantui.tui.commands.collaborators import Dialogs, Notify, StartWork
from scantui.tui.messages import PostMessage
from scantui.tui.scan_view import ScanView
from scantui.tui.watched_server import WatchedServers
from scantui.words import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from scantui.system.notes import NoteBook

_WORK = "notes"


class NoteCommands:
    """Writes notes on the scan under the cursor, or on all marked ones; `wall_ms` is this computer's time."""

    def __init__(
        self,
        view: ScanView,
        servers: WatchedServers,
        dialogs: Dialogs,
        notify: Notify,
        start_work: StartWork,
        post: PostMessage,
        wall_ms: Callable[[], int],
    ) -> None:
        self._view = view
        self._servers = servers
        self._dialogs = dialogs
        self._notify = notify
        self._start_work = start_work
        self._post = post
        self._wall_ms = wall_ms
        self._book: NoteBook | None = None

    def start(self, open_notes: Callable[[], NoteBook]) -> None:
        """Read the notes, and keep up with what others write."""
        from scantui.tui.note_files import follow_notes

        self._start_work(follow_notes(open_notes, self._post), _WORK)

    def read(self, book: NoteBook) -> None:
        """Show notes that were read."""
        self._book = book
        self._view.changed(self._view.board.put_notes(book.notes))
        self._view.table.notes_changed()

    def note(self) -> None:
        keys = self._view.board.marks or self._view.keys_under_cursor
        if not keys:
            return
        if self._book is None:
            self._notify("Notes are not read yet")
            return
        known = self._view.board.note_of(keys[0]) if len(keys) == 1 else None
        which = f"{counted(len(keys), 'scan')}: " if len(keys) > 1 else ""
        value = f"{known.verdict} {known.text}".strip() if known else ""
        question = f"{which}good, bad, repeat, none, or a note:"
        # Another row may be marked, or under the cursor, when the answer comes.
        before = self._book.notes
        self._dialogs.prompt(question, lambda text: self._write(keys, before, text), value)

    def _write(self, keys: Iterable[str], before: Mapping[str, Note], text: str | None) -> None:
        if text is None or self._book is None:
            return
        from scantui.tui.note_files import write_notes

        rows = [row for row in map(self._view.board.row, keys) if row is not None]
        notes = [self._note_on(row, self._book.user, text) for row in rows]
        which = rows[0].identity if len(rows) == 1 else None
        about = f"scan {which.number}" if which else counted(len(rows), "scan")
        kept = f"{notes[0].verdict.upper()} {notes[0].text}".strip() if notes else ""
        self._notify(f"Noted on {about}: {kept}" if kept else f"No note on {about}")
        self._start_work(write_notes(self._book, notes, before, self._post), f"{_WORK} written", exclusive=False)

    def _note_on(self, row: ScanSummary, user: str, text: str) -> Note:
        first, _, rest = text.strip().partition(" ")
        verdict = first.lower() if first.lower() in VERDICTS else ""
        identity = row.identity
        return Note(
            server=self._servers.of(row).label,
            key=row.key,
            number=identity.number if identity else None,
            title=row.title or (identity.name if identity else ""),
            dataset=(identity.dataset if identity else None) or "",
            created_ms=row.born_ms,
            user=user,
            at_ms=self._wall_ms(),
            verdict="" if verdict == "none" else verdict,
            text=rest.strip() if verdict else text.strip(),
        )
