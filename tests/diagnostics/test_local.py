"""The findings about the terminal and the installed versions."""

from __future__ import annotations

import platform
from importlib import metadata

import pytest

from scantui.diagnostics.local import terminal_findings, version_finding, version_findings
from scantui.system.tmux import accepts_copies

GOOD = {"TERM": "xterm-256color", "LANG": "C.UTF-8"}
TMUX = {**GOOD, "TERM": "tmux-256color"}


def test_a_good_terminal_is_well() -> None:
    found = terminal_findings(GOOD, "utf-8", (80, 24), None)
    assert [finding.subject for finding in found] == ["terminal", "symbols", "colours", "clipboard"]
    assert {finding.verdict for finding in found} == {"ok"}
    assert found[0].text == "80x24, TERM xterm-256color"
    assert found[2].text == "256"


@pytest.mark.parametrize(
    ("environment", "encoding", "size", "copies", "subject", "remedy"),
    [
        (GOOD, "utf-8", (79, 24), None, "terminal", "at least 80x24"),
        (GOOD, "utf-8", (80, 23), None, "terminal", "at least 80x24"),
        (GOOD, "utf-8", None, None, "terminal", "ssh -t"),
        ({"TERM": "dumb"}, "utf-8", (80, 24), None, "terminal", "set TERM"),
        ({}, "utf-8", (80, 24), None, "terminal", "set TERM"),
        ({**GOOD, "LANG": "C"}, "utf-8", (80, 24), None, "symbols", "LANG"),
        (GOOD, "latin-1", (80, 24), None, "symbols", "LANG"),
        (TMUX, "utf-8", (80, 24), False, "clipboard", "set-clipboard on"),
        (TMUX, "utf-8", (80, 24), None, "clipboard", "set-clipboard on"),
        ({**GOOD, "TERM": "linux"}, "utf-8", (80, 24), None, "clipboard", "w"),
    ],
)
def test_a_poorer_one_is_a_warning_with_a_cure(
    environment: dict[str, str],
    encoding: str,
    size: tuple[int, int] | None,
    copies: bool | None,
    subject: str,
    remedy: str,
) -> None:
    found = terminal_findings(environment, encoding, size, copies)
    (finding,) = (finding for finding in found if finding.verdict != "ok")
    assert (finding.subject, finding.verdict) == (subject, "warning")
    text = f"{finding.text} {finding.remedy}"
    assert remedy in text


def test_a_tmux_that_takes_copies_is_well_and_no_colour_is_a_choice() -> None:
    found = terminal_findings({**TMUX, "NO_COLOR": "1"}, "utf-8", (80, 24), True)
    assert {finding.verdict for finding in found} == {"ok"}
    assert "through tmux" in found[3].text
    assert "NO_COLOR" in found[2].text


def test_no_tmux_is_asked_where_there_is_none() -> None:
    assert accepts_copies({}) is None
    assert accepts_copies({"TMUX": "/nowhere/tmux,1,0", "PATH": "/nowhere"}) is None


def test_what_is_installed_here_will_do() -> None:
    found = {finding.subject: finding for finding in version_findings()}
    assert list(found) == ["scantui", "python", "textual", "redis", "hiredis", "msgspec"]
    assert found["python"].text == platform.python_version()
    assert {found[name].verdict for name in ("textual", "redis", "hiredis", "msgspec")} == {"ok"}


def test_what_scantui_requires_is_read_from_its_metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "requires", lambda _: ["redis[hiredis]<9,>=5.0", 'hiredis>=3.0; extra == "x"'])
    monkeypatch.setattr(metadata, "version", lambda _: "2.1")
    found = {finding.subject: finding.remedy.partition(":")[0] for finding in version_findings() if finding.remedy}
    assert found == {"redis": "pip install 'redis<9,>=5.0'", "hiredis": "pip install 'hiredis>=3.0'"}


@pytest.mark.parametrize(
    ("package", "version", "required", "verdict"),
    [
        ("textual", "8.2.0", "<9,>=8.2", "ok"),
        ("textual", "8.10", "<9,>=8.2", "ok"),
        ("textual", "8.1.9", "<9,>=8.2", "warning"),
        ("textual", "9.0", "<9,>=8.2", "warning"),
        ("redis", "9.0.0b1", "<9,>=5.0", "warning"),
        ("redis", "5.0.0", "<9,>=5.0", "ok"),
        ("redis", "", "<9,>=5.0", "ok"),
        ("hiredis", "3.2.1", ">=3.2", "ok"),
        ("hiredis", "3.1.9", ">=3.2", "warning"),
    ],
)
def test_a_version_is_compared_with_what_we_ask_for(package: str, version: str, required: str, verdict: str) -> None:
    finding = version_finding(package, version, required)
    assert finding.verdict == verdict
    assert bool(finding.remedy) == (verdict == "warning")
