"""What goes to a terminal that knows ASCII alone."""

from __future__ import annotations

import asyncio
import codecs
import os
import selectors

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual import events
from textual.drivers import linux_driver

from scantui.tui.terminal import LeanDisplay
from scantui.tui.terminal.driver import AnswersDue, Keyboard, SteadyDriver, WokenSelector, in_ascii
from tests.tui.pilots import watching
from tests.tui.scenes import night_feed


@given(st.text(st.one_of(st.characters(exclude_categories=["Cc", "Cs"]), st.sampled_from("…▼│█日e\u0301"))))
def test_it_is_ascii_and_as_wide_as_before(text: str) -> None:
    narrowed = in_ascii(text)
    assert narrowed.isascii()
    assert len(narrowed) == sum(map(cell_len, text))


def test_the_symbols_of_the_screen_have_stand_ins_and_sequences_stay() -> None:
    assert in_ascii("\x1b[1m▼ 3 new…\x1b[0m│ ▁▄█ ↑↓ é日") == "\x1b[1mv 3 new~\x1b[0m| _=# ^v ???"


def test_the_process_keeps_textuals_driver_as_it_is() -> None:
    assert vars(linux_driver)["getincrementaldecoder"] is codecs.getincrementaldecoder
    assert SteadyDriver.run_input_thread is not linux_driver.LinuxDriver.run_input_thread


def test_the_nothing_of_a_terminal_that_is_gone_is_not_read_for_ever() -> None:
    keyboard = Keyboard()
    assert keyboard.decode(b"q\xff") == "q\ufffd"
    assert keyboard.decode(b"", final=True) == ""
    with pytest.raises(OSError, match="gone"):
        keyboard.decode(b"")


async def test_a_key_that_looks_like_an_answer_is_not_counted_as_one() -> None:
    async with watching(night_feed()) as pilot:
        driver = SteadyDriver(pilot.app)
        driver.process_message(events.CursorPosition(0, 1))
        assert driver._due.count == 0


async def test_a_frame_that_waits_is_not_sent_after_the_end() -> None:
    async with watching(night_feed()) as pilot:
        app = pilot.app
        assert isinstance(app, LeanDisplay)
        due = app._frame_due = asyncio.get_running_loop().call_later(3600.0, app._show)
    assert due.cancelled()
    assert app._frame_due is None


def test_an_answer_is_waited_for_as_long_as_the_link_needs() -> None:
    due = AnswersDue()
    assert due.patience(0.0) == 0.0
    due.asked(0.0)
    due.answered(3.0)
    due.asked(4.0)
    assert due.patience(4.1) == 6.0
    due.answered(4.2)
    assert (due.count, due.patience(4.3)) == (0, 0.0)


def test_a_quick_link_holds_nobody_up_and_a_slow_one_not_for_ever() -> None:
    due = AnswersDue()
    due.asked(0.0)
    due.answered(0.001)
    due.asked(1.0)
    assert due.patience(1.0) == 0.5
    due.answered(31.0)
    due.asked(32.0)
    assert due.patience(32.0) == 10.0


def test_the_first_answer_may_be_late_and_a_terminal_that_never_answers_is_not_waited_for() -> None:
    due = AnswersDue()
    due.asked(0.0)
    assert due.patience(1.0) == 4.0
    assert due.patience(60.0) == 0.5
    due.forget()
    assert due.patience(60.0) == 0.0


def test_the_wait_for_keys_ends_at_once_when_the_terminal_is_given_back() -> None:
    woken, wake = os.pipe()
    try:
        with WokenSelector(woken) as selector:
            selector.register(wake, selectors.EVENT_WRITE)
            assert [key.fd for key, _ in selector.select(60.0)] == [wake]
            selector.unregister(wake)
            os.close(wake)
            assert selector.select(60.0) == []
    finally:
        os.close(woken)
