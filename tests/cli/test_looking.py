"""search, last and show as processes, on a real server and in the demo, find what the screen shows."""

from __future__ import annotations

import csv
import io
import json
from contextlib import aclosing

import pytest

from scantui.board import Board
from scantui.cli.finding import find_scans
from scantui.cli.main import main
from scantui.feed import Feed, Heartbeat, Loaded
from scantui.filters import ScanFilter
from scantui.store import AsyncDataStore, DataStore
from tests.cli.conftest import publish
from tests.cli.processes import PersonsEyes, Running, run, run_as_process
from tests.servers import command, plain_client

HOSTILE = "\x1b]52;c;eA==\x07\x9b31m\u202e\nred\x7f|`"
COMMANDING = {"\x1b", "\x07", "\x9b", "\u202e", "\x7f"}
FILTERS = [
    "",
    "name=ascan*",
    "name=dscan state=fail",
    "-name=ascan",
    "is=open",
    "is=problem",
    "state=bad",
    "number=2..4",
    "number=7",
    "name=ascan,ct number=1",
    "age<1h",
    "age>1h",
    "since=2020-01-01 !state=done",
    "samx",
    "duration>1h",
]


@pytest.fixture
def assorted(store: DataStore, store_url: str) -> DataStore:
    """Scans of all kinds, including one that the index rejects and one that cannot be read."""
    publish(store, 1, title="ascan samx 0 1")
    publish(store, 2, "FAILURE", name="dscan")
    publish(store, 3, "USER_ABORT")
    publish(store, 4, None, name="ct", start_time="2026-01-01T00:00:00+00:00")
    publish(store, 5, "", name="Ascan")
    odd, broken = publish(store, 6), publish(store, 8)
    with plain_client(store_url) as client:
        command(client, "JSON.SET", odd.key, "$.id.number", '"7"')
        command(client, "JSON.SET", broken.key, "$.id", "[]")
    return store


@pytest.mark.parametrize("text", FILTERS)
async def test_a_search_finds_what_the_screen_shows(assorted: DataStore, store_url: str, text: str) -> None:
    scan_filter, screen = ScanFilter.parse(text), Board()
    async with aclosing(Feed(lambda: AsyncDataStore.open(store_url)).events()) as events:
        async for event in events:
            if isinstance(event, Heartbeat):
                screen.tell_time(event.server_ms)
            if isinstance(event, Loaded):
                screen.put(event.rows)
                break
    screen.set_filter(scan_filter)
    async with AsyncDataStore.open(store_url) as store:
        found = await find_scans(store, scan_filter)
    assert [(scan.scan.key, scan.word) for scan in found] == [
        (row.key, screen.word_of(row)) for row in map(screen.row_at, range(len(screen)))
    ]


def test_the_filters_of_these_tests_tell_scans_apart(assorted: DataStore, store_url: str) -> None:
    counts = [run("search", text, "--count", "-s", store_url).stdout.strip() for text in ("", "number=7", "state=bad")]
    assert counts == ["7", "1", "1"]


def test_a_search_writes_a_line_each_and_the_newest_last(assorted: DataStore, store_url: str) -> None:
    done = run("search", "name=ascan", "--limit", "3", "-number=3", "-s", store_url)
    assert (done.returncode, done.stderr) == (0, "")
    words = [line.split()[2:4] for line in done.stdout.splitlines()]
    assert words == [["DONE", "1"], ["END", "5"], ["DONE", "7"]]


def test_a_search_in_other_forms(assorted: DataStore, store_url: str) -> None:
    def search(form: str) -> str:
        return run("search", "name=dscan", form, "-s", store_url).stdout

    (key,) = search("--keys").splitlines()
    (record,) = json.loads(search("--json"))
    assert (record["key"], record["word"], record["identity"]["number"]) == (key, "FAIL", 2)
    (row,) = csv.DictReader(io.StringIO(search("--csv")))
    assert (row["KEY"], row["STATE"], row["NUMBER"]) == (key, "FAIL", "2")
    assert search("--md").splitlines()[2].startswith("| FAIL | 2 | dscan |")
    assert search("--count") == "1\n"


@pytest.mark.parametrize("arguments", [["search", "name=none"], ["last", "name=none"], ["show", "42"]])
def test_nothing_found_has_an_exit_code_of_its_own(store: DataStore, store_url: str, arguments: list[str]) -> None:
    done = run(*arguments, "-s", store_url)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("scantui: no scan")


def test_a_search_of_nothing_is_still_json(store: DataStore, store_url: str) -> None:
    assert json.loads(run("search", "--json", "-s", store_url).stdout) == []


def test_the_last_scan(assorted: DataStore, store_url: str) -> None:
    done = run("last", "is=closed", "name=ascan", "--json", "-s", store_url)
    assert json.loads(done.stdout)["identity"]["number"] == 7
    key = run("last", "state=fail", "--key", "-s", store_url).stdout.strip()
    key = f"\ufeff{key}"  # as the first line of a file may be
    assert json.loads(run("show", key, "--json", "-s", store_url).stdout)["word"] == "FAIL"


@pytest.mark.parametrize("command", ["show", "values", "plot", "peak", "diff"])
def test_the_line_end_of_a_copied_key_does_not_count(store: DataStore, store_url: str, command: str) -> None:
    key = f" {publish(store, 5).key}\r\n"
    done = run(command, key, *([key] if command == "diff" else []), "-s", store_url)
    assert done.returncode == 0, done.stderr


def test_of_scans_with_the_same_number_the_newest_is_shown_and_the_others_are_counted(
    store: DataStore, store_url: str
) -> None:
    publish(store, 5)
    publish(store, 5, "FAILURE")
    newest = publish(store, 5, "USER_ABORT", positioners={"samx": 1.5})
    publish(store, 6)
    done = run("show", "5", "-s", store_url)
    assert done.returncode == 0
    assert newest.key in done.stdout
    assert "samx: 1.5" in done.stdout
    assert done.stderr == "scantui: 2 older scans also have the number 5: scantui search number=5 --keys\n"
    shown = json.loads(run("show", "5", "--json", "-s", store_url).stdout)
    assert (shown["key"], shown["info"]["positioners"]) == (newest.key, {"samx": 1.5})
    assert [step["state"] for step in shown["transitions"]] == ["CREATED", "CLOSED"]


@pytest.mark.parametrize("key", ["esrf:scan:01JBXVGZM0G32HDSZJXS6MSESN", "no key"])
def test_a_key_without_a_scan_cannot_be_shown(store: DataStore, store_url: str, key: str) -> None:
    done = run("show", key, "-s", store_url)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("scantui: ")


@pytest.mark.parametrize("form", [[], ["--md"], ["--csv"], ["--json"]])
def test_hostile_texts_reach_no_terminal(store: DataStore, store_url: str, form: list[str]) -> None:
    publish(store, 1, name=HOSTILE, title=HOSTILE, positioners={HOSTILE: HOSTILE})
    for arguments in (["search", *form], ["show", "1", *(["--json"] if form == ["--json"] else [])]):
        written = run(*arguments, "-s", store_url).stdout
        assert "red" in written
        assert not COMMANDING.intersection(written)
    if form == ["--json"]:
        assert json.loads(written)["info"]["positioners"] == {HOSTILE: HOSTILE}
        assert written.isascii()


def test_a_hostile_title_does_not_break_its_line(store: DataStore, store_url: str) -> None:
    publish(store, 1, title="one\ntwo\r\u2028three\x85four")
    assert len(run("search", "-s", store_url).stdout.splitlines()) == 1


@pytest.mark.parametrize(("environment", "is_coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_words_are_coloured_on_a_terminal_only(
    store: DataStore, store_url: str, environment: dict[str, str], is_coloured: bool
) -> None:
    publish(store, 1, "FAILURE")
    assert "\x1b" not in run("search", "-s", store_url, environment=environment).stdout
    eyes = PersonsEyes()
    try:
        run_as_process("search", "-s", store_url, stdout=eyes.stream, environment=environment)
        eyes.read_until(b"\n")
        assert (b"\x1b[1;31mFAIL " in eyes.seen) is is_coloured
    finally:
        eyes.close()


def test_an_encoding_that_lacks_letters_is_no_fault(store: DataStore, store_url: str) -> None:
    publish(store, 1, title="échantillon")
    done = run_as_process("search", "-s", store_url, environment={"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\xe9chantillon" in done.stdout


def test_more_than_a_pipe_holds_is_left_quietly_when_its_reader_goes(store: DataStore, store_url: str) -> None:
    for number in range(200):
        publish(store, number, title="t" * 1000)
    searching = Running("search", "--json", "-s", store_url)
    assert searching.line() == "["
    searching.stop_reading()
    exit_code, _, errors = searching.end()
    assert (exit_code, errors) == (0, "")


def test_the_demo_can_be_asked_too() -> None:
    assert int(run("search", "--demo", "--count").stdout) > 3
    assert run("show", "1", "--demo").stdout.split()[1] == "1"
    assert run("last", "is=closed", "--demo").returncode == 0


def test_the_scans_of_a_sequence_are_shown_by_state_number_and_title(
    store: DataStore, store_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    parent = publish(store, 7, "FAILURE", title="XANES at spot 1")
    child = publish(store, 8, "FAILURE", title="ascan energy 7 8 20 0.1", group=parent.key)
    assert main(["show", child.key, "-s", store_url]) == 0
    assert "parent    FAIL 7 ascan: XANES at spot 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["search", "name", "is", "ascan"], "scantui: read as name is ascan\n"),
        (["search", "--count", "name=ascan or name=ct"], ""),
        (["search", "--csv", "ascan and samx"], 'scantui: read as text "ascan" "samx"; quote it for the text itself\n'),
        (["search", "name is nothing"], "scantui: no scans match: name is nothing; quote it for the text itself\n"),
        (["search", "--count", "sate:run"], 'scantui: no scans match: text "sate:run"; did you mean state=run?\n'),
        (["last", "name is nothing"], "scantui: no scans match: name is nothing; quote it for the text itself\n"),
        (["last", "name is ct"], "scantui: read as name is ct\n"),
        (["report", "name is nothing"], "scantui: no scans match: name is nothing; quote it for the text itself\n"),
        (["notes", "name is nothing"], "scantui: No notes match: name is nothing; quote it for the text itself\n"),
        (["wait", "--timeout", "0.2", "name is nothing"], "scantui: read as name is nothing\n"),
    ],
)
@pytest.mark.usefixtures("assorted")
def test_each_command_shows_how_a_filter_was_read_where_that_may_surprise(
    store_url: str, arguments: list[str], says: str
) -> None:
    done = run(*arguments, *([] if arguments[0] == "notes" else ["-s", store_url]))
    assert done.stderr.startswith(says)
    assert bool(done.stderr) is bool(says)
