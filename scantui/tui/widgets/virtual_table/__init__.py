"""A DataTable that holds no rows: every line that is seen is painted from a model, whatever the number of rows.

Rule: nothing in here may cost more with more rows, except what a caller asks of every row. The private names of Textual
that this needs are listed in `scantui.tui.terminal.private_names`.
"""

from scantui.tui.widgets.virtual_table.model import Cell, RowModel
from scantui.tui.widgets.virtual_table.painted_table import LINES_KEPT
from scantui.tui.widgets.virtual_table.table import VirtualTable

__all__ = ["LINES_KEPT", "Cell", "RowModel", "VirtualTable"]
