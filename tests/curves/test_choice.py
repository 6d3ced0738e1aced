"""What is drawn of the scans that BLISS publishes, and that nothing in a scan's info can break the choice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.curves.choice import ELAPSED, EPOCH, INDEX, PlotChoice, choose, named
from scantui.exceptions import UsageError
from scantui.models import StreamInfo

DOCUMENTS = Path(__file__).parent / "documents"
DIODE = "simulation_diode_sampling_controller:diode"
GAUSS = "simulation_counter_controller:gauss"


def document(kind: str) -> tuple[dict[str, Any], dict[str, StreamInfo]]:
    """Info and streams of a scan that BLISS published."""
    read = json.loads((DOCUMENTS / f"{kind}.json").read_text())
    streams = {
        name: StreamInfo(
            name=name,
            key=f"esrf:stream:{raw['pk']}",
            kind=raw["encoding"]["type"],
            dtype=raw["encoding"].get("dtype_str", ""),
            shape=tuple(raw["encoding"].get("shape", ())),
        )
        for name, raw in read["data_streams"].items()
    }
    return read["info"], streams


def chosen(kind: str, *wanted: str, x: str | None = None) -> PlotChoice:
    return choose(*document(kind), wanted=wanted, x=x)


def test_an_ascan_is_drawn_over_its_motor() -> None:
    choice = chosen("ascan")
    assert (choice.kind, choice.x, choice.counters) == ("curve", "axis:samx", (DIODE, GAUSS))
    assert (choice.x_range, choice.npoints) == ((0.0, 1.0), 11)
    assert choice.x_candidates == ("axis:samx", ELAPSED, EPOCH, INDEX)
    channel = choice.channel("axis:samx")
    assert (channel.label, channel.unit, channel.decimals) == ("samx", "mm", 5)


def test_a_mesh_is_a_map_over_both_axes() -> None:
    choice = chosen("amesh")
    assert (choice.kind, choice.x, choice.y, choice.counters) == ("mesh", "axis:samx", "axis:samy", (DIODE,))
    assert [choice.channel(name).axis_points for name in (choice.x, choice.y)] == [5, 4]


def test_a_mesh_over_another_axis_is_a_curve() -> None:
    assert (chosen("amesh", x=ELAPSED).kind, chosen("amesh", x=ELAPSED).x) == ("curve", ELAPSED)


def test_spectra_are_drawn_when_they_are_asked_for() -> None:
    choice = chosen("mca")
    assert (choice.kind, choice.x) == ("curve", ELAPSED)
    assert choice.counters == ("simu_mca:realtime_det0", "simu_mca:trigger_livetime_det0")
    assert choice.spectra == tuple(f"simu_mca:spectrum_det{number}" for number in range(4))
    asked = chosen("mca", "spectrum_det2")
    assert (asked.kind, asked.counters) == ("spectrum", ("simu_mca:spectrum_det2",))


def test_a_plot_of_spectra_needs_no_question() -> None:
    info, streams = document("mca")
    choice = choose({**info, "plots": [{"kind": "1d-plot"}]}, streams)
    assert (choice.kind, choice.counters) == ("spectrum", ("simu_mca:spectrum_det0",))


def test_samples_of_one_point_are_no_scalar() -> None:
    choice = chosen("samples")
    assert choice.counters == ("simulation_diode_sampling_controller:diode_samples",)
    assert choice.spectra == ("simulation_diode_sampling_controller:diode_samples_samples",)


def test_an_endless_scan_has_no_range() -> None:
    choice = chosen("endless")
    assert (choice.kind, choice.x, choice.x_range, choice.npoints) == ("curve", ELAPSED, None, 0)


def test_a_count_is_a_list_of_values() -> None:
    choice = chosen("ct")
    assert (choice.kind, len(choice.counters)) == ("values", 2)
    assert chosen("ct", choice.counters[1]).counters == choice.counters[::-1]


def test_a_sequence_has_nothing_to_draw() -> None:
    assert (chosen("sequence").kind, chosen("sequence").counters) == ("values", ())


def test_before_there_are_streams_the_channels_promise_them() -> None:
    info, _ = document("ascan")
    choice = choose(info, {})
    assert (choice.kind, choice.x, choice.counters) == ("curve", "axis:samx", (DIODE, GAUSS))


@pytest.mark.parametrize("wanted", ["diode", DIODE])
def test_the_user_chooses_by_either_name(wanted: str) -> None:
    assert chosen("ascan", "nothing of that name", wanted).counters == (DIODE,)


def test_the_session_chooses_where_the_user_did_not() -> None:
    info, streams = document("ascan")
    for extra in ({"display_extra": {"plotselect": [DIODE]}}, {"displayed_channels": ["diode"]}):
        assert choose({**info, **extra}, streams).counters == (DIODE,)
        assert choose({**info, **extra}, streams, wanted=["gauss"]).counters == (GAUSS,)


def test_the_session_may_choose_a_spectrum() -> None:
    info, streams = document("mca")
    choice = choose({**info, "display_extra": {"plotselect": ["simu_mca:spectrum_det3"]}}, streams)
    assert (choice.kind, choice.counters) == ("spectrum", ("simu_mca:spectrum_det3",))


def test_points_can_be_counted() -> None:
    choice = chosen("ascan", x=INDEX)
    assert (choice.x, choice.x_range, choice.channel(INDEX).label) == (INDEX, (0.0, 10.0), "index")


def test_a_display_name_that_two_counters_have_names_neither() -> None:
    channels = {"one:roi1": {"display_name": "roi1"}, "two:roi1": {"display_name": "roi1"}, "two:sum": {}}
    choice = choose({"channels": channels}, {})
    assert [choice.channel(name).label for name in channels] == ["one:roi1", "two:roi1", "sum"]
    with pytest.raises(UsageError, match="one:roi1, two:roi1"):
        named("roi1", choice.channels)
    assert named("two:roi1", choice.channels) == "two:roi1"
    assert named("sum", choice.channels) == "two:sum"
    with pytest.raises(UsageError, match="did you mean sum"):
        named("sun", choice.channels)
    displayed = {"channels": {"one:roi1": {"display_name": "roi"}, "two:roi1": {"display_name": "roi"}}}
    with pytest.raises(UsageError, match="give one of one:roi1, two:roi1"):
        named("roi", choose(displayed, {}).channels)
    with pytest.raises(UsageError, match="it has none"):
        named("sum", {})


def test_the_times_of_each_of_two_masters_are_times() -> None:
    names = ("timer:epoch", "slow:epoch", "slow:diode")
    channels = choose({"channels": {name: {} for name in names}}, {}).channels
    assert [channels[name].is_time for name in names] == [True, True, False]


def test_detectors_are_no_curves() -> None:
    streams = {
        "cam:image": StreamInfo(name="cam:image", key="k", kind="json"),
        "cam:roi": StreamInfo(name="cam:roi", key="k", kind="numeric", dtype="<f8"),
        "note": StreamInfo(name="note", key="k", kind="json"),
        "eiger:frame": StreamInfo(name="eiger:frame", key="k", kind="numeric", dtype="<u4", info={"plugin": "lima2"}),
        "fx:spectra": StreamInfo(name="fx:spectra", key="k", kind="json", info={"plugin": "mosca"}),
    }
    choice = choose({"channels": {"cam:image": {"dim": 2}, "fx:spectra": {"dim": 1}}}, streams)
    assert choice.images == ("cam:image", "eiger:frame", "fx:spectra")
    assert (choice.candidates, choice.spectra) == (("cam:roi",), ())
    assert [stream.is_scalar for stream in streams.values()] == [False, True, False, False, False]


KEYS = st.sampled_from(
    ["plots", "items", "kind", "x", "y", "acquisition_chain", "master", "scalars", "spectra", "npoints", "type"]
) | st.sampled_from(
    ["channels", "dim", "unit", "display_name", "start", "stop", "decimals", "axis_points", "plotselect"]
)
NAMES = st.sampled_from(["axis:a", "c:1", "c:2", "timer:epoch", "scatter-plot", "1d-plot", "ct", "", "\x1b[2J"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | NAMES | st.just(10**400),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | NAMES, inner, max_size=6),
    max_leaves=30,
)
STREAMS = st.dictionaries(
    NAMES,
    st.builds(
        StreamInfo,
        name=NAMES,
        key=st.just("k"),
        kind=st.sampled_from(["numeric", "json", ""]),
        dtype=st.sampled_from(["<f8", "", ">u4", "x"]),
        shape=st.sampled_from([(), (3,), (-1,), (2, 2)]),
    ),
    max_size=4,
)


@given(st.dictionaries(KEYS, JSON, max_size=8), STREAMS, st.lists(NAMES, max_size=3), st.none() | NAMES)
def test_nothing_in_an_info_breaks_the_choice(
    info: dict[str, Any], streams: dict[str, StreamInfo], wanted: list[str], x: str | None
) -> None:
    choice = choose(info, streams, wanted, x)
    known = set(choice.channels)
    assert {*choice.counters, *choice.candidates, *choice.spectra, *choice.images} <= known
    assert {choice.x, choice.y, *choice.x_candidates} <= known | {INDEX}
    assert choice.x not in choice.counters
    if choice.x_range:
        assert choice.x_range[0] < choice.x_range[1]
    if choice.kind in ("curve", "mesh"):
        assert choice.counters
