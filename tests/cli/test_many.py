"""Commands on two servers: one list, which names the server of each scan, and what happens when one fails."""

from __future__ import annotations

import csv
import io
import json
import socket
from pathlib import Path

import pytest

from tests.cli.beamlines import Beamlines
from tests.cli.conftest import publish
from tests.cli.processes import run
from tests.servers import free_port


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


def test_a_server_and_a_number_name_a_scan_in_a_filter_as_in_the_place_of_a_scan(beamlines: Beamlines) -> None:
    keys = [scan.key for scan in beamlines.publish()]
    done = beamlines.run("search", "--keys", "id15:3")
    assert (done.stdout.split(), done.stderr) == ([keys[2]], "scantui: read as server is id15, number is 3\n")
    assert beamlines.run("last", "--key", "id11:1 ascan").stdout.split() == [keys[0]]
    assert beamlines.run("search", "id15:1").returncode == 3
    assert 'text "id16:1"' in beamlines.run("search", "id16:1").stderr


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


def test_a_server_that_is_configured_wrongly_takes_nothing_from_the_others(
    beamlines: Beamlines, tmp_path: Path
) -> None:
    keys = [scan.key for scan in beamlines.publish()]
    with (tmp_path / "scantui" / "config.toml").open("a") as file:
        file.write('[servers.id19]\nurl = "redis://id19"\npassword_file = "x"\n[servers.id22]\nurl = "id22"\n')
    done = beamlines.run("search", "--keys", servers=("both", "id19", "id22"))
    assert (done.returncode, done.stdout.split()) == (1, keys)
    assert [line.split()[1] for line in done.stderr.splitlines()] == ["id19:", "id22:"]
    unused = beamlines.run("search", "--keys")
    assert (unused.returncode, unused.stdout.split(), unused.stderr.count("servers.id22.url")) == (0, keys, 1)
    config = beamlines.run("config", servers=("both", "id19"))
    assert (config.returncode, "problem        cannot read the password file" in config.stdout) == (1, True)
    assert beamlines.run("search", servers=("id22",)).returncode == 2


def test_the_last_is_the_newest_of_all(beamlines: Beamlines) -> None:
    keys = [scan.key for scan in beamlines.publish()]
    assert beamlines.run("last", "--key").stdout.strip() == keys[3]
    assert beamlines.run("last", "server=id15", "--key").stdout.strip() == keys[2]
    assert beamlines.run("last").stdout.split()[2] == "id11"
    assert beamlines.run("last", "number=7").returncode == 3


def test_one_scan_is_found_on_whichever_server_has_it(beamlines: Beamlines) -> None:
    keys = [scan.key for scan in beamlines.publish()]
    shown = beamlines.run("show", keys[1], "--json")
    assert (shown.returncode, json.loads(shown.stdout)["server"], shown.stderr) == (0, "id15", "")
    assert json.loads(beamlines.run("show", "4", "--json").stdout)["server"] == "id11"
    assert "server" not in json.loads(beamlines.run("show", "4", "--json", servers=("id11",)).stdout)
    assert beamlines.run("show", "4").stdout.split()[:3] == ["DONE", "4", "id11"]
    assert "id11" not in beamlines.run("show", "4", servers=("id11",)).stdout.splitlines()[0]
    values = json.loads(beamlines.run("values", "2", "--json").stdout)
    assert (values["key"], values["server"]) == (keys[1], "id15")
    peak = json.loads(beamlines.run("peak", "--json").stdout)
    assert (peak["key"], peak["server"]) == (keys[3], "id11")
    assert beamlines.run("plot", "2", "--size", "40x5").stdout.startswith(" DONE 2 id15 ascan: scan 2")
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


def test_a_number_behind_the_name_of_a_server_is_meant_there(beamlines: Beamlines) -> None:
    keys = [scan.key for scan in beamlines.publish()]
    publish(beamlines.id15, 1)
    for named, expected in (("id11:1", keys[0]), (f"id11:{keys[0]}", keys[0]), ("id15:2", keys[1])):
        done = beamlines.run("show", named, "--json")
        assert (done.stderr, json.loads(done.stdout)["key"]) == ("", expected)
    assert json.loads(beamlines.run("show", "id11:1", "--json", servers=("id11",)).stdout)["key"] == keys[0]
    nowhere = beamlines.run("show", f"id15:{keys[0]}")
    assert (nowhere.returncode, nowhere.stderr) == (3, f"scantui: id15 has no {keys[0]}\n")
    assert beamlines.run("show", "id15:7").stderr == "scantui: no scan has the number 7 on id15\n"
    away = beamlines.run("show", "down:1", servers=("all",))
    assert (away.returncode, away.stderr.splitlines()[-1]) == (1, "scantui: 1 cannot be looked for on down")
    # A server that is not asked is not waited for.
    assert beamlines.run("show", "id11:1", servers=("all",)).returncode == 0
    record = json.loads(beamlines.run("diff", "id11:1", "id15:1", "--json").stdout)
    assert (record["server_a"], record["server_b"]) == ("id11", "id15")
    assert json.loads(beamlines.run("peak", "id11:1", "--json").stdout)["key"] == keys[0]
    assert beamlines.run("plot", "id11:1", "--size", "40x5").stdout.startswith(" DONE 1 id11 ascan: scan 1")


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


def test_who_looks_for_a_key_does_not_wait_for_a_silent_server(beamlines: Beamlines) -> None:
    keys = [scan.key for scan in beamlines.publish()]
    with socket.create_server(("127.0.0.1", 0)) as silent:
        done = beamlines.run(
            "show", keys[1], "--json", servers=(f"redis://127.0.0.1:{silent.getsockname()[1]}", "id15")
        )
    assert (done.returncode, done.stderr, json.loads(done.stdout)["server"]) == (0, "", "id15")
