"""The screen between Textual and the display: it renders the lines that changed, those of a key before all others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual import events
from textual.binding import BindingsMap
from textual.dom import DOMNode
from textual.message import Message
from textual.reactive import Reactive
from textual.screen import Screen, ScreenResultType
from textual.widget import Widget

from scantui.tui.terminal.display import LeanDisplay
from scantui.tui.terminal.pieces import pieces_in
from scantui.tui.terminal.survival import Surviving
from scantui.tui.terminal.text_lines import strips_of

if TYPE_CHECKING:
    from typing_extensions import Self


class LeanScreen(Surviving, Screen[ScreenResultType]):
    """A Screen that composes no frame for nothing, and that of a key at once."""

    ESSENTIAL: tuple[type[Message], ...] = (events.Compose, events.Mount)
    # Textual's own repaints the whole screen when another widget gets the keyboard.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    _whole_due: asyncio.Handle | None = None

    def as_first(self) -> Self:
        """This screen, for an app to start with: another one can replace it later, as if it had been pushed."""
        self._push_result_callback(self, None)
        return self

    @property
    def _binding_chain(self) -> list[tuple[DOMNode, BindingsMap]]:
        # Textual's own asks with each key about every binding whether another widget types its letter.
        nodes = self.focused.ancestors_with_self if self.focused is not None else []
        if not nodes or self.app._keymap or any(map(_types_letters, nodes)):
            return super()._binding_chain
        return [(node, node._bindings) for node in nodes]

    def after_frame(self, work: Callable[[], object]) -> None:
        """Do something after the frame of a key, which need not show it; at once when no key waits for one."""
        if isinstance(self.app, LeanDisplay):
            self.app.after_frame(work)
        else:
            work()

    def between_keys(self, work: Callable[[], bool]) -> None:
        """Call a function until it answers that it is done, each time after the frame of a key that waits for one."""
        _BetweenKeys(self, work).go_on()

    def _compositor_refresh(self) -> None:
        # Within a batch, as at the start, Textual composes frames that App._display throws away.
        if self.app._batch_count or self._refresh_pieces():
            return
        if not self.is_current or len(self.app.screen_stack) == 1 or self.app.is_headless:
            super()._compositor_refresh()
        elif self._whole_due is None:
            # Several messages that open a dialog have all composed, with the screen below: once, in a turn of its own.
            self._whole_due = asyncio.get_running_loop().call_soon(self._compose_whole)

    def _compose_whole(self) -> None:
        self._whole_due = None
        super()._compositor_refresh()

    def _refresh_pieces(self) -> bool:
        """Render the lines that changed, and no others; False when Textual has to compose the screen."""
        app, compositor = self.app, self._compositor
        screen = compositor.size.region
        dirty = [region.intersection(screen) for region in compositor._dirty_regions]
        if not isinstance(app, LeanDisplay) or app.screen is not self or not app.takes_pieces_of(compositor.size):
            return False
        pieces = list(pieces_in(dirty, compositor.visible_widgets))
        if any(widget is self for widget, _ in pieces):
            return False
        compositor._dirty_regions.clear()
        app.show_pieces((piece.where, strips_of(widget, piece.of_widget)) for widget, piece in pieces)
        self._dirty_widgets.clear()
        app._update_mouse_over(self)
        return True

    def _on_timer_update(self) -> None:
        """Paint, when the timer ticks; a key that has been read and not looked at yet goes first."""
        app = self.app
        if not (isinstance(app, LeanDisplay) and app.puts_off_frame()):
            super()._on_timer_update()

    async def _on_idle(self, event: events.Idle) -> None:
        # Textual, whose own handler comes after this one, gathers changes until a timer ticks.
        is_to_paint = self._dirty_widgets or self._layout_required
        if isinstance(self.app, LeanDisplay) and self.app.owes_frame and is_to_paint:
            super()._on_timer_update()


class _BetweenKeys:
    """Work in turns of the event loop; Textual inspects the signature of whatever is no method of an object anew."""

    def __init__(self, screen: LeanScreen[Any], work: Callable[[], bool]) -> None:
        self._screen = screen
        self._work = work

    def go_on(self) -> None:
        self._screen.after_frame(self._do_some)

    def _do_some(self) -> None:
        if not self._work():
            self._screen.call_later(self.go_on)


def _types_letters(node: DOMNode) -> bool:
    return type(node).check_consume_key is not DOMNode.check_consume_key
