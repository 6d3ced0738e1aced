"""Commands of alerts: facts in their environment, no terminal, a time limit, output to the log."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path

import pytest

from scantui.system.processes import FencedCommands


def test_facts_are_in_the_environment_and_nothing_in_the_command(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    nasty = "$(touch pwned) `id` ; \x1b[31m\n'\""
    code = FencedCommands().run(f'printf %s "$SCANTUI_ALERT_TEXT" > {seen}', {"SCANTUI_ALERT_TEXT": nasty})
    assert code == 0
    assert seen.read_text() == nasty


def test_it_has_neither_input_nor_a_terminal() -> None:
    assert FencedCommands().run("read line", {}) == 1
    assert FencedCommands().run("exec 2>/dev/null; : < /dev/tty", {}) != 0


def test_its_output_goes_to_the_log(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    with caplog.at_level(logging.INFO, "scantui"):
        assert FencedCommands().run("echo out; echo err >&2; exit 3", {}) == 3
    assert "out\nerr" in caplog.text
    assert capfd.readouterr() == ("", "")


def test_after_its_time_its_whole_group_is_ended(tmp_path: Path) -> None:
    written = tmp_path / "pid"
    code = FencedCommands(seconds=0.3).run(f"sleep 1000 & echo $! > {written}; wait", {})
    assert code == 128 + 9
    child = int(written.read_text())
    deadline = time.monotonic() + 20
    while Path(f"/proc/{child}/stat").exists() and time.monotonic() < deadline:
        if Path(f"/proc/{child}/stat").read_text().split()[2] == "Z":
            return
        os.sched_yield()
    assert not Path(f"/proc/{child}").exists()


def test_what_it_leaves_in_the_background_is_not_waited_for() -> None:
    began = time.monotonic()
    assert FencedCommands(seconds=30).run("sleep 5 & exit 0", {}) == 0
    assert time.monotonic() - began < 5


def test_a_flood_of_output_is_cut(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "scantui"):
        assert FencedCommands().run("head -c 3000000 /dev/zero | tr '\\0' x", {}) == 0
    assert len(caplog.text) < 40_000
