"""`scantui help`: each topic comes from the tables that the program uses, and long ones go through the pager."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scantui.cli.commands import COMMANDS, MONITOR, TOPICS, parser_of
from scantui.words import STATE_WORDS
from tests.cli.processes import run
from tests.terminals import LivingTerminal, scantui


def helped(*arguments: str, **environment: str) -> str:
    done = run("help", *arguments, environment=environment)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize(
    ("topic", "wanted"),
    [
        ("filter", ["name=ascan*", "age<2h", 'title="the ""big"" one"']),
        ("keys", ["Only running scans, or all again", "only_running", "Between table and details"]),
        ("states", list(STATE_WORDS)),
        ("configuration", ["BEACON_HOST", "[servers.id11]", "password_file"]),
        ("exit-codes", ["  124  timed out", "  4    the scan failed"]),
        ("search", ["usage: scantui search", "--limit"]),
        ("monitor", ["usage: scantui", "--read-only"]),
    ],
)
def test_a_topic_is_explained(topic: str, wanted: list[str]) -> None:
    text = helped(topic)
    assert [each for each in wanted if each not in text] == []


@pytest.mark.parametrize("command", [MONITOR, *COMMANDS])
def test_help_fits_a_terminal_of_80_columns(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert [line for line in parser_of(command).format_help().splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_fits_a_terminal_of_80_columns(topic: str) -> None:
    assert [line for line in helped(topic).splitlines() if len(line) > 80] == []


def test_keys_are_listed_as_they_are_configured(tmp_path: Path) -> None:
    (tmp_path / "scantui").mkdir()
    (tmp_path / "scantui" / "config.toml").write_text('[keys]\nonly_running = ["Z"]\n')
    line = next(each for each in helped("keys", XDG_CONFIG_HOME=str(tmp_path)).splitlines() if "only_running" in each)
    assert line.split()[:3] == ["Z", "Only", "running"]


@pytest.mark.parametrize("arguments", [["help"], ["--help"]])
def test_the_topics_are_named(arguments: list[str]) -> None:
    reported = run(*arguments).stdout
    assert [topic for topic in TOPICS if topic not in reported] == []


def test_what_is_not_a_topic_is_refused_with_those_that_are() -> None:
    done = run("help", "\x1b[31mred")
    assert (done.returncode, done.stdout) == (2, "")
    assert "filter, keys, states" in done.stderr
    assert "\x1b" not in done.stderr


@pytest.fixture
def help_on_terminal() -> Iterator[Callable[[str], LivingTerminal]]:
    terminals: list[LivingTerminal] = []

    def start(topic: str) -> LivingTerminal:
        terminals.append(LivingTerminal(scantui("help", topic), {"PAGER": "sed s/^/page:/", "MANPAGER": ""}))
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.close()


def test_what_is_longer_than_the_terminal_is_paged(help_on_terminal: Callable[[str], LivingTerminal]) -> None:
    terminal = help_on_terminal("search")
    terminal.read_until(b"page:usage: scantui search")
    assert terminal.exit_code() == 0


def test_what_fits_is_not(help_on_terminal: Callable[[str], LivingTerminal]) -> None:
    terminal = help_on_terminal("states")
    terminal.read_until(b"NEW ")
    assert terminal.exit_code() == 0
    assert b"page:" not in terminal.written
