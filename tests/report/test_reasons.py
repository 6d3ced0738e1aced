"""What the details of a scan show of why it failed."""

from __future__ import annotations

from typing import Any

import pytest

from scantui.models import Scan, ScanIdentity, ScanState, ScanSummary
from scantui.report.reasons import Reason, reason_of
from scantui.report.shift import with_children
from scantui.store.operations.details import ScanDetails, StreamTail
from tests.report.shifts import scan

CHAIN = {
    "axis": {
        "master": {"scalars": ["axis:samx"]},
        "scalars": ["timer:epoch", "p201:i0", "pico:pico1"],
        "spectra": ["mca:spectrum"],
    },
    "slow": {"master": {"scalars": ["slow:temperature"]}},
}
# Of these masters, only the first one is to have the points of the scan.
CHANNELS = {"axis:samx": {"points": 21}, "slow:temperature": {"points": 0}}


def details(
    lengths: dict[str, int | None], info: dict[str, Any], npoints: int | None = 21, **fields: Any
) -> ScanDetails:
    identity = ScanIdentity(name="ascan", number=1)
    return ScanDetails(
        scan=Scan(key="k", state=ScanState.CLOSED, identity=identity, info=info),
        summary=ScanSummary(key="k", state=ScanState.CLOSED, identity=identity, npoints=npoints),
        streams=tuple(StreamTail(name=name, length=length) for name, length in lengths.items()),
        **fields,
    )


@pytest.mark.parametrize(
    ("lengths", "info", "expected"),
    [
        ({"axis:samx": 6, "p201:i0": 6, "pico:pico1": 3, "slow:temperature": 1}, {}, "6/21, pico1 3 behind"),
        ({"axis:samx": 6, "p201:i0": 5, "pico:pico1": 3}, {}, "6/21, pico1 3 behind and 1 more"),
        (
            {"axis:samx": 6, "p201:i0": 6},
            {"comments": [{"message": "a"}, {"message": "beam\nlost"}]},
            '6/21, "beam lost"',
        ),
        ({"axis:samx": 6}, {"comments": "all text"}, '6/21, "all text"'),
        ({"axis:samx": 6, "mca:spectrum": None}, {}, "6/21"),
        ({}, {}, ""),
        ({"axis:samx": 6}, {"comments": [{"time": 3}]}, "6/21"),
    ],
)
def test_it_shows_how_far_a_scan_came_and_what_is_behind(
    lengths: dict[str, int | None], info: dict[str, Any], expected: str
) -> None:
    assert reason_of(details(lengths, {"acquisition_chain": CHAIN, "channels": CHANNELS, **info})).text == expected


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_top_masters_the_slowest_shows_how_far_a_scan_came(order: int) -> None:
    chain = dict(list(CHAIN.items())[::order])
    shown = details({"axis:samx": 21, "p201:i0": 21, "slow:temperature": 4}, {"acquisition_chain": chain})
    assert reason_of(shown).text == "4/21"


def test_without_a_chain_all_streams_are_compared() -> None:
    assert (
        reason_of(details({"a": 2, "b": 1}, {"acquisition_chain": ["odd"]}, npoints=0)).text == "2 points, b 1 behind"
    )


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ({"sequence_info": {"scan_count": 7}}, "3/7 scans"),
        ({"is_scan_sequence": True}, "3 scans"),
        ({"sequence_info": {"scan_count": True}}, "3 scans"),
        ({"sequence_info": "odd"}, "3 scans"),
    ],
)
def test_a_sequence_counts_its_scans(info: dict[str, Any], expected: str) -> None:
    assert reason_of(details({"SUBSCANS": 3}, info, npoints=None, sub_scan_count=3)).text == expected


def test_hostile_names_and_comments_are_shown_harmlessly() -> None:
    info = {"comments": [{"message": "\x1b[31m" + "x" * 5000}]}
    text = reason_of(details({"a": 2, "b\x1b]52;c;x\x07": 1}, info)).text
    assert text.isprintable()
    assert len(text) < 400


def test_one_point_is_one_point() -> None:
    assert Reason(points=1).text == "1 point"


def test_a_sequence_counts_the_scans_that_are_listed_and_names_those_with_problems() -> None:
    sequence = scan(1, 0, 60, "FAIL", planned_scans=7, is_sequence=True)
    children = [
        scan(number, number, number + 1, word, parent=1)
        for number, word in enumerate(["DONE", "FAIL", "DONE", "ABRT", "FAIL", "FAIL"], start=2)
    ]
    counted, *others = with_children([sequence, *children])
    assert others == children
    assert counted.reason.text == "6/7 scans, FAIL 3 ABRT 5 FAIL 6 and 1 more"


def test_a_sequence_without_a_planned_number_counts_its_scans_alone() -> None:
    sequence = scan(1, 0, None, "RUN", planned_scans=-1, is_sequence=True)
    assert with_children([sequence, scan(2, 1, 2, parent=1)])[0].reason.text == "1 scan"
