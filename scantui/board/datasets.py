"""The datasets of all scans known: how many scans each has, and how many problems among them; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from scantui.models import ScanIdentity, ScanSummary

_MOST_SEEN = 1000


class Dataset(NamedTuple):
    """What scans are saved in together; a scan without a dataset belongs to its session."""

    proposal: str = ""
    collection: str = ""
    name: str = ""
    session: str = ""


class DatasetCounts(NamedTuple):
    """How many scans a dataset has, and how many of them are problems."""

    scans: int = 0
    problems: int = 0


def dataset_of(row: ScanSummary) -> Dataset:
    """The dataset that a scan belongs to."""
    identity = row.numberless
    if identity is None:
        return Dataset()
    session = "" if identity.dataset else identity.session
    return Dataset(identity.proposal or "", identity.collection or "", identity.dataset or "", session or "")


class SeenDatasets:
    """The datasets of scans that are seen, each worked out once as long as the scan belongs there."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[ScanIdentity | None, Dataset]] = {}

    def of(self, row: ScanSummary) -> Dataset:
        """The dataset that a scan belongs to."""
        known = self._known.get(row.key)
        if known is not None and known[0] is row.numberless:
            return known[1]
        if len(self._known) >= _MOST_SEEN:
            self._known.clear()
        dataset = dataset_of(row)
        self._known[row.key] = row.numberless, dataset
        return dataset


class Datasets:
    """Counts scans as they come, change and go."""

    def __init__(self) -> None:
        self._scans: Counter[Dataset] = Counter()
        self._problems: Counter[Dataset] = Counter()
        self._named = 0

    def copy(self) -> Datasets:
        copy = Datasets()
        copy._scans, copy._problems, copy._named = Counter(self._scans), Counter(self._problems), self._named
        return copy

    @property
    def have_names(self) -> bool:
        """Whether any scan belongs to a dataset with a name: without, there is nothing that parts them."""
        return self._named > 0

    def counts(self, dataset: Dataset) -> DatasetCounts:
        """The counts of a dataset."""
        return DatasetCounts(self._scans[dataset], self._problems[dataset])

    def put(self, latest: Mapping[str, ScanSummary], before: Mapping[str, ScanSummary], problems: set[str]) -> None:
        """Count scans that came, or turned out to belong elsewhere than they did `before`."""
        for key, row in latest.items():
            old = before.get(key)
            if old is not None:
                if old.numberless == row.numberless:
                    continue
                self.remove(old, key in problems)
            self._count(row, 1, key in problems)

    def remove(self, row: ScanSummary, is_problem: bool) -> None:
        """Stop counting a scan."""
        self._count(row, -1, is_problem)

    def note_problem(self, row: ScanSummary, is_problem: bool) -> None:
        """Note that a counted scan became a problem, or stopped being one."""
        self._problems[dataset_of(row)] += 1 if is_problem else -1

    def _count(self, row: ScanSummary, step: int, is_problem: bool) -> None:
        dataset = dataset_of(row)
        self._scans[dataset] += step
        self._problems[dataset] += step * is_problem
        self._named += step * bool(dataset.name)
        if not self._scans[dataset]:
            del self._scans[dataset], self._problems[dataset]
