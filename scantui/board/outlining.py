"""Outlines of a view: one without rows, and one of given rows, made in slices so that keys come between; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scantui.board.differing import differences
from scantui.board.families import Kinship
from scantui.board.outline import Outline
from scantui.board.view import View
from scantui.report.folding import likeness


def outline_of(view: View) -> Outline:
    """An outline without rows, which asks a view how scans belong together and in which order they stand."""

    def kinship_of(key: str) -> Kinship:
        known = view.known
        row = known.rows[key]
        like = None if key in view.marks else likeness(row, known.words[key], key in known.notes)
        # Of each of very many rows a number is kept, not the texts.
        return Kinship(row.parent, None if like is None else hash(like))

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
        self._outline = outline_of(view) if outline is None else outline
        self._next = 0 if outline is None else len(keys)

    @property
    def is_done(self) -> bool:
        return self._next >= len(self._keys)

    def go_on(self, most: int) -> None:
        """Put the next rows, so many, into the outline."""
        end = self._next + most
        some, self._next = self._keys[self._next : end], end
        known = self._view.known.rows
        self._outline.change(coming=[key for key in some if key in known])
        len(self._outline)

    def note(self, keys: Iterable[str]) -> None:
        """These rows look different from now on."""
        self._changed.update(keys)

    def __len__(self) -> int:
        """How many rows it is of."""
        return len(self._keys)

    def caught_up(self, keys: Sequence[str], folds: Outline | None) -> Outline:
        """The outline with just these rows, which are those that the view shows, folded as another one."""
        known, shown, outline = self._view.known, self._view.order, self._outline
        left, came = self.differences(keys, len(self._keys) + len(keys)) or ((), ())
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
        ranks, outline = self._view.known.ranks, self._outline

        def rank_before(key: str) -> str:
            return outline.rank_of(key) if key in outline else ranks.get(key, "")

        return differences(self._keys, keys, rank_before, ranks.__getitem__, most)
