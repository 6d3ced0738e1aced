"""What is kept of all scans known beside their rows: their words and ranks, which run, what they have in common."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from operator import attrgetter

from scantui.board.datasets import Datasets
from scantui.models import ScanSummary

PROBLEM_WORDS = frozenset({"FAIL", "ABRT", "LOST", "STALL", "BAD"})
# Columns that mostly hold the same value in all rows.
_REPEATED: dict[str, Callable[[ScanSummary], str | None]] = {
    "server": attrgetter("server"),
    "user": attrgetter("user_name"),
    **{field: attrgetter(f"numberless.{field}") for field in ("collection", "proposal", "session")},
}


class Tally:
    """The keys of scans that are open and of those that are problems, and the first two values of some columns.

    `sequences` are those of the open ones, `stalled` those of the problems that fell silent.
    """

    def __init__(self) -> None:
        self.open: set[str] = set()
        self.sequences: set[str] = set()
        self.problems: set[str] = set()
        self.stalled: set[str] = set()
        self.datasets = Datasets()
        self._values: dict[str, set[str]] = {column: set() for column in _REPEATED}
        # Scans that name their server are never alone.
        self._values["server"].add("")

    def copy(self) -> Tally:
        copy = Tally()
        copy.open, copy.problems, copy.datasets = set(self.open), set(self.problems), self.datasets.copy()
        copy.sequences, copy.stalled = set(self.sequences), set(self.stalled)
        copy._values = {column: set(values) for column, values in self._values.items()}
        return copy

    def note_rows(self, rows: Collection[ScanSummary]) -> None:
        """Note what scans have in common."""
        for column, value_of in _REPEATED.items():
            values = self._values[column]
            if len(values) < 2:
                found = {value_of(row) or "" for row in rows if row.numberless is not None} - values
                values.update(sorted(found)[:2])

    def note_word(self, row: ScanSummary, word: str) -> None:
        """Note the word for the state of a scan."""
        is_problem = word in PROBLEM_WORDS
        if is_problem is not (row.key in self.problems):
            (self.problems.add if is_problem else self.problems.discard)(row.key)
            self.datasets.note_problem(row, is_problem)
        (self.stalled.add if word == "STALL" else self.stalled.discard)(row.key)
        is_open = row.is_open and word != "GONE"
        (self.open.add if is_open else self.open.discard)(row.key)
        (self.sequences.add if is_open and row.is_sequence else self.sequences.discard)(row.key)

    def forget(self, row: ScanSummary) -> None:
        """Stop counting a scan."""
        self.datasets.remove(row, row.key in self.problems)
        for keys in (self.open, self.sequences, self.problems, self.stalled):
            keys.discard(row.key)

    def common(self, column: str) -> str | None:
        """The value that all scans have in a column, "" where they have none; None where values differ."""
        values = self._values[column]
        return None if len(values) > 1 else next(iter(values), "")


class Ranks(dict[str, str]):
    """Texts by which scans sort as they were created; kept only of those whose rank is not their key."""

    def __missing__(self, key: str) -> str:
        return key

    def note(self, ranks: Mapping[str, str]) -> None:
        """Note the ranks of some scans."""
        for key, rank in ranks.items():
            if rank != key:
                self[key] = rank
            else:
                self.pop(key, None)


class Words(dict[str, str]):
    """The words for the states of scans; kept only of those that the rows do not show: GONE and STALL."""

    def __init__(self, rows: Mapping[str, ScanSummary]) -> None:
        super().__init__()
        self._rows = rows

    def __missing__(self, key: str) -> str:
        return self._rows[key].word

    def note(self, key: str, word: str) -> None:
        """Note the word of a scan."""
        if word == self._rows[key].word:
            self.pop(key, None)
        else:
            self[key] = word
