"""What differs between two scans, and what only seems to."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.comparison import comparison_lines
from scantui.differences import compare
from scantui.models import Scan, ScanIdentity, ScanState

DATA = Path(__file__).with_name("data")
names = st.text(alphabet="abcxyz_.:0", min_size=1, max_size=5)
leaves = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False, width=16) | st.text(max_size=5)
trees = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=12
)
infos = st.dictionaries(names, trees, max_size=5)


def scan(info: dict[str, Any], number: int = 1, **identity: Any) -> Scan:
    return Scan(
        key=f"esrf:scan:{number:026}",
        state=ScanState.CLOSED,
        identity=ScanIdentity(name=identity.pop("name", "ascan"), number=number, **identity),
        info=info,
    )


def changed(a: dict[str, Any], b: dict[str, Any], everything: bool = False) -> dict[str, tuple[Any, Any]]:
    found = compare(scan(a, 1), scan(b, 2), everything)
    return {each.path: (each.a, each.b) for each in found.changed}


@given(infos)
def test_a_scan_does_not_differ_from_itself(info: dict[str, Any]) -> None:
    found = compare(scan(info), scan(copy.deepcopy(info)), everything=True)
    assert found.changed == ()


@given(infos, infos)
def test_the_other_way_round_it_is_the_mirror_image(one: dict[str, Any], other: dict[str, Any]) -> None:
    there, back = compare(scan(one), scan(other), everything=True), compare(scan(other), scan(one), everything=True)
    # 0 and False, or 1 and 1.0, differ by their types.
    assert {(d.path, repr(d.a), repr(d.b)) for d in there.changed} == {
        (d.path, repr(d.b), repr(d.a)) for d in back.changed
    }
    assert (there.equal, there.ignored) == (back.equal, back.ignored)


@given(st.dictionaries(st.text(alphabet="abc", min_size=1, max_size=3), st.integers(1, 9), min_size=1), st.data())
def test_every_changed_leaf_is_found(values: dict[str, int], data: st.DataObject) -> None:
    other = {key: data.draw(st.integers(1, 9)) for key in values}
    expected = {f"deep.{key}": (values[key], other[key]) for key in values if values[key] != other[key]}
    assert changed({"deep": values}, {"deep": other}) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ({"x": 1}, {"x": 1.0}, {}),
        ({"x": 1}, {"x": 1 + 1e-7}, {}),
        ({"x": 1}, {"x": 1 + 1e-5}, {"x": (1, 1 + 1e-5)}),
        ({"x": float("nan")}, {"x": float("nan")}, {}),
        ({"x": 0}, {"x": 1e-12}, {"x": (0, 1e-12)}),
        ({"x": 10**400}, {"x": 0.5}, {"x": (10**400, 0.5)}),
        ({"x": True}, {"x": 1}, {"x": (True, 1)}),
        ({"x": [1, 2.0]}, {"x": [1, 2.0 + 1e-9]}, {}),
        ({"x": [1, 2]}, {"x": [1]}, {"x": ([1, 2], [1])}),
        ({"x": [{"y": 1}]}, {"x": [{"y": 2}]}, {"x.0.y": (1, 2)}),
        ({"x": {"y": 1}}, {}, {"x.y": (1, None)}),
        ({"x": None}, {}, {}),
        ({"x": {}}, {"x": []}, {"x": ({}, [])}),
        ({"x": "1"}, {"x": 1}, {"x": ("1", 1)}),
    ],
)
def test_values_are_compared_as_they_are_meant(
    a: dict[str, Any], b: dict[str, Any], expected: dict[str, tuple[Any, Any]]
) -> None:
    assert changed(a, b) == expected


def with_devices(first: int, second: int, gain: int = 1) -> dict[str, Any]:
    """As BLISS writes them: keys with the ids of objects, and lists that were sets."""
    axis, diode = f"{first}:axis", f"{second}:diode"
    return {
        "devices": {axis: {"name": "axis", "triggered_devices": [diode]}, diode: {"name": "diode", "gain": gain}},
        "channels": {"diode:i0": {"device": diode}},
        "acquisition_chain": {"axis": {"top_master": axis, "devices": sorted([axis, diode])}},
    }


@pytest.mark.parametrize("ids", [(139833978911952, 139833979595536), (2, 1), (7, 12)])
def test_the_ids_of_objects_never_differ(ids: tuple[int, int]) -> None:
    assert changed(with_devices(1, 2), with_devices(*ids), everything=True).keys() == {"identity.number"}


def test_what_differs_in_a_device_is_found_by_its_name() -> None:
    assert changed(with_devices(1, 2), with_devices(8, 9, gain=5)) == {"devices.diode.gain": (1, 5)}


def test_two_devices_of_one_name_are_both_compared() -> None:
    def info(gain: int) -> dict[str, Any]:
        return {"devices": {"1:mca": {"gain": 1}, "2:mca": {"gain": gain}}}

    assert changed(info(1), info(2)) == {"devices.mca.gain#2": (1, 2)}


def test_values_are_handed_out_as_they_stand() -> None:
    info = {"devices": {"1:axis": {}}, "chain": "1:axis"}
    assert changed(info, {"chain": "other"})["chain"] == ("1:axis", "other")


def test_what_always_differs_is_left_out_and_counted() -> None:
    one = {"scan_nb": 1, "start_time": "a", "filename": "/a", "name": "1_ascan", "group": f"esrf:scan:{'A' * 26}"}
    other = {"scan_nb": 2, "start_time": "b", "filename": "/b", "name": "2_ascan", "group": f"esrf:scan:{'B' * 26}"}
    found = compare(scan(one, 1), scan(other, 2))
    assert (found.changed, found.ignored) == ((), 5)
    assert set(changed(one, other, everything=True)) == {
        "identity.number",
        "scan_nb",
        "start_time",
        "filename",
        "group",
    }


def test_the_identity_and_the_state_are_compared() -> None:
    a, b = scan({}, dataset="one"), scan({}, 2, dataset="two", name="dscan")
    assert [each.path for each in compare(a, b).changed] == ["identity.name", "identity.dataset"]


def test_positions_come_before_the_rest_and_say_by_how_much() -> None:
    a = {"a": 1, "count_time": 0.5, "positioners": {"positioners_start": {"samz": 14.2}}, "axes": ["diode"]}
    b = {"a": 2, "count_time": 1, "positioners": {"positioners_start": {"samz": 14.35}}, "axes": ["diode", "fluo"]}
    found = [(each.path, each.change) for each in compare(scan(a), scan(b)).changed]
    assert found == [
        ("positioners.positioners_start.samz", "+0.15"),
        ("count_time", "+0.5"),
        ("a", "+1"),
        ("axes", "fluo new"),
    ]


def test_a_real_scan_that_ran_twice_differs_in_nothing() -> None:
    documents = json.loads((DATA / "ct.json").read_text())["documents"]
    info = list(documents.values())[-1]["info"]
    # In another session all objects have other ids.
    other_ids, count = re.subn(r'"([0-9]{9,}):', lambda id_: f'"{int(id_[1]) + 4096}:', json.dumps(info))
    assert count
    again = json.loads(other_ids) | {"scan_nb": 99, "start_time": "2026-11-26T10:00:00+01:00"}
    assert changed(info, again) == {}


def test_in_few_cells_values_are_cut_and_the_change_is_seen() -> None:
    a = scan({"title": "a" * 60, "positioners": {"positioners_start": {"samz": 14.2}}})
    b = scan({"title": "b" * 60, "positioners": {"positioners_start": {"samz": 14.35}}})
    lines = comparison_lines(compare(a, b), a, b, width=78)
    assert all(len(line) <= 78 for line in lines[2:])
    assert any(line.endswith("+0.15") for line in lines)


@pytest.mark.parametrize(
    ("titles", "shown"),
    [
        (("ascan x 0.15000000000000002 1", "ascan x 0.30000000000000004 1"), ("ascan x 0.15 1", "ascan x 0.3 1")),
        (("x 0.1500", "x 0.15000000000000002"), ("x 0.1500", "x 0.15000000000000002")),
    ],
)
def test_numbers_in_titles_stand_there_as_on_the_rows(titles: tuple[str, str], shown: tuple[str, str]) -> None:
    a, b = (scan({"title": title}) for title in titles)
    (line,) = [line for line in comparison_lines(compare(a, b), a, b) if line.startswith("title")]
    assert tuple(part.strip() for part in line.split("  ") if part)[1:] == shown
