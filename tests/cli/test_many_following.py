"""Commands that follow several servers: one list, whatever happens to one of them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

from scantui.feed import Loaded
from scantui.filters import ScanFilter
from scantui.filters.servers import may_hold_at
from scantui.recording.format import Recording
from tests.cli.beamlines import NAMES, Beamlines
from tests.cli.conftest import publish
from tests.cli.processes import Running


def test_tail_prints_the_scans_of_all_servers(beamlines: Beamlines) -> None:
    keys = [scan.key for scan in beamlines.publish()]
    done = beamlines.run("tail", "--since", "1h", "--max", "4")
    lines = [line.split()[2:5] for line in done.stdout.splitlines()]
    assert lines == [["id11", "DONE", "1"], ["id15", "DONE", "2"], ["id15", "DONE", "3"], ["id11", "DONE", "4"]]
    assert (done.returncode, done.stderr) == (0, "")
    done = beamlines.run("tail", "--since", "1h", "--max", "2", "--json", "server=id15", servers=("all",))
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(record["key"], record["server"]) for record in records] == [(key, "id15") for key in keys[1:3]]
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("scantui: down: ")
    plain = beamlines.run("tail", "--since", "1h", "--max", "1", "--plain", "number=2").stdout
    assert "Scan 2, ascan: scan 2, on id15 succeeded after" in plain


def test_wait_ends_with_the_first_scan_of_any_server(beamlines: Beamlines) -> None:
    keys = [scan.key for scan in beamlines.publish()]
    done = beamlines.run("wait", keys[1], "--json", "--exec", "test $SCANTUI_URL = $URL15", servers=NAMES)
    assert (done.returncode, json.loads(done.stdout)["server"]) == (1, "id15")
    beamlines.environment["URL15"] = beamlines.id15.label
    done = beamlines.run("wait", keys[1], "--exec", "test $SCANTUI_URL = $URL15 -a $SCANTUI_SCAN_SERVER = id15")
    assert (done.returncode, done.stdout.split()[2], done.stderr) == (0, "id15", "")
    nowhere = beamlines.run("wait", f"{keys[1][:-4]}AAAA")
    assert (nowhere.returncode, nowhere.stdout) == (3, "")
    failed = publish(beamlines.id11, 5, "FAILURE")
    assert beamlines.run("wait", failed.key, servers=("all",)).returncode == 4
    late = beamlines.run("wait", "number=9", "--timeout", "0.2", servers=("all",))
    assert (late.returncode, late.stderr.splitlines()[-1]) == (124, "scantui: timed out after 0.2 s")


def test_a_rule_works_on_each_server_that_its_filter_allows(
    beamlines: Beamlines, start: Callable[..., Running]
) -> None:
    arguments = ("watch", "!server=id15", "--silent", "0.1s", "--when", "fail", "--json")
    watching = start(*arguments, "-s", beamlines.id11.label, "-s", beamlines.id15.label)
    first = json.loads(watching.line())
    assert (first["server"], first["when"], "No scan began" in first["text"]) == (beamlines.id11.label, "silent", True)


def test_the_servers_of_a_filter() -> None:
    for text, allowed in (
        ("", True),
        ("server=id11", True),
        ("server=id15", False),
        ("!server=id11 ct", False),
        ("server=id11 or state=run", True),
        ("(server=id11 or server=id15) ct", True),
        ("server=bm05 or server=id15", False),
    ):
        assert may_hold_at(ScanFilter.parse(text).terms, "id11") is allowed


def test_one_recording_holds_the_scans_of_all_servers(beamlines: Beamlines, tmp_path: Path) -> None:
    keys = [scan.key for scan in beamlines.publish()]
    path = str(tmp_path / "both.rec")
    done = beamlines.run("record", path, "--seconds", "1.5")
    assert (done.returncode, done.stderr.splitlines()[0]) == (
        0,
        f"scantui: recording id11, id15 to {path}; press Ctrl-C to stop",
    )
    loaded = [moment.event for moment in Recording(path).moments() if isinstance(moment.event, Loaded)]
    found = {row.key: row.server for event in loaded for row in event.rows}
    assert found == dict(zip(keys, ["id11", "id15", "id15", "id11"], strict=True))
    beamlines.run("record", str(tmp_path / "copy.rec"), "--from", path, "--anonymise", servers=())
    with gzip.open(tmp_path / "copy.rec") as file:
        assert b"id15" not in file.read()
