"""scantui peak: the figures of a curve, for people and for scripts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scantui.models import Scan, ScanState
from scantui.store import DataStore
from tests.cli.processes import run, run_as_process
from tests.cli.test_plot import CURVE, GAUSSIAN, measure

POSITIONS = [place / 10 for place in range(11)]


@pytest.fixture
def scan(store: DataStore) -> Scan:
    """A scan over a peak at 0.4, whose second counter is flat."""
    points: dict[str, list[Any]] = {"axis:samx": POSITIONS, "p201:diode": GAUSSIAN, "p201:ring": [200.0] * 11}
    return measure(store, 7, CURVE, points)


def peak(url: str, *arguments: str) -> str:
    done = run("peak", "-s", url, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


def figures(url: str, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(peak(url, *arguments, "--json"))
    return found


def test_json_has_full_names_and_exact_numbers(scan: Scan, store_url: str) -> None:
    found = figures(store_url, "7", "diode")
    exact = {key: found.pop(key) for key in ("cen", "fwhm", "com")}
    assert found == {
        "key": scan.key,
        "counter": "p201:diode",
        "x": "axis:samx",
        "points": 11,
        "peak": [0.4, 1000.0],
    }
    assert exact == {
        "cen": pytest.approx(0.4, abs=0.02),
        "com": pytest.approx(0.4, abs=0.02),
        "fwhm": pytest.approx(0.333, abs=0.05),
    }


def test_a_line_is_for_people(scan: Scan, store_url: str) -> None:
    words = peak(store_url, scan.key).split()
    assert words[:4] == ["peak", "0.4", "1000", "/"] and words[4::3] == ["cen", "fwhm", "com"]
    assert peak(store_url, "7", "ring") == "peak - / cen - / fwhm - / com -"


@pytest.mark.parametrize("arguments", [(), ("diode",), ("p201:diode",), ("7",), ("7", "diode")])
def test_without_a_scan_it_is_the_last_one(scan: Scan, store_url: str, arguments: tuple[str, ...]) -> None:
    found = figures(store_url, *arguments)
    assert (found["key"], found["counter"], found["peak"]) == (scan.key, "p201:diode", [0.4, 1000.0])


def test_what_is_not_found_is_null(scan: Scan, store: DataStore, store_url: str) -> None:
    assert [figures(store_url, "7", "ring")[key] for key in ("peak", "com", "cen", "fwhm")] == [None] * 4
    empty = store.create_scan({"name": "sequence", "number": 8, "data_policy": "None"})
    assert figures(store_url) == {
        "key": empty.key,
        "points": 0,
        **dict.fromkeys(("counter", "x", "peak", "com", "cen", "fwhm")),
    }


def test_points_without_an_axis_have_their_index(store: DataStore, store_url: str) -> None:
    measure(store, 9, {}, {"p201:diode": GAUSSIAN})
    found = figures(store_url, "9")
    assert (found["x"], found["peak"]) == (None, [4.0, 1000.0])


def test_exit_codes_are_those_of_show(scan: Scan, store: DataStore, store_url: str) -> None:
    measure(store, 10, {}, {"mca:spectrum": [[1.0, 2.0]]})
    codes = {
        ("99",): 3,
        (f"{scan.key[:-1]}{'Z' if scan.key[-1] != 'Z' else 'Y'}",): 3,
        ("esrf:scan:typo",): 3,
        ("7", "dioed"): 2,
        ("diode", "7"): 2,
        ("10", "spectrum"): 2,
    }
    assert {arguments: run("peak", "-s", store_url, *arguments).returncode for arguments in codes} == codes


def test_there_may_be_no_scan_at_all(store_url: str) -> None:
    assert run("peak", "-s", store_url).returncode == 3


def test_a_command_of_wait_gets_the_peak(scan: Scan, store_url: str, tmp_path: Path) -> None:
    names = ("SCANTUI_PEAK_X", "SCANTUI_CEN", "SCANTUI_FWHM", "SCANTUI_COM")
    command = "printf '%s\\n' " + " ".join(f'"${name}"' for name in names) + f" > {tmp_path}/figures"
    done = run_as_process("wait", "-s", store_url, scan.key, "--exec", command)
    assert (done.returncode, done.stderr) == (0, "")
    found = figures(store_url, "7")
    wanted = [found["peak"][0], found["cen"], found["fwhm"], found["com"]]
    assert [float(line) for line in (tmp_path / "figures").read_text().split()] == wanted


def test_a_command_of_wait_gets_empty_texts_where_there_is_no_peak(store: DataStore, store_url: str) -> None:
    scan = store.create_scan({"name": "ct", "number": 1, "data_policy": "None"})
    scan = store.advance_scan(scan, ScanState.CLOSED, {"end_reason": "SUCCESS"})
    command = 'test "${SCANTUI_PEAK_X-unset}${SCANTUI_FWHM-unset}" = ""'
    done = run_as_process(
        "wait", "-s", store_url, scan.key, "--exec", command, environment={"SCANTUI_PEAK_X": "inherited"}
    )
    assert (done.returncode, done.stderr) == (0, "")
