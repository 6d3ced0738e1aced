"""A bug in a command: one sentence on stderr, the traceback in the log, and no password anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest

from scantui import cli
from scantui.cli import search
from scantui.store.address import ServerAddress
from tests.cli.processes import run, run_as_process

SECRET = "s3cret"  # noqa: S105 - it is looked for


def break_connecting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every connection to a server a bug whose text holds a password."""

    def fail(_: ServerAddress) -> NoReturn:
        raise KeyError(f"redis://me:{SECRET}@host")

    monkeypatch.setattr(ServerAddress, "client_settings", fail)
    monkeypatch.setenv("SCANTUI_URL", f"redis://me:{SECRET}@127.0.0.1:1")


@pytest.mark.parametrize("command", [["search"], ["last"], ["show", "1"], ["tail"], ["delete", "key"], ["create", "x"]])
def test_a_bug_is_one_sentence_and_a_traceback_in_the_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, command: list[str]
) -> None:
    break_connecting(monkeypatch)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    log = tmp_path / "scantui" / "scantui.log"
    assert cli.main(command) == 1
    assert capsys.readouterr() == ("", f"scantui: internal error (KeyError), see {log}\n")
    assert "Traceback" in log.read_text()
    assert SECRET not in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_bug_in_the_command_itself_is_found_in_the_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(search, "to_csv", None)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    log = tmp_path / "scantui" / "scantui.log"
    assert cli.main(["search", "--demo", "--csv"]) == 1
    assert capsys.readouterr() == ("", f"scantui: internal error (TypeError), see {log}\n")
    first, *details = log.read_text().splitlines()
    assert first.endswith("CRITICAL scantui.cli.main: internal error")
    assert "in _lines" in "".join(details)
    assert details[-1] == "    | TypeError: 'NoneType' object is not callable"


def test_without_a_log_the_sentence_names_the_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    break_connecting(monkeypatch)
    monkeypatch.setenv("XDG_STATE_HOME", "")
    monkeypatch.setenv("HOME", ".")
    assert cli.main(["last"]) == 1
    written = capsys.readouterr().err
    assert written.startswith("scantui: internal error (KeyError) in test_internal_errors.py, line ")
    assert written.endswith("; there is no log without a home directory\n")
    assert SECRET not in written


def test_every_command_has_a_log_level(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for command in ("tail", "search", "last", "show", "wait", "create", "delete", "init", "doctor", "record", "replay"):
        assert "--log-level" in run(command, "--help").stdout
    refused = run("last", "--log-level", "loud")
    assert refused.returncode == 2
    assert "invalid choice: 'LOUD'" in refused.stderr
    break_connecting(monkeypatch)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert cli.main(["last", "--log-level", "critical"]) == 1
    assert "CRITICAL" in (tmp_path / "scantui" / "scantui.log").read_text()


def test_a_name_server_that_never_answers_does_not_keep_a_command() -> None:
    silent = "import socket, threading; socket.getaddrinfo = lambda *_, **__: threading.Event().wait()"
    done = run_as_process("wait", "--timeout", "0.2", "-s", "redis://nowhere.invalid:6379", code=silent)
    assert done.returncode == 124
