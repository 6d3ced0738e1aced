"""Text from outside is fit for a terminal, whatever it holds."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.text import ELLIPSIS, LONGEST_TEXT, printable
from tests.conftest import IN_CI

# Controls, formats (bidirectional ones among them), surrogates, private and unassigned ones, separators of lines.
FORBIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# Default_Ignorable_Code_Point of Unicode, as far as its characters have another category: they show nothing.
INVISIBLE = {
    *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0),
    *range(0x180B, 0x1810),
    *range(0xFE00, 0xFE10),
    *range(0xE0100, 0xE01F0),
}
HOSTILE = st.text(st.one_of(st.characters(), st.sampled_from("\x1b\x9b\0\n\t\u202e\u200b\u2028\ufeff\ud800[]")))


def characters() -> list[str]:
    """All that Unicode has in CI; otherwise one in a hundred of those that are private or not assigned."""
    every = map(chr, range(sys.maxunicode + 1))
    return [one for one in every if IN_CI or ord(one) % 101 == 0 or unicodedata.category(one) not in ("Cn", "Co")]


def is_harmless(text: str) -> bool:
    return all(unicodedata.category(letter) not in FORBIDDEN and ord(letter) not in INVISIBLE for letter in text)


def test_no_character_at_all_gets_through_that_a_terminal_obeys_or_hides() -> None:
    letters = characters()
    shown = [printable(letter) for letter in letters]
    assert [hex(ord(letter)) for letter, one in zip(letters, shown, strict=True) if not is_harmless(one)] == []
    assert {len(one) for one in shown} == {1}
    changed = {letter for letter, one in zip(letters, shown, strict=True) if one != letter}
    assert not changed & set("aZ09 ~é日😀[]/:\\@" + ELLIPSIS)


def test_a_letter_is_shown_alike_wherever_it_stands() -> None:
    letters = [letter for letter in characters() if not unicodedata.category(letter).startswith("M")]
    # What stands first has the whole text looked at closely.
    assert [hex(ord(letter)) for letter in letters if printable(letter) != printable("\0" + letter)[1:]] == []


@given(HOSTILE, st.integers(1, 50))
def test_text_keeps_its_length_up_to_the_limit(text: str, limit: int) -> None:
    shown = printable(text, limit)
    assert len(shown) == min(len(text), limit)
    assert is_harmless(shown)
    assert printable(shown, limit) == shown
    assert shown.endswith(ELLIPSIS) or len(text) <= limit
    shown.encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("[red]a[/] :smile:", "[red]a[/] :smile:"),
        ("\x1b]0;x\x07", "\u241b]0;x\u2407"),
        ("a\tb\nc\x7f", "a\u2409b\u240ac\u2421"),
        ("\x9b2J", "\ufffd2J"),
        ("a\u202eb\u200bc\u2028d", "a\ufffdb\ufffdc\ufffdd"),
        ("a\u00a0b\u3000c", "a b c"),
        ("e\u0301", "e\u0301"),
        ("\u0301e", "\ufffde"),
        ("a" + "\u0301" * 6, "a" + "\u0301" * 3 + "\ufffd" * 3),
        ("\U0001f44d\U0001f3fd", "\U0001f44d\ufffd"),
        ("\U0001f1eb\U0001f1f7", "\ufffd\ufffd"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\ufffd\U0001f469"),
        ("\u2764\ufe0f 1\ufe0f\u20e3", "\u2764\ufffd 1\ufffd\ufffd"),
        ("\u0939\u093f\u0928\u094d\u0926\u0940", "\u0939\ufffd\u0928\ufffd\u0926\ufffd"),
        (
            "\u03b8 \u0434\u0438\u0444 \u65e5\u672c \u304b\u3099 \ud55c",
            "\u03b8 \u0434\u0438\u0444 \u65e5\u672c \u304b\u3099 \ud55c",
        ),
    ],
)
def test_what_is_dangerous_has_a_visible_stand_in(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_long_text_ends_in_an_ellipsis() -> None:
    assert printable("x" * LONGEST_TEXT) == "x" * LONGEST_TEXT
    assert printable("x" * 9999) == "x" * (LONGEST_TEXT - 1) + ELLIPSIS
    assert printable("\n" * 3, 2) == "\u240a" + ELLIPSIS
