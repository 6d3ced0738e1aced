"""The way in: `scantui` and `python -m scantui`.

Rule: nothing but this file is imported before an interrupt is taken for what it is.
"""

import sys


def main() -> int:
    """Run the command line, and return its exit code; Ctrl-C ends it quietly."""
    try:
        from scantui.cli import main as run

        return run()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
