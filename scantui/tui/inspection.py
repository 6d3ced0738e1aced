"""Looking into one scan: the details beside the rows, which follow the cursor and never steal it.

Rule: while the details are open nothing moves in the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import on
from textual.binding import Binding
from textual.widgets import DataTable

from scantui.feed import Connected
from scantui.tui.looks import Looks
from scantui.tui.messages import DetailsLoaded, FeedEvent, OpenScan
from scantui.tui.widgets.scan_table import ScanTable
from scantui.tui.workers import follow_details

if TYPE_CHECKING:
    from scantui.tui.widgets.detail import DetailPane

DETAILS = "details"


class Inspection(Looks):
    """The rows, and the details of the one under the cursor."""

    BINDINGS = [
        Binding("tab", "other_pane", "Between table and details", show=False, key_display="Tab"),
        Binding("escape", "back", "Close the details", show=False, key_display="Esc"),
    ]

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._detailed: str | None = None
        self._pane: DetailPane | None = None

    @on(DataTable.RowSelected)
    def _toggle_details(self) -> None:
        if self.has_class("-details"):
            self.action_back()
        else:
            if self._pane is None:
                self._pane = self._new_pane()
            self.add_class("-details")
            self.follow_if_at_end()
            self._follow_details(self.query_one(ScanTable).cursor_key)

    def _new_pane(self) -> DetailPane:
        """The pane, which nobody looks at before it is opened."""
        from scantui.tui.widgets.detail import DetailPane

        pane = DetailPane(self.name_of)
        self.query_one("#body").mount(pane)
        return pane

    def action_back(self) -> None:
        if self.has_class("-details"):
            self.remove_class("-details")
            self.workers.cancel_group(self, DETAILS)
            self.query_one(ScanTable).focus()
            self.call_after_refresh(self.follow_if_at_end)

    def action_other_pane(self) -> None:
        if self._pane is not None and self.has_class("-details"):
            (self.query_one(ScanTable) if self._pane.has_focus else self._pane).focus()

    def _tick(self) -> None:
        super()._tick()
        if self._pane is not None and self.has_class("-details"):
            self._pane.tell_time(self._status.now_ms(), self._word_of(self._detailed))

    def _word_of(self, key: str | None) -> str:
        row = self.board.row(key or "")
        return self.board.word_of(row) if row else ""

    @on(FeedEvent)
    def _look_again(self, message: FeedEvent) -> None:
        """What could not be read while there was no connection is read with the next."""
        if isinstance(message.event, Connected) and self.has_class("-details"):
            self.call_later(self._follow_details, self._detailed)

    def _follow_details(self, key: str | None) -> None:
        """Have the details shown of this scan."""
        self._detailed = key
        if self._store is None and self._pane is not None:
            self._pane.show("there is no connection: the details are read when the server is back")
        elif self._store is not None and key is not None:
            work = follow_details(self._store, key, self.post_message)
            self.run_worker(work, group=DETAILS, exclusive=True, exit_on_error=False)

    @on(DetailsLoaded)
    def _show_details(self, message: DetailsLoaded) -> None:
        if self._pane is not None and message.key == self._detailed and self.has_class("-details"):
            self._pane.show(message.details, self._status.now_ms(), self._word_of(message.key))

    @on(OpenScan)
    def _open_link(self, message: OpenScan) -> None:
        """Go to a scan that another one names; one that the table does not show is shown in the details alone."""
        if self.board.is_shown(message.key):
            self.query_one(ScanTable).go_to(message.key)
        else:
            self._follow_details(message.key)
