"""The rows as the user wants them: events of the feed in, order, filter, hold, pause and marks applied; pure.

Rule: rows are known by their scan's key, and keys sort by the time of creation, so the order of keys is that of time.
`knowledge` holds what the feed reported, `order` how rows are sorted, `view` which of them are shown and when they may
move, `questions` answers those about the rows shown, and the Board is all that a screen sees of these.
"""

from scantui.board.board import Board
from scantui.board.moves import Change
from scantui.board.order import BY_TIME, SORT_COLUMNS, Sorting
from scantui.board.tally import PROBLEM_WORDS
from scantui.board.view import MOST_GONE

__all__ = ["BY_TIME", "MOST_GONE", "PROBLEM_WORDS", "SORT_COLUMNS", "Board", "Change", "Sorting"]
