"""Text for a terminal that may not take it: what is written at once, and what is left to a thread that may wait."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from scantui.system.output import PromptOutput

# More than any terminal takes before it is read.
MUCH = "é" * 500_000


class Ends(NamedTuple):
    output: PromptOutput
    reader: int

    def read(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            found += os.read(self.reader, 65536)
        return found


@pytest.fixture
def terminal() -> Iterator[Ends]:
    reader, writer = os.openpty()
    with os.fdopen(writer, "w", encoding="utf-8") as stream:
        output = PromptOutput(stream)
        output.open()
        yield Ends(output, reader)
        output.close()
    os.close(reader)


def test_what_the_terminal_takes_is_written_at_once(terminal: Ends) -> None:
    assert terminal.output.write_now("frame…") is None
    assert terminal.read(8) == "frame…".encode()


def test_the_rest_is_left_to_the_thread_and_nothing_overtakes_it(terminal: Ends) -> None:
    texts = [text for each in (MUCH, "next", "last") if (text := terminal.output.write_now(each)) is not None]
    assert texts == ["", "next", "last"]

    def write() -> None:
        for text in texts:
            terminal.output.write(text)
        terminal.output.flush()

    thread = threading.Thread(target=write)
    thread.start()
    wanted = f"{MUCH}nextlast".encode()
    assert terminal.read(len(wanted)) == wanted
    thread.join()
    assert terminal.output.write_now("again") is None
    assert terminal.read(5) == b"again"


def test_it_is_left_to_the_thread_where_there_is_no_terminal() -> None:
    reader, writer = os.pipe()
    with os.fdopen(writer, "w", encoding="utf-8") as stream:
        output = PromptOutput(stream)
        output.open()
        assert output.write_now("frame") == "frame"
        output.close()
    os.close(reader)


def test_it_is_left_to_the_thread_after_the_end(terminal: Ends) -> None:
    terminal.output.close()
    assert terminal.output.write_now("frame") == "frame"
