"""What the driver of the terminal needs beside what Textual gives it: each workaround once, and all of them here."""

from __future__ import annotations

import codecs
from functools import partial

from rich.cells import get_character_cell_size
from textual.drivers import linux_driver

# The symbols of the screen, borders and scroll bars.
_ASCII_SYMBOLS = {
    ord(symbol): stand_in
    for symbols, stand_in in (
        ("…", "~"),
        ("·", "."),
        ("│┃║▕▏▎▍▌▋▊▉", "|"),
        ("─━═▔", "-"),
        ("┌┐└┘├┤┬┴┼╭╮╰╯", "+"),
        ("▼↓▾", "v"),
        ("▲↑", "^"),
        ("→▶▸", ">"),
        ("←", "<"),
        ("■", "#"),
        *zip("▁▂▃▄▅▆▇█", "_.-=+*%#", strict=True),
    )
    for symbol in symbols
}


def forgive_bad_bytes() -> None:
    """Have bytes from the keyboard that are no UTF-8 become stand-ins; the driver's strict decoder ends the program."""

    def forgiving(encoding: str) -> partial[codecs.IncrementalDecoder]:
        return partial(codecs.getincrementaldecoder(encoding), errors="replace")

    setattr(linux_driver, "getincrementaldecoder", forgiving)  # noqa: B010 - its own name for it is not public


def in_ascii(text: str) -> str:
    """What goes to the terminal, in ASCII alone and as wide as before: symbols have stand-ins, letters a `?`."""
    if text.isascii():
        return text
    return "".join(
        letter if letter.isascii() else "?" * get_character_cell_size(letter)
        for letter in text.translate(_ASCII_SYMBOLS)
    )


class AsciiDriver(linux_driver.LinuxDriver):
    """The driver for a terminal that knows no UTF-8."""

    def write(self, data: str) -> None:
        super().write(in_ascii(data))
