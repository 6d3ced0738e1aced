"""Which scan is below which: parents, children, and scans whose parent is not known; pure.

Rule: a scan whose parent is not among the scans has its own place until the parent comes.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from scantui.board.tally import Ranks

# Up to this many scans are inserted or removed one by one; for more, the list is rebuilt once.
_FEW = 32


class Kinship(msgspec.Struct, frozen=True, gc=False):
    """What the outline needs of a scan: its parent, and what it has in common with neighbours that it may fold with.

    `likeness` is None for a scan that never folds: a problem, an open or marked one, one with a note.
    """

    parent: str | None = None
    likeness: Hashable | None = None


class OutlineRow(NamedTuple):
    """A visible row: `key` is its scan, of a run the first; `size` how many scans a run has, else 1.

    `folded` is whether a sequence or a run hides scans; None for a row with nothing to fold.
    """

    key: str
    depth: int = 0
    size: int = 1
    folded: bool | None = None


class Block(msgspec.Struct, gc=False):
    """Neighbours at the top level that are alike, or one scan with all that is below it; of most, the key is enough.

    Like its tuple of texts, it is nothing for the garbage collector, which would hold the keys up for very many rows.
    """

    keys: tuple[str, ...]
    likeness: Hashable | None
    rows: list[OutlineRow] | None = None
    places: dict[str, int] | None = None
    length: int | None = None

    def forget(self) -> None:
        """Rebuild its rows when they are next needed."""
        self.rows = self.places = self.length = None


class Families:
    """The scans of a table by their parents; `tops` are those without one, `children` those below each, by time."""

    def __init__(self, kinship_of: Callable[[str], Kinship], rank_of: Callable[[str], str]) -> None:
        self.kinship_of = kinship_of
        self.rank_of = rank_of
        # Each keeps the rank that it came with.
        self.ranks = Ranks()
        # What each scan is like, and the parents that some name: for very many, this takes less than a Kinship each.
        self.likenesses: dict[str, Hashable | None] = {}
        self._named: dict[str, str] = {}
        self.parents: dict[str, str] = {}
        self.children: dict[str, list[str]] = {}
        self.tops: list[str] = []
        # Scans that stand at their own place until their parent comes.
        self._orphans: dict[str, set[str]] = {}
        # What is still to be put among `tops`, and to be taken from them.
        self._coming: dict[str, None] = {}
        self._leaving: set[str] = set()

    def has_changed(self, key: str) -> bool:
        """Whether a known scan differs from what it was when it came."""
        return key in self.likenesses and self._kinship(key) != self.kinship_of(key)

    def update_in_place(self, changed: Iterable[str]) -> tuple[set[str], list[str]]:
        """Note what known scans are like now, if they stay below their parents: mostly their states have changed.

        Returns them and the scans at the top level above them, and those that have another place.
        """
        updated, moving = set[str](), list[str]()
        for key in changed:
            kinship = self.kinship_of(key)
            if kinship.parent == self._named.get(key):
                self.likenesses[key] = kinship.likeness
                updated |= {key, self.top_of(key)}
            else:
                moving.append(key)
        return updated, moving

    def _kinship(self, key: str) -> Kinship:
        return Kinship(self._named.get(key), self.likenesses[key])

    def _note(self, key: str, kinship: Kinship) -> Kinship:
        self.likenesses[key] = kinship.likeness
        if kinship.parent is not None:
            self._named[key] = kinship.parent
        return kinship

    def awaits(self, key: str) -> bool:
        """Whether there are scans whose parent this one is, and which would move below it."""
        return bool(self._orphans.get(key))

    def put_in(self, keys: Iterable[str]) -> set[str]:
        """Find the places of scans; returns them, and the scans at the top level that changed with them."""
        changed = set[str]()
        for key in keys:
            parent = self._note(key, self.kinship_of(key)).parent
            changed.add(key)
            if self._orphans:
                changed.update(self._take_orphans(key))
            if parent is not None and parent in self.likenesses and not self.is_below(parent, key):
                self._attach(key, parent)
                changed.add(self.top_of(key))
            else:
                self._coming[key] = None
                if parent is not None:
                    self._orphans.setdefault(parent, set()).add(key)
        self._settle()
        return changed

    def take_out(self, keys: Iterable[str]) -> set[str]:
        """Forget where scans are, but not their ranks; their children get their own places."""
        changed = set[str]()
        for key in keys:
            changed |= {key, self.top_of(key)}
            del self.likenesses[key]
            named, parent = self._named.pop(key, None), self.parents.pop(key, None)
            if parent is not None:
                self._detach(key, parent)
            else:
                self._remove_top(key)
                if named is not None:
                    self._orphans.get(named, set()).discard(key)
            for child in self.children.pop(key, []):
                del self.parents[child]
                self._coming[child] = None
                self._orphans.setdefault(key, set()).add(child)
                changed.add(child)
        self._settle()
        return changed

    def free_some(self, most: int) -> bool:
        """Free the memory of up to this many scans that are no longer needed; returns whether that was all."""
        for _ in range(min(most, len(self.likenesses))):
            self.likenesses.popitem()
        return not self.likenesses

    def _take_orphans(self, key: str) -> list[str]:
        """Put scans below this one that waited for it; returns them."""
        taken = []
        for orphan in sorted(self._orphans.pop(key, ())):
            if not self.is_below(key, orphan):
                self._remove_top(orphan)
                self._attach(orphan, key)
                taken.append(orphan)
            else:
                self._orphans.setdefault(key, set()).add(orphan)
        return taken

    def _attach(self, key: str, parent: str) -> None:
        self.parents[key] = parent
        self._insert(self.children.setdefault(parent, []), key)

    def _detach(self, key: str, parent: str) -> None:
        self.children[parent].remove(key)
        if not self.children[parent]:
            del self.children[parent]

    def _remove_top(self, key: str) -> None:
        if key in self._coming:
            del self._coming[key]
        else:
            self._leaving.add(key)

    def _settle(self) -> None:
        """Bring the top level up to date with what came and left: very many keys would move for each of them."""
        leaving, coming = self._leaving, sorted(self._coming, key=self.ranks.__getitem__)
        if len(leaving) > _FEW:
            self.tops = [key for key in self.tops if key not in leaving]
        else:
            for key in leaving:
                del self.tops[self.place_in(self.tops, key)]
        if coming:
            first, last = self.place_in(self.tops, coming[0]), self.place_in(self.tops, coming[-1])
            between = self.tops[first:last]
            self.tops[first:last] = sorted(between + coming, key=self.ranks.__getitem__) if between else coming
        self._leaving, self._coming = set(), {}

    def _insert(self, keys: list[str], key: str) -> None:
        insort(keys, key, key=self.ranks.__getitem__)

    def place_in(self, keys: Sequence[str], key: str) -> int:
        """Where a scan is among others in the order of time, or would be."""
        return bisect_left(keys, self.ranks[key], key=self.ranks.__getitem__)

    def top_of(self, key: str) -> str:
        while key in self.parents:
            key = self.parents[key]
        return key

    def is_below(self, key: str, ancestor: str) -> bool:
        """Whether a scan is another one or below it: guards against scans that name each other as parents."""
        while key != ancestor:
            if key not in self.parents:
                return False
            key = self.parents[key]
        return True

    def siblings_of(self, key: str) -> list[str]:
        parent = self.parents.get(key)
        return self.tops if parent is None else self.children[parent]

    def below(self, key: str) -> Iterator[str]:
        waiting = [key]
        while waiting:
            key = waiting.pop()
            yield key
            waiting += reversed(self.children.get(key, []))

    def likeness_of(self, key: str) -> Hashable | None:
        return None if key in self.children else self.likenesses[key]

    def members(self, row: OutlineRow) -> list[str]:
        """The scans that a row stands for, with all that it hides; its own first."""
        if row.size > 1:
            siblings = self.siblings_of(row.key)
            start = self.place_in(siblings, row.key)
            return siblings[start : start + row.size]
        return list(self.below(row.key)) if row.folded else [row.key]

    def blocks_of(self, tops: Sequence[str]) -> list[Block | str]:
        """Neighbours of the top level in blocks; of those that stand alone, with nothing below, only the keys."""
        blocks: list[Block | str] = []
        likenesses = list(map(self.likeness_of, tops))
        start = 0
        for end in range(1, len(tops) + 1):
            if end == len(tops) or likenesses[end] is None or likenesses[end] != likenesses[start]:
                is_alone = end == start + 1 and tops[start] not in self.children
                blocks.append(tops[start] if is_alone else Block(tuple(tops[start:end]), likenesses[start]))
                start = end
        return blocks

    def first_rank(self, block: Block | str) -> str:
        """The rank of the first scan of a block."""
        return self.ranks[block.keys[0] if isinstance(block, Block) else block]
