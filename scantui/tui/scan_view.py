"""The board on its table: what changed is painted, and the newest scan is followed until the user looks elsewhere.

Rule: whatever changes the board hands the change on here; nothing else repaints rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from scantui.board import Board, Change
from scantui.models import ScanSummary
from scantui.text import printable
from scantui.titles import row_name
from scantui.tui.commands.collaborators import Table
from scantui.tui.repaints import Repaints
from scantui.words import clock_span, duration


class ScanView:
    """The rows as the user sees them.

    `looks_elsewhere` answers whether a pane is open or the filter is edited, which holds the rows. `update_lines` is
    called after each repaint, `set_timer` calls a function once after a time in seconds, and `after_frame` after the
    frame of a key. `between_keys` calls one, in turns between which keys come, until that answers that it is done.
    """

    def __init__(
        self,
        board: Board,
        table: Table,
        looks_elsewhere: Callable[[], bool],
        set_timer: Callable[[float, Callable[[], None]], object],
        update_lines: Callable[[], None],
        after_frame: Callable[[Callable[[], object]], None],
        between_keys: Callable[[Callable[[], bool]], object],
    ) -> None:
        self.board = board
        self.table = table
        self._looks_elsewhere = looks_elsewhere
        self._update_lines = update_lines
        self.after_frame = after_frame
        self._goes_to_newest = self._goes_on = self._lines_are_due = False
        self._repaints = Repaints(set_timer, self._repaint, self._arrivals, self._repaint_in_place, between_keys)
        self._seen: tuple[bool, Sequence[str]] = (False, ())

    @property
    def row(self) -> ScanSummary | None:
        """The row under the cursor."""
        return self.board.row(self.table.cursor_key or "")

    @property
    def keys_under_cursor(self) -> list[str]:
        """The scans of the line under the cursor: of a fold all that it hides."""
        return self.board.lines.members_of(self.table.cursor_key)

    def go_to(self, key: str) -> None:
        """Put the cursor on a scan that is shown, and unfold the way to it."""
        self.board.lines.reveal(key)
        self.show_moved_lines()
        self.table.go_to(key)

    def unfold_run(self) -> bool:
        """Unfold the run of equal scans under the cursor; returns whether there is one."""
        key, lines = self.table.cursor_key, self.board.lines
        if key is None or not self.board.is_shown(key) or lines.line_at(lines.index_of(key)).size == 1:
            return False
        lines.toggle(key)
        self.show_moved_lines()
        return True

    def show_moved_lines(self) -> None:
        """Show what was folded or unfolded."""
        if self._take_moved():
            self.table.rows_changed()

    def _take_moved(self, ready: Collection[str] = ()) -> bool:
        """Repaint the lines of the outline that look different but for those `ready`; returns whether lines moved."""
        lines = self.board.lines
        moved = lines.take_moved()
        if moved.anew:
            self.table.refresh()
        self._refresh_rows(moved.keys, ready)
        return moved.has_moved

    def _refresh_rows(self, keys: Collection[str], ready: Collection[str] = ()) -> None:
        for key in map(self.board.lines.shown_key, keys):
            (self.table.show_row if key in ready else self.table.refresh_row)(key)

    def changed(self, change: Change) -> None:
        """Show at once what a key or the clock changed."""
        self._repaints.at_once(change)

    def arrived(self, change: Change, is_news: bool = False) -> None:
        """Show what the feed brought, thirty times a second at most; news are shown around the table in any case."""
        self._repaints.in_turn(change, is_news)

    def tell_time(self, now_ms: int) -> None:
        """Bring ages and states up to the server's time."""
        self.changed(self.board.tell_time(now_ms))
        self.table.time_passed()

    def update_lines(self) -> None:
        """Update the lines around the table, after the frame of a key."""
        if not self._lines_are_due:
            self._lines_are_due = True
            self.after_frame(self._update_due_lines)

    def _update_due_lines(self) -> None:
        self._lines_are_due = False
        self._update_lines()

    def follow_if_at_end(self) -> None:
        """Follow the newest scan when the cursor is on it and nothing else is looked at; else hold the rows."""
        self._follow_if_at_end()
        self.update_lines()

    def cursor_moved(self) -> None:
        """The same when the cursor came to another row; of the lines around the table few keys change anything."""
        before = self._seen
        self._follow_if_at_end()
        self._seen = (self.board.held, self.table.keys_in_view)
        if self._seen != before:
            self.update_lines()

    def _follow_if_at_end(self) -> None:
        by_time = self.board.sorting.is_by_time and not self.board.sorting.descending
        self.changed(self.board.set_held(self._looks_elsewhere() or not by_time or not self.table.at_end))
        if self.board.held:
            self.show_moved_lines()
        elif self._take_moved():
            # Scans that came and are not painted yet must not leave the cursor behind.
            self.table.follow_end()

    def follow_newest(self) -> None:
        """Go to the newest scan, and follow; what came while rows were held is shown in the next frame."""
        self.table.follow_end()
        self._goes_to_newest = True
        self.after_frame(self.finish)

    def go_on_at_end(self) -> None:
        """Follow the newest scan where the cursor is on it; what came while rows were held is in the next frame."""
        self._goes_on = True
        self.after_frame(self.finish)

    def finish(self) -> None:
        """Show all that a key before this one has brought about."""
        if self._goes_on:
            self._goes_on = False
            self.follow_if_at_end()
        if self._goes_to_newest:
            self._goes_to_newest = False
            self.changed(self.board.set_held(False))
            self._take_moved()
            self.table.follow_end()
            self.update_lines()

    def ahead_ms(self, key: str | None) -> int:
        """How far the clock of the scan's server is ahead of that of the list, in milliseconds."""
        row = self.board.row(key or "")
        return row.origin.ahead_ms if row is not None and row.origin is not None else 0

    def name_of(self, key: str) -> str:
        """State, number and title of a scan, "" when nothing is known of it."""
        row = self.board.row(key)
        if row is None or row.identity is None:
            return ""
        return f"{self.board.word_of(row)} {row.identity.number} {row_name(row)}"

    def whole_name_of(self, key: str) -> str:
        """State, number, server if there are several, and title of a scan, "" when nothing is known of it."""
        word, _, rest = self.name_of(key).partition(" ")
        number, _, name = rest.partition(" ")
        return " ".join(filter(None, (word, number, self.server_of(key), name)))

    def server_of(self, key: str) -> str:
        """The server of a scan, "" of the only one."""
        row = self.board.row(key)
        return (row.server if row is not None else None) or ""

    def figures_of(self, key: str) -> str:
        """How long a scan took or has run, and how far it came, "" when nothing is known of it."""
        row = self.board.row(key)
        if row is None:
            return ""
        seconds = duration(row, self.board.now_ms)
        took = "" if seconds is None else clock_span(seconds)
        return f"{took:>7}  {self.board.progress_of(row)}".rstrip()

    def progress_of(self, key: str) -> str:
        """How far a scan is, as its row shows it, "" when nothing is known of it."""
        row = self.board.row(key)
        return "" if row is None else self.board.progress_of(row)

    def note_of(self, key: str) -> str:
        """The verdict on a scan in capitals and the note, "" without any."""
        note = self.board.note_of(key)
        return f"{note.verdict.upper()} {note.text}".strip() if note else ""

    def word_of(self, key: str | None) -> str:
        """The state of a scan as the table shows it, "" when nothing is known of it."""
        row = self.board.row(key or "")
        return self.board.word_of(row) if row else ""

    def news(self) -> str:
        """What came while the rows are held."""
        words = []
        if self.board.held and self.board.new:
            words.append(f"▼ {self.board.new} new (G)")
            if self.board.filter.terms:
                words.append(f"+{self.board.new_matching} matching")
        if self.board.held and not self.board.sorting.is_by_time and self.board.waiting:
            words.append(f"{self.board.waiting} not shown yet (f)")
        return " ".join(words)

    def parting_words(self, label: str) -> str:
        """What stays in the terminal's own history: the marked rows, and two lines on all."""
        marked = [row for row in map(self.board.row, self.board.marks) if row is not None]
        counts = ", ".join(f"{count} {word}" for word, count in self.board.counts().items())
        lines = [f"{row.key}  {self.whole_name_of(row.key)}" for row in marked]
        lines += [f"{label}: {len(self.board)} of {self.board.total} scans shown", counts or "none"]
        return "\n".join(map(printable, lines))

    def _arrivals(self, change: Change) -> Iterator[None]:
        """Paint rows that came, in steps: each new line where nobody sees it, and then all of them are shown."""
        ready = set[str]()
        if self.board.sorting.is_by_time and not self.board.held:
            for key in map(self.board.lines.shown_key, change.touched):
                self.table.forget_row(key)
            yield
            for key in self.table.painting_end():
                ready.add(key)
                yield
        # A key that has just moved the cursor off the end is not undone by what came.
        if self.board.sorting.is_by_time and not self.board.held and not self.table.at_end:
            self._follow_if_at_end()
        self._repaint_rows(change, ready)
        yield
        self.update_lines()
        if self.board.held and self.board.sorting.is_by_time:
            # The key that follows the newest again finds them painted.
            yield
            for _ in self.table.painting_end():
                yield

    def _repaint(self, change: Change) -> None:
        self._repaint_rows(change)
        self.update_lines()

    def _repaint_in_place(self, change: Change) -> None:
        self._refresh_rows(change.touched)
        self._refresh_rules_later()
        self.update_lines()

    def _refresh_rules_later(self) -> None:
        # Most changes leave them as they are, and to look takes longer than to paint a row.
        self.after_frame(self.table.refresh_rules)

    def _repaint_rows(self, change: Change, ready: Collection[str] = ()) -> None:
        self._refresh_rows(change.touched, ready)
        if self._take_moved(ready) or change.rearranged:
            if self.board.held or not self.board.sorting.is_by_time:
                self.table.rows_changed()
            else:
                self.table.follow_end()
            self.table.fit_columns()
        elif change.touched:
            self._refresh_rules_later()
