"""What goes to a terminal that knows ASCII alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from scantui.tui.terminal import in_ascii


@given(st.text(st.one_of(st.characters(exclude_categories=["Cc", "Cs"]), st.sampled_from("…▼│█日e\u0301"))))
def test_it_is_ascii_and_as_wide_as_before(text: str) -> None:
    narrowed = in_ascii(text)
    assert narrowed.isascii()
    assert len(narrowed) == sum(map(cell_len, text))


def test_the_symbols_of_the_screen_have_stand_ins_and_sequences_stay() -> None:
    assert in_ascii("\x1b[1m▼ 3 new…\x1b[0m│ ▁▄█ ↑↓ é日") == "\x1b[1mv 3 new~\x1b[0m| _=# ^v ???"
