"""Commands on two servers: one list, which names the server of each scan, and what happens when one fails."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from scantui.filters import ScanFilter
from scantui.filters.servers import may_hold_at
from scantui.models import Scan, ScanSummary
from scantui.store import DataStore
from tests.cli.conftest import publish
from tests.cli.processes import Running, run
from tests.programs import Done
from tests.servers import RealRedis, free_port, initialise

NAMES = ("id11", "id15")


class Beamlines(NamedTuple):
    """Two servers under names of a configuration, and a third that is down."""

    id11: DataStore
    id15: DataStore
    environment: dict[str, str]

    def run(self, command: str, *arguments: str, servers: tuple[str, ...] = NAMES) -> Done:
        named = [word for name in servers for word in ("-s", name)]
        return run(command, *arguments, *named, environment=self.environment)

    def publish(self) -> list[Scan]:
        """Four scans, on the two servers in turn, each in a millisecond of its own."""
        scans = []
        for number, store in enumerate((self.id11, self.id15, self.id15, self.id11), 1):
            scans.append(publish(store, number, title=f"scan {number}"))
            (row,) = store.load_summaries([scans[-1].key])
            assert isinstance(row, ScanSummary)
            while time.time() * 1000 < row.state_ms + 1:
                pass
        return scans


@pytest.fixture
def beamlines(store_url: str, start_redis: Callable[..., RealRedis], tmp_path: Path) -> Iterator[Beamlines]:
    other_url = start_redis().url
    initialise(other_url)
    servers = {"id11": store_url, "id15": other_url, "down": f"redis://127.0.0.1:{free_port()}"}
    (tmp_path / "scantui").mkdir()
    tables = [f'[servers.{name}]\nurl = "{url}"\n' for name, url in servers.items()]
    (tmp_path / "scantui" / "config.toml").write_text("".join(tables) + '[groups]\nboth = ["id11", "id15"]\n')
    with DataStore(store_url) as id11, DataStore(other_url) as id15:
        yield Beamlines(id11, id15, {"XDG_CONFIG_HOME": str(tmp_path)})


def test_a_search_lists_the_scans_of_all_servers_as_they_were_created(beamlines: Beamlines) -> None:
    keys = [scan.key for scan in beamlines.publish()]
    done = beamlines.run("search")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[2:5] for line in done.stdout.splitlines()] == [
        ["id11", "DONE", "1"],
        ["id15", "DONE", "2"],
        ["id15", "DONE", "3"],
        ["id11", "DONE", "4"],
    ]
    assert beamlines.run("search", "--keys").stdout.split() == keys
    assert beamlines.run("search", "--keys", "--limit", "3", servers=("both",)).stdout.split() == keys[1:]
    assert beamlines.run("search", "--count").stdout == "4\n"
    assert beamlines.run("search", "--count", "server=id15").stdout == "2\n"
    assert beamlines.run("search", "--keys", "!server=id15").stdout.split() == [keys[0], keys[3]]
    records = json.loads(beamlines.run("search", "--json", "number=2..3").stdout)
    assert [(record["key"], record["server"]) for record in records] == [(key, "id15") for key in keys[1:3]]
    table = list(csv.reader(io.StringIO(beamlines.run("search", "--csv").stdout)))
    assert table[0][-2:] == ["SERVER", "KEY"]
    assert [line[-2:] for line in table[1:3]] == [["id11", keys[0]], ["id15", keys[1]]]
    assert "| SERVER | KEY |" in beamlines.run("search", "--md").stdout


def test_one_of_the_servers_alone_is_not_named(beamlines: Beamlines) -> None:
    beamlines.publish()
    for form in ((), ("--json",), ("--csv",), ("--md",)):
        done = beamlines.run("search", *form, servers=("id11", "id11"))
        assert done.returncode == 0
        assert "id11" not in done.stdout
        assert "server" not in done.stdout.lower()
    assert beamlines.run("search", "server=id11", "--count", servers=("id11",)).stdout == "2\n"
    assert beamlines.run("search", "server=id15", "--count", servers=("id11",)).returncode == 3


def test_a_server_that_is_down_takes_nothing_from_the_others(beamlines: Beamlines) -> None:
    keys = [scan.key for scan in beamlines.publish()]
    done = beamlines.run("search", "--keys", servers=("down", "both"))
    assert (done.returncode, done.stdout.split()) == (1, keys)
    assert done.stderr.startswith("scantui: down: ")
    assert len(done.stderr.splitlines()) == 1
    last = beamlines.run("last", "--json", servers=("all",))
    assert (last.returncode, json.loads(last.stdout)["server"]) == (1, "id11")
    nothing = beamlines.run("last", "number=7", servers=("all",))
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert "no scans match: number is 7" in nothing.stderr


def test_the_last_is_the_newest_of_all(beamlines: Beamlines) -> None:
    keys = [scan.key for scan in beamlines.publish()]
    assert beamlines.run("last", "--key").stdout.strip() == keys[3]
    assert beamlines.run("last", "server=id15", "--key").stdout.strip() == keys[2]
    assert beamlines.run("last").stdout.split()[2] == "id11"
    assert beamlines.run("last", "number=7").returncode == 3


def test_tail_prints_the_scans_of_all_servers(beamlines: Beamlines) -> None:
    keys = [scan.key for scan in beamlines.publish()]
    done = beamlines.run("tail", "--since", "1h", "--max", "4")
    lines = sorted(line.split()[2:5] for line in done.stdout.splitlines())
    assert lines == [["id11", "DONE", "1"], ["id11", "DONE", "4"], ["id15", "DONE", "2"], ["id15", "DONE", "3"]]
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
    done = beamlines.run("wait", keys[1], "--exec", "test $SCANTUI_URL = $URL15")
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


def test_one_scan_is_found_on_whichever_server_has_it(beamlines: Beamlines) -> None:
    keys = [scan.key for scan in beamlines.publish()]
    shown = beamlines.run("show", keys[1], "--json")
    assert (shown.returncode, json.loads(shown.stdout)["server"], shown.stderr) == (0, "id15", "")
    assert json.loads(beamlines.run("show", "4", "--json").stdout)["server"] == "id11"
    assert "server" not in json.loads(beamlines.run("show", "4", "--json", servers=("id11",)).stdout)
    assert beamlines.run("show", "4").stdout.split()[:2] == ["DONE", "4"]
    values = json.loads(beamlines.run("values", "2", "--json").stdout)
    assert (values["key"], values["server"]) == (keys[1], "id15")
    peak = json.loads(beamlines.run("peak", "--json").stdout)
    assert (peak["key"], peak["server"]) == (keys[3], "id11")
    assert beamlines.run("plot", "2", "--size", "40x5").stdout.startswith(" DONE 2 scan 2")
    nowhere = beamlines.run("show", "7")
    assert (nowhere.returncode, nowhere.stderr) == (3, "scantui: no scan has the number 7\n")
    lost = beamlines.run("show", "7", servers=("all",))
    assert (lost.returncode, lost.stderr.splitlines()[-1]) == (
        1,
        "scantui: no scan has the number 7 on the servers that answered",
    )
    found = beamlines.run("show", "2", "--json", servers=("down", "id15"))
    assert (found.returncode, json.loads(found.stdout)["key"]) == (1, keys[1])


def test_of_scans_with_one_number_the_newest_of_all_servers_is_meant(beamlines: Beamlines) -> None:
    keys = [scan.key for scan in beamlines.publish()]
    newer = publish(beamlines.id15, 1)
    done = beamlines.run("show", "1", "--json")
    assert (json.loads(done.stdout)["key"], done.stderr) == (
        newer.key,
        "scantui: older scans with the number 1 are on id11\n",
    )
    assert json.loads(beamlines.run("show", keys[0], "--json").stdout)["server"] == "id11"


def test_scans_on_two_servers_are_compared(beamlines: Beamlines) -> None:
    keys = [scan.key for scan in beamlines.publish()]
    done = beamlines.run("diff", "1", "2", "--json", "--all")
    record = json.loads(done.stdout)
    assert done.returncode == 1
    assert (record["a"], record["server_a"], record["b"], record["server_b"]) == (keys[0], "id11", keys[1], "id15")
    lines = beamlines.run("diff", "1", "4").stdout.splitlines()
    assert (lines[0][:9], lines[1][:9]) == ("a  id11  ", "b  id11  ")
    assert beamlines.run("diff", "1", "2", servers=("all",)).returncode == 2
    assert "server_a" not in beamlines.run("diff", "1", "4", "--json", servers=("id11",)).stdout


def test_a_report_covers_all_servers_and_names_them(beamlines: Beamlines) -> None:
    keys = [scan.key for scan in beamlines.publish()]
    publish(beamlines.id15, 5, "FAILURE")
    done = beamlines.run("report", "--since", "1h", "--json")
    record = json.loads(done.stdout)
    assert (done.returncode, record["server"], record["counts"]) == (0, "id11, id15", {"DONE": 4, "FAIL": 1})
    assert [(scan["key"], scan["server"]) for scan in record["scans"]][:2] == [(keys[0], "id11"), (keys[1], "id15")]
    assert [scan["server"] for scan in record["problems"]] == ["id15"]
    table = list(csv.reader(io.StringIO(beamlines.run("report", "--since", "1h", "--csv").stdout)))
    assert (table[0][-2:], table[1][-2:]) == (["SERVER", "KEY"], ["id11", keys[0]])
    for form in ((), ("--md",), ("--html",)):
        text = beamlines.run("report", "--since", "1h", *form).stdout
        assert "id11, id15, " in text
        assert "id15 FAIL 5 ascan" in text
    partly = beamlines.run("report", "--since", "1h", "--json", servers=("all",))
    assert (partly.returncode, len(json.loads(partly.stdout)["scans"])) == (1, 5)
    assert "server" not in json.loads(beamlines.run("report", "--json", servers=("id11",)).stdout)["scans"][0]


def test_doctor_examines_all_servers(beamlines: Beamlines) -> None:
    done = beamlines.run("doctor", "--json", servers=("all",))
    report = json.loads(done.stdout)
    assert (done.returncode, report["server"], report["verdict"]) == (1, "id11, id15, down", "fault")
    faults = [finding["server"] for finding in report["findings"] if finding["verdict"] == "fault"]
    assert set(faults) == {"down"}
    assert {finding.get("server") for finding in report["findings"]} == {"id11", "id15", "down", None}
    lines = beamlines.run("doctor", servers=("both",)).stdout.splitlines()
    assert [line for line in lines if line in ("id11", "id15", "this computer")] == ["id11", "id15", "this computer"]


@pytest.mark.parametrize(
    ("command", "exit_code", "messages"),
    [(["search"], 1, 2), (["last"], 1, 2), (["report"], 1, 2), (["wait", "--timeout", "0.3"], 124, 3)],
)
def test_servers_that_all_fail_are_reported(
    beamlines: Beamlines, command: list[str], exit_code: int, messages: int
) -> None:
    done = beamlines.run(*command, servers=("down", f"redis://127.0.0.1:{free_port()}"))
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (exit_code, "", messages)


def test_what_writes_takes_one_server(beamlines: Beamlines) -> None:
    for command in (("create", "test"), ("delete", "esrf:scan:01JBXVGZM0G32HDSZJXS6MSESN"), ("init",)):
        done = beamlines.run(*command)
        assert (done.returncode, done.stderr) == (
            2,
            "scantui: this takes one server, not 2: give one of them with -s NAME\n",
        )


def test_the_demo_has_two_beamlines_if_wanted() -> None:
    one = run("search", "--demo", "--limit", "3")
    two = run("search", "--demo", "--beamlines", "2", "--json")
    assert "demo" not in one.stdout
    assert {record["server"] for record in json.loads(two.stdout)} == {"demo", "demo2"}
    doctor = json.loads(run("doctor", "--demo", "--beamlines", "2", "--json").stdout)
    assert doctor["server"] == "demo, demo2"
    alone = run("search", "--beamlines", "2")
    assert (alone.returncode, alone.stderr) == (2, "scantui: --beamlines is for the simulated ones: give --demo too\n")
