"""The command line: one module per command, imported when the command runs.

Rule: data goes to stdout, messages to stderr; commands and screen share every decision.
"""

from scantui.cli.main import main

__all__ = ["main"]
