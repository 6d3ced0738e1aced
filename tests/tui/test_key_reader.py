"""Keys as the driver reads them: Esc and a key in one packet, sequences that are not known, pastes of any size."""

from __future__ import annotations

import time
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import constants, events
from textual.message import Message

from scantui.tui.terminal import driver
from scantui.tui.terminal.key_reader import KeyReader


class Keyboard:
    """A reader with a clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = 0.0
        self.reader = KeyReader(clock=lambda: self.now)

    def type(self, *packets: str) -> list[str]:
        return names(event for packet in packets for event in self.reader.feed(packet))

    def wait(self, seconds: float = constants.ESCAPE_DELAY) -> list[str]:
        self.now += seconds
        return names(self.reader.tick())


def names(found: Iterable[Message]) -> list[str]:
    """Keys by name, what was pasted, and other events by their class."""
    return [
        each.key
        if isinstance(each, events.Key)
        else each.text
        if isinstance(each, events.Paste)
        else type(each).__name__
        for each in found
    ]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("q", ["q"]),
        ("\x1bq", ["escape", "q"]),
        ("\x1b\r", ["escape", "enter"]),
        ("abc\x1bjk", ["a", "b", "c", "escape", "j", "k"]),
        ("\x1b\x1b[A", ["escape", "up"]),
        ("\x1b[A\x1b[B", ["up", "down"]),
        ("\x1bOP", ["f1"]),
        ("\x1b[[A", ["f1"]),
        ("\x1b[3$", ["shift+delete"]),
        ("\x1b[1;5C", ["ctrl+right"]),
        ("\x1b[13;37R", ["CursorPosition"]),
        ("\x1b[<0;5;6M", ["MouseDown"]),
        ("\x1b[I", ["AppFocus"]),
        # As kitty's protocol has them, with the letters of a Russian keyboard and what they are on a Latin one.
        ("\x1b[1089::99;5:1u", ["ctrl+c"]),
        ("\x1b[1089::99;69:1u", ["ctrl+c"]),
        ("\x1b[1089;5u", ["ctrl+с"]),  # noqa: RUF001
        ("\x1b[1081::113u", ["й"]),
        ("\x1b[1081::113;1:1u", ["й"]),
        ("\x1b[97:65:97;2:1;65u", ["A"]),
        ("\x1b[106;1:2u", ["j"]),
        ("\x1b[106;1:3u", []),
        ("\x1b[1;1:1A\x1b[1;1:3A", ["up"]),
        ("\x1b[3;5:1~", ["ctrl+delete"]),
        ("\x1b[99999999u\x1b[55296uj", ["j"]),
        ("\x1b[1:2:3:4:5uj", ["j"]),
        (f"\x1b[<0;{'9' * 400};6Mj", ["j"]),
    ],
)
def test_what_arrives_together_is_read_as_whole_keys(sent: str, expected: list[str]) -> None:
    assert Keyboard().type(sent) == expected


@pytest.mark.parametrize(
    "sequence",
    [
        "\x1b[99~",
        "\x1b[?1;2c",
        "\x1b[>41;354;0c",
        "\x1b[7777;8888z",
        "\x1b]11;rgb:0000/0000/0000\x07",
        "\x1b]11;rgb:0000/0000/0000\x1b\\",
        "\x1bP>|XTerm(370)\x1b\\",
        "\x1b_Gi=31;OK\x1b\\",
        "\x1bOz",
    ],
)
def test_a_sequence_that_is_not_known_types_nothing_and_the_next_key_is_read(sequence: str) -> None:
    keyboard = Keyboard()
    assert keyboard.type(f"{sequence}q") == ["q"]
    assert keyboard.wait(9.0) == []


def test_esc_alone_is_a_key_after_a_moment_and_not_before() -> None:
    keyboard = Keyboard()
    assert keyboard.type("\x1b") == []
    assert keyboard.wait(constants.ESCAPE_DELAY / 2) == []
    assert keyboard.wait() == ["escape"]
    assert keyboard.wait() == []


@pytest.mark.parametrize("key", ["O", "[", "P", "X"])
def test_esc_and_a_key_that_could_begin_a_sequence_are_two_keys_after_a_moment(key: str) -> None:
    keyboard = Keyboard()
    assert keyboard.type(f"\x1b{key}") == []
    assert keyboard.wait()[0] == "escape"
    assert keyboard.type("j") == ["j"]


def test_a_sequence_that_comes_in_pieces_is_one_key() -> None:
    keyboard = Keyboard()
    assert keyboard.type("\x1b", "[", "1;") == []
    assert keyboard.wait(0.5) == []
    assert keyboard.type("5C") == ["ctrl+right"]


def test_a_sequence_whose_rest_never_comes_is_dropped() -> None:
    keyboard = Keyboard()
    assert keyboard.type("\x1b[1;") == []
    assert keyboard.wait(2.0) == []
    assert keyboard.type("q") == ["q"]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"\x9bA", ["up"]),
        (b"\xc2\x9bA", ["up"]),
        (b"\x8fP", ["f1"]),
        (b"\x90x\x9cq", ["q"]),
        ("\x9d11;rgb:0/0/0\x9cq".encode(), ["q"]),
        ("é\x9bBé".encode(), ["é", "down", "é"]),
        (b"\x1b[200~a\xc2\x9bb\x1b[201~q", ["a\x9bb", "q"]),
    ],
)
def test_controls_of_eight_bits_are_read_as_those_of_seven(sent: bytes, expected: list[str]) -> None:
    decoded = driver.Keyboard().decode(sent)
    assert Keyboard().type(decoded) == expected


def test_bytes_of_no_text_are_no_keys_of_another() -> None:
    assert driver.Keyboard().decode(b"\xffa\xe9") == "\ufffda"


def test_a_paste_without_an_end_is_read_after_a_while_and_keys_work_again() -> None:
    keyboard = Keyboard()
    assert keyboard.type("\x1b[200~ascan samx", " 0 1\x1b[20") == []
    assert keyboard.wait(9.0) == []
    assert keyboard.type(" 10") == []
    assert keyboard.wait(9.0) == []
    assert keyboard.wait(2.0) == ["ascan samx 0 1\x1b[20 10"]
    assert keyboard.type("q") == ["q"]
    assert keyboard.type("\x1b[201~j") == ["j"]


def test_a_paste_keeps_escapes_and_loses_null_bytes() -> None:
    assert Keyboard().type("\x1b[200~a\x1b[A\x00b\x1b[201~q") == ["a\x1b[Ab", "q"]


@given(st.integers(1, 9))
def test_a_paste_is_whole_wherever_it_is_cut(size: int) -> None:
    sent = "\x1b[200~ascan samx \x1b 0 1\x1b[201~q"
    packets = [sent[start : start + size] for start in range(0, len(sent), size)]
    assert Keyboard().type(*packets) == ["ascan samx \x1b 0 1", "q"]


def test_a_large_paste_full_of_escapes_is_read_at_once() -> None:
    text = "\x1b[31mred " * 100_000
    sent = f"\x1b[200~{text}\x1b[201~"
    started = time.process_time()
    found = Keyboard().type(*(sent[start : start + 4096] for start in range(0, len(sent), 4096)))
    assert found == [text]
    assert time.process_time() - started < 1.0


@given(st.text(st.sampled_from("\x1b[O]P;:1059~Auq\x07\\M<"), max_size=40), st.integers(1, 8))
def test_whatever_arrives_the_next_key_after_a_while_is_read(sent: str, size: int) -> None:
    keyboard = Keyboard()
    keyboard.type(*(sent[start : start + size] for start in range(0, len(sent), size)))
    for _ in range(3):
        keyboard.wait(2.0)
    assert keyboard.type("z") == ["z"]


def test_the_end_of_all_input_is_passed_on() -> None:
    assert Keyboard().type("\x1b", "") == []


def test_a_text_that_comes_as_keys_faster_than_anyone_types_does_nothing_but_ends_the_program() -> None:
    now = 0.0
    reader = KeyReader(clock=lambda: now)
    text = "ab \x1b[31m \x1b] x" * 80_000
    came = [message for at in range(0, len(text), 1024) for message in reader.feed(text[at : at + 1024])]
    assert len(came) < 8_000
    assert [event.key for event in reader.feed("xy\x03z") if isinstance(event, events.Key)] == ["ctrl+c"]
    now = 2.0
    list(reader.tick())
    assert [event.key for event in reader.feed("q") if isinstance(event, events.Key)] == ["q"]


@pytest.mark.parametrize("report", ["\x1b[24;80R", "\x1b[?2026;2$y", "\x1b[<35;40;12M"])
def test_reports_of_the_terminal_are_never_taken_for_a_text_that_comes_as_keys(report: str) -> None:
    keyboard = Keyboard()
    expected = ["k", *keyboard.type(report)]
    for _ in range(2_000):
        keyboard.now += 0.02
        assert keyboard.type(f"k{report}") == expected


def test_an_answer_within_a_text_that_comes_as_keys_is_read() -> None:
    assert Keyboard().type("x" * 5_000, "yy\x1b[24;80Ryy") == ["CursorPosition"]


@pytest.mark.parametrize(("sent", "key"), [("j", "j"), ("\x1b[B", "down"), ("\x1b[1;5B", "ctrl+down")])
def test_a_key_that_is_held_down_for_minutes_is_read(sent: str, key: str) -> None:
    keyboard = Keyboard()
    for _ in range(6_000):
        keyboard.now += 1 / 50
        assert keyboard.type(sent) == [key]


def test_a_key_that_is_held_down_for_a_minute_is_read_to_the_end() -> None:
    keyboard = Keyboard()
    for _ in range(60 * 100):
        keyboard.now += 0.01
        assert keyboard.type("\x1b[B") == ["down"]
