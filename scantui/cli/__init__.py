"""The command line: a module for each command, imported when it is asked for.

Rule: data goes to stdout, narration to stderr; a command decides nothing that the screen decides otherwise.
"""

from scantui.cli.main import main

__all__ = ["main"]
