"""The candidates for a command line, and completion in the shells installed here."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scantui.cli.commands import COMMANDS
from scantui.cli.completion import SCRIPTS, candidates, words_of
from tests.cli.processes import run
from tests.terminals import LivingTerminal

SHELLS = {
    "bash": (["--norc", "-i"], "source <(scantui completion bash)"),
    "zsh": (["-f", "-i"], "autoload -Uz compinit; compinit -u; source <(scantui completion zsh)"),
    "fish": (["--no-config", "-i"], "scantui completion fish | source"),
}


def offered(line: str) -> list[str]:
    return [candidate for candidate, _ in candidates(words_of(line))]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("scantui sea", ["search"]),
        ("scantui search st", ["state="]),
        ("scantui search state=ru", ["state=run"]),
        ("scantui search state=run,fa", ["state=run,fail"]),
        ("scantui search name=ct !is=o", ["!is=open"]),
        ("scantui search -sess", ["-session="]),
        ("scantui search 'state=ru", ["state=run"]),
        ('scantui search "state=ru', ["state=run"]),
        ("scantui search age\\<2h is=cl", ["is=closed"]),
        ("scantui --filter is=p", ["is=problem"]),
        ("scantui tail --pl", ["--plain"]),
        ("scantui tail --plain --st", ["--states"]),
        ("scantui wait --until st", ["started", "stopped"]),
        ("scantui wait --timeout st", []),
        ("scantui help exi", ["exit-codes"]),
        ("scantui completion z", ["zsh"]),
        ("scantui replay night", []),
        ("./scantui.pyz conf", ["config"]),
        ("scantui nonsense ", []),
        ("scantui", list(COMMANDS)),
        ("", list(COMMANDS)),
    ],
)
def test_a_line_may_go_on_so(line: str, expected: list[str]) -> None:
    assert offered(line) == expected


def test_servers_are_those_of_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert offered("scantui search -s id") == []
    (tmp_path / "scantui").mkdir()
    file = tmp_path / "scantui" / "config.toml"
    file.write_text('[servers.id11]\nurl = "redis://id11"\n[servers.id15]\nurl = "redis://id15"\n[servers.lab\n')
    assert offered("scantui search -s id") == []
    file.write_text('[servers.id11]\nurl = "redis://id11"\n[servers.id15]\nurl = "redis://id15"\n')
    assert offered("scantui search -s id") == ["id11", "id15"]
    assert offered("scantui --server id11") == ["id11"]
    file.write_text(f'{file.read_text()}[groups]\nmaterials = ["id11", "id15"]\n')
    assert offered("scantui search server=id1") == ["server=id11", "server=id15"]
    assert offered("scantui tail -s id11 -s ") == ["id11", "id15", "materials", "all"]


def test_answers_come_with_what_they_mean() -> None:
    done = run("completion", "zsh", "--line", "scantui tai")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"tail\t{COMMANDS['tail']}\n", "")


@pytest.fixture(params=[shell for shell in SHELLS if shutil.which(shell)])
def shell(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LivingTerminal]:
    """An installed shell that has loaded the completion script."""
    command = tmp_path / "bin" / "scantui"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m scantui "$@"\n')
    command.chmod(0o755)
    arguments, learn = SHELLS[request.param]
    path = f"{command.parent}:/usr/local/bin:/usr/bin:/bin"
    program = str(shutil.which(request.param))
    terminal = LivingTerminal([program, *arguments], {"PATH": path, "HOME": str(tmp_path)})
    try:
        terminal.type(f"{learn}; echo re''ady\n".encode())
        terminal.read_until(b"ready\r\n")
        yield terminal
    finally:
        terminal.close()


def test_the_shells_that_are_here_complete(shell: LivingTerminal) -> None:
    """Each line is run: the output of the command shows how the shell completed it."""
    shell.type(b"scantui hel\tstat\t\n")
    shell.read_until(b"The words in the first column")
    shell.type(b"scantui search st\tnonsense\n")
    shell.read_until(b"column 7: unknown state 'nonsense'")
    shell.type(b"scantui search 'state=ru\t nonsense=x\n")
    shell.read_until(b"column 11: scans have no field 'nonsense'")


def test_there_is_a_script_for_each_shell() -> None:
    for shell in SCRIPTS:
        done = run("completion", shell)
        assert (done.returncode, done.stderr) == (0, "")
        assert f"completion {shell} " in done.stdout
