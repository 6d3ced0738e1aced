"""What the keyboard sends, in whole pieces; Textual's own reader takes an Esc and the next key for Alt with that key.

Rule 1: Esc and any key that arrives with it are two keys; over SSH both often come in one packet.
Rule 2: an escape sequence that Textual does not know does nothing, and types nothing.
Rule 3: what is pasted is searched once, however much it is. A text that comes as keys, faster than anyone types, does
nothing but for the keys that end the program. The terminal's own reports are no such text, and none of them is lost.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from functools import cache, partial

from textual import constants, events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._keyboard_protocol import FUNCTIONAL_KEYS
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, FOCUSIN, XTermParser
from textual.message import Message

_ESC = "\x1b"


def _pattern(shape: str) -> Callable[[], re.Pattern[str]]:
    """A pattern that is compiled when it is first wanted: no key comes before the first frame."""
    return cache(partial(re.compile, shape, re.DOTALL))


# The first five characters of the Linux console and rxvt, old reports of the mouse, and all others; then keypads.
_WHOLE = _pattern(
    r"\x1b(?:\[(?:\[.|M...|\d\d?[$@](?!y)|[0-?]*[ -/]*[@-~])|O[\d;]*[A-Za-z]|[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\))"
)
_BEGUN = _pattern(r"\x1b(?:\[(?:\[|M.{0,2}|[0-?]*[ -/]*)?|O[\d;]*|[\]P_^X][^\x07\x1b]*\x1b?)?")
# Textual takes the number of a key that it does not know for a letter.
_NUMBERED = _pattern(r"\x1b\[(\d+~)")
_EXTENDED = _pattern(r":|\d{5}|;.*;.*;")
# What some terminals send in place of Esc and a letter.
_EIGHT_BITS = {code: f"{_ESC}{chr(code - 0x40)}" for code in (0x8F, 0x90, 0x98, *range(0x9B, 0xA0))}
# A paste whose end does not come; on a slow link it may pause for long.
_PASTE_SECONDS = 10.0
# The rest of a longer sequence may be late on a slow link.
_REST_SECONDS = 1.0
_LONGEST = 4096
# More than this without a pause is no typing. A held key repeats slower than _HELD_A_SECOND.
_MOST_TYPED = 2048
_PAUSE_SECONDS = 0.25
_HELD_A_SECOND = 500
# Reports, not keys: where the cursor is, whether a mode is known, and where the mouse is. They come with every frame.
_REPORT_SHAPE = r"\x1b\[(?:\d+;\d+R|\?\d+;\d\$y|<\d+;\d+;\d+[Mm])"
_REPORT, _WAY_OUT = _pattern(_REPORT_SHAPE), _pattern(rf"[\x03\x11]|{_REPORT_SHAPE}")


class KeyReader:
    """Turns what the terminal sends into Textual's events; it stands in place of Textual's own XTermParser."""

    def __init__(self, debug: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self._known = XTermParser(debug)
        self._clock = clock
        self._pending = ""
        self._since = 0.0
        self._pasted: list[str] | None = None
        # How much has come without a pause, less what a held key may send in that time.
        self._typed = 0.0

    def feed(self, data: str) -> Iterator[Message]:
        """The events of what arrived; no data stands for the end of all input."""
        if not data:
            yield from self._known.feed("")
            return
        now = self._clock()
        waited = now - self._since
        self._typed = 0.0 if waited > _PAUSE_SECONDS else max(0.0, self._typed - waited * _HELD_A_SECOND)
        self._since = now
        came = data if self._pasted is not None else self._at_a_persons_pace(data)
        self._pending += came
        yield from self._taken()

    def _at_a_persons_pace(self, data: str) -> str:
        start = data.find(BRACKETED_PASTE_START)
        typed, pasted = (data, "") if start < 0 else (data[:start], data[start:])
        if not typed.isascii():
            typed = typed.translate(_EIGHT_BITS)
        self._typed += len(_REPORT().sub("", typed))
        if self._typed > _MOST_TYPED:
            # Nor is what such a text seems to have begun.
            typed, self._pending = "".join(_WAY_OUT().findall(typed)), ""
        return typed + pasted

    def tick(self) -> Iterator[Message]:
        """The events of a sequence whose rest did not come in time."""
        waited = self._clock() - self._since
        if self._pasted is not None:
            if waited >= _PASTE_SECONDS:
                # Otherwise no key would ever be read again.
                self._pending += BRACKETED_PASTE_END
                yield from self._taken()
            return
        if not self._pending or waited < constants.ESCAPE_DELAY:
            return
        if len(self._pending) <= 2:
            text, self._pending = self._pending[1:], ""
            yield _escape()
            yield from self._known.feed(text) if text else ()
        elif waited >= _REST_SECONDS:
            self._pending = ""

    def _taken(self) -> Iterator[Message]:
        while self._pending:
            if self._pasted is not None:
                end = self._pending.find(BRACKETED_PASTE_END)
                if end < 0:
                    # The mark of the end may be cut in two.
                    rest = len(BRACKETED_PASTE_END) - 1
                    self._pasted.append(self._pending[:-rest])
                    self._pending = self._pending[-rest:]
                    return
                text = "".join((*self._pasted, self._pending[:end]))
                self._pasted, self._pending = None, self._pending[end + len(BRACKETED_PASTE_END) :]
                yield events.Paste(text.replace("\x00", ""))
                continue
            start = self._pending.find(_ESC)
            if start:
                text = self._pending if start < 0 else self._pending[:start]
                self._pending = self._pending[len(text) :]
                yield from self._known.feed(text)
            elif whole := _WHOLE().match(self._pending):
                self._pending = self._pending[whole.end() :]
                yield from self._events_of(whole[0])
            elif len(self._pending) > _LONGEST:
                self._pending = ""
            elif _BEGUN().fullmatch(self._pending):
                return
            else:
                self._pending = self._pending[1:]
                yield _escape()

    def _events_of(self, sequence: str) -> Iterator[Message]:
        if sequence == BRACKETED_PASTE_START:
            self._pasted = []
            return
        is_report = sequence[1] not in "[O"
        unknown = _NUMBERED().fullmatch(sequence)
        if is_report or (unknown and unknown[1] not in FUNCTIONAL_KEYS and sequence not in ANSI_SEQUENCES_KEYS):
            return
        if _EXTENDED().search(sequence):
            # Few terminals send such keys; the first frame does not wait for it.
            from scantui.tui.terminal.extended_keys import in_textuals_form

            sequence = in_textuals_form(sequence) or ""
        found = list(self._known.feed(sequence)) if sequence else []
        if not found:
            # Textual would wait for more of a sequence that it does not know, and type it then.
            list(self._known.feed(FOCUSIN))
        yield from found


def _escape() -> events.Key:
    return events.Key("escape", _ESC)
