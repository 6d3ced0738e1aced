"""What the feed has reported about the scans, independent of what is shown.

Rule: what takes something in returns the keys of the rows that may look different from now on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from scantui.activity import Activity, after_look, progress_text, silence_ms
from scantui.board.long_lists import put_among
from scantui.board.sequences import sequence_progress
from scantui.board.tally import Ranks, Tally, Words
from scantui.filters import Texts
from scantui.models import UNCOUNTED, Note, PointsSeen, ScanState, ScanSummary
from scantui.words import ended_early, lacks_start

NEW_MS = 3_000


class Arrivals(NamedTuple):
    """Keys of scans that came, from the oldest to the newest, and of such that were known and may have changed.

    `moved` are those that turned out to have been created at another time than it seemed.
    """

    fresh: Sequence[str] = ()
    changed: frozenset[str] = frozenset()
    moved: frozenset[str] = frozenset()


class Knowledge:
    """All scans known, with the word for the state of each and what was seen of its points."""

    def __init__(self, server: str = "") -> None:
        self.now_ms = 0
        # The name of the only server, for rows that name none.
        self.server = server
        self.rows: dict[str, ScanSummary] = {}
        self.words = Words(self.rows)
        self.counts: Counter[str] = Counter()
        self.texts = Texts(self.rows)
        self.keys: list[str] = []
        self.ranks = Ranks()
        self.activities: dict[str, Activity] = {}
        self.gone = set[str]()
        self.notes: Mapping[str, Note] = {}
        # The keys of scans as they were closed, for what counts them.
        self.closed: list[str] = []
        self.tally = Tally()
        self._open, self._stalled = set[str](), set[str]()
        # The scans of each sequence, in the order in which they came.
        self.children: dict[str, dict[str, None]] = {}
        # The scans of sequences that go on, and when one of a sequence moved last.
        self._open_children: dict[str, set[str]] = {}
        self._children_moved_ms: dict[str, int] = {}
        self._arrived_ms: dict[str, int] = {}

    def copy(self) -> Knowledge:
        """What is known now; the copy stays as it is, since the values are frozen."""
        copy = Knowledge(self.server)
        copy.now_ms, copy.keys, copy.notes, copy.tally = self.now_ms, list(self.keys), self.notes, self.tally.copy()
        copy.rows.update(self.rows)
        copy.words.update(self.words)
        copy.counts.update(self.counts)
        copy.ranks.update(self.ranks)
        copy.activities, copy.gone = dict(self.activities), set(self.gone)
        copy._open, copy._stalled = set(self._open), set(self._stalled)
        copy._arrived_ms = dict(self._arrived_ms)
        copy.children = {key: dict(each) for key, each in self.children.items()}
        copy._open_children = {key: set(each) for key, each in self._open_children.items()}
        copy._children_moved_ms = dict(self._children_moved_ms)
        return copy

    @property
    def newest_rank(self) -> str:
        return self.ranks[self.keys[-1]] if self.keys else ""

    def in_order(self, keys: Iterable[str]) -> list[str]:
        """Known scans as they were created, the oldest first."""
        return sorted(keys, key=self.ranks.__getitem__)

    def look_of(self, key: str) -> tuple[ScanSummary, str, int | None, Note | None]:
        """What a row shows apart from the time: two looks that are equal look the same."""
        activity = self.activities.get(key)
        return self.rows[key], self.words[key], activity.points if activity else None, self.notes.get(key)

    def has_unjudged_problem(self, key: str) -> bool:
        """Whether a scan has a problem without a verdict."""
        note = self.notes.get(key)
        return key in self.tally.problems and not (note and note.verdict)

    def is_new(self, key: str, now_ms: int) -> bool:
        arrived = self._arrived_ms.get(key)
        return arrived is not None and now_ms - arrived < NEW_MS

    def put(self, rows: Iterable[ScanSummary]) -> Arrivals:
        latest = {row.key: completed(row, self.rows.get(row.key)) for row in rows}
        ranks = {key: row.rank for key, row in latest.items()}
        moved = frozenset(key for key, rank in ranks.items() if key in self.rows and self.ranks[key] != rank)
        newest = self.newest_rank
        if moved:  # another dictionary, since a view has its rows where their old ranks put them.
            self.ranks = Ranks(self.ranks)
        self.ranks.note(ranks)
        fresh = self.in_order(latest.keys() - self.rows.keys())
        self._note_arrivals([key for key in fresh if ranks[key] > newest], latest)
        self.tally.datasets.put(latest, self.rows, self.tally.problems)
        for key, row in latest.items():
            before = self.rows.get(key)
            if before is not None and before.parent != row.parent:
                self._leave_family(before)
        self.counts.subtract(self.words[key] for key in latest if key in self.rows)
        self.rows.update(latest)
        self.counts.update(row.word for row in latest.values())
        self.gone.difference_update(latest)
        self._stalled.difference_update(latest)
        self.texts.forget(latest)
        self._forget_texts_of_children(fresh)
        self.tally.note_rows(latest.values())
        for key, row in latest.items():
            row.pack()
            self.words.pop(key, None)
            self.tally.note_word(row, row.word)
            if row.parent:
                self._note_child(row.parent, row)
            if row.is_open:
                self._open.add(key)
            else:
                self._open.discard(key)
                # It may have grown since it was looked at last.
                self.closed.append(key)
                self.activities.pop(key, None)
        self._put_in_order(fresh, moved)
        self._find_silent(self._open.intersection(latest))
        return Arrivals(fresh, frozenset(latest).difference(fresh), moved)

    def note_progress(self, points: Mapping[str, int], seen: Mapping[str, PointsSeen] = {}) -> Arrivals:
        looked, moved = set(), set()
        for key, count in points.items():
            row, known = self.rows.get(key), self.activities.get(key)
            if row is None or key in self.gone or not (row.is_open or ended_early(row)):
                continue
            self.activities[key] = after_look(row, known, count, seen.get(key), self.now_ms)
            if known is None or known.points != count:
                moved.add(key)
            looked.add(key)
        return Arrivals(changed=frozenset(moved | self._find_silent(self._open.intersection(looked))))

    def tell_time(self, now_ms: int) -> Arrivals:
        """Set the server's clock: scans fall silent, and new ones are new no longer."""
        self.texts.free_some()
        # One that is stalled stays so until it moves.
        judged = self._open if now_ms < self.now_ms else self._open - self._stalled
        self.now_ms = now_ms
        grown = [key for key in self._arrived_ms if not self.is_new(key, now_ms)]
        for key in grown:
            del self._arrived_ms[key]
        return Arrivals(changed=frozenset(self._find_silent(judged).union(grown)))

    def put_notes(self, notes: Mapping[str, Note]) -> Arrivals:
        """Know these notes, and no others."""
        before, self.notes = self.notes, notes
        return Arrivals(
            changed=frozenset(k for k in {*before, *notes} if k in self.rows and before.get(k) != notes.get(k))
        )

    def mark_gone(self, keys: Iterable[str]) -> Arrivals:
        gone = frozenset(key for key in keys if key in self.rows)
        self.gone |= gone
        self._stalled -= gone
        self._open -= gone
        for key in gone:
            self.activities.pop(key, None)
            self._set_word(self.rows[key], "GONE")
            self._open_children.get(self.rows[key].parent or "", set()).discard(key)
        return Arrivals(changed=gone)

    def forget_gone(self, but: int = 0) -> frozenset[str]:
        """Forget the scans that went away, apart from the newest few; returns their keys."""
        in_order = self.in_order(self.gone)
        gone = frozenset(in_order[: len(in_order) - but])
        self.gone -= gone
        self.texts.forget(gone)
        self._forget_texts_of_children(gone)
        for key in gone:
            self._leave_family(self.rows[key])
            self.counts[self.words[key]] -= 1
            self.words.pop(key, None)
            self.tally.forget(self.rows.pop(key))
            self.ranks.pop(key, None)
            self._arrived_ms.pop(key, None)
            for by_parent in (self._open_children, self._children_moved_ms):
                by_parent.pop(key, None)
        self.keys = [key for key in self.keys if key in self.rows]
        return gone

    def progress_of(self, row: ScanSummary) -> str:
        """How far a scan is; of a sequence how many scans there are, and how many failed."""
        activity = self.activities.get(row.key)
        if not row.is_sequence:
            return progress_text(row, activity, self.now_ms, self.quiet_ms(row))
        words = [self.words[key] for key in self.children.get(row.key, ())]
        seen = activity.points if activity else UNCOUNTED
        if seen == UNCOUNTED and not words:
            return progress_text(row, activity, self.now_ms)
        started_ms = row.state_ms if row.state is ScanState.STARTED else None
        return sequence_progress(words, row.planned, started_ms, self.now_ms, seen, self.quiet_ms(row))

    def quiet_ms(self, row: ScanSummary) -> int:
        """For how long an open scan has done nothing, in milliseconds, if that is unusually long; else 0."""
        moved_ms = self._children_moved_ms.get(row.key, 0)
        if row.is_sequence and not self._open_children.get(row.key, frozenset()) <= self._stalled:
            return 0  # one of its scans goes on
        return silence_ms(row, self.activities.get(row.key), self.now_ms, moved_ms)

    def _forget_texts_of_children(self, keys: Iterable[str]) -> None:
        """Scans of sequences that came or went: their scans are read with their number, or without it."""
        for key in keys:
            if key in self.children:
                self.texts.forget(self.children[key])

    def _note_child(self, parent: str, row: ScanSummary) -> None:
        """Note of a scan in a sequence that it goes on, or when it ended."""
        self.children.setdefault(parent, {})[row.key] = None
        siblings = self._open_children.setdefault(parent, set())
        (siblings.add if row.is_open else siblings.discard)(row.key)
        self._children_moved_ms[parent] = max(row.state_ms, self._children_moved_ms.get(parent, 0))

    def _leave_family(self, row: ScanSummary) -> None:
        """Remove a scan from those of its sequence."""
        siblings = self.children.get(row.parent or "", {})
        siblings.pop(row.key, None)
        if row.parent and not siblings:
            self.children.pop(row.parent, None)

    def _note_arrivals(self, newer: Sequence[str], rows: Mapping[str, ScanSummary]) -> None:
        """A scan newer than all that were known arrives if, by the server's clock, it has moved just now.

        The writer's clock may be wrong, and what is loaded was there before.
        """
        if self.now_ms:
            for key in newer:
                if self.now_ms - rows[key].state_ms < NEW_MS:
                    self._arrived_ms[key] = rows[key].state_ms

    def _put_in_order(self, fresh: Sequence[str], moved: Collection[str]) -> None:
        """Put newcomers into the list of all; at either end, where they mostly come, it costs next to nothing."""
        if moved:
            self.keys = self.in_order([*self.keys, *fresh])
        elif fresh:
            put_among(self.keys, fresh, self.ranks.__getitem__)

    def _set_word(self, row: ScanSummary, word: str) -> None:
        self.counts[self.words[row.key]] -= 1
        self.counts[word] += 1
        self.words.note(row.key, word)
        self.tally.note_word(row, word)

    def _find_silent(self, judged: Iterable[str]) -> set[str]:
        """Find out which of these open scans, and of the sequences, are stalled by now; returns those that turned."""
        turned = self._judge(key for key in judged if not self.rows[key].is_sequence)
        # A sequence is silent with the last of its scans, which may be sequences themselves.
        sequences = self._open & self.tally.sequences
        while came := self._judge(sequences) - turned:
            turned |= came
        return turned

    def _judge(self, keys: Iterable[str]) -> set[str]:
        turned = {key for key in keys if (key in self._stalled) is not bool(self.quiet_ms(self.rows[key]))}
        self._stalled ^= turned
        for key in turned:
            self._set_word(self.rows[key], "STALL" if key in self._stalled else self.rows[key].word)
        return turned


def completed(row: ScanSummary, before: ScanSummary | None) -> ScanSummary:
    """The row, with what was known of it and the row lacks: its timetag, and the server's time of its start."""
    if before is None or before.identity != row.identity:
        return row
    if (before.timetag or before.origin) and not row.timetag:
        row = row.replaced(timetag=before.timetag, placed_ms=before.placed_ms)
    if row.started_ms or not lacks_start(row):
        return row
    is_start = before.state is not None and before.state <= ScanState.STARTED
    started_ms = before.started_ms or (before.state_ms if is_start else 0)
    return row.replaced(started_ms=started_ms) if started_ms else row
