"""Planned scans look like those of BLISS."""

from __future__ import annotations

import math
from itertools import chain

import pytest

from scantui.demo import instrument
from scantui.demo.beamline import USERS
from scantui.demo.kinds import FREQUENCIES, RECIPES, loop, spectra_loop
from scantui.demo.plans import ScanPlanner
from scantui.publishing.run import PlannedScan
from scantui.store.wire.documents import identity_from
from scantui.store.wire.json_text import info_json
from scantui.words import seconds_of
from tests.demo.conftest import NOON, seeded

KINDS = sorted(RECIPES)


def planner(seed: int = 7) -> ScanPlanner:
    return ScanPlanner(seeded(seed), USERS, NOON)


def ten_of(kind: str) -> list[PlannedScan]:
    plans = planner()
    return [plans.plan(kind, NOON + index) for index in range(10)]


@pytest.mark.parametrize("kind", KINDS)
def test_the_store_takes_identity_and_info(kind: str) -> None:
    for plan in ten_of(kind):
        assert identity_from(plan.identity).name == kind
        _, info = info_json({**plan.info, **plan.info_prepared, **plan.info_closed})
        assert info == {**plan.info, **plan.info_prepared, **plan.info_closed}


@pytest.mark.parametrize("kind", KINDS)
def test_titles_match_their_kinds(kind: str) -> None:
    for plan in ten_of(kind):
        words = plan.info["title"].split()
        assert words[0] == ("ascan" if kind == "dscan" else kind)
        assert plan.info["type"] == plan.identity["name"] == kind
        axes = [name.removeprefix("axis:") for name in plan.info["channels"] if name.startswith("axis:")]
        assert [word for word in words if word in axes] == axes
        count_time_at = 1 if kind == "ct" else -1
        assert float(words[count_time_at]) == plan.info["count_time"]


@pytest.mark.parametrize("kind", ["ascan", "dscan", "a2scan"])
def test_points_are_one_more_than_intervals(kind: str) -> None:
    for plan in ten_of(kind):
        assert plan.info["npoints"] == int(plan.info["title"].split()[-2]) + 1 == plan.points
        for stream, (name, channel) in zip(plan.streams, plan.info["channels"].items(), strict=True):
            assert stream.name == name
            if name.startswith("axis:"):
                assert stream.value_at(0) == channel["start"]
                assert math.isclose(stream.value_at(plan.points - 1), channel["stop"], abs_tol=1e-9)


def test_channels_devices_and_chain_name_each_other() -> None:
    plans = planner()
    sequence = plans.sequence("XANES", NOON, children=2)
    for info in [sequence.info, *(plans.plan(kind, NOON).info for kind in KINDS)]:
        devices = info["devices"]
        assert {name for device in devices.values() for name in device["channels"]} == set(info["channels"])
        assert {channel["device"] for channel in info["channels"].values()} <= set(devices)
        (links,) = info["acquisition_chain"].values()
        assert links["top_master"] == links["devices"][0]
        assert set(links["devices"]) == set(devices)
        assert {*links["scalars"], *links["master"]["scalars"]} == set(info["channels"])


def test_saved_and_unsaved_scans_count_apart() -> None:
    plans = planner()
    planned = [plans.plan(kind, NOON) for kind in ("ascan", "ct", "loopscan", "ct")]
    assert [(plan.identity["number"], plan.info["name"]) for plan in planned] == [
        (1, "1_ascan"),
        (1, "_1_ct"),
        (2, "2_loopscan"),
        (2, "_2_ct"),
    ]
    assert ["path" in plan.identity for plan in planned] == [True, False, True, False]


def test_a_new_dataset_has_a_file_of_its_own_and_counts_from_1() -> None:
    plans = planner()
    first = plans.plan("ascan", NOON)
    plans.next_dataset()
    second = plans.plan("ascan", NOON)
    assert second.identity["number"] == 1
    assert first.identity["dataset"] != second.identity["dataset"]
    for plan in (first, second):
        fields = plan.identity
        assert fields["path"].endswith(f"/{fields['collection']}_{fields['dataset']}.h5")
        assert plan.info["filename"] == fields["path"]


def test_a_sequence_has_no_type_and_no_npoints() -> None:
    sequence = planner().sequence("XANES", NOON, children=3)
    assert sequence.info["is_scan_sequence"] is True
    assert not {"type", "npoints", "count_time", "plots"} & set(sequence.info)
    assert (sequence.points, sequence.streams) == (3, ())
    identity_from(sequence.identity)
    assert planner().plan("ascan", NOON, group="esrf:scan:parent").info["group"] == "esrf:scan:parent"


@pytest.mark.parametrize("end_reason", ["FAILURE", "USER_ABORT", None])
def test_what_does_not_succeed_takes_fewer_points(end_reason: str | None) -> None:
    for seed in range(20):
        plan = planner(seed).plan("ascan", NOON, end_reason)
        assert 0 < plan.points < plan.info["npoints"]
        assert plan.end_reason == end_reason


def test_an_endless_scan_is_ended_by_its_user() -> None:
    for plan in ten_of("timescan"):
        assert (plan.info["npoints"], plan.end_reason) == (0, "USER_ABORT")
        assert plan.points > 0


def test_values_are_such_as_counters_give_and_stay_what_they_are() -> None:
    for plan in chain.from_iterable(map(ten_of, KINDS)):
        for stream in plan.streams:
            values = [stream.value_at(index) for index in range(plan.points)]
            assert all(map(math.isfinite, values))
            assert values == [stream.value_at(index) for index in range(plan.points)]
            if stream.name.startswith("ct2_counters_controller:"):
                assert all(value >= 0 and value.is_integer() for value in values)


def test_scans_take_seconds_to_a_minute() -> None:
    for plan in chain.from_iterable(map(ten_of, KINDS)):
        assert 0.5 <= plan.preparing + plan.arming + plan.points * plan.interval + plan.finishing <= 60
        assert seconds_of(plan.info["start_time"]) == pytest.approx(NOON, abs=10)


def test_a_seed_gives_the_same_scans_again() -> None:
    def reported(seed: int) -> list[object]:
        plans = planner(seed)
        return [
            (plan.identity, plan.info, [stream.value_at(0) for stream in plan.streams])
            for plan in (plans.plan(plans.any_kind(), NOON) for _ in range(30))
        ]

    assert reported(3) == reported(3)
    assert reported(3) != reported(4)


def test_every_kind_has_its_odds() -> None:
    assert set(FREQUENCIES) == set(RECIPES)


def test_a_lost_beam_comes_back() -> None:
    beam = instrument.beam_lost(first=8, count=3)
    seen = [beam(index) for index in range(20)]
    assert seen[:8] == [1.0] * 8
    assert max(seen[8:11]) < 0.01
    assert seen[11:15] == sorted(seen[11:15])
    assert seen[15:] == [1.0] * 5


def test_counters_see_that_the_beam_is_lost() -> None:
    plan = planner().plan("loopscan", NOON, recipe=loop(20, 0.1, instrument.beam_lost(8, 3)))
    (i0,) = [stream for stream in plan.streams if stream.name.endswith(":i0")]
    assert i0.value_at(9) < i0.value_at(7) / 100
    assert i0.value_at(19) > i0.value_at(7) / 2


def test_a_scan_of_spectra_is_described_as_one_everywhere() -> None:
    plan = planner().plan("loopscan", NOON, recipe=spectra_loop())
    (stream,) = [stream for stream in plan.streams if stream.shape]
    spectrum = stream.value_at(3)
    assert (len(spectrum), spectrum) == (stream.shape[0], stream.value_at(3))
    assert max(spectrum) == max(spectrum[420:435])
    assert min(spectrum) >= 0
    info = plan.info
    assert info["channels"][stream.name]["dim"] == 1
    (links,) = info["acquisition_chain"].values()
    assert links["spectra"] == info["display_extra"]["plotselect"] == [stream.name]
    assert info["channels"][stream.name]["device"] in info["devices"]


@pytest.mark.parametrize("kind", KINDS)
def test_finished_scans_keep_what_is_worth_looking_at(kind: str) -> None:
    for plan in ten_of(kind):
        names = {stream.name for stream in plan.streams}
        assert set(instrument.SPARED) <= names
        assert {*instrument.PLOTTED, "timer:elapsed_time"} <= names - set(instrument.SPARED)
