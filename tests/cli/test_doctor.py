"""`scantui doctor` as a process: lines, JSON and exit codes, on healthy and faulty servers."""

from __future__ import annotations

import json

from tests.cli.processes import run
from tests.terminals import LivingTerminal, scantui


def test_a_server_that_is_well_is_zero(store_url: str) -> None:
    done = run("doctor", store_url)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == store_url
    assert "ok      protocol    blissdata protocol 1\n" in done.stdout
    assert "\nfault" not in done.stdout


def test_a_fault_is_one_with_its_remedy_and_without_the_password() -> None:
    done = run("doctor", "redis://opid11:s3cret@127.0.0.1:1")
    assert done.returncode == 1
    assert "fault   reach       127.0.0.1:1 refuses the connection\n" in done.stdout
    assert "> check the port, and that Redis is running there" in done.stdout
    assert "ok      msgspec " in done.stdout
    assert "s3cret" not in done.stdout + done.stderr


def test_json_is_one_object_with_the_same_verdict(empty_url: str) -> None:
    done = run("doctor", "-s", empty_url, "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["server"], report["verdict"]) == (1, empty_url, "fault")
    (protocol,) = (finding for finding in report["findings"] if finding["subject"] == "protocol")
    assert protocol["verdict"] == "fault"
    assert "initialise" in protocol["remedy"]


def test_the_demo_can_be_examined_too() -> None:
    done = run("doctor", "--demo")
    assert done.returncode == 0
    assert "ok      protocol" in done.stdout


def test_a_url_that_cannot_be_used_is_refused() -> None:
    done = run("doctor", "http://:s3cret@id11")
    assert done.returncode == 2
    assert done.stderr.startswith("scantui: a data store's URL starts with redis://")
    assert "s3cret" not in done.stderr


def test_on_a_terminal_no_line_is_wider_than_it() -> None:
    terminal = LivingTerminal(scantui("doctor", "redis://127.0.0.1:1"))
    try:
        assert terminal.exit_code() == 1
    finally:
        terminal.close()
    lines = terminal.written.decode().splitlines()
    assert any("80x24" in line for line in lines)
    assert max(map(len, lines)) <= 80
