"""No text from Redis is obeyed by a terminal: every byte of a session that visits each place where texts go."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import redis

from scantui.models import Scan, ScanState
from scantui.store import DataStore
from scantui.tui.terminal.driver import in_ascii
from tests.hostile import ATTACKS, MARK, hostile_identity, hostile_info, sequences_of
from tests.servers import empty_server, initialise, short_directory
from tests.terminals import LivingTerminal, scantui

Open = Callable[..., LivingTerminal]
EVERYDAY: Mapping[str, str] = {}
# A terminal that knows no UTF-8.
PLAIN = {"LC_ALL": "C"}
HARMLESS = {
    **dict.fromkeys(("session", "proposal", "collection", "dataset"), "sample"),
    "name": "ascan",
    "data_policy": "ESRF",
    "path": "/data/sample",
}
# Between the rows and the details; above the scans of a dataset a shorter one is broken by its name.
SPLIT = "─" * 78
# What is typed, and what is on the screen then, or with a ! is not. The cursor is on the newest scan, which is open.
PLACES: list[tuple[str, bytes, str]] = [
    ("the details", b"\r", "started"),
    ("the keyboard in the details", b"\t", "Open, fold"),
    ("all of the details", b"G", "▸ info"),
    ("the info", b"\r", "▾ info"),
    ("deep in the info", b"jlGl", "info"),
    ("the keyboard in the table", b"\t", "/ Filter"),
    ("the table again", b"q", f"!{SPLIT}"),
    ("a menu of values", b"=", "Keep only"),
    ("a filter of one value", b"\r", " of 10 scans"),
    ("no filter", b"u", "109"),
    ("values to exclude", b"-", "Exclude"),
    ("the exclusion", b"jjjj\r", " of 10 scans"),
    ("no exclusion", b"u", "! of 10 scans"),
    ("what completes", b"/name=\t", "Enter Search"),
    # What was completed may end within quotation marks or not: one of the two is wrong then.
    ("a filter that is refused", b'" nofield=x', "column"),
    ("the filter left", b"\x1b", "!Enter Search"),
    ("a filter on a title", b"/title=*HOSTILE*\r", " of 10 scans"),
    ("a name for it", b"vs", "save the filter as"),
    ("saved", b"[/]\x07x\r", "Saved as"),
    ("saved filters", b"v", "Saved filters"),
    ("the rows again", b"q", "!Saved filters"),
    ("a key copied", b"y", "Sent the key to"),
    ("a title copied", b"Yt", "Sent the title to"),
    ("a path copied", b"Yp", "Sent the path to"),
    ("JSON copied", b"Yj", "Sent the JSON to"),
    ("a command copied", b"Yc", "Sent the command"),
    ("a mark", b" ", "1 marked"),
    ("what to sort by", b"s", "Sort by"),
    ("another order", b"jj\r", "▲"),
    ("the newest", b"f", "LIVE"),
    ("counts", b"i", "last hour"),
    ("the palette", b":", "42 (scan)"),
    ("a number in it", b"10", "Enter: go to scan"),
    ("out of it", b"\x1b", "!Enter: go to scan"),
    ("help", b"?", "type to find"),
    ("out of help", b"\x1b", "!type to find"),
    ("the log", b"L", "connected"),
    ("out of the log", b"q", "!connected"),
    ("the form", b"D", "Create a test scan"),
    ("out of the form", b"\x1b", "!Create a test scan"),
    ("no test scan", b"X", "Only test scans"),
    ("a watch", b"W", "Watching"),
    ("a problem", b"ue", "esrf:scan:"),
    ("its details", b"\r", SPLIT),
    ("the rows at last", b"q", f"!{SPLIT}"),
]
# Where it is wide the details lie beside the rows.
BESIDE = {
    "another order": "sort:",
    "the table again": "!started",
    "its details": "│esrf:scan:",
    "the rows at last": "!│esrf:scan:",
}


@pytest.fixture
def open_terminal(tmp_path: Path) -> Iterator[Open]:
    opened: list[LivingTerminal] = []

    def open_one(
        *arguments: str, size: tuple[int, int] = (80, 24), environment: Mapping[str, str] = EVERYDAY
    ) -> LivingTerminal:
        homes = {"XDG_STATE_HOME": str(tmp_path / str(len(opened)))}
        opened.append(LivingTerminal(scantui(*arguments), {**environment, **homes}, size))
        return opened[-1]

    yield open_one
    for terminal in opened:
        terminal.close()


@pytest.fixture
def exports() -> Iterator[Path]:
    """A directory whose path fits into the message line, wherever temporary files go."""
    directory = short_directory()
    yield directory
    shutil.rmtree(directory)


def publish(store: DataStore, raw: redis.Redis, hostile: bool) -> Scan:
    """Scans in all states, one that cannot be read, and links between them; returns the newest, which is open."""
    for number in range(len(ATTACKS)):
        identity = hostile_identity(number) if hostile else {**HARMLESS, "number": 100 + number}
        info = hostile_info(number) if hostile else {"title": "ascan HOSTILE", "user_name": "me"}
        scan = store.create_scan(identity, info)
        name = f"diode:{ATTACKS[number]}" if hostile else "diode:current"
        store.create_stream(scan, name, float)
        if number == 0:
            broken = {"name": ATTACKS[1] if hostile else 1}
            raw.execute_command("JSON.SET", scan.key, "$.id", json.dumps(broken))  # type: ignore[no-untyped-call]
        elif number < len(ATTACKS) - 1:
            store.advance_scan(scan, ScanState.CLOSED, {"end_reason": ATTACKS[number] if hostile else "FAILURE"})
    return scan


def session(terminal: LivingTerminal, store: DataStore, newest: Scan, directory: Path, is_wide: bool) -> bytes:
    """All that the monitor writes on its way through the places; a wide terminal is one that knows no UTF-8."""
    terminal.see("LIVE", "BAD", "109")
    for place, keys, until in PLACES:
        terminal.type(keys)
        terminal.see(in_ascii(BESIDE.get(place, until)) if is_wide else until)
    store.advance_scan(newest, ScanState.CLOSED, {"end_reason": "FAILURE", "reason": ATTACKS[2]})
    terminal.see("watched: ")
    for letter, ending in (("c", "csv"), ("j", "json"), ("l", "jsonl"), ("m", "md")):
        terminal.type(f"w{letter}".encode())
        terminal.see("write to")
        terminal.type(b"\x15")
        terminal.see("!~/scans")
        terminal.type(f"{directory}/out.{ending}".encode())
        terminal.see(f"out.{ending}")
        terminal.type(b"\r")
        terminal.see("!write to", f"out.{ending}")
    terminal.type(b"P")
    terminal.read_until(b"Enter returns to the monitor")
    terminal.type(b"\n")
    terminal.see("LIVE", "PROGRESS")
    terminal.type(b"q")
    assert terminal.exit_code() == 0
    assert terminal.left_behind == {}
    assert b"scans shown" in terminal.written
    return terminal.written


@pytest.mark.parametrize(
    ("size", "environment"), [((80, 40), EVERYDAY), ((200, 50), PLAIN)], ids=["80x40", "200x50 in ASCII"]
)
def test_a_session_writes_no_sequence_that_came_from_the_data(
    open_terminal: Open,
    empty_url: str,
    tmp_path: Path,
    exports: Path,
    size: tuple[int, int],
    environment: Mapping[str, str],
) -> None:
    kinds = []
    for hostile in (False, True):
        directory = exports / f"files {hostile}"
        directory.mkdir()
        empty_server(empty_url)
        initialise(empty_url)
        with redis.Redis.from_url(empty_url) as raw, DataStore(empty_url) as store:
            newest = publish(store, raw, hostile)
            terminal = open_terminal(empty_url, size=size, environment=environment)
            written = session(terminal, store, newest, directory, is_wide=environment is PLAIN)
        assert written.isascii() or environment is not PLAIN
        kinds.append(sequences_of(written))
        for file in directory.iterdir():
            assert sequences_of(file.read_bytes()) == set(), file
        assert len(list(directory.iterdir())) == 4
    assert written.count(MARK.encode()) > 200
    assert kinds[1] <= kinds[0], kinds[1] - kinds[0]
    for log in tmp_path.rglob("*.log"):
        assert sequences_of(log.read_bytes()) == set()


COMMANDS = [
    ["search"],
    ["search", "--json"],
    ["search", "--csv"],
    ["search", "--md"],
    ["search", "--keys"],
    ["last"],
    ["last", "--json"],
    ["last", "--key"],
    ["show", "105"],
    ["show", "105", "--json"],
    ["tail", "--since", "1h", "--max", "9"],
    ["tail", "--since", "1h", "--max", "9", "--json"],
    ["tail", "--since", "1h", "--max", "9", "--plain", "--states"],
    ["wait", "is=closed", "--timeout", "1"],
    ["doctor"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_writes_a_sequence_that_came_from_the_data(
    open_terminal: Open, store_url: str, command: list[str]
) -> None:
    with redis.Redis.from_url(store_url) as raw, DataStore(store_url) as store:
        publish(store, raw, hostile=True)
        # Of the same form as a key, and as long.
        key = "esrf:scan:\x1b]0;HOSTILE\x07" + "A" * 14
        raw.execute_command("JSON.SET", key, "$", json.dumps({"id": hostile_identity(1), "info": {}, "state": 0}))
    terminal = open_terminal(*command, "-s", store_url)
    assert terminal.exit_code() in (0, 124)
    # Colours of the words.
    assert sequences_of(terminal.written) <= {("m", "", "")}
    assert b"Traceback" not in terminal.written
    assert terminal.left_behind == {}


class _Scolding(socketserver.StreamRequestHandler):
    """A server that answers every command with an error full of attacks."""

    def handle(self) -> None:
        said = " ".join(ATTACKS).replace("\r", "").replace("\n", "")
        while told := self.request.recv(65536):
            with contextlib.suppress(OSError):
                self.wfile.write(f"-ERR {said}\r\n".encode() * len(re.findall(rb"\*\d+\r\n", told)))


@pytest.fixture
def scolding_url() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Scolding) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"redis://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_what_a_server_says_of_its_errors_is_not_obeyed_by_the_monitor(open_terminal: Open, scolding_url: str) -> None:
    terminal = open_terminal(scolding_url)
    terminal.see("RETRY", MARK)
    terminal.type(b"L")
    terminal.see("lost, try")
    terminal.type(b"q")
    terminal.see("!lost, try")
    terminal.type(b"R")
    terminal.see("RETRY")
    terminal.type(b"q")
    assert terminal.exit_code() == 0
    assert terminal.left_behind == {}
    sequences_of(terminal.written)


@pytest.mark.parametrize("command", [["search"], ["last"], ["show", "1"], ["create", "x"], ["doctor"]], ids=" ".join)
def test_what_a_server_says_of_its_errors_is_not_obeyed_by_commands(
    open_terminal: Open, scolding_url: str, command: list[str]
) -> None:
    terminal = open_terminal(*command, "-s", scolding_url)
    assert terminal.exit_code() != 0
    assert MARK in terminal.written.decode()
    assert sequences_of(terminal.written) <= {("m", "", "")}
    assert b"Traceback" not in terminal.written
