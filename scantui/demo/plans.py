"""Plans the scans of the simulated beamline: all common kinds, with metadata as BLISS writes it; pure.

Rule: take chance only from `random` and time only from arguments, so that a seed always gives the same scans.
"""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any

import msgspec

from scantui.demo import instrument
from scantui.demo.kinds import FREQUENCIES, RECIPES, Recipe
from scantui.publishing.run import PlannedScan
from scantui.words import iso_time

PUBLISHER = "demo beamline"
BEAMLINE = "id99"
_POLICY = "ESRF"


class Experiment(msgspec.Struct, frozen=True, kw_only=True):
    """An experiment: its proposal, its BLISS session and its samples in order."""

    proposal: str
    session: str
    samples: tuple[str, ...]
    datasets: tuple[str, ...] = ("sample",)


class ScanPlanner:
    """Plans the scans of one experiment: counts them, names their files and keeps the motor positions."""

    def __init__(self, random: Random, experiment: Experiment, now: float) -> None:
        self._random = random
        self._experiment = experiment
        self._day = datetime.fromtimestamp(now).strftime("%Y%m%d")
        self._positions = {motor: position for motor, (_, position) in instrument.MOTORS.items()}
        self._datasets = 0
        self._unsaved = 0
        self.next_dataset()

    def next_dataset(self) -> None:
        """Start the next dataset, which numbers its scans from 1. Each sample has three datasets."""
        experiment = self._experiment
        self.collection = experiment.samples[self._datasets // 3 % len(experiment.samples)]
        prefix = experiment.datasets[self._datasets % len(experiment.datasets)]
        self._datasets += 1
        self.dataset = f"{prefix}_{self._datasets:04d}"
        self.saved = 0
        folder = f"/data/visitor/{experiment.proposal}/{BEAMLINE}/{self._day}/RAW_DATA/{self.collection}"
        self._folder = f"{folder}/{self.collection}_{self.dataset}"
        self._path = f"{self._folder}/{self.collection}_{self.dataset}.h5"

    def any_kind(self) -> str:
        """A random kind, common ones more often."""
        return self._random.choices(list(FREQUENCIES), list(FREQUENCIES.values()))[0]

    def plan(
        self,
        kind: str,
        now: float,
        end_reason: str | None = "SUCCESS",
        group: str | None = None,
        recipe: Recipe | None = None,
    ) -> PlannedScan:
        """The next scan, which starts `now`; `group` is the key of its sequence, if any.

        Without a `recipe`, the scan is a random one of its kind. A scan that does not end in SUCCESS takes only some of
        its points. An endless scan ends when its user aborts it.
        """
        recipe = recipe or RECIPES[kind](self._random, self._positions)
        identity, info = self._announced(kind, now, saved=kind != "ct")
        chain = instrument.chain_info(self._random, recipe.sweeps, recipe.npoints, recipe.has_spectra)
        points = recipe.npoints
        if not points:
            points = self._random.randint(20, 70)
            end_reason = "USER_ABORT" if end_reason == "SUCCESS" else end_reason
        elif end_reason != "SUCCESS":
            points = max(1, int(points * self._random.uniform(0.2, 0.7)))
        own = {"type": kind, "npoints": recipe.npoints, "count_time": recipe.count_time, "title": recipe.title}
        streams = instrument.streams_of(
            self._random, recipe.sweeps, recipe.profile, now, recipe.count_time, recipe.interval, recipe.beam
        )
        if recipe.has_spectra:
            streams += (instrument.spectra_of(self._random, recipe.count_time),)
            info["display_extra"] = {"plotselect": [instrument.SPECTRUM]}
        units = {motor: unit for motor, (unit, _) in instrument.MOTORS.items()}
        positioners = {**instrument.positioners_info("start", self._positions), "positioners_units": units}
        if not recipe.returns:
            self._positions.update({sweep.motor: sweep.position_at(points - 1) for sweep in recipe.sweeps})
        moved = {**positioners, **instrument.positioners_info("end", self._positions)}
        is_ct = kind == "ct"
        return PlannedScan(
            identity=identity,
            info={
                **own,
                **recipe.info,
                **chain,
                **info,
                **({} if is_ct else {"positioners": positioners}),
                **({"group": group} if group else {}),
            },
            info_prepared={"devices": instrument.with_metadata(chain["devices"]), **self._sample(now)},
            info_closed={} if is_ct else {"positioners": moved, "h5maps": {}},
            streams=streams,
            points=points,
            interval=recipe.interval,
            end_reason=end_reason,
            preparing=self._random.uniform(0.3, 1.5) if recipe.sweeps else 0.05,
            arming=self._random.uniform(0.2, 0.5) if recipe.sweeps else 0.0,
            finishing=self._random.uniform(0.2, 0.6) if recipe.npoints > 10 else 0.0,
        )

    def sequence(self, title: str, now: float, children: int, end_reason: str = "SUCCESS") -> PlannedScan:
        """A sequence that starts `now`; each of its points is a child scan of any duration."""
        identity, info = self._announced("sequence", now, saved=True)
        own = {
            "title": title,
            "is_scan_sequence": True,
            "sequence_info": {"scan_count": children},
            **instrument.grouping_info(self._random),
        }
        return PlannedScan(
            identity=identity,
            info={**own, **info},
            info_prepared=self._sample(now),
            points=children,
            interval=0.0,
            end_reason=end_reason,
        )

    def _announced(self, kind: str, now: float, saved: bool) -> tuple[dict[str, Any], dict[str, Any]]:
        """The identity, and the part of info that all kinds share; saved and unsaved scans have separate numbers."""
        if saved:
            self.saved += 1
        else:
            self._unsaved += 1
        number = self.saved if saved else self._unsaved
        experiment = self._experiment
        identity = {
            "name": kind,
            "number": number,
            "data_policy": _POLICY,
            "session": experiment.session,
            "proposal": experiment.proposal,
            "collection": self.collection,
            "dataset": self.dataset,
            **({"path": self._path} if saved else {}),
        }
        info = {
            "save": saved,
            "session_name": experiment.session,
            "user_name": f"op{BEAMLINE}",
            "data_writer": "hdf5" if saved else "null",
            "writer_options": {"chunk_options": {}, "separate_scan_files": None} if saved else {},
            "data_policy": _POLICY,
            "publisher": PUBLISHER,
            "scan_nb": number,
            "name": f"{number}_{kind}" if saved else f"_{number}_{kind}",
            "filename": self._path if saved else None,
            "images_path": f"{self._folder}/scan{number:04d}/{{img_acq_device}}_",
            "start_time": iso_time(now * 1000, None),
            "display_extra": {"plotselect": list(instrument.PLOTTED)},
        }
        return identity, info

    def _sample(self, now: float) -> dict[str, Any]:
        return {"dataset_metadata_snapshot": {"Sample_name": self.collection, "startDate": iso_time(now * 1000, None)}}
