"""scantui plot: the counters of a scan as text of a given size, once and as points come."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from scantui.cli.colouring import coloured_text
from scantui.curves.lines import Piece
from scantui.models import Scan, ScanState
from scantui.store import DataStore
from tests.cli.processes import Running, run
from tests.servers import command, plain_client
from tests.terminals import LivingTerminal, scantui

CURVE = {
    "title": "ascan samx 0 1 10 0.1",
    "npoints": 11,
    "plots": [{"kind": "curve-plot", "items": [{"kind": "curve", "x": "axis:samx"}]}],
    "channels": {
        "axis:samx": {"display_name": "samx", "unit": "mm", "start": 0.0, "stop": 1.0},
        "p201:diode": {"display_name": "diode"},
    },
}
MESH = {
    "plots": [{"kind": "scatter-plot", "items": [{"kind": "scatter", "x": "axis:samx", "y": "axis:samy"}]}],
    "channels": {
        "axis:samx": {"display_name": "samx", "start": 0.0, "stop": 1.0, "axis_points": 2},
        "axis:samy": {"display_name": "samy", "start": 0.0, "stop": 1.0, "axis_points": 2},
    },
}
GAUSSIAN = [round(1000 * math.exp(-((place - 4) ** 2) / 4)) for place in range(11)]


def measure(
    store: DataStore, number: int, info: dict[str, Any], points: dict[str, list[Any]], end: str | None = "SUCCESS"
) -> Scan:
    """A scan with these points, closed unless there is no end reason."""
    scan = store.create_scan({"name": "ascan", "number": number, "data_policy": "None"}, info)
    for name, values in points.items():
        shape = (len(values[0]),) if values and isinstance(values[0], list) else ()
        scan = store.create_stream(scan, name, "float64", shape)
    for state in (ScanState.PREPARED, ScanState.STARTED):
        scan = store.advance_scan(scan, state)
    for name, values in points.items():
        if values:
            store.append(scan, name, values)
    return store.advance_scan(scan, ScanState.CLOSED, {"end_reason": end}) if end else scan


@pytest.fixture
def scan(store: DataStore) -> Scan:
    """A scan over a peak."""
    return measure(store, 7, CURVE, {"axis:samx": [place / 10 for place in range(11)], "p201:diode": GAUSSIAN})


def plot(url: str, *arguments: str, **environment: str) -> list[str]:
    done = run("plot", "-s", url, *arguments, environment=environment)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


@pytest.mark.parametrize("size", ["80x24", "200x50", "50x12", "30x6"])
def test_the_size_limits_the_whole_output(scan: Scan, store_url: str, size: str) -> None:
    columns, lines = map(int, size.split("x"))
    drawn = plot(store_url, "7", "--size", size)
    assert len(drawn) <= lines and max(map(len, drawn)) <= columns
    assert drawn[0].startswith(" DONE 7 ascan") and "11/11 points" in drawn[0]


def test_both_axes_have_figures_and_x_has_its_name_and_unit(scan: Scan, store_url: str) -> None:
    drawn = plot(store_url, "7")
    assert drawn[1].startswith(" a diode 0  peak 0.4")
    assert drawn[-1].split() == ["0", "0.2", "0.4", "0.6", "0.8", "samx", "(mm)"]
    assert {line.partition("┤")[0].strip() for line in drawn if "┤" in line} >= {"0", "1000"}


def test_the_locale_decides_about_characters_outside_ascii(scan: Scan, store_url: str) -> None:
    assert not "".join(plot(store_url, "7", LANG="C.UTF-8")).isascii()
    for arguments in ((), ("--marks", "dots")):
        drawn = "".join(plot(store_url, "7", *arguments, LC_ALL="C"))
        assert drawn.isascii() and "?" not in drawn and ":" in drawn
    assert any("\u2801" <= character <= "\u28ff" for character in "".join(plot(store_url, "7", "--marks", "dots")))


def test_options_choose_axis_scale_and_other_scans(scan: Scan, store: DataStore, store_url: str) -> None:
    measure(store, 6, CURVE, {"axis:samx": [0.0, 0.5, 1.0], "p201:diode": [5.0, 6.0, 7.0]})
    assert plot(store_url, "7", "--x", "index")[-1].split()[-1] == "index"
    logarithmic = plot(store_url, "7", "--log")
    assert "(1 not above 0)" in logarithmic[1]
    assert any(line.startswith(" 100┤") for line in logarithmic)
    assert "derivative" in plot(store_url, "7", "diode", "--diff")[1]
    assert "b diode 7 (scan 6)" in plot(store_url, "7", "--with", "6")[1]


def test_a_mesh_is_a_map_in_shades(store: DataStore, store_url: str) -> None:
    points = {"axis:samx": [0.0, 1.0, 0.0], "axis:samy": [0.0, 0.0, 1.0], "p201:diode": [1.0, 2.0, 9.0]}
    measure(store, 8, MESH, points)
    drawn = plot(store_url, "8")
    assert "max 9 at 0, 1" in drawn[1] and "x samx  y samy" in drawn[-1]
    assert "█" in drawn[3]


def test_a_spectrum_is_the_last_one(store: DataStore, store_url: str) -> None:
    measure(store, 9, {}, {"mca:spectrum": [[1.0, 2.0, 3.0], [1.0, 8.0, 3.0]]})
    drawn = plot(store_url, "9")
    assert drawn[1] == " spectrum  max 8  at 1  sum 12  2 of 2 spectra (n)"
    assert drawn[-1].endswith("channel")


def test_a_count_is_its_values(store: DataStore, store_url: str) -> None:
    channels = {"p201:diode": {"display_name": "diode", "unit": "A"}}
    measure(store, 10, {"type": "ct", "npoints": 1, "channels": channels}, {"p201:diode": [0.25]})
    assert [line.split() for line in plot(store_url, "10")[1:]] == [["diode", "0.25", "A"]]


def test_a_detector_is_its_number_of_frames(store: DataStore, store_url: str) -> None:
    scan = store.create_scan(
        {"name": "ct", "number": 14, "data_policy": "None"}, {"channels": {"cam:image": {"dim": 2}}}
    )
    scan = store.create_stream(scan, "cam:image", "json")
    with plain_client(store_url) as client:
        info = {"plugin": "lima", "lima_info": {"file_path": "/data/cam_%04d.h5", "frame_per_file": 2}}
        command(client, "JSON.SET", scan.key, '$.data_streams["cam:image"].info', json.dumps(info))
    for state in (ScanState.PREPARED, ScanState.STARTED):
        scan = store.advance_scan(scan, state)
    store.append_json(scan, "cam:image", {"last_index": 4, "last_index_saved": 3})
    assert plot(store_url, "14") == [" RUN 14 ct", "cam:image  frames 5, saved 4, file /data/cam_0001.h5"]


def test_a_scan_without_counters_is_its_title(store: DataStore, store_url: str) -> None:
    measure(store, 15, {"title": "dmesh samx 0.00000 1.50000"}, {})
    done = run("plot", "-s", store_url, "15")
    assert (done.returncode, done.stdout.strip()) == (0, "DONE 15 ascan: dmesh samx 0 1.5"), "as its row reads"
    assert "no counters to draw" in done.stderr


def test_what_cannot_be_drawn_is_refused(scan: Scan, store: DataStore, store_url: str) -> None:
    scan = store.create_scan({"name": "ct", "number": 8, "data_policy": "None"})
    store.create_stream(scan, "status", "json")
    refused = {
        ("7", "dioed"): "did you mean diode",
        ("7", "--x", "nothing"): "no counter nothing",
        ("8", "status"): "holds no numbers",
        ("7", "--size", "80"): "COLUMNSxLINES",
        ("7", "--size", "5x5"): "COLUMNSxLINES",
    }
    for arguments, wanted in refused.items():
        done = run("plot", "-s", store_url, *arguments)
        assert done.returncode == 2 and wanted in done.stderr
    assert run("plot", "-s", store_url, "99").returncode == 3


def test_hostile_names_and_units_stay_text(store: DataStore, store_url: str) -> None:
    name = "\x1b[2J\x1b]52;c;aGk=\x07[b]"
    info = {"title": "\x1b[31mred", "channels": {name: {"display_name": name, "unit": "\x9b2J"}}}
    measure(store, 11, info, {name: [1.0, 2.0, 3.0]})
    text = "".join(plot(store_url, "11"))
    assert not {"\x1b", "\x07", "\x9b"} & set(text) and "[b]" in text


def test_a_scan_that_runs_is_drawn_once_when_it_ends(
    store: DataStore, store_url: str, start: Callable[..., Running]
) -> None:
    scan = measure(store, 12, CURVE, {"axis:samx": [0.0, 0.1, 0.2], "p201:diode": [1.0, 2.0, 3.0]}, end=None)
    following = start("plot", "-s", store_url, "12", "--follow", "--size", "80x12")
    store.append(scan, "p201:diode", 4.0)
    store.append(scan, "axis:samx", 0.3)
    store.advance_scan(scan, ScanState.CLOSED, {"end_reason": "FAILURE"})
    code, drawn, errors = following.end()
    assert (code, errors) == (0, "")
    assert drawn.splitlines()[0] == " FAIL 12 ascan samx 0 1 10 0.1 · 4/11 points"


def test_a_terminal_gets_colours_and_each_figure_over_the_one_before(store: DataStore, store_url: str) -> None:
    scan = measure(store, 13, CURVE, {"axis:samx": [0.0, 0.1, 0.2], "p201:diode": [1.0, 2.0, 3.0]}, end=None)
    terminal = LivingTerminal(scantui("plot", "-s", store_url, "13", "--follow", "--size", "60x12"))
    try:
        terminal.read_until(b"3/11 points")
        store.append(scan, "axis:samx", 0.3)
        store.append(scan, "p201:diode", 4.0)
        store.advance_scan(scan, ScanState.CLOSED, {"end_reason": "SUCCESS"})
        terminal.read_until(b"DONE 13")
        assert terminal.exit_code() == 0
    finally:
        terminal.close()
    assert b"\x1b[36m" in terminal.written and b"\x1b[12F" in terminal.written
    assert b"4/11 points" in terminal.written.rpartition(b"DONE 13")[2]


def test_roles_become_colours() -> None:
    line = [Piece("a", "curve0"), Piece("▀", "heat0", "heat15"), Piece("▀", "ramp0", "ramp1"), Piece("b"), Piece("  ")]
    assert coloured_text(line, "none") == "a▀▀b"
    assert coloured_text(line, "many") == ("\x1b[36ma\x1b[0m\x1b[38;5;17;48;5;230m▀\x1b[0m\x1b[34;46m▀\x1b[0mb")
