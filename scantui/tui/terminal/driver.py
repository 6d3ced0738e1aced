"""The drivers of the terminal: Textual's own, with all workarounds that they need."""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import os
import selectors
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from encodings import utf_8
from threading import Condition
from types import FunctionType, SimpleNamespace
from typing import TYPE_CHECKING, Any

from rich.cells import get_character_cell_size
from textual import events
from textual.drivers import linux_driver
from textual.message import Message

from scantui.system.output import PromptOutput
from scantui.tui.terminal.cells import PLAIN_LOOK
from scantui.tui.terminal.key_reader import KeyReader
from scantui.tui.terminal.survival import SurvivingApp

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

# Every terminal answers where its cursor is, after it has taken everything sent before the question.
QUESTION = "\x1b[6n"
# How long the answer may take that is still due when the terminal is given back: by the link's own round trip, as far
# as it is known. A terminal that has answered nothing for so long never will.
_LEAST_SECONDS, _UNKNOWN_SECONDS, _MOST_SECONDS = 0.5, 5.0, 10.0
# So long the thread that reads keys waits for the interpreter while rows are painted; Python's own is 5 ms.
_SWITCH_SECONDS = 0.0005

# The symbols of the screen, borders and scroll bars.
_ASCII_SYMBOLS = {
    ord(symbol): placeholder
    for symbols, placeholder in (
        ("…", "~"),
        ("·", "."),
        ("\u00d7", "x"),
        ("│┃║▕▏▎▍▌▋▊▉", "|"),
        ("─━═▔", "-"),
        ("┌┐└┘├┤┬┴┼╭╮╰╯", "+"),
        ("▼↓▾", "v"),
        ("▲↑", "^"),
        ("→▶▸", ">"),
        ("←", "<"),
        ("■", "#"),
        ("░", "."),
        ("●", "*"),
        ("◐", "~"),
        ("○", "o"),
        *zip("▁▂▃▄▅▆▇█", "_.-=+*%#", strict=True),
    )
    for symbol in symbols
}


def _as_control(error: UnicodeError) -> tuple[str, int]:
    """A control character of eight bits as what it is, any other byte that is not UTF-8 as a stand-in."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    byte = error.object[error.start]
    return chr(byte) if 0x80 <= byte < 0xA0 else "\ufffd", error.start + 1


_EIGHT_BITS = "scantui.eight_bits"
codecs.register_error(_EIGHT_BITS, _as_control)


class Keyboard(utf_8.IncrementalDecoder):
    """Decodes what the terminal sends; bytes that are not UTF-8 are replaced, since an error would end the program."""

    def __init__(self) -> None:
        super().__init__(errors=_EIGHT_BITS)

    def decode(self, data: ReadableBuffer, final: bool = False) -> str:
        """Raise OSError for the nothing that a terminal sends once it is gone: Textual would read it for ever."""
        if not data and not final:
            raise OSError("the terminal is gone")
        return super().decode(data, final)


def in_ascii(text: str) -> str:
    """A text in ASCII alone, as wide as before: symbols have placeholders, letters become `?`."""
    if text.isascii():
        return text
    return "".join(
        letter if letter.isascii() else "?" * get_character_cell_size(letter)
        for letter in text.translate(_ASCII_SYMBOLS)
    )


class AnswersDue:
    """The questions that the terminal has not answered yet, and how long its answers take; times are in seconds."""

    def __init__(self) -> None:
        self._asked: deque[float] = deque()
        self._slowest = 0.0
        self.was_used = False

    @property
    def count(self) -> int:
        return len(self._asked)

    def asked(self, now: float) -> None:
        self._asked.append(now)
        self.was_used = True

    def answered(self, now: float) -> None:
        """Note an answer, or a key that looks like one: Shift+F3 does."""
        self.was_used = True
        if self._asked:
            self._slowest = max(self._slowest, now - self._asked.popleft())

    def forget(self) -> None:
        """Expect no more answers."""
        self._asked.clear()

    def patience(self, now: float) -> float:
        """How long to wait for what is still due."""
        if not self._asked:
            return 0.0
        if self._slowest:
            return min(max(_LEAST_SECONDS, 2 * self._slowest), _MOST_SECONDS)
        return max(_LEAST_SECONDS, self._asked[0] + _UNKNOWN_SECONDS - now)


class WokenSelector(selectors.SelectSelector):
    """Waits for the terminal, and no longer once a pipe was closed at its other end."""

    def __init__(self, pipe: int) -> None:
        super().__init__()
        self._pipe = pipe
        self.register(pipe, selectors.EVENT_READ)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What the terminal sent within this many seconds."""
        return [each for each in super().select(timeout) if each[0].fd != self._pipe]


class SteadyDriver(linux_driver.LinuxDriver):
    """The driver of a terminal that is given back as it was found, with no answer left for the next program to read."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.on_key: Callable[[], None] | None = None
        """Called in the thread that reads keys, before each one goes on its way."""
        self._is_ours = False
        self._output = PromptOutput(sys.__stderr__) if sys.__stderr__ is not None else None
        self._gathered: list[str] | None = None
        self._due = AnswersDue()
        self._answer = Condition()
        self._wake: int | None = None

    def start_application_mode(self) -> None:
        if self._output is not None:
            self._file: Any = self._output
            self._output.open()
        sys.setswitchinterval(_SWITCH_SECONDS)
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._is_ours = True
        # In place of handlers that run at any moment, also while a lock is held that they need.
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTSTP, self._sigtstp_application)
        loop.add_signal_handler(signal.SIGCONT, self._sigcont_application)

    def stop_application_mode(self) -> None:
        if self._is_ours:
            self._is_ours = False
            self.hear_out()
            # Frames leave the terminal in the look of their last cell.
            self.write(PLAIN_LOOK)
        super().stop_application_mode()
        if self._output is not None:
            self._output.close()

    def disable_input(self) -> None:
        """Read no more; Textual's own thread would look twice more for a tenth of a second."""
        if self._wake is not None:
            os.close(self._wake)
            self._wake = None
        super().disable_input()

    def write(self, data: str) -> None:
        if QUESTION in data:
            with self._answer:
                self._due.asked(time.monotonic())
        if self._gathered is not None:
            self._gathered.append(data)
        else:
            self._write_now(data)

    @contextlib.contextmanager
    def gathered(self) -> Iterator[None]:
        """Write all that is written in the block as one."""
        self._gathered = []
        try:
            yield
        finally:
            data, self._gathered = "".join(self._gathered), None
            self._write_now(data)

    def _write_now(self, data: str) -> None:
        # Textual's thread, which may wait for the terminal, has its turn only after other work of this one.
        left = data if self._output is None else self._output.write_now(data)
        if left is not None:
            super().write(left)

    def process_message(self, message: Message) -> None:
        if isinstance(message, events.CursorPosition):
            with self._answer:
                self._due.answered(time.monotonic())
                self._answer.notify_all()
        elif isinstance(message, events.Key) and self.on_key is not None:
            self.on_key()
        super().process_message(message)

    def hear_out(self) -> None:
        """Wait a moment for what the terminal still has to answer, so that the shell does not read it."""
        if self._key_thread is None or not self._key_thread.is_alive():
            return
        if not self._due.was_used:
            self.write(QUESTION)
        with self._answer:
            self._answer.wait_for(lambda: not self._due.count, self._due.patience(time.monotonic()))
            self._due.forget()

    def _sigcont_application(self, *_: object) -> None:
        """Take the terminal again: after a suspension, and also after a stop without warning."""
        if not self._auto_restart:
            return  # App.suspend does it
        with contextlib.suppress(OSError):
            if os.tcgetpgrp(self.fileno) != os.getpgrp():
                os.kill(os.getpid(), signal.SIGSTOP)  # in the background the terminal is another's
                return
        if self._is_ours:
            # Otherwise the present state, not that of the start, would be restored at the end.
            self.suspend_application_mode()
        self._must_signal_resume = True
        self.resume_application_mode()

    def run_input_thread(self) -> None:
        """Read in Textual's own way, but with another decoder, another reader of keys and another selector."""
        woken, self._wake = os.pipe()
        names = {
            "getincrementaldecoder": lambda _: Keyboard,
            "XTermParser": KeyReader,
            "selectors": SimpleNamespace(SelectSelector=lambda: WokenSelector(woken), EVENT_READ=selectors.EVENT_READ),
        }
        try:
            FunctionType(super().run_input_thread.__code__, {**vars(linux_driver), **names})(self)
        finally:
            os.close(woken)

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except OSError:
            # The terminal is gone.
            os.kill(os.getpid(), signal.SIGHUP)
        except Exception as error:
            # Without a keyboard the screen cannot be left.
            if isinstance(self._app, SurvivingApp):
                self._app.call_later(self._app.give_up, error)


class AsciiDriver(SteadyDriver):
    """The driver for a terminal that knows no UTF-8."""

    def write(self, data: str) -> None:
        super().write(in_ascii(data))
