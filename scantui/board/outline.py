"""The rows of a table as an outline: scans below their sequences, and runs of equal neighbours as one row; pure.

Rule 1: every scan of the flat table belongs to exactly one row: its own, or that of the fold that hides it.
Rule 2: top-level scans stand in the order of time. A scan whose parent is not shown has its own place.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence

from scantui.board.families import Block, Families, Kinship, OutlineRow
from scantui.board.starts import Starts
from scantui.report.folding import SHORTEST_RUN, runs

# For more changes than these at once, everything is laid out again.
_FEW = 64
# This many blocks are counted in a few milliseconds.
_COUNTED_AT_ONCE = 8_000


class Outline:
    """Visible rows over the scans of a table in the order of time; `kinship_of` is called when a scan comes or changes.

    Sequences are folded until the user unfolds them.
    """

    def __init__(
        self,
        kinship_of: Callable[[str], Kinship],
        keys: Iterable[str] = (),
        rank_of: Callable[[str], str] = str,
    ) -> None:
        self._families = Families(kinship_of, rank_of)
        self._ranks = self._families.ranks
        # Of a scan that stands alone, with nothing below it, only the key.
        self._blocks: list[Block | str] = []
        self._firsts: list[str] = []
        self._starts, self._refolds = Starts(), False
        self._unfolded, self._loose = set[str](), set[str]()
        self.change(coming=keys)

    def __contains__(self, key: object) -> bool:
        return key in self._families.likenesses

    def __iter__(self) -> Iterator[str]:
        """All scans, also those in folds, in no particular order."""
        return iter(self._families.likenesses)

    def __len__(self) -> int:
        self._count()
        return self._starts.rows

    def row_at(self, index: int) -> OutlineRow:
        """The row at a place from 0 on."""
        self._count()
        number, place = self._starts.find(index)
        return self._rows_of(self._block(number))[place]

    def index_of(self, key: str) -> int:
        """The row of a scan, or of the fold that hides it; KeyError when the table does not have it."""
        if key not in self._families.likenesses:
            raise KeyError(key)
        self._count()
        number = self._block_of(self._families.top_of(key))
        block, start = self._block(number), self._starts.of(number)
        if len(block.keys) > 1:
            is_folded = len(self._rows_of(block)) == 1
            return start + (0 if is_folded else self._families.place_in(block.keys, key))
        places = self._places_in(block)
        while key not in places:
            key = self._families.parents[key]
        return start + places[key]

    def members(self, row: OutlineRow) -> list[str]:
        """The scans that a row stands for, with all that it hides; its own first."""
        return self._families.members(row)

    def top_of(self, key: str) -> str:
        """The scan at the top level that a scan is below, or is."""
        return self._families.top_of(key)

    def shown_key(self, key: str) -> str:
        """The scan on whose row a scan is: of most it is known without counting rows; KeyError as for index_of."""
        is_top = key in self and key not in self._families.parents
        if is_top and len(self._block(self._block_of(key)).keys) == 1:
            return key
        return self.row_at(self.index_of(key)).key

    # What the table shows

    def change(self, coming: Iterable[str] = (), leaving: Iterable[str] = (), changed: Iterable[str] = ()) -> bool:
        """Take in scans that came, left or changed; returns whether rows may have moved."""
        left = [key for key in leaving if key in self._families.likenesses]
        came = [key for key in dict.fromkeys(coming) if key not in self._families.likenesses]
        touched = [key for key in set(changed).difference(left) if self._families.has_changed(key)]
        few = len(left) + len(came) + len(touched) <= _FEW
        moved, moving = self._families.update_in_place(touched)
        self._ranks.note({key: self._families.rank_of(key) for key in came})
        moved |= self._families.take_out(left + moving) | self._families.put_in(came + moving)
        if not few and moved:
            self._lay_out_between(min(moved, key=self._ranks.__getitem__), max(moved, key=self._ranks.__getitem__))
        else:
            for key in sorted(moved, key=self._ranks.__getitem__):
                self._refresh(key)
        for key in left:
            self._ranks.pop(key, None)
        return bool(moved)

    def take_folds(self, other: Outline) -> None:
        """Fold and unfold what another outline has as it stands there."""
        before = self._unfolded, self._loose
        there = other._families.likenesses.keys()
        self._unfolded, self._loose = (self._unfolded - there) | other._unfolded, (self._loose - there) | other._loose
        if (self._unfolded, self._loose) != before:
            for block in self._blocks:
                if isinstance(block, Block):
                    block.forget()
            self._starts.forget(0)

    def rank_of(self, key: str) -> str:
        """The text by which a scan sorts in the order of time."""
        return self._ranks[key]

    def fitting_at_ends(self, keys: Iterable[str]) -> list[str]:
        """Those newcomers that can be put above or below all rows without moving or folding any of them."""
        families = self._families
        if not self._blocks:
            return list(keys)
        oldest, newest = self._ranks[families.tops[0]], self._ranks[families.tops[-1]]
        fitting = []
        for key in keys:
            kinship, rank = families.kinship_of(key), families.rank_of(key)
            end = self._block(0 if rank < oldest else -1)
            is_alike = kinship.likeness is not None and kinship.likeness == end.likeness
            has_family = kinship.parent in families.likenesses or families.awaits(key)
            if not (oldest < rank < newest or is_alike or has_family):
                fitting.append(key)
        return fitting

    def free_some(self, most: int) -> bool:
        """Free the memory of some scans of an unneeded outline; returns whether that was all."""
        del self._blocks[-most:]
        return self._families.free_some(most) and not self._blocks

    # Folding

    def toggle(self, key: str) -> None:
        """Unfold the row of a scan, or fold it; of one that hides nothing, the sequence or the run it is in."""
        row = self.row_at(self.index_of(key))
        if row.folded is None and row.key in self._families.parents:
            row = OutlineRow(self._families.parents[row.key], folded=False)
        self.set_folded(row.key, not row.folded)

    def set_folded(self, key: str, folded: bool) -> None:
        """Fold or unfold a sequence, or the run of equal neighbours that a scan belongs to."""
        if key in self._families.children:
            (self._unfolded.discard if folded else self._unfolded.add)(key)
        else:
            run = self._run_of(key)
            (self._loose.difference_update if folded else self._loose.update)(run)
        self._refresh(self._families.top_of(key))

    def set_all_folded(self, folded: bool) -> None:
        """Fold or unfold every sequence and every run."""
        self._unfolded = set() if folded else set(self._families.children)
        self._loose = set() if folded else set(self._families.likenesses)
        # Making the rows of very many blocks at once would delay keys, so they are made as they are counted.
        self._refolds = True
        self._starts.forget(0)

    def show(self, key: str) -> None:
        """Unfold the way to a scan, so that it has a row of its own."""
        self._loose.update(self._run_of(key))
        above = key
        while above in self._families.parents:
            above = self._families.parents[above]
            self._unfolded.add(above)
        self._refresh(above)

    def _run_of(self, key: str) -> list[str]:
        siblings = self._families.siblings_of(key)
        return next(run for run in runs(siblings, self._families.likeness_of) if key in run)

    def _refresh(self, key: str) -> None:
        """Lay out again around a scan of the top level, or around the place where it was."""
        if self._block_of(key) + 2 >= len(self._blocks) and self._extends_last(key):
            return
        self._lay_out_between(key, key)

    def _lay_out_between(self, oldest: str, newest: str) -> None:
        """Lay out again from one scan of the top level to another, with the neighbours at both ends."""
        first, last = max(0, self._block_of(oldest) - 1), min(len(self._blocks), self._block_of(newest) + 2)
        low = self._firsts[first] if first else ""
        high = self._firsts[last] if last < len(self._blocks) else None
        tops = self._families.tops
        start = bisect_left(tops, low, key=self._ranks.__getitem__)
        end = len(tops) if high is None else bisect_left(tops, high, key=self._ranks.__getitem__)
        self._lay_out(first, last, tops[start:end])

    def _extends_last(self, key: str) -> bool:
        """Whether the newest scan only makes the last block longer, which is then done."""
        if not self._blocks or self._families.tops[-1:] != [key] or key in self._families.children:
            return False
        block, likeness = self._block(-1), self._families.likenesses[key]
        is_like = likeness is not None and likeness == block.likeness and self._ranks[block.keys[-1]] < self._ranks[key]
        if not is_like or self._families.tops[-2:-1] != [block.keys[-1]]:
            return False
        block.keys = (*block.keys, key)
        block.forget()
        self._blocks[-1] = block
        if self._starts.counted == len(self._blocks):
            self._starts.forget(len(self._blocks) - 1)
            self._count()
        return True

    def _lay_out(self, first: int, last: int, tops: Sequence[str]) -> None:
        blocks = self._families.blocks_of(tops)
        if self._starts.counted == len(self._blocks):
            self._starts.replace(first, last, list(map(self._counted_length, blocks)))
        else:
            self._starts.forget(first)
        self._blocks[first:last] = blocks
        self._firsts[first:last] = map(self._families.first_rank, blocks)

    def count_some(self) -> bool:
        """Count the rows of some blocks; returns whether those of all are counted now."""
        self._count(_COUNTED_AT_ONCE)
        return self._starts.counted == len(self._blocks)

    def _count(self, most: int | None = None) -> None:
        """Bring the rows at which blocks start up to date, but of no more than this many."""
        counted = self._starts.counted
        if counted < len(self._blocks):
            blocks = self._blocks[counted : None if most is None else counted + most]
            if self._refolds:
                for block in blocks:
                    if isinstance(block, Block):
                        block.forget()
                self._refolds = counted + len(blocks) < len(self._blocks)
            self._starts.count(list(map(self._counted_length, blocks)))

    def _block(self, number: int) -> Block:
        block = self._blocks[number]
        return block if isinstance(block, Block) else Block((block,), self._families.likeness_of(block))

    def _counted_length(self, block: Block | str) -> int:
        if not isinstance(block, Block):
            return 1
        if block.length is None:
            block.length = self._length_of(block)
        return block.length

    def _length_of(self, block: Block) -> int:
        """How many rows a block has; they are made only where that is the quicker way to know, or they are shown."""
        if block.rows is not None:
            return len(block.rows)
        if len(block.keys) > 1:
            is_folded = len(block.keys) >= SHORTEST_RUN and self._loose.isdisjoint(block.keys)
            return 1 if is_folded else len(block.keys)
        children = self._families.children
        (top,) = block.keys
        if top not in children or top not in self._unfolded:
            return 1
        below = children[top]
        if self._loose.issuperset(below) and not any(key in children for key in below):
            return 1 + len(below)
        return len(self._rows_of(block))

    def _rows_of(self, block: Block) -> list[OutlineRow]:
        if block.rows is None:
            block.rows = list(self._rows(block.keys))
        return block.rows

    def _rows(self, tops: Sequence[str]) -> Iterator[OutlineRow]:
        waiting = [(run, 0) for run in reversed(list(runs(tops, self._families.likeness_of)))]
        while waiting:
            run, depth = waiting.pop()
            if len(run) > 1:
                if self._loose.isdisjoint(run):
                    yield OutlineRow(run[0], depth, len(run), True)
                else:
                    yield from (OutlineRow(key, depth) for key in run)
                continue
            (key,) = run
            below = self._families.children.get(key)
            yield OutlineRow(key, depth, folded=None if below is None else key not in self._unfolded)
            if below is not None and key in self._unfolded:
                waiting += [(each, depth + 1) for each in reversed(list(runs(below, self._families.likeness_of)))]

    def _places_in(self, block: Block) -> dict[str, int]:
        if block.places is None:
            rows = self._rows_of(block)
            shown_by = (self.members(row) if row.size > 1 else [row.key] for row in rows)
            block.places = {key: place for place, keys in enumerate(shown_by) for key in keys}
        return block.places

    def _block_of(self, top: str) -> int:
        return max(0, bisect_right(self._firsts, self._ranks[top]) - 1)
