"""What goes to the terminal: of each frame the cells that it does not show yet, as fast as it takes them.

Rule: Textual composes. `cells` tell one cell from another, the `image` knows what is shown, `pace` when a frame may go,
and `app` stands between Textual and its driver; the private names of Textual that this needs stay there.
"""

from scantui.tui.terminal.display import LeanDisplay, LeanScreen

__all__ = ["LeanDisplay", "LeanScreen"]
