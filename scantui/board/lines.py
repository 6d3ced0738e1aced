"""The lines of the table: the rows shown, one each, or as an outline of sequences and runs of equal scans.

Rule: while rows are held the outline stands still, except for what the user folds, unfolds or filters.
"""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from scantui.board.datasets import Dataset, SeenDatasets
from scantui.board.families import OutlineRow
from scantui.board.moves import ALL_MOVED, MovedLines, Moves
from scantui.board.sequences import worst_word
from scantui.board.view import View
from scantui.filters import ScanFilter

if TYPE_CHECKING:
    from scantui.board.outline import Outline
    from scantui.board.outlining import Outlines

# For more changes than these at once all lines are repainted.
_FEW = 64


class Lines:
    """The lines of a view.

    `is_outline` is what the user chose. Rows that are not in the order of time, or of which a filter hides sequences,
    are flat all the same.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._is_wanted = False
        self._was_flat = True
        # How many newcomers found no place at the ends while rows are held.
        self._waiting = 0
        self._moved = MovedLines()
        # They are asked for with each repaint.
        self._datasets = SeenDatasets()

    @cached_property
    def _outlines(self) -> Outlines:
        # Imported when there are rows: the first frame does not wait.
        from scantui.board.outlining import Outlines

        return Outlines(self._view)

    @property
    def is_outline(self) -> bool:
        return self._is_wanted

    def prepare(self) -> bool:
        """Put some rows into an outline; True once showing it in the order of time takes only a short turn."""
        return self._outlines.prepare(self._view.filter, self._view.wanted)

    def prepare_for(self, scan_filter: ScanFilter) -> bool:
        """The same for the rows of a filter that was prepared, if they are to be shown as an outline."""
        view = self._view
        if not self._is_wanted or not view.order.sorting.is_by_time or view.only_marked:
            return True
        return self._outlines.prepare(scan_filter, partial(view.passing_prepared, scan_filter))

    def show_outline(self, wanted: bool) -> None:
        """Show the rows as an outline, or one line each."""
        if wanted is self._is_wanted:
            return
        self._is_wanted, self._was_flat, self._moved = wanted, True, ALL_MOVED
        self._view.moves = Moves() if wanted else None
        if "_outlines" in vars(self):
            self._outlines.forget(but_prepared=wanted)

    def count_some(self) -> bool:
        """Count some of the lines of an outline; True once showing them takes only a short turn."""
        outline = None if self.is_flat else self._outlines.current
        return outline is None or outline.count_some()

    @property
    def is_flat(self) -> bool:
        """Whether each row has a line of its own just now."""
        view = self._view
        return not self._is_wanted or self.hides_parents or not view.order.sorting.is_by_time or not view.known.keys

    @property
    def hides_parents(self) -> bool:
        """Whether sequences are filtered out of which scans are shown."""
        return self._view.hides_parents

    @property
    def is_flattened(self) -> bool:
        """Whether an outline was chosen, and cannot be shown just now."""
        return self.is_outline and self.is_flat and len(self._view.order) > 0

    def keep_up(self) -> None:
        """Take in all that may move now; from then on the rows may be held."""
        self._made()

    def take_moved(self) -> MovedLines:
        """What a screen has to do since the last call."""
        if self._made() is not None:
            self._outlines.free_some()
        moved, self._moved = self._moved, MovedLines()
        return moved

    # The lines

    def __len__(self) -> int:
        outline = self._made()
        return len(self._view.order) if outline is None else len(outline)

    def key_at(self, index: int) -> str:
        """The scan of a line, of a run the first."""
        outline = self._made()
        return self._view.order.keys[index] if outline is None else outline.row_at(index).key

    def index_of(self, key: str) -> int:
        """The line of a scan, or of the fold that hides it; KeyError when it is not shown."""
        outline = self._made()
        return self._view.order.index_of(key) if outline is None else outline.index_of(key)

    def line_at(self, index: int) -> OutlineRow:
        """A line with its depth, and how many scans it stands for."""
        outline = self._made()
        return OutlineRow(self._view.order.keys[index]) if outline is None else outline.row_at(index)

    def dataset_at(self, index: int) -> Dataset:
        """The dataset of a line; of a scan in a sequence, that of the sequence."""
        outline = self._made()
        key = self._view.order.keys[index] if outline is None else outline.top_of(outline.row_at(index).key)
        return self._datasets.of(self._view.known.rows[key])

    @property
    def end(self) -> int:
        """The line of the newest scan, -1 without any."""
        outline = self._made()
        keys = self._view.order.keys
        if outline is None or not keys:
            return len(keys) - 1
        try:
            return outline.index_of(keys[-1])
        except KeyError:  # it came while the rows are held
            return len(outline) - 1

    def shown_key(self, key: str) -> str:
        """The key of the line on which a scan is; the scan's own when it is not shown."""
        outline = self._made()
        if outline is None:
            return key
        try:
            return outline.shown_key(key)
        except KeyError:
            return key

    def last_below(self, key: str) -> str:
        """The key of the last line that an unfolded sequence has below it; of any other line its own."""
        outline = self._made()
        if outline is None or key not in outline:
            return key
        index = outline.index_of(key)
        depth, last = outline.row_at(index).depth, key
        for place in range(index + 1, len(outline)):
            line = outline.row_at(place)
            if line.depth <= depth:
                break
            last = line.key
        return last

    def members_of(self, key: str | None) -> list[str]:
        """The scans that the line of a scan stands for, its own first; none when it is not shown."""
        outline = self._made()
        try:
            if key is None or outline is None:
                return [key] if key is not None and key in self._view.order else []
            return outline.members(outline.row_at(outline.index_of(key)))
        except KeyError:
            return []

    def word_of(self, line: OutlineRow, own: str) -> str:
        """The word of a line: that of its scan, and where it hides scans of a sequence that ended, the worst of all."""
        outline = self._made()
        if outline is None or line.folded is not True or line.size > 1 or self._view.known.rows[line.key].is_open:
            return own
        known = self._view.known
        words = (known.words[key] for key in outline.members(line) if key in known.rows)
        hidden = (word for word in words if word != "GONE")
        return own if own == "GONE" else worst_word((own, *hidden))

    # Folding

    def toggle(self, key: str) -> None:
        """Unfold the line of a scan, or fold it."""
        if (outline := self._made()) is not None:
            outline.toggle(key)
            self._moved = ALL_MOVED

    def fold_all(self, folded: bool) -> None:
        """Fold or unfold all sequences and runs."""
        if (outline := self._made()) is not None:
            outline.set_all_folded(folded)
            self._moved = ALL_MOVED

    def reveal(self, key: str) -> None:
        """Unfold the way to a scan that is shown, so that it has a line of its own."""
        outline = self._made()
        if outline is None or key not in self._view.order:
            return
        if key not in outline and self._view.moves is not None:
            self._take_in(outline, self._view.moves)
        if self.shown_key(key) != key:
            outline.show(key)
            self._moved = ALL_MOVED

    # The outline, kept up with the rows

    def _made(self) -> Outline | None:
        """The outline up to date with the rows, None while they are flat."""
        view = self._view
        if self.is_flat or view.moves is None:
            if not self._was_flat:
                self._was_flat, self._moved = True, ALL_MOVED
            return None
        moves, outline = view.moves, self._outlines.current
        if outline is None or moves.before is not None:
            outline, self._moved = self._outlines.lay_out(), ALL_MOVED
        elif moves.left or (not view.held and (moves.came or moves.touched)):
            self._take_in(outline, moves)
        elif len(moves.came) != self._waiting:
            self._take_in_at_ends(outline, moves)
        if self._was_flat:
            self._was_flat, self._moved = False, ALL_MOVED
        return outline

    def _take_in_at_ends(self, outline: Outline, moves: Moves) -> None:
        """While rows are held, add what moves no line; the rest waits."""
        fitting = outline.fitting_at_ends(self._view.known.in_order(moves.came))
        if fitting:
            moves.came.difference_update(fitting)
            self._add(outline, Moves.of(fitting))
        self._waiting = len(moves.came)

    def _take_in(self, outline: Outline, moves: Moves) -> None:
        self._view.moves = Moves()
        self._add(outline, moves)

    def _add(self, outline: Outline, moves: Moves) -> None:
        shown = self._view.order
        came = self._view.known.in_order(key for key in moves.came if key in shown)
        touched = [key for key in moves.touched if key in outline]
        if not outline.change(came, moves.left, touched):
            return
        is_much = bool(moves.left) or len(came) + len(touched) > _FEW
        known = self._view.known.rows
        parents = (known[key].parent for key in came)
        stirred = {*came, *touched, *(parent for parent in parents if parent)}
        self._moved = ALL_MOVED if is_much or self._moved.anew else MovedLines(True, self._moved.keys | stirred)
