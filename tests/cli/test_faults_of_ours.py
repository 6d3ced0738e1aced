"""What nobody foresaw in a command: a short sentence on stderr, all of it in the log, and no password anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.processes import run, run_as_process
from tests.programs import Done

SECRET = "s3cret"  # noqa: S105 - it is looked for
FAULT = f"""
import scantui.store.address as address
def fail(*_):
    raise KeyError("redis://me:{SECRET}@host")
address.ServerAddress.client_settings = fail
"""


def run_broken(home: Path, *arguments: str) -> Done:
    url = f"redis://me:{SECRET}@127.0.0.1:1"
    return run_as_process(*arguments, environment={"XDG_STATE_HOME": str(home), "SCANTUI_URL": url}, code=FAULT)


@pytest.mark.parametrize("command", [["search"], ["last"], ["show", "1"], ["tail"], ["delete", "key"], ["create", "x"]])
def test_it_is_told_in_a_sentence_and_logged(tmp_path: Path, command: list[str]) -> None:
    done = run_broken(tmp_path, *command)
    log = tmp_path / "scantui" / "scantui.log"
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("scantui: a fault of ours ended it: KeyError in aio.py, line ")
    assert done.stderr.endswith(f"Please report it; {log} has it all\n")
    assert "Traceback" in log.read_text()
    assert SECRET not in done.stderr + log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


def test_the_log_level_is_every_command_s(tmp_path: Path) -> None:
    for command in ("tail", "search", "last", "show", "wait", "create", "delete", "init", "doctor", "record", "replay"):
        assert "--log-level" in run(command, "--help").stdout
    refused = run("last", "--log-level", "loud")
    assert refused.returncode == 2
    assert "invalid choice: 'LOUD'" in refused.stderr
    run_broken(tmp_path, "last", "--log-level", "critical")
    assert "CRITICAL" in (tmp_path / "scantui" / "scantui.log").read_text()


def test_a_name_server_that_never_answers_does_not_keep_a_command() -> None:
    silent = "import socket, threading; socket.getaddrinfo = lambda *_, **__: threading.Event().wait()"
    done = run_as_process("wait", "--timeout", "0.2", "-s", "redis://nowhere.invalid:6379", code=silent)
    assert done.returncode == 124
