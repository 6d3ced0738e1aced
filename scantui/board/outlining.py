"""The outlines of a view, of the rows shown and of others, made in slices so that keys come between; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from scantui.board.families import Kinship
from scantui.board.long_lists import differences
from scantui.board.moves import Moves
from scantui.board.outline import Outline
from scantui.board.view import View
from scantui.filters import ScanFilter
from scantui.report.folding import likeness

# Finding the places of this many rows in an outline, or freeing their memory, does not delay keys.
_OUTLINED_AT_ONCE, _FREED_AT_ONCE = 800, 4_000
_SMALL = 2**30 - 1


def outline_of(view: View) -> Outline:
    """An outline without rows, which asks a view how scans belong together and in which order they stand."""

    def kinship_of(key: str) -> Kinship:
        known = view.known
        row = known.rows[key]
        like = None if key in view.marks else likeness(row, known.words[key], key in known.notes)
        # Of each of very many rows a small number is kept, not the texts: no run of neighbours is alike by chance.
        return Kinship(row.parent, None if like is None else hash(like) & _SMALL)

    return Outline(kinship_of, rank_of=lambda key: view.known.ranks[key])


class OutlinePreparation:
    """An outline of rows, put into it from the oldest on; `changed` are those that look different since.

    With an `outline` that holds these rows already, apart from the changed ones, it is done from the start.
    """

    def __init__(
        self, view: View, keys: Sequence[str], outline: Outline | None = None, changed: Iterable[str] = ()
    ) -> None:
        self._view = view
        self._keys = keys
        self._changed = set(changed)
        self.outline = outline_of(view) if outline is None else outline
        self._next = 0 if outline is None else len(keys)

    @property
    def is_done(self) -> bool:
        return self._next >= len(self._keys)

    def go_on(self, most: int) -> None:
        """Put the next rows, up to this many, into the outline."""
        end = self._next + most
        some, self._next = self._keys[self._next : end], end
        known = self._view.known.rows
        self.outline.change(coming=[key for key in some if key in known])
        len(self.outline)

    def note(self, keys: Iterable[str]) -> None:
        """Note that these rows look different from now on."""
        self._changed.update(keys)

    def __len__(self) -> int:
        """How many rows it has."""
        return len(self._keys)

    def caught_up(self, left: Sequence[str], came: Sequence[str], folds: Outline | None) -> Outline:
        """The outline with just the rows that the view shows, after these left and came, folded as another one."""
        known, shown, outline = self._view.known, self._view.order, self.outline
        differing = {*left, *came, *self._changed}
        stood = [key for key in differing if key in outline]
        outline.change(
            leaving=[key for key in stood if key not in shown or outline.rank_of(key) != known.ranks[key]],
            changed=[key for key in stood if key in shown],
        )
        outline.change(known.in_order(key for key in differing if key in shown and key not in outline))
        if folds is not None and folds is not outline:
            outline.take_folds(folds)
        return outline

    def differences(self, keys: Sequence[str], most: int) -> tuple[list[str], list[str]] | None:
        """Which rows have to leave and come for it to have these; None if more than `most`, or it is not done."""
        if not self.is_done or abs(len(keys) - len(self._keys)) > most:
            return None
        ranks, outline = self._view.known.ranks, self.outline

        def rank_before(key: str) -> str:
            return outline.rank_of(key) if key in outline else ranks.get(key, "")

        return differences(self._keys, keys, rank_before, ranks.__getitem__, most)


class Outlines:
    """The outline of the rows shown, and those beside it: of the rows of a filter, and of more rows than are shown."""

    def __init__(self, view: View) -> None:
        self.current: Outline | None = None
        self._view = view
        self._prepared: OutlinePreparation | None = None
        self._prepared_for: ScanFilter | None = None
        # Of it a filter took away rows, which are back at once when the filter ends.
        self._aside: OutlinePreparation | None = None
        # Freeing very many rows at once would delay keys.
        self._unneeded: list[Outline] = []

    def prepare(self, scan_filter: ScanFilter, keys_of: Callable[[], Sequence[str]]) -> bool:
        """Put some of the rows of a filter into an outline; True once laying them out takes only a short turn."""
        self.free_some()
        prepared, most = self._prepared, _OUTLINED_AT_ONCE
        if prepared is None or prepared.is_done or self._prepared_for != scan_filter:
            keys = keys_of()
            if len(keys) <= most or any(each.differences(keys, most) for each in self._there()):
                return True
            prepared, self._prepared_for = OutlinePreparation(self._view, list(keys)), scan_filter
            self._keep(prepared, self._aside)
            return False
        prepared.go_on(most)
        return prepared.is_done

    def lay_out(self) -> Outline:
        """The outline of rows that were chosen again, made from the one that differs least from it."""
        keys, there, last = self._view.order.keys, self._there(), self.current
        found = ((each, each.differences(keys, most)) for most in (_OUTLINED_AT_ONCE, len(keys)) for each in there)
        near = ((each, differing) for each, differing in found if differing is not None)
        nearest, (left, came) = next(near, None) or (OutlinePreparation(self._view, ()), ([], keys))
        self.current = nearest.caught_up(left, came, last)
        self._view.moves = Moves()
        larger = [each for each in there if each is not nearest and len(each) > len(keys)]
        self._keep(None, max(larger, key=len, default=None), last)
        return self.current

    def forget(self, but_prepared: bool) -> None:
        """Forget all outlines, apart from one that was prepared."""
        last, self.current = self.current, None
        self._keep(self._prepared if but_prepared else None, None, last)

    def free_some(self) -> None:
        """Free some memory of outlines that are no longer needed."""
        if self._unneeded and self._unneeded[-1].free_some(_FREED_AT_ONCE):
            self._unneeded.pop()

    def _there(self) -> list[OutlinePreparation]:
        """All outlines at hand."""
        there = [each for each in (self._prepared, self._aside) if each is not None]
        moves = self._view.moves
        if self.current is not None and moves is not None:
            keys = self._view.order.keys if moves.before is None else moves.before
            there.append(OutlinePreparation(self._view, keys, self.current, moves.noted))
        return there

    def _keep(
        self, prepared: OutlinePreparation | None, aside: OutlinePreparation | None, last: Outline | None = None
    ) -> None:
        """Keep these beside the current one; all others, and the one that was current, are needed no longer."""
        before = [each.outline for each in (self._prepared, self._aside) if each is not None]
        kept = [each for each in (prepared, aside) if each is not None]
        needed = [self.current, *(each.outline for each in kept)]
        self._unneeded += [
            each for each in (*before, last) if each is not None and not any(each is other for other in needed)
        ]
        self._prepared, self._aside, self._view.outlines = prepared, aside, tuple(kept)
