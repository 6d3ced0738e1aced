"""The frames of the pane on a terminal: axes are whole, nothing is a question mark, and no line is cut or wrapped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminals import LivingTerminal, scantui

CLEAR = b"\x15"
_CORNER = re.compile(r"^(?P<indent> *)[└+](?P<rule>[─┬+-]{8,})")
# A title, and a row of a plot with its label and the line of the axis.
_TITLE = re.compile(r"^ (?:DONE|ABRT|FAIL) \d+ .*points")
_LOOKS = [
    pytest.param(((80, 24), {}), id="80x24"),
    pytest.param(((50, 12), {"LC_ALL": "C"}), id="50x12, C"),
    pytest.param(((50, 12), {}), id="50x12", marks=pytest.mark.slow),
    pytest.param(((200, 50), {}), id="200x50", marks=pytest.mark.slow),
    pytest.param(((80, 24), {"LC_ALL": "C"}), id="C", marks=pytest.mark.slow),
    pytest.param(((80, 24), {"TERM": "linux"}), id="linux", marks=pytest.mark.slow),
    pytest.param(((80, 24), {"NO_COLOR": "1"}), id="no colour", marks=pytest.mark.slow),
    pytest.param(((80, 24), {"TERM": "screen"}), id="16 colours", marks=pytest.mark.slow),
]


@pytest.fixture
def terminal(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[LivingTerminal]:
    """A monitor of the demo on a terminal of this size, with this environment."""
    size, environment = request.param
    isolated = {"XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "COLORTERM": ""}
    opened = LivingTerminal(scantui("--demo"), {**isolated, **environment}, size)
    opened.see("LIVE")
    yield opened
    opened.close()


def pane_of(terminal: LivingTerminal) -> list[str]:
    """The lines of the pane, from its title to the one above the hints."""
    lines = terminal.screen.text.split("\n")
    # Beside the table, the pane is the right half.
    lines = [line[101:] if terminal.screen.columns == 200 else line for line in lines]
    title = next(number for number, line in enumerate(lines) if _TITLE.match(line))
    return lines[title:-2]


def show(terminal: LivingTerminal, name: str, *wanted: str) -> list[str]:
    """Open the curves of the newest past scan of this name."""
    terminal.type(b"/" + CLEAR + f"name={name} is=closed".encode() + b"\r")
    terminal.see("Details")
    terminal.type(b"Gc")
    terminal.see(*wanted, "points")
    return pane_of(terminal)


def assert_axes(pane: list[str], terminal: LivingTerminal) -> None:
    """Both axes are whole: each row of the plot begins with the line, which ends in the corner, and x has figures."""
    assert not [line for line in pane if "?" in line]
    (bottom,) = (number for number, line in enumerate(pane) if _CORNER.match(line))
    corner = _CORNER.match(pane[bottom])
    assert corner is not None
    place = len(corner["indent"])
    rows = pane[2:bottom] if terminal.screen.columns < 100 else pane[bottom - 8 : bottom]
    assert len(rows) >= 2 and {row[place] for row in rows} <= set("│┤|+")
    assert any(row[place] in "┤+" for row in rows) == (terminal.screen.columns >= 60) or not place
    assert re.search(r"\d", pane[bottom + 1])
    if terminal.screen.columns >= 60:
        assert sum(bool(re.search(r"\d", row[:place])) for row in rows) >= 2


@pytest.mark.parametrize("terminal", _LOOKS, indirect=True)
def test_curves_meshes_and_spectra_are_whole(terminal: LivingTerminal) -> None:
    curve = show(terminal, "ascan", "peak")
    assert_axes(curve, terminal)
    assert any(re.search(r"[a-z]+\)? *$", line) for line in curve)
    terminal.type(b"c")
    mesh = show(terminal, "amesh", "max")
    assert_axes(mesh, terminal)
    terminal.type(b"c")
    spectrum = show(terminal, "loopscan title=*0.3", "channel")
    assert_axes(spectrum, terminal)
    assert "sum" in "".join(spectrum[:2])
