"""Every byte that whole sessions write, to the terminal and into files, searched for the password in each spelling."""

from __future__ import annotations

import json
import re
import stat
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from scantui.store import DataStore
from tests.servers import RealRedis, command, initialise, plain_client
from tests.terminals import PATIENCE, LivingTerminal, scantui

PASSWORD = "S3cr:t/p@ss%25w+rd&x=1#~"  # noqa: S105
ESCAPED = quote(PASSWORD, safe="")
SPELLINGS = {
    *(PASSWORD, ESCAPED, ESCAPED.lower(), quote(PASSWORD), quote_plus(PASSWORD), quote(ESCAPED, safe="")),
    *(
        json.dumps(PASSWORD)[1:-1],
        repr(PASSWORD)[1:-1],
        b64encode(PASSWORD.encode()).decode(),
        PASSWORD[:6],
        ESCAPED[:8],
    ),
}
_SEQUENCE = re.compile(rb"\x1b(?:\[[0-9;?<>=]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\))")
_COPIED = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)")

SERVER = '[servers.id11]\nurl = "{url}"\n{more}\n[servers.other]\nurl = "redis://127.0.0.1:1"\n'


@pytest.fixture
def server() -> Iterator[RealRedis]:
    """A server that wants the password, with a scan."""
    with RealRedis(config={"requirepass": PASSWORD}) as server:
        initialise(server.url)
        with DataStore(server.url) as store:
            store.create_scan({"name": "ct", "number": 1, "data_policy": "None"})
        yield server


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own: what the program writes lies in it."""
    for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


Given = Callable[[RealRedis, Path, pytest.MonkeyPatch], list[str]]


def as_argument(server: RealRedis, home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    return [f"redis://:{ESCAPED}@127.0.0.1:{server.port}"]


def as_query_parameter(server: RealRedis, home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    return ["-s", f"redis://127.0.0.1:{server.port}?password={ESCAPED}"]


def as_variable(server: RealRedis, home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    patch.setenv("SCANTUI_URL", f"redis://default:{ESCAPED}@127.0.0.1:{server.port}")
    return []


def in_configuration(server: RealRedis, home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    return configure(home, f"redis://:{ESCAPED}@127.0.0.1:{server.port}")


def in_password_file(server: RealRedis, home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    arguments = configure(home, f"redis://127.0.0.1:{server.port}", 'password_file = "id11.password"')
    file = home / ".config" / "scantui" / "id11.password"
    file.write_text(PASSWORD + "\n")
    file.chmod(0o600)
    return arguments


def when_asked(server: RealRedis, home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    return [*configure(home, f"redis://127.0.0.1:{server.port}"), "--ask-password"]


def configure(home: Path, url: str, more: str = "") -> list[str]:
    path = home / ".config" / "scantui" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(SERVER.format(url=url, more=more))
    path.chmod(0o600)
    return ["-s", "id11"]


WAYS = [as_argument, as_query_parameter, as_variable, in_configuration, in_password_file, when_asked]


def secrets_in(written: bytes) -> set[str]:
    """The spellings of the password that stand in what was written, on the screen, or in what was copied."""
    copied = b"\n".join(b64decode(payload) for payload in _COPIED.findall(written))
    seen = written + _SEQUENCE.sub(b"", written) + copied
    return {spelling for spelling in SPELLINGS if spelling.encode() in seen}


def written_files(home: Path) -> dict[Path, bytes]:
    """The files that the program wrote: all but those of the user."""
    found = (path for path in home.rglob("*") if path.is_file() and ".config" not in path.parts)
    return {path: path.read_bytes() for path in found}


def start(arguments: list[str]) -> LivingTerminal:
    terminal = LivingTerminal(scantui(*arguments))
    if "--ask-password" in arguments:
        terminal.read_until(b"Password for id11: ")
        terminal.type(PASSWORD.encode() + b"\n")
    terminal.see("NEW ")
    return terminal


def until(terminal: LivingTerminal, condition: Callable[[], bool]) -> None:
    """Read what the program writes until something is true; fails when that takes too long."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert not terminal.has_ended_within(0.1)
        assert time.monotonic() < deadline


def scans_on(server: RealRedis) -> int:
    with DataStore(server.url) as store:
        return len(store.search_existing_scans().keys)


def test_the_search_finds_what_it_is_for() -> None:
    assert secrets_in(b"\x1b[1m" + PASSWORD[:9].encode() + b"\x1b[0m" + PASSWORD[9:].encode()) >= {PASSWORD}
    assert PASSWORD in secrets_in(b"\x1b]52;c;" + b64encode(f"scantui redis://:{PASSWORD}@h".encode()) + b"\x07")
    assert ESCAPED in secrets_in(ESCAPED.encode())


@pytest.mark.parametrize("given", WAYS)
def test_a_session_shows_and_writes_no_password_however_it_was_given(
    server: RealRedis, home: Path, monkeypatch: pytest.MonkeyPatch, given: Given
) -> None:
    terminal = start(given(server, home, monkeypatch))
    try:
        terminal.type(b"Yc")
        terminal.read_until(b"\x1b]52;c;")
        terminal.type(b"L")
        assert not terminal.has_ended_within(1.0)
        terminal.type(b"qq")
        assert terminal.exit_code() == 0
    finally:
        terminal.close()
    assert secrets_in(terminal.written) == set()
    assert secrets_in(b"\n".join(written_files(home).values())) == set()
    has_word = b"all users of this machine can see a password" in terminal.written
    assert has_word is (given in (as_argument, as_query_parameter))


def test_a_long_session_with_faults_shows_and_writes_none_either(
    server: RealRedis, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = start(in_configuration(server, home, monkeypatch))
    log, state = (home / ".local" / "state" / "scantui" / name for name in ("scantui.log", "state.json"))
    try:
        terminal.type(b"C\r")
        until(terminal, lambda: scans_on(server) == 2)
        terminal.type(b"/name=test_scan\r")
        until(terminal, lambda: b"name=test_scan" in state.read_bytes())
        for letter, ending in ((b"c", "csv"), (b"j", "json"), (b"l", "jsonl"), (b"m", "md")):
            terminal.type(b"w" + letter)
            terminal.see("write to", f"scans.{ending}")
            terminal.type(b"\r")
            terminal.see("!write to")
            until(terminal, (home / f"scans.{ending}").exists)
        terminal.type(b"\r")
        assert not terminal.has_ended_within(1.0)
        terminal.type(b"\rP")
        terminal.read_until(b"Enter returns to the monitor")
        terminal.type(b"\r")
        terminal.see("PROGRESS", "!Enter returns")
        with plain_client(server.url) as admin:
            command(admin, "CONFIG", "SET", "requirepass", "another")
            command(admin, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        until(terminal, lambda: b"refuses the login" in log.read_bytes())
        terminal.type(b"b\x1b[B\r")
        until(terminal, lambda: b"refuses the connection" in log.read_bytes())
        terminal.type(b"L")
        assert not terminal.has_ended_within(1.0)
        terminal.type(b"qq")
        assert terminal.exit_code() == 0
    finally:
        terminal.close()
    files = written_files(home)
    assert {path.name for path in files} >= {
        "scantui.log",
        "state.json",
        *(f"scans.{e}" for e in ("csv", "json", "md")),
    }
    assert secrets_in(terminal.written) == set()
    assert {path.name: secrets_in(content) for path, content in files.items() if secrets_in(content)} == {}
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in files} == dict.fromkeys(
        (path.name for path in files), 0o600
    )
