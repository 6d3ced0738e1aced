"""What goes to the terminal: of each frame the cells that it does not show yet, as fast as it takes them.

Rule: Textual composes. `cells` compares cells, `image` knows what is shown, `pace` when a frame may go,
`screen` has the lines that changed rendered, and `display` stands between Textual and its driver. `private_names` lists
the private names of Textual that this package and the virtual table use; nothing else in scantui uses any.
"""

from scantui.tui.terminal.display import LeanDisplay
from scantui.tui.terminal.screen import LeanScreen
from scantui.tui.terminal.survival import Surviving, SurvivingApp, SurvivingWidget

__all__ = ["LeanDisplay", "LeanScreen", "Surviving", "SurvivingApp", "SurvivingWidget"]
