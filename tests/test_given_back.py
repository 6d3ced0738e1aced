"""However the monitor ends, the terminal is as it was found, and no sequence reaches the shell."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from scantui.models import Scan, ScanState
from scantui.store import DataStore
from tests.programs import Command
from tests.servers import RealRedis, initialise
from tests.terminals import LivingTerminal, python, scantui

Open = Callable[..., LivingTerminal]
SECRET = "s3cret"  # noqa: S105 - it is looked for
# What goes wrong in each: something that holds a password raises an error that names it.
FAULTS = {
    "command": "from scantui.tui.commands.appearance import AppearanceCommands as T; T.counts = fail",
    "handler": "from scantui.tui.monitor import Monitor as T; T.action_command = fail",
    "render": "from scantui.tui.widgets.scan_table import ScanTable as T\n"
    "T.HEARS_NO_KEYS = False; T.on_key = lambda *_: setattr(T, '_lines_at', f)",
    "timer": "from scantui.tui.monitor import Monitor as T; T.action_command = lambda s, n: s.set_timer(0.01, fail)",
    "worker": "from scantui.tui.monitor import Monitor as T\n"
    "T.action_command = lambda s, n: s.run_worker(later()) and None",
    "loop": "from scantui.tui.widgets.scan_table import ScanTable as S; S.HEARS_NO_KEYS = False\n"
    "from scantui.tui.app import ScanTuiApp as T; T.on_key = fail",
}
AT_THE_START = "from scantui.tui.monitor import Monitor as T; T.compose = fail"
FAIL = f"""
def f(*_):
    fail()
def fail(*_):
    password = {SECRET!r}
    raise KeyError('redis://me:{SECRET}@host')
async def later():
    fail()
"""


@pytest.fixture
def open_terminal(tmp_path: Path) -> Iterator[Open]:
    opened: list[LivingTerminal] = []

    def open_one(command: Command, *, until: bytes = b"LIVE", **environment: str) -> LivingTerminal:
        opened.append(LivingTerminal(command, {"XDG_STATE_HOME": str(tmp_path), **environment}))
        if until:
            opened[-1].read_until(until)
        return opened[-1]

    yield open_one
    for terminal in opened:
        terminal.close()


def has_no_secret(text: str) -> bool:
    """Whether a log or a screen holds the password nowhere but in the line of code that a traceback shows."""
    return SECRET not in text.replace(f"password = {SECRET!r}", "")


@pytest.mark.parametrize("place", FAULTS)
def test_an_internal_error_is_shown_and_logged_and_the_screen_stays(
    open_terminal: Open, tmp_path: Path, place: str
) -> None:
    terminal = open_terminal(python(FAIL + FAULTS[place], "--demo"))
    terminal.type(b"i")
    terminal.see("Internal error (KeyError), see scantui.log")
    terminal.type(b"\x03")
    assert terminal.exit_code() == 0
    assert terminal.left_behind == {}
    log = (tmp_path / "scantui" / "scantui.log").read_text()
    assert log.count("Traceback") == 1
    assert has_no_secret(log)
    assert has_no_secret(terminal.written.decode())


@pytest.mark.parametrize("kind", ["KeyError", "OSError", "BrokenPipeError", "UsageError"])
def test_an_internal_error_without_a_screen_gives_the_terminal_back(
    open_terminal: Open, tmp_path: Path, kind: str
) -> None:
    fail = FAIL.replace("KeyError", kind) + "from scantui.exceptions import UsageError\n"
    terminal = open_terminal(python(fail + AT_THE_START, "--demo"), until=b"")
    assert terminal.exit_code() == 1
    assert terminal.left_behind == {}
    said = terminal.written.rpartition(b"\x1b[?1004l")[2].decode()
    assert f"scantui: internal error ({kind}), see " in said
    assert str(tmp_path / "scantui" / "scantui.log") in said
    assert said.count("\n") == 1
    log = (tmp_path / "scantui" / "scantui.log").read_text()
    assert "Traceback" in log
    assert has_no_secret(log)
    assert has_no_secret(terminal.written.decode())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT])
@pytest.mark.parametrize(
    ("keys", "until"),
    [
        (b"", b"LIVE"),
        (b"s", b"Sort by"),
        (b"C", b"Create a test scan"),
        (b"P", b"Enter returns to the monitor"),
        (b":", b"command, 42"),
        (b"/", b"Complete"),
    ],
    ids=["table", "menu", "form", "plain text", "palette", "filter"],
)
def test_a_signal_gives_the_terminal_back_wherever_it_comes(
    open_terminal: Open, number: signal.Signals, keys: bytes, until: bytes
) -> None:
    terminal = open_terminal(scantui("--demo"))
    if keys:
        terminal.type(keys)
        terminal.read_until(until)
    terminal.process.send_signal(number)
    assert terminal.exit_code() == 128 + number
    assert terminal.left_behind == {}
    assert b"Traceback" not in terminal.written


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize("moment", [b"\x1b[?1049h", b"\x1b[?2026$p", b"\x1b[6n"], ids=["screen", "question", "frame"])
def test_a_signal_while_it_starts_gives_the_terminal_back(
    open_terminal: Open, number: signal.Signals, moment: bytes
) -> None:
    terminal = open_terminal(scantui("--demo"), until=moment)
    terminal.process.send_signal(number)
    assert terminal.exit_code() in (128 + number, -number)
    assert terminal.left_behind == {}
    assert b"Traceback" not in terminal.written


@pytest.mark.parametrize("keys", [b"", b"s", b"C", b":", b"/", b"w", b"?", b"\r", b"P"])
def test_ctrl_c_leaves_from_everywhere(open_terminal: Open, keys: bytes) -> None:
    terminal = open_terminal(scantui("--demo"))
    terminal.type(keys + b"\x03")
    assert terminal.exit_code() in (0, 130)
    assert terminal.left_behind == {}
    assert b"Traceback" not in terminal.written


def test_suspended_it_leaves_the_terminal_and_comes_back(open_terminal: Open) -> None:
    terminal = open_terminal(scantui("--demo"))
    terminal.type(b"\x1a")
    terminal.stopped()
    assert terminal.left_behind == {}
    os.kill(terminal.process.pid, signal.SIGCONT)
    terminal.read_until(b"\x1b[?1049h")
    terminal.read_until(b"LIVE")
    terminal.type(b"q")
    assert terminal.exit_code() == 0
    assert terminal.left_behind == {}


def test_stopped_without_a_word_it_still_knows_how_it_found_the_terminal(open_terminal: Open) -> None:
    terminal = open_terminal(scantui("--demo"))
    os.kill(terminal.process.pid, signal.SIGSTOP)
    terminal.stopped()
    os.kill(terminal.process.pid, signal.SIGCONT)
    terminal.read_until(b"\x1b[?1049h")
    terminal.read_until(b"LIVE")
    terminal.type(b"q")
    assert terminal.exit_code() == 0
    assert terminal.left_behind == {}


def test_a_name_server_that_never_answers_does_not_keep_it(open_terminal: Open) -> None:
    silent = "import socket, threading; socket.getaddrinfo = lambda *_, **__: threading.Event().wait()"
    terminal = open_terminal(python(silent, "redis://nowhere.invalid:6379"), until=b"CONNECTING")
    terminal.type(b"q")
    assert terminal.exit_code() == 0
    assert terminal.left_behind == {}


def long_test_scans(tmp_path: Path) -> None:
    """Have the form of test scans come up with one that runs for longer than any test."""
    path = tmp_path / "scantui" / "state.json"
    path.parent.mkdir()
    path.write_text('{"last_test_scan": {"points": "100000", "interval": "0.1"}}')


@pytest.mark.parametrize("end", ["key", "signal"])
def test_test_scans_are_closed_however_it_ends(open_terminal: Open, tmp_path: Path, store_url: str, end: str) -> None:
    long_test_scans(tmp_path)
    terminal = open_terminal(scantui(store_url))
    terminal.type(b"C\r")
    terminal.see("RUN")
    if end == "key":
        terminal.type(b"q")
    else:
        terminal.process.send_signal(signal.SIGTERM)
    assert terminal.exit_code() == (0 if end == "key" else 128 + signal.SIGTERM)
    assert terminal.left_behind == {}
    assert b"left open" not in terminal.written
    with DataStore(store_url) as store:
        (scan,) = store.load_scans(store.search_existing_scans().keys)
    assert isinstance(scan, Scan)
    assert scan.state is ScanState.CLOSED
    assert scan.info["end_reason"] == "USER_ABORT"


@pytest.mark.parametrize("trouble", ["gone", "silent"])
def test_test_scans_that_cannot_be_closed_are_named(
    open_terminal: Open, tmp_path: Path, start_redis: Callable[..., RealRedis], trouble: str
) -> None:
    long_test_scans(tmp_path)
    server = start_redis()
    initialise(server.url)
    terminal = open_terminal(scantui(server.url))
    terminal.type(b"C\r")
    terminal.see("RUN")
    with DataStore(server.url) as store:
        (key,) = store.search_existing_scans().keys
    if trouble == "gone":
        server.stop()
        terminal.see("RETRY")
    else:
        with redis.Redis.from_url(server.url) as client:
            client.client_pause(600_000)
    terminal.type(b"\x03")
    assert terminal.exit_code() == 0
    assert f"test scan {key} is still open: scantui delete {key} removes it" in terminal.written.decode()
    assert terminal.left_behind == {}
