"""The filter bar: one line of text that decides which scans are shown, while it is typed."""

from __future__ import annotations

import os.path
from collections.abc import Callable, Iterable, Sequence

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Input, Static

from scantui.exceptions import FilterSyntaxError
from scantui.filters import ScanFilter
from scantui.tui.commands.command import Place
from scantui.tui.commands.keys import bindings_of
from scantui.tui.commands.table import commands_at
from scantui.tui.messages import FilterEntered, FilterLeft, FilterRefused, FilterTyped, Notice
from scantui.tui.terminal import SurvivingWidget

_ROOM_FOR_COUNTS = 60
_ALL = "all scans; try  name=ascan*  state=run  age<2h"

# At each key all of the filter is read again.
_LONGEST = 1_000


class FilterBar(SurvivingWidget, Horizontal):
    """Shows the filter that holds; `edit` gives it the keyboard, Enter keeps the new text, Escape the old one."""

    PLACE = Place.FILTER
    # The bar is left by Enter and Escape only.
    BINDINGS = [*bindings_of(commands_at(PLACE)), Binding("shift+tab", "stay", show=False)]

    def __init__(self, values_of: Callable[[str], Iterable[str]] = lambda _: ()) -> None:
        """`values_of` gives the values seen of a field, frequent ones first."""
        super().__init__()
        self._values_of = values_of
        self._kept = ScanFilter()
        self._history: list[str] = []
        self._place = 0
        self._counts = Text()
        self._line: Input | None = None

    def compose(self) -> ComposeResult:
        yield Static("/ ", classes="slash", markup=False)
        # What an Input shows in the first frame, which does not wait for one.
        yield Static(_ALL, classes="line -empty", markup=False)
        yield Static("", id="counts", markup=False)

    def bring_line(self) -> Input:
        """The line that is edited, which takes the place of a text when it is first wanted."""
        if self._line is None:
            # Imported and read when it is wanted: the first frame does not wait.
            from scantui.tui.widgets.inputs import CleanInput
            from scantui.tui.widgets.late_looks import bring_late_looks

            bring_late_looks(self.app)
            self._line = CleanInput(self._kept.text, placeholder=_ALL, compact=True, disabled=True, longest=_LONGEST)
            self.query(".line").remove()
            with self.prevent(Input.Changed):
                self.mount(self._line, before="#counts")
        return self._line

    def show_counts(self, counts: Text) -> None:
        """Show at the right end how many scans there are of what matters."""
        if self.size.width < _ROOM_FOR_COUNTS:
            counts = Text()
        if counts != self._counts:
            is_other_width = counts.cell_len != self._counts.cell_len
            self._counts = counts
            self.query_one("#counts", Static).update(counts, layout=is_other_width)

    def forget_shown(self) -> None:
        """Let the next call show the counts again."""
        self._counts = Text()

    @property
    def is_edited(self) -> bool:
        return self._line is not None and self._line.has_focus

    def edit(self, history: Sequence[str], pasted: str = "") -> None:
        """Give the bar the keyboard; `history` has earlier filters, the newest last."""
        self._history = [*history, self._kept.text]
        self._place = len(self._history) - 1
        line = self.bring_line()
        # Without a new look: that of a line with the keyboard comes with it.
        line.set_reactive(Input.disabled, False)
        # At once, since what is typed ahead belongs to the filter.
        self.screen.set_focus(line)
        if pasted.strip():
            line.value = f"{line.value} {pasted.strip().splitlines()[0]}".strip()
        line.cursor_position = len(line.value)

    def show(self, scan_filter: ScanFilter) -> None:
        """Show a filter that was set elsewhere."""
        self._kept = scan_filter
        if self._line is not None:
            with self.prevent(Input.Changed):
                self._line.value = scan_filter.text
        for text in self.query(".line").results(Static):
            text.update(scan_filter.text or _ALL)
            text.set_class(not scan_filter.text, "-empty")
        self.remove_class("-refused")

    @on(Input.Changed)
    def _read(self, event: Input.Changed) -> None:
        event.stop()
        scan_filter = self._parsed(event.value)
        if scan_filter is not None:
            self.post_message(FilterTyped(scan_filter))
        if len(event.value) >= _LONGEST:
            self.post_message(Notice(f"A filter has at most {_LONGEST} letters: the rest is left out"))

    def action_enter(self) -> None:
        scan_filter = self._parsed(self.bring_line().value)
        if scan_filter is not None:
            self._kept = scan_filter
            self._close()
            self.post_message(FilterEntered(scan_filter))

    def action_leave(self) -> None:
        self.show(self._kept)
        self._close()
        self.post_message(FilterLeft(self._kept))

    def action_older(self) -> None:
        self._recall(self._place - 1)

    def action_newer(self) -> None:
        self._recall(self._place + 1)

    def _recall(self, place: int) -> None:
        if 0 <= place < len(self._history):
            line = self.bring_line()
            self._history[self._place] = line.value
            self._place = place
            line.value = self._history[place]
            line.cursor_position = len(line.value)

    def action_complete(self) -> None:
        """Write what all candidates have in common, and list them."""
        line = self.bring_line()
        from scantui.filters import complete

        completion = complete(line.value, line.cursor_position, self._values_of)
        if not completion.candidates:
            return
        common = os.path.commonprefix(completion.candidates)  # noqa: RUF071 - letters are what is typed
        typed = line.value[completion.start : completion.end]
        if len(common) > len(typed) or len(completion.candidates) == 1:
            line.value = line.value[: completion.start] + common + line.value[completion.end :]
            line.cursor_position = completion.start + len(common)
        if len(completion.candidates) > 1:
            self.post_message(Notice("  ".join(completion.candidates)))

    def action_stay(self) -> None:
        """Do nothing."""

    def _close(self) -> None:
        self.bring_line().disabled = True

    def _parsed(self, text: str) -> ScanFilter | None:
        try:
            scan_filter = ScanFilter.parse(text)
        except FilterSyntaxError as error:
            self.add_class("-refused")
            self.post_message(FilterRefused(f"column {error.column}: {error}"))
            return None
        self.remove_class("-refused")
        return scan_filter
